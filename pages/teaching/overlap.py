"""The areas of concepts over a part that was painted, as pictures."""

from collections.abc import Sequence

import streamlit as st
from markupsafe import Markup

from concepts.demo.overlap_pictures import BOTH, CONCEPT_ALONE, PART_ALONE, OverlapPicture, overlap_picture
from concepts.numerics.samples import even_sample
from concepts.rendering.pictures import Picture
from concepts.report import ClassReport
from concepts.report.names import NUMBERS
from concepts.report.rendering.sentences import percent
from pages.components.report import titled_rows
from pages.components.scales import keys
from pages.state.reports import report_key
from pages.teaching.demo import names_in

N_PICTURES, SIZE = 3, 144


def overlap_rows(report: ClassReport, part: str, concepts: Sequence[int]) -> Markup:
    """For each of these concepts a row of photos with its area and the painted part, and what the colours mean."""
    rows = [(NUMBERS.concept(j), _pictures(report, part, j)) for j in concepts]
    colours = [(PART_ALONE, f"the painted {part} alone"), (CONCEPT_ALONE, "the concept alone"), (BOTH, "both")]
    return titled_rows(rows, size=SIZE, label=f"the painted {part} and the concepts") + keys(colours)


def _pictures(report: ClassReport, part: str, concept: int) -> list[Picture]:
    """An even sample of the photos with that concept's area; the caption says how much of both areas is shared."""
    names, pictures = names_in(report), []
    for i in even_sample(len(names), N_PICTURES):
        found = _overlap(report_key(report), part, concept, i, report)
        shared = f"{percent(found.iou)} shared"
        alt = f"photo {names[i]}: the painted {part} and {NUMBERS.concept(concept)}, {shared}"
        pictures.append(Picture.of(found.content, alt, shared))
    return pictures


@st.cache_data(max_entries=64, show_spinner=False)
def _overlap(key: tuple[str, int], part: str, concept: int, image: int, _report: ClassReport) -> OverlapPicture:
    return overlap_picture(names_in(_report)[image], part, _report.array("maps")[image, :, :, concept])
