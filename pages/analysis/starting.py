"""Inspection of the model and photos or texts, then settings, cost, and the start of the analysis."""

from dataclasses import replace

import streamlit as st

from attribution.methods import IMPORTANCES
from concepts.data.dataset import ItemKind
from concepts.data.nouns import noun_of
from concepts.engine import jobs
from concepts.engine.cost import Cost
from concepts.engine.inspection import Inspection, LayerRow
from concepts.engine.jobs import Job
from concepts.engine.report_cost import cost_of_report
from concepts.extraction.methods import AUTO, AUTO_CHOICE, EXTRACTIONS
from concepts.numerics.counted import counted
from concepts.report.request import Request
from concepts.report.settings import ReportSettings
from pages.analysis import job_acts
from pages.analysis.amounts import duration, size
from pages.analysis.classes import choose_classes, classes_of
from pages.analysis.disk import submitted
from pages.analysis.model_and_photos import PhotoChoice
from pages.analysis.model_options import ModelChoice
from pages.analysis.own_pairs import PairsChoice, choose_pairs
from pages.analysis.run_start import offer_run
from pages.analysis.texts import TextChoice
from pages.analysis.waiting import stage_words
from pages.components.safe_text import plain
from pages.state.messages import public, without_options
from pages.state.selection import renew_widget
from pages.state.server_settings import ServerSettings

EVIDENCE_HELP: dict[ItemKind, str] = {
    "images": "Concepts that only some photos show are put on at most 120 photos of other classes: if these become "
    "the class, the model leans on something added.",
    "texts": "Words of concepts that only some texts show are put into at most 120 texts of other classes: if these "
    "become the class, the model leans on these words. Whether they belong to it, you say.",
}
CLASS_WORDS: dict[ItemKind, str] = {"images": "those in the class's folders", "texts": "those with the class's label"}
GROUPS: dict[ItemKind, str] = {"images": "folder", "texts": "label"}


def request_of(server: ServerSettings, model: ModelChoice, items: PhotoChoice | TextChoice) -> Request:
    """The request to look at a model and photos or texts."""
    asked = Request(
        model=model.model, weights=model.weights, output=model.output, classes=model.classes,
        question=model.question, answers=model.answers, device=server.device,
    )  # fmt: skip
    if isinstance(items, PhotoChoice):
        return replace(asked, images=items.images, others=items.others, metadata=items.table)
    return replace(
        asked, texts=items.texts, text_column=items.text_column, label_column=items.label_column,
        id_column=items.id_column, encoding=items.encoding,
    )  # fmt: skip


def look(server: ServerSettings, request: Request) -> None:
    """Starts looking at the model and the photos or texts, unless that is done or under way."""
    if _look_of(server, request) is None:
        submitted(request, server, task="inspect")


def look_and_start(server: ServerSettings, request: Request) -> str | None:
    """Shows the last step; returns what is asked for in one line, None before the model and photos are looked at."""
    noun = noun_of(request.kind)
    job = _look_of(server, request)
    if job is None or job.state.status in ("failed", "cancelled", "interrupted"):
        if job is not None and job.state.message:
            st.error(plain(without_options(public(job.state.message, server))))
        pressed = st.button(f"Look at the model and the {noun}s", type="primary", key="look")
        if pressed and submitted(request, server, task="inspect"):
            st.rerun()
    elif job.state.finished:
        return _choose_and_start(server, request, job.inspection)
    else:
        st.fragment(_wait, run_every=1.0)(server, job, noun)
    return None


def _look_of(server: ServerSettings, request: Request) -> Job | None:
    return jobs.find(server.workspace, f"inspect-{request.key}", executor=server.executor)


def _wait(server: ServerSettings, job: Job, noun: str) -> None:
    state = job.state
    if state.finished:
        st.rerun()
    words, button = st.columns([5, 1], vertical_alignment="center")
    words.info(f"Looking at the model and the {noun}s: {stage_words(job, state, server)} …")
    button.button("Cancel", key="cancel_look", on_click=job_acts.cancel, args=(server, job), width="stretch")


def _choose_and_start(server: ServerSettings, request: Request, found: Inspection) -> str:
    left, right = st.columns(2, gap="large")
    with left:
        chosen = choose_classes(found)
        if request.metadata is not None:
            st.caption(f"The table names {counted(found.n_in_table, 'photo')}.")
    with right:
        n_concepts = st.slider("Number of concepts", 2, 50, 10, key="concepts", bind="query-params")
    of_layer = "layer, " if found.kind == "images" else ""
    of_pairs = ", pairs of words to swap" if found.kind == "texts" else ""
    with st.expander(f"Advanced: {of_layer}extraction, importance, evidence, seed{of_pairs}"):
        layer, settings = _advanced(found, int(n_concepts))
        pairs = choose_pairs(server) if found.kind == "texts" else PairsChoice()
    layer_said = f", layer {layer}" if found.kind == "images" else ""
    said = f"{chosen.said}, {counted(settings.n_concepts, 'concept')}"
    said += (", pairs of words of your own" if pairs.file else "") + layer_said
    wanted = replace(request, layer=layer if found.kind == "images" else None, pairs=pairs.file, settings=settings)
    if not pairs.complete:
        st.caption("Under Advanced, pairs of words to swap are still missing: give some, or choose none.")
    ready = chosen.complete and pairs.complete
    if chosen.scope == "one":
        _offer_report(server, replace(wanted, target=chosen.targets[0]), found, ready=ready)
    else:
        offer_run(server, wanted, found, chosen, ready=ready)
    return said


def _offer_report(server: ServerSettings, wanted: Request, found: Inspection, *, ready: bool) -> None:
    """Shows what the report of one class or group costs, and starts it."""
    noun, target, settings = noun_of(found.kind), wanted.target, wanted.settings
    n_photos = _n_photos(found, target, settings)
    cost = cost_of_report(found, wanted, n_photos, n_others=_n_others(found, target))
    _show_cost(cost, counted(n_photos, noun))
    too_few = n_photos < settings.n_concepts
    if too_few:
        st.warning(
            f"{counted(n_photos, noun)} for {settings.n_concepts} concepts: add {noun}s, take all, or ask for fewer."
        )
    pressed = st.button("Start the analysis", type="primary", key="start", disabled=too_few or not ready)
    if pressed and (job := submitted(wanted, server)):
        st.query_params["job"] = job.id
        st.rerun()


def _layer(found: Inspection) -> str:
    paths = [layer.path for layer in found.layers]
    renew_widget("layer", [_layer_label(layer) for layer in found.layers])
    path = st.selectbox(
        "Layer", paths, index=paths.index(found.default_layer), key="layer", bind="query-params",
        format_func=lambda path: _layer_label(found.layer(path)),
    )  # fmt: skip
    if path == found.default_layer:
        st.caption(f"Suggested: {found.reason}")
    return str(path)


def _layer_label(layer: LayerRow) -> str:
    shape = " × ".join(str(n) for n in layer.shape)
    return f"{layer.path}: {shape}, {'signed' if layer.signed else '≥ 0'}"


def _advanced(found: Inspection, n_concepts: int) -> tuple[str, ReportSettings]:
    """The layer and the settings."""
    noun = noun_of(found.kind)
    left, right = st.columns(2, gap="large")
    with left:
        layer = _layer(found) if found.kind == "images" else _only_layer(found)
        method, importance = _methods(found, layer)
    with right:
        photos = _photos(found, noun)
        parts = _parts() if found.kind == "images" else 0
        seed = st.number_input(
            "Seed", 0, 10_000, 0, key="seed", help="The same seed gives the same report.", bind="query-params"
        )
        evidence = st.checkbox(
            f"Test on {noun}s of other classes what the model leans on", True, key="evidence", bind="query-params",
            help=EVIDENCE_HELP[found.kind],
        )  # fmt: skip
    return layer, ReportSettings(
        method=method, n_concepts=n_concepts, importance=importance, seed=int(seed), sub_concepts=parts,
        photos=photos, evidence="on" if evidence else "off",
    )  # fmt: skip


def _only_layer(found: Inspection) -> str:
    st.caption(plain(found.reason))
    return found.default_layer


def _parts() -> int:
    parts = st.selectbox(
        "Take the top concepts apart", [0, 2, 3, 4], key="parts", bind="query-params",
        format_func=lambda n: f"into {n} parts" if n else "no",
        help="Sub-concepts: what the three most important concepts are made of, at an earlier layer. A second look "
        "at the photos in which they are present.",
    )  # fmt: skip
    return int(parts)


def _methods(found: Inspection, layer: str) -> tuple[str, str]:
    """The extraction and the importance."""
    signed = found.layer(layer).signed
    choices = {AUTO: AUTO_CHOICE} | {m.name: m.choice for m in EXTRACTIONS.values() if m.signed_input or not signed}
    method = st.selectbox(
        "Extraction", list(choices), key="method", format_func=lambda name: choices[name], bind="query-params"
    )
    importance = st.selectbox(
        "Importance", list(IMPORTANCES), key="importance", help=importance_help(), bind="query-params"
    )
    return str(method), str(importance)


def importance_help() -> str:
    """Help text: which importances are equal where the head is affine, and which are estimated."""
    same = [method.name for method in IMPORTANCES.values() if method.complete_when_affine]
    estimated = [method.name for method in IMPORTANCES.values() if method.sampled]
    return (
        f"How much a concept counts. {_listed(same)} add up to the score where the head is affine and are then the "
        f"same; {_listed(estimated)} are estimated from random draws and cost many runs of the head."
    )


def _listed(names: list[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _photos(found: Inspection, noun: str) -> str:
    """The choice of photos or texts: those of the class, or all; no choice where all are of no class that is known."""
    everything = found.n_photos + found.n_others
    if not found.photos_per_class and not found.n_others:
        _show_no_class(found, noun)
        return "all"
    words = {
        "class": CLASS_WORDS[found.kind] if found.photos_per_class else f"the {found.n_photos:,} of the class",
        "all": f"all {everything:,}, of whatever class",
    }
    renew_widget("which_photos", list(words.values()))
    return str(
        st.selectbox(
            f"Which {noun}s",
            list(words),
            key="which_photos",
            format_func=lambda which: words[which],
            bind="query-params",
        )
    )


def _show_no_class(found: Inspection, noun: str) -> None:
    group = GROUPS[found.kind]
    if found.n_folders < 2:
        st.caption(f"No {group} bears the name of a class of the model: all {found.n_photos:,} {noun}s are taken.")
        return
    st.warning(
        f"None of the {found.n_folders:,} {group}s bears the name of one of the model's {len(found.class_names):,} "
        f"classes ({', '.join(found.class_names[:3])} …): all {found.n_photos:,} {noun}s are taken. For those of one "
        "class, give the names of all classes above, in the order of the outputs."
    )


def _n_others(found: Inspection, target: str) -> int:
    """The photos that are known to be of another class than the target's."""
    own = classes_of(found, target)
    return found.n_others + sum(n for name, n in found.photos_per_class.items() if name not in own)


def _n_photos(found: Inspection, target: str, settings: ReportSettings) -> int:
    if settings.photos == "all":
        return found.n_photos + found.n_others
    if not found.photos_per_class:
        return found.n_photos
    return sum(found.photos_per_class.get(name, 0) for name in classes_of(found, target))


def _show_cost(cost: Cost, items: str) -> None:
    st.markdown(f"**What it will cost** for {items}, from the time that a few of them took:")
    for column, (label, value) in zip(
        st.columns(3),
        {"time": duration(cost.seconds), "memory": size(cost.memory), "disk": size(cost.disk)}.items(),
        strict=True,
    ):
        column.metric(label, f"about {value}")
