"""HEIC pictures, and the lines for pictures that Pillow cannot open."""

import importlib
import sys
import zlib
from contextlib import suppress

import numpy as np
import pi_heif
import pytest
from PIL import Image

from concepts.data.images import Limits, UnreadablePhoto, check_upload, decode, decoding, heif, names, open_photos
from tests.support import heic
from tests.support.bounded import run_bounded
from tests.support.pictures import tiff


def scene() -> np.ndarray:
    x, y = np.meshgrid(np.linspace(0, 1, 48), np.linspace(0, 1, 32))
    return np.stack([x, y, x * y], axis=-1) * 200 + 20


@pytest.mark.parametrize("data", [heic.PLAIN, heic.DEEP], ids=["8 bits", "10 bits"])
def test_an_heic_picture_is_read(data):
    photo = decode(data)
    assert (photo.mode, photo.size) == ("RGB", (48, 32))
    assert np.abs(np.asarray(photo) - scene()).mean() < 4


def test_an_heic_picture_is_turned_once():
    photo = decode(heic.TURNED)
    assert photo.size == (32, 48)
    assert np.abs(np.asarray(photo) - np.rot90(scene(), -1)).mean() < 4


def test_a_transparent_part_of_an_heic_picture_is_white():
    photo = np.asarray(decode(heic.ALPHA)).astype(int)
    assert (photo[:, :20] > 250).all()
    assert np.abs(photo[:, 28:] - scene()[:, 28:]).mean() < 5


def test_the_size_of_an_heic_picture_is_checked_before_it_is_decoded(monkeypatch):
    monkeypatch.setattr(pi_heif.heif.BaseImage, "load", lambda self: pytest.fail("decoded"))
    with pytest.raises(UnreadablePhoto, match="48 × 32 is more than 1,535 pixels"):
        decode(heic.PLAIN, max_pixels=1535)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.95])
def test_a_damaged_heic_picture_is_refused(share):
    with pytest.raises(UnreadablePhoto, match=r"damaged HEIC picture.*convert it to JPEG or PNG"):
        decode(heic.PLAIN[: int(len(heic.PLAIN) * share)])


def test_an_heic_picture_whose_items_have_no_text_as_kind_ends_no_process():
    """pi-heif does: each is read in a process of its own, so that the others of the tests go on."""
    for kind in (b"\x80\x80if", b"Exi\xff", b"\xc3\x28if", b"\xed\xa0\x80f"):
        with pytest.raises(UnreadablePhoto, match="a damaged HEIC"):
            decode_first_elsewhere(heic.TURNED.replace(b"Exif\0", kind + b"\0", 1))
    assert decode(heic.TURNED.replace(b"Exif\0", b"\0\1if\0", 1)).size == (32, 48)
    assert decode(heic.TURNED + b"\0\0\0\x18freeinfe" + b"\xff" * 16).size == (32, 48)  # not an entry


def decode_first_elsewhere(data: bytes) -> None:
    def refuse():
        with suppress(UnreadablePhoto):
            decode(data)

    run_bounded(refuse, mebibytes=500, seconds=20)
    decode(data)


def test_heic_files_of_a_folder_and_an_upload_are_photos(tmp_path):
    (tmp_path / "a.heic").write_bytes(heic.PLAIN)
    (tmp_path / "b.HEIC").write_bytes(heic.TURNED)
    photos = open_photos(tmp_path)
    assert [photo.size for photo in map(photos.open, range(2))] == [(48, 32), (32, 48)]
    check_upload("a.heic", heic.PLAIN)
    with pytest.raises(UnreadablePhoto, match="more than 9 pixels"):
        check_upload("a.heic", heic.PLAIN, Limits(max_pixels=9))


def test_without_the_decoder_the_line_says_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "pi_heif", None)  # an import of it fails
    try:
        assert not importlib.reload(heif).READS_HEIF
        assert "convert it to JPEG or PNG" in importlib.reload(names).foreign_picture("a.HEIC")
        monkeypatch.setattr(decoding, "READS_HEIF", False)
        monkeypatch.setattr(decoding, "FORMATS", ("JPEG", "PNG"))
        with pytest.raises(UnreadablePhoto, match="an HEIC picture, which is not read: convert it to JPEG or PNG"):
            decode(heic.PLAIN)
    finally:
        monkeypatch.undo()
        importlib.reload(heif)
        importlib.reload(names)


@pytest.mark.parametrize(
    ("bands", "bits", "options", "line"),
    [
        (5, 8, {"photometric": 1}, "a TIFF of 5 bands, which is not read: export three of them as RGB"),
        (8, 16, {"photometric": 2, "extra": 0}, "a TIFF of 8 bands, .*export three of them as RGB"),
        (3, 32, {"sample_format": 3}, "RGB, 3 bands of 32 bits, float.: export it as RGB or grey with 8 or 16 bits"),
        (3, 16, {"sample_format": 2}, "RGB, 3 bands of 16 bits, signed.: export"),
        (1, 64, {"sample_format": 3}, "grey, 1 band of 64 bits, float.: export"),
        (3, 12, {"planes": 2}, "RGB, 3 bands of 12 bits, unsigned, stored apart.: export"),
        (3, 8, {"photometric": 3}, "palette, 3 bands of 8 bits, unsigned.: export"),
        (1, 8, {"compression": 34712}, "grey, 1 band of 8 bits, unsigned, compression 34712.: export"),
        (1, 16, {"photometric": 32803}, "raw sensor, 1 band of 16 bits, unsigned.: export"),
    ],
)
def test_a_tiff_that_is_not_read_says_what_it_is(bands, bits, options, line):
    with pytest.raises(UnreadablePhoto, match=line) as refusal:
        decode(tiff((2, 1), bits, [bytes(2 * bands * bits // 8)], bands=bands, **options))
    assert "damaged" not in refusal.value.reason


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_a_tiff_whose_tags_cannot_be_read_is_damaged():
    with pytest.raises(UnreadablePhoto, match="its header is damaged"):
        decode(tiff((2, 1), 8, [bytes(10)], bands=5, photometric=1)[:40])


def test_compressed_planes_that_may_be_of_fewer_bits_are_refused_when_black():
    ramp = np.linspace(0, 65535, 32).round().astype("<u2")
    planes = [zlib.compress((ramp // part).astype("<u2").tobytes()) for part in (1, 2, 3)]
    photo = decode(tiff((32, 1), 16, planes, bands=3, planes=2, compression=8))
    np.testing.assert_array_equal(np.asarray(photo)[0, :, 0], ramp >> 8)
    planes = [zlib.compress((ramp // 17).astype("<u2").tobytes())] * 3
    with pytest.raises(UnreadablePhoto, match=r"16-bit colours \(compressed planes\), nearly black"):
        decode(tiff((32, 1), 16, planes, bands=3, planes=2, compression=8))


@pytest.mark.parametrize("name", ["A.JPEG", "b.JPG", "c.Png", "d.TIFF", "e.WebP"])
def test_upper_case_suffixes_are_photos(tmp_path, name):
    kind = {"JPG": "JPEG"}.get(name.split(".")[1].upper(), name.split(".")[1].upper())
    Image.new("RGB", (8, 6), "red").save(tmp_path / name, kind)
    assert open_photos(tmp_path).names == (name,)
