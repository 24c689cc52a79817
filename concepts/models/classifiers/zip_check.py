"""Whether the zip of a weights file is one that every reader reads alike, with records that lie in it uncompressed."""

import struct
import zipfile
from pathlib import Path
from typing import BinaryIO

END, LOCATOR, END64 = struct.Struct("<4s4H2LH"), struct.Struct("<4sLQL"), struct.Struct("<4sQ2H2L4Q")
AGAIN = "save the weights again by torch.save, or copy the file again"


def check_zip(path: Path) -> dict[str, int]:
    """Bytes of each record, by its name behind the archive's own folder, as `data.pkl` and `data/0`.

    torch stores records as they are. Raises ValueError for compressed ones, which may be a thousand times as large,
    for records that overlap, and for a table of contents that two readers may read differently.
    """
    size = path.stat().st_size
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
    names = [entry.filename for entry in entries]
    if any(entry.compress_type != zipfile.ZIP_STORED or entry.file_size != entry.compress_size for entry in entries):
        raise ValueError(f"its records are compressed, which torch never does: {AGAIN}")
    if sum(entry.file_size for entry in entries) > size:
        raise ValueError(f"its records are said to be larger than the whole file: {AGAIN}")
    plain = all(entry.orig_filename == entry.filename and entry.filename.isascii() for entry in entries)
    if not plain or len({name.lower() for name in names}) < len(names) or not _has_one_table(path, size):
        raise ValueError(f"its table of contents is unusual: {AGAIN}")
    folder = names[0].partition("/")[0] + "/"
    return {e.filename.removeprefix(folder): e.file_size for e in entries if e.filename.startswith(folder)}


def _has_one_table(path: Path, size: int) -> bool:
    """Whether the file ends with the table of contents and its end mark, each where it is said to be."""
    with path.open("rb") as file:
        mark, *_, length, start, comment = END.unpack(_at(file, size - END.size, END.size))
        stop = size - END.size
        place = stop - LOCATOR.size - END64.size
        if mark != b"PK\x05\x06" or comment:
            return False
        if place >= 0:
            locator, _, at, _ = LOCATOR.unpack(_at(file, stop - LOCATOR.size, LOCATOR.size))
            if locator == b"PK\x06\x07":
                mark64, *_, length, start = END64.unpack(_at(file, place, END64.size))
                stop = place
                if mark64 != b"PK\x06\x06" or at != place:
                    return False
    return bool(start + length == stop)


def _at(file: BinaryIO, place: int, n: int) -> bytes:
    file.seek(max(place, 0))
    return file.read(n)
