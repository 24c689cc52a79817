"""The local view: one photo, the model's answer, and the concepts in it with their maps and importances."""

import plotly.graph_objects as go
import streamlit as st
from markupsafe import Markup

from concepts.rendering.pictures import Picture
from concepts.report.class_report import ClassReport, thumbnail_name
from concepts.report.queries.local_importance import by_size, evidence_shares
from concepts.report.rendering.excerpts import top_words
from concepts.report.rendering.sentences import amount, importance_unit, percent, score_unit, signed_answer
from pages.components import report as components
from pages.components import texts
from pages.components.charts import draw_once
from pages.components.once import html_once
from pages.components.pictures import beside, picture_grid
from pages.components.safe_text import is_dark, paragraph
from pages.components.scales import concept_scale
from pages.components.tables import table
from pages.figures.importance import local_figure
from pages.report import visualisation
from pages.report.selected_photos import telling_concept
from pages.state.address import PHOTOS, WHAT_IF, ReportView
from pages.state.report_pictures import map_picture, source_of, whole_text
from pages.state.selection import choose, choose_in_report, rerun_page, sync_widget, view

N_MAPS = 4
N_CONCEPTS, N_WORDS = 6, 6  # of a text


def card(report: ClassReport, image: int) -> None:
    """Shows the photo, the map of its strongest concept, the answer, and the ways on."""
    st.html(html_once(_card, report, image, shown_concept(report, image), view()))
    with st.container(horizontal=True):
        for label, icon, tab in (("Why this answer?", "help", PHOTOS), ("What if?", "tune", WHAT_IF)):
            st.button(label, icon=f":material/{icon}:", key=f"to_{tab}", on_click=_go, args=(tab, image))


def _go(tab: str, image: int) -> None:
    choose(tab=tab, image=image)
    rerun_page()


def _card(report: ClassReport, image: int, concept: int, at: ReportView) -> Markup:
    if report.data.kind == "texts":
        return beside([whole_text(report, image, at)]) + answer_html(report, image)
    row = report.data.items[image]
    photo = source_of(report, thumbnail_name(image))
    pictures = [Picture(photo, f"photo {row.name}", "what the model saw", at.href(image=image, tab=PHOTOS))]
    if report.has_maps:
        pictures.append(map_picture(report, concept, image, caption=f"where {report.names.concept(concept)} is"))
    return beside(pictures) + answer_html(report, image)


def show(report: ClassReport, image: int) -> None:
    """Shows the photo beside the map of one concept, with the model's answer below."""
    row = report.data.items[image]
    pictures = [Picture(source_of(report, thumbnail_name(image)), f"photo {row.name}", "what the model saw")]
    concept = shown_concept(report, image)
    if report.has_maps:
        choose_concept(report, image, concept)
        style = visualisation.chosen_style()
        caption = f"where {report.names.concept(concept)} is"
        pictures.append(map_picture(report, concept, image, caption=caption, style=style))
        pixels = visualisation.pixels_on_demand(report, concept, image, style)
        pictures += pixels.pictures
    st.html(html_once(beside, pictures))
    if report.has_maps:
        st.html(concept_scale(report.largest_code(concept), line=style.line))
        visualisation.show_pixels(pixels)
    st.html(answer_html(report, image))


def answer_html(report: ClassReport, image: int) -> Markup:
    """The model's answer to a photo or text, with its strategy and score."""
    row = report.data.items[image]
    target, strategy = report.data.target.label, report.names.strategy(row.strategy)
    said = f"{signed_answer(row)}. {strategy}. Score of “{target}”: {row.score:.2f} {score_unit(report.data)}."
    return components.photo_answer(row.name, said)


def concepts_in(report: ClassReport, image: int) -> list[int]:
    """The concepts by |φ| in this photo, largest first."""
    return by_size(report.array("phi")[image])


def shown_concept(report: ClassReport, image: int) -> int:
    """The concept in the address, else the one that sets the chosen photos apart, else the one with the largest |φ|."""
    concept = view().concept
    if concept is not None and 0 <= concept < len(report.data.concepts):
        return concept
    telling = telling_concept(report)
    return concepts_in(report, image)[0] if telling is None else telling


def choose_concept(report: ClassReport, image: int, concept: int) -> None:
    """Shows the choice of the concept that is marked in the photo or text."""
    sync_widget("photo_concept", concept, report.names.concept(concept))
    st.selectbox(  # the same labels for all photos: Streamlit restores a choice by its label
        "Show where this concept is (what counts most here first)", concepts_in(report, image), key="photo_concept",
        on_change=_concept, format_func=report.names.concept,
    )  # fmt: skip


def _concept() -> None:
    choose_in_report(concept=st.session_state["photo_concept"])
    rerun_page()


def evidence(report: ClassReport, image: int) -> None:
    """Shows bars of this photo's importances, and the maps of the most important concepts."""
    row = report.data.items[image]
    st.html(texts.heading(3, f"Why this answer? The concepts in {row.name}"))
    bars, maps = st.columns([5, 7], gap="large")
    bars.plotly_chart(
        draw_once(_bars, report, image, dark=is_dark()), key="local",
        config={"displayModeBar": False},
        alt=f"Importance of each concept in {report.data.noun} {row.name}, in {importance_unit(report.data)}",
    )  # fmt: skip
    with maps:
        paragraph(
            "A bar to the right: this concept raises the score; to the left, hatched: it lowers it. The share is of "
            f"all the evidence in this {report.data.noun}."
        )
        if report.has_maps:
            st.html(html_once(picture_grid, _maps(report, image), columns=N_MAPS))
        elif report.data.kind == "texts":
            st.html(html_once(_words, report, image))
        else:
            paragraph("This layer has no places: there is nothing to show over the photo.")


def _bars(report: ClassReport, image: int, *, dark: bool) -> go.Figure:
    phi, target = report.array("phi")[image], report.data.target.label
    return local_figure(phi, target=target, unit=importance_unit(report.data), names=report.names, dark=dark)


def _words(report: ClassReport, image: int) -> Markup:
    """The words of the concepts that count most in a text."""
    rows = [
        (report.names.concept(j), " · ".join(top_words(report, j, N_WORDS)) or "none that only it has")
        for j in by_size(report.array("phi")[image])[:N_CONCEPTS]
    ]
    return table(("Concept", "Words that set its texts apart"), rows, caption="The concepts in words")


def _maps(report: ClassReport, image: int) -> list[Picture]:
    phi, unit = report.array("phi")[image], importance_unit(report.data)
    shares = evidence_shares(phi)
    return [
        map_picture(
            report, j, image, caption=f"{report.names.concept(j)}: {amount(phi[j], unit)}, {percent(shares[j])}"
        )
        for j in by_size(phi)[:N_MAPS]
    ]
