"""HEIC pictures: pi-heif's decoder, registered with Pillow where the package is installed."""

import re
import struct
from collections.abc import Iterator

try:
    import pi_heif
except ImportError:  # there is no wheel for every system
    READS_HEIF = False
else:
    # one thread for a picture, as several are read at once; nothing but the primary image is looked at
    pi_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=1)
    READS_HEIF = True


def ends_the_process(data: bytes) -> bool:
    """Whether pi-heif 1.4 would end the whole process on this file: the kind of an item is no valid UTF-8.

    It makes a Python text of the kind without checking that one came of it. Of AVIF files, which have the same
    structure, the same is said.
    """
    return any(not _is_text(entry) for part in _parts(data, b"meta") for entry in _entries(part))


def _parts(data: bytes, kind: bytes) -> Iterator[bytes]:
    """The outermost parts of a kind; from where the structure is broken, all that follows."""
    at = 0
    while at + 8 <= len(data):
        size, name = struct.unpack_from(">I4s", data, at)
        if size == 1 and at + 16 <= len(data):
            (size,) = struct.unpack_from(">Q", data, at + 8)
        if size < 8:
            yield data[at:]
            return
        if name == kind:
            yield data[at : at + size]
        at += size


def _entries(part: bytes) -> Iterator[bytes]:
    """Kind, name and media type of each item: what follows its number in its entry (ISO 14496-12, 8.11.6)."""
    for match in re.finditer(b"infe(.)...", part, re.DOTALL):
        version, start = match[1][0], match.start() - 4
        size = int.from_bytes(part[max(start, 0) : start + 4], "big")
        stop = start + size if size >= 8 else len(part)  # smaller: to the end, or a size elsewhere
        yield part[match.end() + (6 if version > 2 else 4) : stop]


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
