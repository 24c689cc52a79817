"""Properties of a photo's file, from its header: nothing is decoded."""

import io
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import numpy as np
from PIL import Image

from concepts.data.dataset import Dataset
from concepts.data.images.decoding import BROKEN_EXIF, SIDEWAYS, guarded, orientation
from concepts.data.images.photo import UnreadablePhoto
from concepts.data.images.photoset import PhotoSet
from concepts.data.others import WithOthers
from concepts.data.texts import one_line

MAKE, DATE_TIME, EXIF_IFD, DATE_TIME_ORIGINAL = 0x010F, 0x0132, 0x8769, 0x9003  # EXIF tags
EXIF_DATE = "%Y:%m:%d %H:%M:%S"
LONGEST_MAKE = 40  # characters
SECONDS_A_DAY = 86_400


@dataclass(frozen=True)
class FileProperties:
    """What a file says of its photo; None where it does not.

    width, height: in pixels, upright. jpeg_quality: in the scale of libjpeg, 1 to 100. make: of the camera.
    taken: in days since 1970, by the camera's clock.
    """

    width: int
    height: int
    jpeg_quality: float | None = None
    make: str | None = None
    taken: float | None = None


def file_properties(data: bytes) -> FileProperties:
    """What the header of a photo's file says. Raises UnreadablePhoto for bytes that are no picture."""
    return guarded(data, _read)


def file_of(photos: Dataset[object], i: int) -> bytes | None:
    """The bytes of the file of photo i; None where it is no file, and where it cannot be read now."""
    if isinstance(photos, WithOthers):
        return file_of(*photos.part_of(i))
    if not isinstance(photos, PhotoSet) or not photos.are_files:
        return None
    try:
        return photos.read_bytes(i)
    except UnreadablePhoto:
        return None


def _read(image: Image.Image) -> FileProperties:
    width, height = image.size
    if orientation(image) in SIDEWAYS:
        width, height = height, width
    tables = getattr(image, "quantization", None)
    quality = None if not tables else quality_of(tables[min(tables)])
    make, taken = _exif(image)
    return FileProperties(width, height, quality, make, taken)


def quality_of(table: list[int]) -> float:
    """The quality, 1 to 100, at which the sum of libjpeg's luminance table is nearest to that of this table.

    Tables of other writers get the quality of the same coarseness.
    """
    return float(1 + np.abs(_sums_by_quality() - sum(table)).argmin())


@cache
def _sums_by_quality() -> np.ndarray:
    """(100,) the sums of the luminance tables that libjpeg writes at the qualities 1 to 100."""
    sums = []
    for quality in range(1, 101):
        buffer = io.BytesIO()
        Image.new("L", (8, 8)).save(buffer, "JPEG", quality=quality)
        with Image.open(buffer) as written:
            sums.append(sum(written.quantization[0]))  # type: ignore[attr-defined]  # a JPEG has it
    return np.array(sums)


def _exif(image: Image.Image) -> tuple[str | None, float | None]:
    """The camera's make and the time of the photo."""
    try:
        exif = image.getexif()
        date = exif.get_ifd(EXIF_IFD).get(DATE_TIME_ORIGINAL) or exif.get(DATE_TIME)
        return _make(exif.get(MAKE)), _days(date)
    except BROKEN_EXIF:  # a photo with broken metadata has none
        return None, None


def _make(text: object) -> str | None:
    if not isinstance(text, str) or not text.strip(" \0"):
        return None
    return one_line(text.strip(" \0"), LONGEST_MAKE)


def _days(text: object) -> float | None:
    """Days since 1970 of a date in EXIF; None for one that is unset or out of form."""
    if not isinstance(text, str):
        return None
    try:
        taken = datetime.strptime(text.strip(" \0"), EXIF_DATE)
    except ValueError:
        return None
    return (taken - datetime(1970, 1, 1)).total_seconds() / SECONDS_A_DAY
