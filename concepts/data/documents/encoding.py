"""Bytes to text by an encoding that is told: by a mark at their start, by the user, or else UTF-8."""

import codecs

MARKS = (  # UTF-32 first: its little-endian mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
BOM = "\ufeff"


def decoded(data: bytes, *, encoding: str | None = None) -> str:
    """The text of these bytes, without a byte order mark.

    encoding: a name that Python knows; None for UTF-16 and UTF-32 where their mark stands at the start, else UTF-8.
    Nothing is guessed. Raises ValueError, one line with the place of the first wrong byte, for other bytes, and for an
    unknown encoding.
    """
    if encoding is None and 0 in data[:2] and not _marked(data):
        raise ValueError("it looks like UTF-16 without its mark: give encoding utf-16-le or utf-16-be (--encoding)")
    try:
        return data.decode(encoding or _marked(data) or "utf-8").removeprefix(BOM)
    except LookupError as error:
        raise ValueError(f"the encoding {encoding!r} is not known: give one such as utf-8, cp1252, gb18030") from error
    except UnicodeDecodeError as error:
        raise ValueError(_wrong_byte(data, error, encoding)) from error
    except UnicodeError as error:  # of codecs that do not say where
        raise ValueError(f"it is not {encoding}: give the right encoding (--encoding)") from error


def _marked(data: bytes) -> str | None:
    return next((name for mark, name in MARKS if data.startswith(mark)), None)


def _wrong_byte(data: bytes, error: UnicodeDecodeError, encoding: str | None) -> str:
    if encoding is not None:
        name, advice = encoding, "give the right encoding (--encoding)"
    else:
        name = (_marked(data) or "utf-8").upper()
        advice = "save it as UTF-8, or give its encoding, such as cp1252 (--encoding)"
    place = error.start
    byte = f"0x{data[place]:02x}" if place < len(data) else "the end"
    return f"byte {byte} at position {place:,} (line {data.count(10, 0, place) + 1:,}) is not {name}: {advice}"
