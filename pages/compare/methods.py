"""Comparison of methods: one evaluation as findings, ranks, trade-offs, curves and a table."""

from collections.abc import Sequence

import streamlit as st

from concepts.evaluation import Evaluation
from concepts.evaluation.arrays import KINDS, Curves
from concepts.evaluation.measures import MEASURES, faithfulness
from concepts.evaluation.ranks import dictionary_rank_table, importance_rank_table
from concepts.evaluation.settings import DictionaryName
from concepts.report.rendering.sentences import model_name
from pages.compare.stored_results import offer_files
from pages.components import texts
from pages.components.charts import DrawnFigure, draw_once
from pages.components.findings import findings
from pages.components.safe_text import is_dark, paragraph, plain, wide
from pages.components.tables import table as table_of
from pages.figures.curves import curves_figure
from pages.figures.ranks import CHANCE, ranks_figure
from pages.figures.tradeoffs import tradeoff_figure
from pages.state.current import current_card
from pages.state.evaluations import evaluations
from pages.state.messages import told
from pages.state.part_choice import choose_part
from pages.state.selection import choose, comparison, sync_widget

COMMAND = (
    "python -m concepts evaluate --model demo/shapes --images demo/shapes --target toadstool \\\n"
    "  --methods nmf,kmeans,pca --importances all --concepts 10 --seeds 3 \\\n"
    "  --out workspace/evaluations/toadstool"
)
FILES = {  # label → file in the folder, its type
    "CSV": ("table.csv", "text/csv"),
    "JSON": ("table.json", "application/json"),
    "Parquet": ("table.parquet", "application/vnd.apache.parquet"),
    "One page (HTML)": ("evaluation.html", "text/html"),
}
EXTRACTIONS, IMPORTANCES = "extractions", "importances"
PARTS = {EXTRACTIONS: "Extraction", IMPORTANCES: "Importance"}
QUIET = {"displayModeBar": False}
READ = (
    f"Shade is the rank in its column: the stronger, the better. {CHANCE} and a dashed frame mark what is no better "
    "than its random control. Point at a cell for its 95% interval."
)


def show() -> None:
    """Shows the chosen evaluation, or how to make one."""
    offered = evaluations()
    if not offered:
        _nothing_yet()
        return
    evaluation = _choose_evaluation(offered)
    choose(show="methods", evaluation=comparison().evaluation or evaluation.id)
    paragraph(about_sentence(evaluation))
    if _choose_part(evaluation) == EXTRACTIONS:
        _findings(evaluation)
        _dictionaries(evaluation)
    else:
        _importances(evaluation)
    _left_out(evaluation)
    _table(evaluation)


def _nothing_yet() -> None:
    what = (
        "An evaluation measures several ways to extract concepts and several ways to weigh them on the same photos of "
        "a class, each with its interval and its random control. It is made on the command line, for example of the "
        "built-in demo:"
    )
    st.html(texts.empty("No evaluation yet", what))
    st.code(COMMAND, language=None, wrap_lines=True)
    paragraph(
        "Whatever lies in the folder “evaluations” of the workspace is shown here. The workspace is “workspace” in the "
        "project, or the folder that CONCEPTS_WORKSPACE names.",
        "cx-note",
    )


def _of_current(offered: Sequence[Evaluation]) -> Evaluation | None:
    """The newest evaluation on the class of the report chosen last."""
    card = current_card()
    place = None if card is None else (card.model, card.target)
    return next((each for each in offered if (each.about.model.name, each.about.target.label) == place), None)


def _choose_evaluation(offered: Sequence[Evaluation]) -> Evaluation:
    """The evaluation in the address, else of the class of the report chosen last, else the newest."""
    by_id, wanted = {each.id: each for each in offered}, comparison().evaluation
    if wanted is not None and wanted not in by_id:
        st.warning(f"There is no evaluation {plain(wanted)} here: the newest is shown instead.")
    evaluation = by_id.get(wanted or "") or _of_current(offered) or offered[0]
    sync_widget("evaluation", evaluation.id)
    st.selectbox(
        "Evaluation", list(by_id), format_func=lambda id: _title(by_id[id]), key="evaluation",
        on_change=lambda: choose(evaluation=st.session_state["evaluation"], extraction=None, measure=None),
    )  # fmt: skip
    return evaluation


def _title(evaluation: Evaluation) -> str:
    about = evaluation.about
    return f"{about.target.label} · {model_name(about.model.name)} · {evaluation.id}"


def about_sentence(evaluation: Evaluation) -> str:
    """What was compared, and on which data."""
    about = evaluation.about
    settings, photos = about.settings, about.photos
    fits = "one fit" if settings.n_seeds == 1 else f"{settings.n_seeds} fits"
    return (
        f"How well do {_count(settings.methods, 'way')} to extract concepts and "
        f"{_count(settings.importances, 'way')} to weigh them describe how {model_name(about.model.name)} "
        f"recognises “{about.target.label}” at layer {about.layer.path}? Fitted on "
        f"{photos.n:,} photos ({photos.source}), measured on {photos.measured:,}; "
        f"{fits} of each with {' and '.join(map(str, settings.n_concepts))} concepts."
    )


def _choose_part(evaluation: Evaluation) -> str:
    """Extractions or importances: the part of the address, else the one that its other choices are for."""
    if not _extractions(evaluation):
        return EXTRACTIONS
    asked = comparison()
    part = asked.part if asked.part in PARTS else IMPORTANCES if asked.extraction or asked.measure else EXTRACTIONS
    return choose_part("Which methods", PARTS, part, key="methods_part", on_choose=lambda name: choose(part=name))


def _extractions(evaluation: Evaluation) -> list[tuple[str, int]]:
    """The extractions with their number of concepts whose concepts were weighed."""
    return list(dict.fromkeys((row.method, row.n_concepts) for row in evaluation.rows if row.importance))


def _count(names: Sequence[str], word: str) -> str:
    return f"1 {word}" if len(names) == 1 else f"{len(names)} {word}s"


def _findings(evaluation: Evaluation) -> None:
    st.header("What the paper says, measured here", anchor="findings")
    if evaluation.findings:
        st.html(findings(evaluation.findings))
    else:
        paragraph("None of the paper's statements is about the methods compared here.")


def _dictionaries(evaluation: Evaluation) -> None:
    table = dictionary_rank_table(evaluation.rows)
    st.header("Which extraction is best at what?", anchor="extractions")
    paragraph(f"One line an extraction with its number of concepts; figures are means over fits. {READ}")
    _wide("ranks_dictionaries", draw_once(ranks_figure, table, dark=is_dark()),
          "Ranks of the extractions by every measure")  # fmt: skip
    st.subheader("Error against sparsity", anchor="tradeoff")
    paragraph(
        "An extraction that explains more of the activations usually needs more concepts at once. Best is low and to "
        "the right: little error, few concepts at a time. The colour tells how far apart two fits come out."
    )
    colour = next((name for name in ("stability (seeds)", "stability (folds)") if name in table.measures), None)
    _chart("tradeoff_dictionaries",
           draw_once(tradeoff_figure, table, "sparsity", "relative ℓ2", colour=colour, dark=is_dark()),
           "Relative error against sparsity of the extractions, coloured by stability")  # fmt: skip


def _importances(evaluation: Evaluation) -> None:
    st.header("Which importance can be trusted?", anchor="importances")
    method, k = _choose_extraction(_extractions(evaluation))
    table = importance_rank_table(evaluation.rows, method, k)
    paragraph(
        f"One line a way to weigh the concepts of {method} with {k} concepts; figures are means over fits. {READ}"
    )
    _wide("ranks_importances", draw_once(ranks_figure, table, dark=is_dark()), f"Ranks of the importances on {method}")
    _curves(evaluation, method, k)
    st.subheader("Faithful at what cost?", anchor="cost")
    measure = _choose_measure([name for name in faithfulness() if name in table.measures])
    if measure is None:
        paragraph("No measure of faithfulness was taken.")
        return
    about = MEASURES[measure]
    paragraph(
        f"{measure}: {about.meaning}; {about.better} is better. A method far to the right pays many runs of the "
        "model's head for each photo; it is worth that only where it is also more faithful."
    )
    _chart("tradeoff_importances",
           draw_once(tradeoff_figure, table, "head passes", measure, log_x=True, dark=is_dark()),
           f"{measure} against head passes, on a logarithmic scale")  # fmt: skip


def _choose_extraction(kinds: Sequence[tuple[str, int]]) -> tuple[str, int]:
    """The extraction in the address, else the first."""
    by_name, wanted = {f"{method}-{k}": (method, k) for method, k in kinds}, comparison().extraction
    if wanted is not None and wanted not in by_name:
        st.warning(f"This evaluation has no extraction {plain(wanted)}: it has {plain(', '.join(by_name))}.")
    name = wanted if wanted in by_name else next(iter(by_name))
    sync_widget("extraction", name)
    st.selectbox(
        "Extraction", list(by_name), format_func=lambda each: "{}, {} concepts".format(*by_name[each]),
        key="extraction", on_change=lambda: choose(extraction=st.session_state["extraction"]), width=340,
    )  # fmt: skip
    return by_name[name]


def _choose_measure(offered: Sequence[str]) -> str | None:
    """The measure in the address, else the first; None if there is none."""
    wanted = comparison().measure
    if wanted is not None and wanted not in offered:
        st.warning(f"There is no measure {plain(wanted)} to show here.")
    if not offered:
        return None
    measure = wanted if wanted in offered else offered[0]
    sync_widget("measure", measure)
    st.selectbox(
        "Measure", offered, key="measure", on_change=lambda: choose(measure=st.session_state["measure"]), width=340
    )
    return measure


def _curves(evaluation: Evaluation, method: str, k: int) -> None:
    found = curves_of(evaluation, DictionaryName(method, k, evaluation.about.settings.seed))
    if not any(found.of_kind(kind) for kind in KINDS):
        paragraph("The curves of this extraction were not kept.", "cx-note")
        return
    st.subheader("What happens when concepts go, and when they come back", anchor="curves")
    paragraph(
        "Faithful importances make the score fall at once when the most important concepts are removed, and rise at "
        "once when they are put back. Bands are 95% intervals over photos, of the first fit. A curve that is no better "
        "than the random order says nothing. Click a name in the legend to hide or show it."
    )
    for place, kind in zip(st.columns(2, gap="large"), KINDS, strict=True):
        if curves := found.of_kind(kind):
            place.markdown(f"**C-{kind.capitalize()}** ({MEASURES[f'C-{kind.capitalize()}'].better} is better)")
            place.plotly_chart(
                draw_once(curves_figure, curves, kind=kind, dark=is_dark()), key=f"curves_{kind}", config=QUIET,
                alt=f"Score while concepts are {'removed' if kind == 'deletion' else 'put back'}, one curve an "
                "importance with its 95% band, and a random order; the areas are in the table",
            )  # fmt: skip


def curves_of(evaluation: Evaluation, name: DictionaryName) -> Curves:
    """The curves of one dictionary; none if they are missing or cannot be read."""
    nothing = Curves({}, {})
    try:
        return evaluation.curves.get(str(name), nothing)
    except ValueError as error:
        st.warning(f"The curves cannot be read: {told(error)}.")
        return nothing


def _left_out(evaluation: Evaluation) -> None:
    st.header("What was left out", anchor="left-out")
    for reason in evaluation.left_out:
        paragraph(reason)
    if not evaluation.left_out:
        paragraph("Nothing: every combination that was asked for makes sense here and was measured.")


def _table(evaluation: Evaluation) -> None:
    st.header("All figures", anchor="table")
    with st.expander(f"The table: {len(evaluation.rows):,} figures, one a row"):
        st.dataframe(evaluation.frame, hide_index=True, height=420)
        st.html(table_of(
            ("Measure", "Better", "What it means"), [(m.name, m.better, m.meaning) for m in MEASURES.values()],
            caption="What the measures mean", figures=True,
        ))  # fmt: skip
    offer_files(evaluation, FILES)


def _wide(key: str, figure: DrawnFigure, alt: str) -> None:
    """Shows a heat map that keeps its width on a phone and scrolls."""
    with wide(key):
        _chart(key, figure, alt)


def _chart(key: str, figure: DrawnFigure, alt: str) -> None:
    st.plotly_chart(figure, key=key, config=QUIET, alt=f"{alt}; the table below holds the same figures")
