"""Lists of some photos of a zip: a .csv with the columns zip and member."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

HEADER = ("zip", "member")
FIRST_LINE = ",".join(HEADER).encode()


@dataclass(frozen=True)
class ZipListing:
    """A zip and the names of some of its photos, as a `PhotoSet` of the whole zip has them."""

    file: Path
    members: tuple[str, ...]


def zip_listing_text(listing: ZipListing) -> str:
    """The text of a list that `open_photos` opens: a photo a line."""
    text = io.StringIO()
    rows = [HEADER, *((str(listing.file), name) for name in listing.members)]
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def read_zip_listing(file: Path) -> ZipListing | None:
    """The photos of a zip that a list names, the zip relative to the list's folder; None for a list of another kind.

    Raises OSError, and ValueError for a list that names no photo, or photos of several zips.
    """
    if not _is_zip_listing(file):
        return None
    rows = _rows(file)
    zips = sorted({row[0] for row in rows})
    if not rows:
        raise ValueError(f"{str(file)!r} names no photo: write the zip and the name of a photo in it, a photo a line")
    if len(zips) > 1:
        raise ValueError(f"{str(file)!r} names photos of {len(zips)} zips: write a list for each zip")
    return ZipListing(file.parent / zips[0], tuple(row[1] for row in rows))


def _is_zip_listing(file: Path) -> bool:
    with file.open("rb") as content:
        return content.readline(len(FIRST_LINE) + 2).rstrip(b"\r\n") == FIRST_LINE


def _rows(file: Path) -> Sequence[Sequence[str]]:
    """The rows below the header that name a zip and a photo."""
    try:
        text = file.read_bytes().decode("utf-8")
        rows = list(csv.reader(io.StringIO(text, newline="")))[1:]
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"{str(file)!r} is no readable table ({error}): write one photo a line, in UTF-8") from error
    return [row for row in rows if len(row) == len(HEADER) and all(row)]
