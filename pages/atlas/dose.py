"""The dose of the chosen concept: what the model answers to its typical photo with less of it, or more."""

from typing import TYPE_CHECKING

import streamlit as st

from concepts.rendering.pictures import Picture
from concepts.report.class_report import ClassReport, thumbnail_name
from concepts.report.queries.typical_photo import typical_photo
from concepts.report.rendering.sentences import percent
from pages.atlas.choice import view
from pages.components import texts
from pages.components.answers import answers
from pages.components.once import html_once
from pages.components.pictures import picture_row
from pages.components.safe_text import is_dark, paragraph
from pages.figures.doses import dose_figure
from pages.state.asking import about, asking
from pages.state.computing import ASKING
from pages.state.messages import sentence_of
from pages.state.models import class_names, photos_of, split_of
from pages.state.report_pictures import source_of
from pages.state.reports import report_key
from pages.state.selection import choose, sync_widget
from pages.state.server_settings import server_settings

if TYPE_CHECKING:
    from concepts.interventions import DoseResponse, Subject
    from concepts.models import Split

N_CLASSES, N_CURVES, SIDE = 4, 4, 120
QUIET = {"displayModeBar": False}


@st.fragment
def show(report: ClassReport, concept: int) -> None:
    """Shows a closed section; opening it loads the model."""
    if not st.toggle("Change its dose", key="atlas_ask", value=view().dose is not None):
        return
    try:
        _ask(report, concept)
    except ValueError as error:
        st.info(sentence_of(error))


def _ask(report: ClassReport, concept: int) -> None:
    image = typical_photo(report, concept)
    with asking(f"dose: {about(report)}", image, concept):
        split, subject = _opened(report, image)
    if subject is None:
        st.info("The model gives quantities, not classes: there is no answer to show.")
        return
    st.html(html_once(picture_row, [_photo(report, image)], size=SIDE))
    sync_widget("atlas_dose", _dose())
    st.slider(
        f"Dose of {report.names.concept(concept)}: 0 takes it out, 1 as it is", 0.0, 2.0, step=0.05, key="atlas_dose",
        on_change=lambda: choose(dose=f"{st.session_state['atlas_dose']:g}"),
    )  # fmt: skip
    _answers(split, subject, concept)
    _curve(report, split, subject, concept)


def _opened(report: ClassReport, image: int) -> "tuple[Split, Subject | None]":
    split = split_of(report)
    if split.outputs.kind == "regression":
        return split, None
    return split, _subject(report_key(report), image, report, split)


def _dose() -> float:
    dose = view().dose
    return 1.0 if dose is None else dose


def _photo(report: ClassReport, image: int) -> Picture:
    name = report.data.items[image].name
    return Picture(source_of(report, thumbnail_name(image)), f"photo {name}", name)


@st.cache_resource(max_entries=16, show_spinner="Reading the photo's activations …")
def _subject(key: tuple[str, int], image: int, _report: ClassReport, _split: "Split") -> "Subject":
    from concepts.interventions import open_subject

    with ASKING.turn():
        return open_subject(
            _report, _split, [image], store=server_settings().store, photos=lambda: photos_of(key, _report)
        )


def _answers(split: "Split", subject: "Subject", concept: int) -> None:
    from concepts.interventions import predictions_under_doses

    with ASKING.turn():
        found = predictions_under_doses(split.head, subject, {concept: _dose()}, top=N_CLASSES, outputs=split.outputs)
    names, first, then = class_names(split), found.first, found.then
    said = f"The model says {names[first.index]} ({percent(first.before)})"
    said += f"; at dose {_dose():g} {names[then.index]} ({percent(then.after)})." if _dose() != 1 else "."
    st.html(texts.paragraph(said, kind="cx-answer", live=True))
    st.html(answers([(names[row.index], row.before, row.after) for row in found.rows], then="at this dose"))


def _curve(report: ClassReport, split: "Split", subject: "Subject", concept: int) -> None:
    found, names = _response(report_key(report), concept, split, subject), class_names(split)
    curves = {names[index]: values for index, values in found.curves.items()}
    st.plotly_chart(
        dose_figure(found.doses, curves, _dose(), dark=is_dark()), key="atlas_dose_curve", config=QUIET,
        alt=f"Probability of {', '.join(curves)} while the dose of {report.names.concept(concept)} goes from 0 to 2",
    )  # fmt: skip
    paragraph("Where a line is flat, the model does not use the concept in this photo.", "cx-note")


@st.cache_resource(max_entries=64, show_spinner=False)
def _response(key: tuple[str, int], concept: int, _split: "Split", _subject: "Subject") -> "DoseResponse":
    from concepts.interventions import dose_response

    with ASKING.turn():
        return dose_response(_split.head, _subject, {}, concept, top=N_CURVES, outputs=_split.outputs)
