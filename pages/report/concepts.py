"""The concepts by importance, and one of them in detail."""

import plotly.graph_objects as go
import streamlit as st
from markupsafe import Markup

from concepts.rendering.pictures import Picture
from concepts.report.class_report import ClassReport
from concepts.report.names import concept_number
from concepts.report.queries.selected_photos import concept_rows_among
from concepts.report.rendering.help_texts import BAR_HELP, CONCEPT_HELP, INTERVAL_HELP
from concepts.report.rendering.sentences import concept_sentence, good_word, part_name, part_sentence, percent
from concepts.report.rows import ConceptRow, CropRow, SubConceptRow
from pages.components import report as components
from pages.components import texts
from pages.components.charts import draw_once
from pages.components.once import html_once
from pages.components.pictures import picture_grid
from pages.components.safe_text import is_dark, paragraph
from pages.components.scales import concept_scale
from pages.components.terms import with_terms
from pages.figures.importance import importance_figure
from pages.report import naming, visualisation
from pages.report.photo_search import chosen_images
from pages.state.address import PhotoQuestion, ReportView
from pages.state.notes import rerun_page_if_renamed
from pages.state.report_pictures import crop_in_place, crop_picture, map_picture, source_of
from pages.state.reports import report_key, suggested
from pages.state.selection import choose, rerun_page, rerun_page_if_asked, sync_widget, view
from pages.state.server_settings import server_settings

N_WHOLE, N_EACH = 4, 5
READING = "The score counts deviations above what shuffled places give: better than chance, which is not yet right."
ALL = "Where is it like that in all these photos?"
HELP = (
    f"{CONCEPT_HELP} {BAR_HELP}: {INTERVAL_HELP} Names are left to you: a name is a reading of the crops, not "
    "something the model says."
)


def show(report: ClassReport) -> None:
    """Shows heading, bars and the chosen concept, then all concepts side by side."""
    st.header("The concepts, by importance", anchor="concepts")
    paragraph(with_terms(HELP, "concept", "crops"))
    if report.data.concepts:
        explore(report)
        _all(report)


@st.fragment
def explore(report: ClassReport) -> None:
    """Shows bars on the left and the chosen concept on the right."""
    rerun_page_if_asked()
    rerun_page_if_renamed(report_key(report), report)
    left, right = st.columns([6, 7], gap="large")
    among = chosen_images(report) if view().wanted.anything else None
    if among:
        left.html(texts.paragraph(f"In the {len(among):,} chosen photos; the order is that of all photos."))
    left.plotly_chart(
        draw_once(_figure, report, dark=is_dark(), among=among or None), key="importance",
        config={"displayModeBar": False},
        alt="Share of the evidence of each concept with 95% intervals; the numbers are in the list below",
    )  # fmt: skip
    with right:
        _one(report, chosen(report))


def _figure(report: ClassReport, *, dark: bool, among: list[int] | None) -> go.Figure:
    rows = report.data.concepts if among is None else concept_rows_among(report, among)
    return importance_figure(rows, names=report.names, word=good_word(report.data), dark=dark)


def chosen(report: ClassReport) -> ConceptRow:
    """The concept in the address, else the most important one."""
    concept, rows = view().concept, report.data.concepts
    return rows[concept] if concept is not None and 0 <= concept < len(rows) else rows[0]


def _one(report: ClassReport, row: ConceptRow) -> None:
    wanted, k = view().concept, len(report.data.concepts)
    if wanted is not None and wanted != row.index:
        st.warning(f"This report has no concept {concept_number(wanted)}: it holds concepts 1 to {k}.")
    sync_widget("concept", row.index, report.names.concept(row.index))
    st.selectbox(
        "Concept", range(len(report.data.concepts)), format_func=report.names.concept, key="concept", on_change=_concept
    )
    said = with_terms(concept_sentence(row, report.data), "evidence", "95% interval")
    st.html(texts.paragraph(said) + _beyond(report, row.index))
    naming.show(report, "concept", row.index)
    if not row.crops:
        paragraph("It has no crops: this layer has no places, or the concept is nowhere present.")
        return
    whole_photos = st.toggle("Show the crops at their place in the photo", key="in_place")
    st.html(html_once(_crops, report, row, view(), in_place=whole_photos))
    st.html(concept_scale(report.largest_code(row.index)))
    visualisation.drawn(report, row.index)
    if report.data.parts_of((row.index,)):
        st.html(html_once(_made_of, report, row.index, view()))


def _crops(report: ClassReport, row: ConceptRow, at: ReportView, *, in_place: bool) -> Markup:
    picture = crop_in_place if in_place else crop_picture
    crops = [picture(report, row.index, crop, at) for crop in row.crops]
    whole = [
        map_picture(report, row.index, crop.image, href=at.href(image=crop.image, concept=row.index))
        for crop in row.crops[:N_WHOLE]
    ]
    return components.concept(picture_grid(crops, columns=4), picture_grid(whole, columns=4))


def _beyond(report: ClassReport, concept: int) -> Markup:
    """The word found for a concept, and the link to all places similar to it; each only where it exists."""
    found = suggested(report).get(concept)
    named = texts.paragraph(f"Word found for it: {found.sentence}. {READING}") if found is not None else Markup("")
    tokens = report.data.dataset.tokens
    if not tokens or not (server_settings().collections[0] / tokens).is_dir():
        return named
    question = PhotoQuestion(
        collection=tokens, ask="concept", report=report.folder.name if report.folder else None, concept=concept
    )
    return named + texts.paragraph(texts.link(ALL, question.href("similarity")))


def _made_of(report: ClassReport, concept: int, at: ReportView) -> Markup:
    title = texts.heading(3, "What it is made of, at an earlier layer", kind="cx-head")
    return title + parts_html(report, (concept,), at)


def parts_html(report: ClassReport, path: tuple[int, ...], at: ReportView) -> Markup:
    """The tree of sub-concepts of a concept or of one of its parts; empty where it was not decomposed.

    at: the state of the page that links lead on from.
    """
    parts = [
        components.part(
            texts.heading(4, part_name(row.path)), part_sentence(row, report.data),
            [_part_crop(report, row, crop, at) for crop in row.crops], size=84, more=parts_html(report, row.path, at),
        )
        for row in report.data.parts_of(path)
    ]  # fmt: skip
    return Markup("").join(parts)


def _part_crop(report: ClassReport, row: SubConceptRow, crop: CropRow, at: ReportView) -> Picture:
    alt = f"{part_name(row.path)}: crop of {report.data.images[crop.image].name}"
    return Picture(source_of(report, crop.file), alt, "", at.href(image=crop.image))


def _concept() -> None:
    choose(concept=st.session_state["concept"])
    rerun_page()


def _all(report: ClassReport) -> None:
    st.html(html_once(_side_by_side, report, view()))


def _side_by_side(report: ClassReport, at: ReportView) -> Markup:
    return components.all_concepts([_small(report, row, at) for row in report.data.concepts])


def _small(report: ClassReport, row: ConceptRow, at: ReportView) -> Markup:
    reliability = "" if row.reliability is None else f", {percent(row.reliability)} of these {good_word(report.data)}"
    dead = " · dead" if row.dead else ""
    figures = f"{percent(row.share)} of the evidence · first in {percent(row.prevalence)}{reliability}{dead}"
    crops = [crop_picture(report, row.index, crop, at) for crop in row.crops[:N_EACH]]
    return components.small_concept(report.names.concept(row.index), at.href(concept=row.index), figures, crops)
