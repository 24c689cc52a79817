"""Interventions on concepts: a dose slider per concept, the model's answer, the smallest change that flips it."""

from typing import TYPE_CHECKING

import streamlit as st

from concepts.numerics.samples import even_sample
from concepts.rendering.excerpts import WINDOW
from concepts.report.class_report import ClassReport
from concepts.report.names import Names
from concepts.report.rendering.excerpts import text_excerpt
from concepts.report.rendering.sentences import percent
from pages.components import texts
from pages.components.answers import answers
from pages.components.pictures import picture_row
from pages.components.safe_text import is_dark, paragraph
from pages.figures.doses import dose_figure
from pages.report import photo_search
from pages.report.photo import concepts_in
from pages.state.address import doses_in, doses_text
from pages.state.asking import about, asking
from pages.state.computing import ASKING
from pages.state.messages import sentence_of
from pages.state.models import class_names, model_of, photos_of
from pages.state.reports import report_key
from pages.state.selection import choose_in_report, sync_widget, view
from pages.state.server_settings import server_settings

if TYPE_CHECKING:
    from concepts.interventions import Subject
    from concepts.models.splitting.base import SplitModel

N_SLIDERS, N_CLASSES, N_CURVES, MOST_PHOTOS = 6, 6, 4, 64
QUIET = {"displayModeBar": False}
HELP = (
    "The model is asked again with the concepts at other doses, everything else of its layer as it was. At 1 "
    "everywhere it gives its own answer. What it says beyond what it was trained on (a doubled concept in a strange "
    "place) says how it computes, not what a {noun} of that kind would do."
)


@st.fragment
def show(report: ClassReport) -> None:
    """Asks the model, which is loaded for it, and shows its answer with the sliders."""
    st.header("What if a concept were not there?", anchor="whatif")
    paragraph(HELP.format(noun=report.data.noun))
    try:
        _ask(report, doses_in(view().doses, len(report.data.concepts)))
    except ValueError as error:
        st.info(sentence_of(error))


def _ask(report: ClassReport, doses: dict[int, float]) -> None:
    image = open_item(report)
    label = report.data.items[image].strategy
    images = _members(report, label) if is_whole() else [image]
    _where(report, image, label)
    if report.data.kind == "texts" and len(images) == 1:
        st.html(picture_row([text_excerpt(report.data.texts[image], window=WINDOW)], size=600))
    with asking(f"what if: {about(report)}", *images):
        split, subject = _opened(report, images)
    if subject is None:
        st.info("The model gives quantities, not classes: there is no answer that doses could flip.")
        return
    left, right = st.columns([5, 7], gap="large")
    with right, st.container(key="answers"):
        _answers(report, split, subject, doses, len(images))  # first: whoever moves a slider waits for this
    with left:
        moved = _sliders(report, image, doses)
    if moved is not None:
        _curve(report, split, subject, doses, moved)
    if len(images) == 1:
        _smallest(report, split, subject)


def _opened(report: ClassReport, images: list[int]) -> "tuple[SplitModel, Subject | None]":
    """The model, and the photos or texts as it sees them; None for those where it gives no classes."""
    split = model_of(report)
    if split.outputs.kind == "regression":
        return split, None
    return split, _subject(report_key(report), tuple(images), report, split)


def is_whole() -> bool:
    """Whether the doses apply to a whole strategy: as the address says, else where it names neither photo nor doses."""
    at = view()
    return bool(at.whole) if at.whole is not None else at.image is None and at.doses is None


def open_item(report: ClassReport) -> int:
    """The photo or text in the address, else the most typical one of the strategy that the verdict is about."""
    verdict, rows = report.data.verdict, {row.label: row.medoid for row in report.data.strategies}
    about = verdict.strategy if verdict is not None and not view().wanted.anything else None
    if view().image is None and about in rows:
        return rows[about]
    return photo_search.open_image(report)


def _where(report: ClassReport, image: int, label: int) -> None:
    """Shows the choice of the photo alone or its whole strategy."""
    sync_widget("whole", is_whole())
    where = {
        False: f"This {report.data.noun}: {report.data.items[image].name}",
        True: f"All of {_named(report, label)}",
    }
    st.segmented_control(
        "Where", [False, True], format_func=where.__getitem__, key="whole", required=True,
        on_change=lambda: choose_in_report(whole=int(st.session_state["whole"]), image=image),
    )  # fmt: skip


def _members(report: ClassReport, label: int) -> list[int]:
    """Photos of a strategy; an evenly spaced sample of a large one."""
    members = [i for i, row in enumerate(report.data.items) if row.strategy == label]
    return [members[i] for i in even_sample(len(members), MOST_PHOTOS)]


def _named(report: ClassReport, label: int) -> str:
    return "the outliers" if label < 0 else report.names.strategy(label)


@st.cache_resource(max_entries=8, show_spinner="Reading the activations …")
def _subject(key: tuple[str, int], images: tuple[int, ...], _report: ClassReport, _split: "SplitModel") -> "Subject":
    from concepts.interventions import open_subject

    with ASKING.turn():
        return open_subject(
            _report, _split, images, store=server_settings().store, photos=lambda: photos_of(key, _report)
        )


def _sliders(report: ClassReport, image: int, doses: dict[int, float]) -> int | None:
    """Shows sliders for the most important concepts here and those already moved; returns the last one moved."""
    suspect = None if report.data.verdict is None else report.data.verdict.suspect
    first = () if suspect is None else suspect.concepts
    order = [*first, *(j for j in concepts_in(report, image) if j not in first)]
    shown = list(dict.fromkeys([*order[:N_SLIDERS], *doses]))
    for j in shown:
        sync_widget(f"dose_{j}", float(doses.get(j, 1.0)))
        st.slider(report.names.concept(j), 0.0, 2.0, step=0.05, key=f"dose_{j}", on_change=_moved, args=(j,))
    rest = [j for j in order if j not in shown]
    if rest:
        st.selectbox(
            "Another concept", rest, index=None, format_func=report.names.concept, key="dose_more",
            placeholder="add a slider", on_change=_added,
        )  # fmt: skip
    with st.container(horizontal=True):
        st.button(
            "Reset", icon=":material/restart_alt:", on_click=_set, args=(None,), disabled=not doses, width="stretch"
        )
        st.button(
            "Undo", icon=":material/undo:", on_click=_undo, disabled=not st.session_state.get("doses_before"),
            width="stretch",
        )  # fmt: skip
    last = st.session_state.get("dose_last")
    return last if last in shown else next(iter(doses), shown[0])


def _moved(concept: int) -> None:
    dose = round(float(st.session_state[f"dose_{concept}"]), 2)
    doses = doses_in(view().doses) | {concept: dose}
    st.session_state["dose_last"] = concept
    _set(doses_text({j: d for j, d in doses.items() if d != 1.0 or j == concept}))


def _added() -> None:
    concept = st.session_state["dose_more"]
    st.session_state["dose_last"] = concept
    _set(doses_text(doses_in(view().doses) | {concept: 1.0}))


def _set(text: str | None) -> None:
    st.session_state.setdefault("doses_before", []).append(view().doses)
    choose_in_report(doses=text, whole=int(is_whole()))


def _undo() -> None:
    choose_in_report(doses=st.session_state["doses_before"].pop(), whole=int(is_whole()))


def _answers(report: ClassReport, split: "SplitModel", subject: "Subject", doses: dict[int, float], n: int) -> None:
    from concepts.interventions import predictions_under_doses

    with ASKING.turn():
        found = predictions_under_doses(split.head, subject, doses, top=N_CLASSES, outputs=split.outputs)
    names, first, then = class_names(split), found.first, found.then
    said = f"The model says {names[first.index]} ({percent(first.before)})"
    said += f"; with your doses {names[then.index]} ({percent(then.after)})." if doses else "."
    if n > 1:
        change = "1 of them changes its" if found.changed == 1 else f"{found.changed:,} of them change their"
        said = f"Mean over {n:,} {report.data.noun}s. {said} {change} answer."
    st.html(texts.paragraph(said, kind="cx-answer", live=True))
    if found.margin is not None:
        paragraph(margin_sentence(found.margin, names[first.index], moved=bool(doses)))
    st.html(answers([(names[row.index], row.before, row.after) for row in found.rows]))
    st.caption(f"{percent(subject.leftover)} of the activations' length lies outside the concepts: no slider moves it.")


def margin_sentence(margin: tuple[float, float], name: str, *, moved: bool) -> str:
    """The lead over the runner-up, which still moves where the probability is saturated."""
    before, after = (f"{value:.1f}".replace("-", "−") for value in margin)
    text = f"Lead of {name} over the next class: {before} logits"
    return f"{text}, with your doses {after}." if moved else f"{text}."


def _curve(report: ClassReport, split: "SplitModel", subject: "Subject", doses: dict[int, float], concept: int) -> None:
    from concepts.interventions import dose_response

    with ASKING.turn():
        found = dose_response(split.head, subject, doses, concept, top=N_CURVES, outputs=split.outputs)
    names = class_names(split)
    curves = {names[index]: values for index, values in found.curves.items()}
    st.html(texts.heading(3, f"Dose and response: {report.names.concept(concept)}", kind="cx-flat"))
    st.plotly_chart(
        dose_figure(found.doses, curves, doses.get(concept, 1.0), dark=is_dark()), key="dose_curve", config=QUIET,
        alt=f"Probability of {', '.join(curves)} while the dose of {report.names.concept(concept)} goes from 0 to 2",
    )  # fmt: skip
    paragraph("The other concepts stay at their doses. Where a line is flat, the model does not use the concept here.")


def _smallest(report: ClassReport, split: "SplitModel", subject: "Subject") -> None:
    """Shows the search for the smallest change, on demand."""
    st.html(texts.heading(3, "What is the least that changes its mind?", kind="cx-flat"))
    if not st.toggle("Search", key="flip"):
        return
    with asking(f"smallest change: {about(report)}", open_item(report)):
        removal, dose = _searched(report_key(report), open_item(report), split, subject)
    names = class_names(split)
    paragraph(removal_sentence(removal, names, report.names) + " " + dose_sentence(dose, names, report.names))
    if removal.concepts:
        taken = doses_text(dict.fromkeys(removal.concepts, 0.0))
        st.button("Set these doses", icon=":material/tune:", on_click=_set, args=(taken,))


@st.cache_data(max_entries=64, show_spinner="Trying the sets of concepts …")
def _searched(key: tuple[str, int], image: int, _split: "SplitModel", _subject: "Subject"):
    from concepts.interventions import smallest_dose, smallest_removal

    with ASKING.turn():
        return smallest_removal(_split.head, _subject), smallest_dose(_split.head, _subject)


def removal_sentence(found, names: list[str], called: Names) -> str:
    """The result of the search for a set of concepts, and what it proves."""
    if not found.concepts:
        return "Even without all concepts the model gives the same answer: what it rests on lies outside of them."
    listed = ", ".join(called.concept(j) for j in found.concepts)
    text = f"Without {listed} the model says {names[found.answer]}. "
    n = len(found.concepts)
    if found.proven:
        return text + (
            "No other single step is smaller." if n == 1 else f"No set of fewer than {n} does: all were tried."
        )
    return text + (
        f"This set was found step by step: the smallest has more than {found.tried_up_to} (all sets up to that size "
        f"were tried) and at most {n}."
    )


def dose_sentence(found, names: list[str], called: Names) -> str:
    """The result of the search for a single concept's dose."""
    if found is None:
        return "No single concept flips it, at any dose from 0 to 2 (tried in steps of 0.05)."
    concept, dose, answer = found
    return (
        f"Of single concepts, {called.concept(concept)} at dose {dose:g} is the smallest change that does: then it is "
        f"{names[answer]} (doses from 0 to 2 were tried in steps of 0.05)."
    )
