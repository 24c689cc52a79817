"""Picture files by hand, with what Pillow does not write."""

import io
import struct
import zlib

from PIL import Image

SHORT, LONG = 3, 4


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    """The picture as a file of that kind."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def chunk(kind: bytes, body: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(header: tuple[int, int, int, int], rows: bytes, extra: bytes = b"") -> bytes:
    """A PNG: header (width, height, bits, colour type), filtered rows, more chunks before them."""
    ihdr = chunk(b"IHDR", struct.pack(">IIBBBBB", *header, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + ihdr + extra + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def tiff(size: tuple[int, int], bits: int, strips: list[bytes], *, order: str = "<", **tags: int) -> bytes:
    """A TIFF; strips: the rows of all bands, or those of each band by itself with planes=2.

    tags: bands, compression (of the strips as given), photometric, planes, sample_format, largest (MaxSampleValue),
    extra (ExtraSamples, of each band above three).
    """
    bands = tags.get("bands", 1)
    entries: dict[int, tuple[int, list[int]]] = {
        256: (SHORT, [size[0]]),
        257: (SHORT, [size[1]]),
        258: (SHORT, [bits] * bands),
        259: (SHORT, [tags.get("compression", 1)]),
        262: (SHORT, [tags.get("photometric", 1 if bands == 1 else 2)]),
        273: (LONG, [0] * len(strips)),
        277: (SHORT, [bands]),
        278: (SHORT, [size[1]]),
        279: (LONG, [len(strip) for strip in strips]),
        284: (SHORT, [tags.get("planes", 1)]),
    }
    if "largest" in tags:
        entries[281] = (SHORT, [tags["largest"]] * bands)
    if "extra" in tags:
        entries[338] = (SHORT, [tags["extra"]] * (bands - 3))
    if "sample_format" in tags:
        entries[339] = (SHORT, [tags["sample_format"]] * bands)
    at = len(_directory(entries, order))
    for place, strip in enumerate(strips):
        entries[273][1][place] = at
        at += len(strip)
    return _directory(entries, order) + b"".join(strips)


def _directory(entries: dict[int, tuple[int, list[int]]], order: str) -> bytes:
    """Header, tags, and what does not fit into the tags."""
    fields, behind = b"", b""
    end = 8 + 2 + 12 * len(entries) + 4
    for tag, (kind, values) in sorted(entries.items()):
        body = struct.pack(f"{order}{len(values)}{'H' if kind == SHORT else 'I'}", *values)
        if len(body) > 4:
            body, behind = struct.pack(f"{order}I", end + len(behind)), behind + body
        fields += struct.pack(f"{order}HHI", tag, kind, len(values)) + body.ljust(4, b"\0")
    start = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}IH", 8, len(entries))
    return start + fields + bytes(4) + behind
