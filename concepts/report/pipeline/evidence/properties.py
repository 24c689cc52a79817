"""Properties of a report's photos, and of the photos of other classes beside them."""

import io
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass, fields

import numpy as np
from PIL import Image

from concepts.activations.previews import picture_of
from concepts.data.dataset import UnreadableItem
from concepts.data.images.jpeg import jpeg_bytes
from concepts.data.images.photo import UnreadablePhoto
from concepts.data.properties.files import FileProperties, file_of, file_properties
from concepts.data.properties.pixels import SMALLEST, PixelProperties, pixel_properties
from concepts.data.properties.property import DATE, Property, category, number
from concepts.data.properties.table import PhotoTable
from concepts.data.read_ahead import read_ahead, read_many
from concepts.models.classifiers.card import photo_card
from concepts.report.pipeline.assemble import Findings
from concepts.report.pipeline.stages import Stages
from concepts.storage.store import key_of

FORMAT = 1  # raise when a property of pixels is computed in another way
PIXELS = tuple(field.name for field in fields(PixelProperties))


@dataclass(frozen=True, eq=False)
class Pixels:
    """The properties of pixels, columns in the order of `PIXELS`: of the report's photos (n, 8), of others (m, 8).

    NaN for a photo that cannot be read now, or is too small.
    """

    own: np.ndarray
    others: np.ndarray


def photo_properties(
    findings: Findings, chosen: np.ndarray, stages: Stages, table: PhotoTable | None
) -> tuple[Property, ...]:
    """The properties of the n photos of the report, then of the m chosen others, (n + m,) each.

    Those of pixels are of the photo as the model saw it. A column of the table that is called like one that is
    measured has "(table)" behind its name.
    """
    known = findings.selection.known.photos
    photos = findings.selection.photos
    names = [photos.names[i] for i in findings.activations.indices] + [known.names[i] for i in chosen]
    measured = [*_of_pixels(_pixels(findings, chosen, stages)), *_of_files(findings, names)]
    taken = {each.name for each in measured}
    own = [] if table is None else table.of(names)
    return (*measured, *(each.named(f"{each.name} (table)") if each.name in taken else each for each in own))


def _of_pixels(pixels: Pixels) -> list[Property]:
    both = np.concatenate([pixels.own, pixels.others])
    return [number(name.replace("_", " "), list(both[:, i])) for i, name in enumerate(PIXELS)]


def _pixels(findings: Findings, chosen: np.ndarray, stages: Stages) -> Pixels:
    key = key_of(
        format=FORMAT, activations=findings.activations.folder.name,
        others=[findings.selection.known.photos.names[i] for i in chosen],
        photos=findings.selection.known.photos.fingerprint(),
    )  # fmt: skip
    return stages.remembered(
        Pixels, "properties", key, lambda: Pixels(_of_report(findings), _of_others(findings, chosen))
    )


def _of_report(findings: Findings) -> np.ndarray:
    rows = range(len(findings.activations))
    return _table([found for _, found in read_ahead(lambda row: _measured(findings.thumbnail(row)), rows)])


def _of_others(findings: Findings, chosen: np.ndarray) -> np.ndarray:
    """Drawn and stored as the report's photos are, so that nothing but the photos differs."""
    card = photo_card(findings.split.card)
    show = picture_of(card)

    def measured(image: Image.Image) -> np.ndarray:
        drawn = jpeg_bytes(Image.fromarray(show(card.prepare(image))))
        return _measured(Image.open(io.BytesIO(drawn)).convert("RGB"))

    photos = findings.selection.known.photos
    read = [found for _, found in read_many(photos, chosen.tolist(), transform=measured)]
    return _table([_unknown() if isinstance(found, UnreadableItem) else found for found in read])


def _measured(picture: Image.Image) -> np.ndarray:
    if min(picture.size) < SMALLEST:
        return _unknown()
    return np.array(astuple(pixel_properties(np.asarray(picture))))


def _unknown() -> np.ndarray:
    return np.full(len(PIXELS), np.nan)


def _table(rows: Sequence[np.ndarray]) -> np.ndarray:
    return np.array(rows).reshape(len(rows), len(PIXELS))


def _of_files(findings: Findings, names: Sequence[str]) -> list[Property]:
    """Aspect, size, JPEG quality, make and date of the files of the photos of these names."""
    photos = findings.selection.known.photos
    place = {name: i for i, name in enumerate(photos.names)}

    def header(i: int) -> FileProperties | None:
        data = file_of(photos, i)
        try:
            return None if data is None else file_properties(data)
        except UnreadablePhoto:
            return None

    found = [header for _, header in read_ahead(header, [place[name] for name in names])]

    def column(value: Callable[[FileProperties], float | None]) -> list[float | None]:
        return [None if each is None else value(each) for each in found]

    taken = number("date taken", column(lambda each: each.taken))
    return [
        number("aspect", column(lambda each: each.width / each.height)),
        number("size", column(lambda each: each.width * each.height)),
        number("JPEG quality", column(lambda each: each.jpeg_quality)),
        category("camera make", [None if each is None else each.make for each in found]),
        Property(taken.name, DATE, taken.values),
    ]
