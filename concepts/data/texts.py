"""The text of files that people write: lists of photos, names of classes."""

import codecs

UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def text_in(data: bytes) -> str | None:
    """The text of UTF-8 or UTF-16 without its byte order mark; None for other bytes, and where it holds a zero.

    UTF-16 without a mark is recognised by its first character, if that is one of ASCII.
    """
    try:
        text = data.decode(_encoding(data))
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text


def _encoding(data: bytes) -> str:
    if data.startswith(UTF16_MARKS):
        return "utf-16"
    if b"\0" in data[:2]:
        return "utf-16-be" if data.startswith(b"\0") else "utf-16-le"
    return "utf-8-sig"


def one_line(text: object, longest: int = 300) -> str:
    """The first line of a text or of an error, without control characters, cut to so many characters; never empty.

    For what files of others hold, in messages.
    """
    lines = "".join(each if each.isprintable() else "\n" if each in "\r\n" else " " for each in _start(text, longest))
    first = lines.strip().split("\n", 1)[0].strip() or type(text).__name__
    return first if len(first) <= longest else f"{first[:longest]}…"


def _start(text: object, longest: int) -> str:
    return str(text).strip()[: longest + 1]
