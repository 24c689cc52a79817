"""The text of files that people write, in the encodings that their programs save."""

import codecs

import pytest

from concepts.data.texts import text_in

TEXT = "path,label\na.jpg,Bär\n雪.png,雪\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", [TEXT, "a", ""])
def test_a_text_is_the_same_in_every_encoding(text, encoding):
    assert text_in(text.encode(encoding)) == text


def test_big_endian_utf16_with_its_mark_is_read():
    assert text_in(codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be")) == TEXT


@pytest.mark.parametrize(
    "data",
    ["Bär".encode("latin-1"), b"ab\0c", TEXT.encode("utf-32"), codecs.BOM_UTF16_LE + b"a", b"\x89PNG\r\n\x1a\n\0\0"],
    ids=["Latin-1", "a zero", "UTF-32", "half a character", "PNG"],
)
def test_other_bytes_are_no_text(data):
    assert text_in(data) is None
