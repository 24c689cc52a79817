"""Pictures of a report with captions and links, ready for a row."""

import streamlit as st

from concepts.rendering.pictures import Picture
from concepts.report.class_report import ClassReport, thumbnail_name
from concepts.report.rendering.graph_geometry import picture_or_none
from concepts.report.rendering.overlay import DEFAULT_STYLE, OverlayStyle, in_place_bytes, overlay_bytes
from concepts.report.rendering.sentences import is_wrong
from concepts.report.rows import CropRow
from pages.state.address import ReportView
from pages.state.reports import report_key
from pages.state.selection import view


def link_to(**changes: object) -> str:
    """The address of this report with another photo, concept or strategy."""
    return ReportView(**(vars(view()) | changes)).href()


def crop_picture(report: ClassReport, concept: int, crop: CropRow, *, caption: bool = False) -> Picture:
    """A prototype crop with a link to its photo."""
    photo, name = report.data.images[crop.image].name, report.names.concept(concept)
    return Picture.of(
        picture_or_none(report, crop.file),
        f"{name}: crop of {photo}",
        report.names.short.concept(concept) if caption else "",
        link_to(image=crop.image, concept=concept),
    )


def crop_in_place(report: ClassReport, concept: int, crop: CropRow) -> Picture:
    """The crop within its photo, the rest dimmed."""
    photo = picture_or_none(report, thumbnail_name(crop.image))
    name = report.data.images[crop.image].name
    return Picture.of(
        photo and in_place_bytes(photo, crop.box),
        f"{report.names.concept(concept)}: where the crop lies in {name}",
        "",
        link_to(image=crop.image, concept=concept),
    )


def photo_picture(report: ClassReport, image: int) -> Picture:
    """A photo with a link that opens it, marked when the model got it wrong."""
    row = report.data.images[image]
    badge = f"✗ {row.predicted}" if is_wrong(row) else ""
    content = picture_or_none(report, thumbnail_name(image))
    return Picture.of(content, f"photo {row.name}", "", link_to(image=image), badge)


def map_picture(
    report: ClassReport,
    concept: int,
    image: int,
    *,
    caption: str = "",
    href: str = "",
    style: OverlayStyle = DEFAULT_STYLE,
) -> Picture:
    """A concept's map over a whole photo, on the scale of that concept."""
    content = _laid(report_key(report), concept, image, style, report)
    alt = f"where {report.names.concept(concept)} is in photo {report.data.images[image].name}"
    return Picture.of(content, alt, caption, href)


@st.cache_data(max_entries=1_000, show_spinner=False)
def _laid(key: tuple[str, int], concept: int, image: int, style: OverlayStyle, _report: ClassReport) -> bytes | None:
    """The photo with the map over it; None where the photo's file is gone."""
    photo, values = picture_or_none(_report, thumbnail_name(image)), _report.concept_map(concept, image)
    return photo and overlay_bytes(photo, values, top=_report.largest_code(concept), style=style)
