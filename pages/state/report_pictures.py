"""Pictures of a report, or excerpts of its texts, with captions and links, ready for a row.

at: the state of the report's page that links lead on from.
"""

import sys
from collections.abc import Callable, Hashable
from contextlib import suppress
from dataclasses import replace

from concepts.rendering.excerpts import WINDOW, Excerpt, Tile, excerpt
from concepts.rendering.pictures import Picture, data_uri
from concepts.report.class_report import ClassReport, thumbnail_name
from concepts.report.rendering.excerpts import concept_excerpts, text_excerpt
from concepts.report.rendering.graph_geometry import picture_or_none
from concepts.report.rendering.overlay import DEFAULT_STYLE, OverlayStyle, in_place_bytes, overlay_bytes
from concepts.report.rendering.sentences import is_wrong
from concepts.report.rows import CropRow
from pages.components.kept import Kept
from pages.state.address import PHOTOS, ReportView

MOST_BYTES = 2**26  # of all kept pictures

_sources = Kept[str](MOST_BYTES, sys.getsizeof)


def source_of(report: ClassReport, file: str) -> str | None:
    """The `src` of a picture by its file's name; None if it is missing, so that the rest can be shown."""
    with suppress(ValueError, OSError):
        return _kept(report, file, lambda: report.picture(file))
    return None


def crop_picture(report: ClassReport, concept: int, crop: CropRow, at: ReportView, *, caption: bool = False) -> Picture:
    """A prototype crop with a link to its photo."""
    photo, name = report.data.items[crop.image].name, report.names.concept(concept)
    return Picture(
        source_of(report, crop.file),
        f"{name}: crop of {photo}",
        report.names.short.concept(concept) if caption else "",
        at.href(image=crop.image, concept=concept, tab=PHOTOS),
    )


def examples(
    report: ClassReport,
    concept: int,
    at: ReportView,
    *,
    most: int | None = None,
    caption: bool = False,
    window: int = WINDOW,
) -> list[Tile]:
    """What shows a concept best, the largest code first, each with a link to its photo or text: crops, or excerpts of
    at most about `window` characters."""
    if report.data.kind == "images":
        crops = report.data.concepts[concept].crops[:most]
        return [crop_picture(report, concept, crop, at, caption=caption) for crop in crops]
    name = report.names.short.concept(concept) if caption else ""
    return [
        replace(found, caption=name, href=at.href(image=text, concept=concept, tab=PHOTOS))
        for text, found in concept_excerpts(report, concept, most, window=window)
    ]


def item_tile(report: ClassReport, item: int, at: ReportView) -> Tile:
    """A photo, or the beginning of a text, with a link that opens it, marked when the model got it wrong."""
    if report.data.kind == "images":
        return photo_picture(report, item, at)
    return replace(text_excerpt(report.data.texts[item]), href=at.href(image=item, tab=PHOTOS))


def whole_text(report: ClassReport, item: int, at: ReportView) -> Excerpt:
    """A text of the report, as much as it keeps."""
    row = report.data.texts[item]
    return excerpt(row.text, row.name, href=at.href(image=item, tab=PHOTOS), window=len(row.text) + 1)


def crop_in_place(report: ClassReport, concept: int, crop: CropRow, at: ReportView) -> Picture:
    """The crop within its photo, the rest dimmed."""
    name = report.data.items[crop.image].name
    return Picture(
        _on_photo(report, crop.image, crop.box, lambda photo: in_place_bytes(photo, crop.box)),
        f"{report.names.concept(concept)}: where the crop lies in {name}",
        "",
        at.href(image=crop.image, concept=concept, tab=PHOTOS),
    )


def photo_picture(report: ClassReport, image: int, at: ReportView) -> Picture:
    """A photo with a link that opens it, marked when the model got it wrong."""
    row = report.data.items[image]
    badge = f"✗ {row.predicted}" if is_wrong(row) else ""
    return Picture(
        source_of(report, thumbnail_name(image)), f"photo {row.name}", "", at.href(image=image, tab=PHOTOS), badge
    )


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

    def laid(photo: bytes) -> bytes:
        values = report.concept_map(concept, image)
        return overlay_bytes(photo, values, top=report.largest_code(concept), style=style)

    source = _on_photo(report, image, (concept, style), laid)
    alt = f"where {report.names.concept(concept)} is in photo {report.data.items[image].name}"
    return Picture(source, alt, caption, href)


def _on_photo(report: ClassReport, image: int, what: Hashable, draw: Callable[[bytes], bytes]) -> str | None:
    """The `src` of what is drawn on a photo; None where the photo's file is gone. what: tells drawings apart."""

    def drawn() -> bytes | None:
        photo = picture_or_none(report, thumbnail_name(image))
        return None if photo is None else draw(photo)

    return _kept(report, (image, what), drawn)


def _kept(report: ClassReport, what: Hashable, content: Callable[[], bytes | None]) -> str | None:
    """The `src` of a picture, which is made once for all visitors; a report in memory keeps its own."""

    def source() -> str:
        found = content()
        return "" if found is None else data_uri(found)

    return (source() if report.origin is None else _sources.get((report.origin, what), source)) or None
