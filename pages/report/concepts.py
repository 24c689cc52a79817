"""Tab: the concepts by importance, one of them in detail."""

import streamlit as st
from markupsafe import Markup

from concepts.data.nouns import TEXT
from concepts.rendering.pictures import Picture
from concepts.report.class_report import ClassReport
from concepts.report.names import concept_number
from concepts.report.queries.selected_photos import concept_rows_among
from concepts.report.rendering.help_texts import BAR_HELP, concept_help, interval_help
from concepts.report.rendering.sentences import concept_sentence, part_name, part_sentence
from concepts.report.rows import ConceptRow, CropRow, SubConceptRow
from pages.components import report as components
from pages.components import texts
from pages.components.once import html_once
from pages.components.pictures import picture_grid
from pages.components.safe_text import paragraph
from pages.components.scales import concept_scale
from pages.components.terms import with_terms
from pages.report import naming, visualisation
from pages.report.concept_table import rows_html, said_of
from pages.report.photo_search import chosen_images
from pages.report.selected_photos import telling_concept
from pages.report.wording import wording_html
from pages.state.address import PHOTOS, PhotoQuestion, ReportView
from pages.state.notes import notes_on, rerun_page_if_renamed
from pages.state.report_pictures import crop_in_place, crop_picture, map_picture, source_of
from pages.state.reports import report_key, suggested
from pages.state.selection import rerun_page_if_asked, view
from pages.state.server_settings import server_settings

N_ROWS, N_WHOLE = 10, 4
READING = "The score counts deviations above what shuffled places give: better than chance, which is not yet right."
ALL = "Where is it like that in all these photos?"


def show(report: ClassReport) -> None:
    """Shows the table; the chosen concept is open within it."""
    paragraph(with_terms(_help(report.data.noun), "concept", "crops"))
    if report.data.concepts:
        explore(report)


def _help(noun: str) -> str:
    shown = "excerpts" if noun == TEXT else "crops"
    return (
        f"{concept_help(noun)} {BAR_HELP}: {interval_help(noun)} Names are left to you: a name is a reading of the "
        f"{shown}, not something the model says."
    )


@st.fragment
def explore(report: ClassReport) -> None:
    """Shows the rows up to the open one, what there is to say of it, then the others."""
    rerun_page_if_asked()
    rerun_page_if_renamed(report_key(report), report)
    row, rows = chosen(report), report.data.concepts
    if view().concept not in (None, row.index):
        k = len(rows)
        st.warning(f"This report has no concept {concept_number(view().concept or 0)}: it holds concepts 1 to {k}.")
    among = chosen_images(report) if view().wanted.anything else None
    if among:
        paragraph(_second_line(report, len(among)))
    here = {each.index: each for each in concept_rows_among(report, among)} if among else {}
    judged = said_of(notes_on(report_key(report), report))
    place = row.index + 1
    shown = len(rows) if st.session_state.get("every_concept") else max(N_ROWS, place)
    for some in (rows[:place], rows[place:shown]):
        drawn = visualisation.stored_drawings(report, [each.index for each in some])
        if some:
            st.html(html_once(
                rows_html, report, some, view(), chosen=row.index, here=here, judged=judged, drawn=drawn
            ))  # fmt: skip
        if some and some[-1] is row:
            with st.container(key="open_concept"):
                _one(report, row)
    if shown < len(rows):
        st.button(
            f"Show all {len(rows):,} concepts", key="all_concepts", icon=":material/expand_more:", on_click=_show_all
        )


def _second_line(report: ClassReport, n: int) -> str:
    noun = report.data.noun
    return f"The second line of a row is of the {n:,} chosen {noun}s; the order is that of all {noun}s."


def _show_all() -> None:
    st.session_state["every_concept"] = True


def chosen(report: ClassReport) -> ConceptRow:
    """The concept in the address, else the one that sets the chosen photos apart, else the most important one."""
    concept, rows = view().concept, report.data.concepts
    if concept is None:
        concept = telling_concept(report)
    return rows[concept] if concept is not None and 0 <= concept < len(rows) else rows[0]


def _one(report: ClassReport, row: ConceptRow) -> None:
    said = with_terms(concept_sentence(row, report.data), "evidence", "95% interval")
    st.html(texts.paragraph(said) + _beyond(report, row.index))
    naming.show(report, "concept", row.index)
    if report.data.kind == "texts":
        st.html(html_once(wording_html, report, row.index, view()))
        return
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
        map_picture(report, row.index, crop.image, href=at.href(image=crop.image, concept=row.index, tab=PHOTOS))
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
    alt = f"{part_name(row.path)}: crop of {report.data.items[crop.image].name}"
    return Picture(source_of(report, crop.file), alt, "", at.href(image=crop.image, tab=PHOTOS))
