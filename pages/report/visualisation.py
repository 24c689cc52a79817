"""Visualisation of a concept: a picture optimised for it, and the pixels of a photo that drive it."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from concepts.access import Act
from concepts.numerics.written import written
from concepts.rendering.pictures import Picture, data_uri
from concepts.report.class_report import ClassReport, thumbnail_name
from concepts.report.queries.visualisation import (
    ConceptDrawing,
    ConceptInPixels,
    DrawingFigures,
    concept_in_pixels,
    draw_concept,
    find_drawing,
)
from concepts.report.rendering.graph_geometry import picture_or_none
from concepts.report.rendering.overlay import DEFAULT_STYLE, OverlayStyle, overlay_bytes
from concepts.report.rendering.sentences import percent
from pages.components.pictures import beside
from pages.components.safe_text import paragraph
from pages.state.address import PHOTOS
from pages.state.asking import about, asking
from pages.state.computing import ASKING
from pages.state.messages import sentence_of
from pages.state.models import split_of
from pages.state.report_pictures import source_of
from pages.state.reports import report_key
from pages.state.selection import view
from pages.state.server_settings import server_settings
from pages.state.visitor import may, why_not

HOW = (
    "The model draws: a picture with the spectrum of these photos is changed, phase by phase, until the concept "
    "answers most strongly (MACO). It shows what drives the concept, not what the concept means."
)


def drawn(report: ClassReport, concept: int) -> None:
    """Shows the drawing of a concept, or the button that draws it."""
    with st.expander("What it looks like to the model", icon=":material/draw:"):
        paragraph(HOW)
        try:
            found = _drawn(report, concept)
        except ValueError as error:
            st.info(sentence_of(error))
            return
        if found is not None:
            st.html(beside(_drawn_pictures(report, concept, found)))
            paragraph(drawn_sentence(found.figures))


def stored_drawings(report: ClassReport, concepts: Sequence[int]) -> dict[int, str]:
    """The `src` of the drawings that are stored, by concept."""
    found = {j: _stored(report_key(report), j, report) for j in concepts}
    return {j: source for j, source in found.items() if source is not None}


@st.cache_data(max_entries=1_000, ttl=30, show_spinner=False)
def _stored(key: tuple[str, int], concept: int, _report: ClassReport) -> str | None:
    found = find_drawing(_report, concept, server_settings().store)
    return None if found is None else data_uri(found.picture)


def _drawn(report: ClassReport, concept: int) -> ConceptDrawing | None:
    found = find_drawing(report, concept, server_settings().store)
    if found is None and not may(Act.ASK):
        paragraph(why_not(Act.ASK), "cx-note")
    elif found is None and st.button(
        "Draw it (half a minute, more on a busy machine)", icon=":material/brush:", key=f"draw_{concept}"
    ):
        with asking(f"drawing: {about(report)}", concept):
            return _draw_now(report, concept)
    return found


def _draw_now(report: ClassReport, concept: int) -> ConceptDrawing:
    split = split_of(report)
    with st.spinner("The model draws …"), ASKING.turn():
        return draw_concept(report, split, concept, store=server_settings().store)


def _drawn_pictures(report: ClassReport, concept: int, found: ConceptDrawing) -> list[Picture]:
    """The drawing, and beside it the photo in which the concept is strongest."""
    figures = found.figures
    name = report.names.concept(concept)
    pictures = [
        Picture.of(found.picture, f"what drives {name}, drawn by the model", f"drawn: {written(figures.reached, 3)}")
    ]
    if figures.image is not None and figures.photo is not None:
        photo = source_of(report, thumbnail_name(figures.image))
        alt = f"photo {report.data.items[figures.image].name}"
        href = view().href(image=figures.image, concept=concept, tab=PHOTOS)
        pictures.append(Picture(photo, alt, f"strongest photo: {written(figures.photo, 3)}", href))
    return pictures


def drawn_sentence(figures: DrawingFigures) -> str:
    """The concept's activation on the drawing, beside its controls."""
    text = (
        f"The concept answers to the drawing with {written(figures.reached, 3)} at its strongest place; to pictures of "
        f"the same spectrum with random phases with {written(figures.random, 3)} (at most "
        f"{written(figures.random_best, 3)})"
    )
    text += "." if figures.photo is None else f"; to the strongest real photo with {written(figures.photo, 3)}."
    if figures.reached <= figures.random_best:
        text += " The drawing does no better than chance: read nothing into it."
    elif figures.photo is not None and figures.reached > figures.photo:
        text += " No photo drives it so far: the drawing exaggerates."
    return f"{text} Where it is transparent, nothing drove the concept. Seed {figures.seed}, {figures.steps} steps."


@dataclass(frozen=True)
class PixelPicture:
    """The picture of the pixels, where requested and available, with its check in a sentence."""

    pictures: tuple[Picture, ...] = ()
    sentence: str = ""
    refusal: str = ""


def chosen_style() -> OverlayStyle:
    """The overlay style that the reader has chosen."""
    with st.popover("How the map is drawn", icon=":material/tune:"):
        opacity = st.slider("Opacity", 0.0, 1.0, DEFAULT_STYLE.opacity, 0.02, key="map_opacity")
        share = st.slider("Hide what is below this share of the peak, in %", 0, 100, 0, 5, key="map_threshold")
        line = st.toggle("Line at half of the peak", value=DEFAULT_STYLE.line, key="map_line")
    return OverlayStyle(opacity, share / 100, line)


def pixels_on_demand(report: ClassReport, concept: int, image: int, style: OverlayStyle) -> PixelPicture:
    """Shows a closed toggle; opening it loads the model."""
    if not st.toggle("Show the pixels that drive it", key="in_pixels", help="Asks the model: takes some seconds."):
        return PixelPicture()
    try:
        with asking(f"pixels: {about(report)}", concept, image):
            found = _in_pixels(report_key(report), concept, image, report)
    except ValueError as error:
        return PixelPicture(refusal=sentence_of(error))
    photo, shown = picture_or_none(report, thumbnail_name(image)), found.shown
    plainly = OverlayStyle(style.opacity, style.threshold, line=False)
    content = photo and overlay_bytes(photo, shown, top=found.top, style=plainly)
    alt = f"the pixels of photo {report.data.items[image].name} that drive {report.names.concept(concept)}"
    caption = f"the pixels that drive {report.names.concept(concept)}"
    return PixelPicture((Picture.of(content, alt, caption),), pixels_sentence(found))


@st.cache_data(max_entries=64, show_spinner="Following the concept to the pixels …")
def _in_pixels(key: tuple[str, int], concept: int, image: int, _report: ClassReport) -> ConceptInPixels:
    split = split_of(_report)
    with ASKING.turn():
        return concept_in_pixels(_report, split, concept, image)


def pixels_sentence(found: ConceptInPixels) -> str:
    """An explanation of the pixels, with the check and the control."""
    return (
        "The map is read at a layer and enlarged: by itself it is no evidence of what was looked at there. The pixels "
        "show what raises the concept's activation within the map's line, by integrated gradients from a picture of "
        f"one colour, smoothed a little, on a scale of their own. "
        f"They add up to the activation's change with a gap of {percent(found.gap)}. "
        f"Rank correlation with the map {found.agreement:.2f}, of the same numbers on other channels "
        f"{found.control:.2f}. "
        f"The two agree pixel by pixel at {found.alike:.2f}: near 1 the pixels tell the place only, not the concept."
    )


def show_pixels(pixels: PixelPicture) -> None:
    """Shows the sentence, or the reason why there is none."""
    if pixels.sentence:
        paragraph(pixels.sentence)
    if pixels.refusal:
        st.info(pixels.refusal)
