"""Every picture format becomes the same upright 8-bit RGB; what is no whole picture is refused with a reason."""

import struct

import numpy as np
import pytest
from PIL import Image, features

from concepts.data.images import UnreadablePhoto, decode
from tests.support.pictures import chunk, encoded, png

LOSSLESS = [("PNG", {}), ("BMP", {}), ("TIFF", {}), ("PPM", {}), ("WEBP", {"lossless": True})]
LOSSY = [("JPEG", {"quality": 95}), ("JPEG", {"quality": 95, "progressive": True}), ("WEBP", {"quality": 95})]
if features.check("avif"):
    LOSSY.append(("AVIF", {"quality": 95}))


def scene(width: int = 48, height: int = 32) -> Image.Image:
    """A smooth picture without symmetry: red grows to the right, green downwards, blue in one corner."""
    x, y = np.meshgrid(np.linspace(0, 1, width), np.linspace(0, 1, height))
    return Image.fromarray((np.stack([x, y, x * y], axis=-1) * 200 + 20).astype(np.uint8))


def distance(a: Image.Image, b: Image.Image) -> float:
    return np.abs(np.asarray(a, float) - np.asarray(b, float)).mean()


def colour_key(*values: int) -> bytes:
    return chunk(b"tRNS", struct.pack(f">{len(values)}H", *values))


@pytest.mark.parametrize(("kind", "options"), LOSSLESS)
def test_lossless_formats_come_back_exactly(kind, options):
    photo = decode(encoded(scene(), kind, **options))
    assert photo.mode == "RGB"
    np.testing.assert_array_equal(np.asarray(photo), np.asarray(scene()))


@pytest.mark.parametrize(("kind", "options"), LOSSY)
def test_lossy_formats_come_back_closely(kind, options):
    photo = decode(encoded(scene(), kind, **options))
    assert photo.mode == "RGB"
    assert distance(photo, scene()) < 3


def test_a_path_gives_what_its_bytes_give(tmp_path):
    (tmp_path / "a.jpg").write_bytes(data := encoded(scene(), "JPEG"))
    np.testing.assert_array_equal(np.asarray(decode(tmp_path / "a.jpg")), np.asarray(decode(data)))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "BMP", "TIFF", "PPM"])
def test_grey_has_three_equal_channels(kind):
    grey = scene().convert("L")
    photo = np.asarray(decode(encoded(grey, kind)))
    assert (photo[..., 0] == photo[..., 1]).all()
    assert (photo[..., 0] == photo[..., 2]).all()
    assert np.abs(photo[..., 0].astype(int) - np.asarray(grey)).max() <= 8


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
@pytest.mark.parametrize(
    ("ink", "colour"),
    [
        ((0, 0, 0, 0), (255, 255, 255)),
        ((0, 255, 255, 0), (255, 0, 0)),
        ((0, 0, 0, 255), (0, 0, 0)),
        ((255, 0, 0, 0), (0, 255, 255)),
    ],
)
def test_cmyk_keeps_its_colours(kind, ink, colour):
    photo = decode(encoded(Image.new("CMYK", (16, 16), ink), kind))
    assert photo.mode == "RGB"
    assert np.abs(np.asarray(photo).astype(int) - colour).max() <= 4


def test_adobe_cmyk_is_not_a_negative():
    data = encoded(scene().convert("CMYK"), "JPEG", quality=95)
    assert b"Adobe" in data  # the marker that says its inks are stored inverted
    assert distance(decode(data), scene()) < 4


def test_one_bit_is_black_and_white():
    bits = Image.fromarray(np.eye(9, dtype=bool))
    for kind in ("PNG", "TIFF", "BMP"):
        np.testing.assert_array_equal(np.asarray(decode(encoded(bits, kind)))[..., 1], np.eye(9) * 255)


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_16_bit_grey_is_scaled_not_clipped(kind):
    values = np.array([[0, 1, 128, 129, 255, 256, 257, 32896, 65407, 65535]], dtype=np.uint16)
    photo = np.asarray(decode(encoded(Image.fromarray(values), kind)))
    np.testing.assert_array_equal(photo[0, :, 0], [0, 0, 0, 1, 1, 1, 1, 128, 255, 255])
    assert (photo[..., :1] == photo).all()


def test_16_bit_pgm_and_big_endian_tiff_are_scaled_too():
    assert decode(b"P5 2 1 65535\n" + struct.pack(">2H", 65535, 25700)).getpixel((1, 0)) == (100, 100, 100)
    data = encoded(Image.fromarray(np.array([[25700, 65535]], dtype=">u2")), "TIFF")
    assert decode(data).getpixel((0, 0)) == (100, 100, 100)


def test_16_bit_colours_keep_their_high_byte():
    row = b"\0" + struct.pack(">6H", 0, 32768, 65535, 257, 1, 65280)
    photo = np.asarray(decode(png((2, 1, 16, 2), row)))
    np.testing.assert_array_equal(photo[0], [[0, 128, 255], [1, 0, 255]])


def test_float_tiff_is_read_from_0_to_1_and_refused_beyond():
    assert decode(encoded(Image.fromarray(np.array([[0.0, 0.4, 1.0]], np.float32)), "TIFF")).getpixel((1, 0))[0] == 102
    for values in ([0.0, 7.5], [-0.5, 1.0], [0.0, np.nan]):
        with pytest.raises(UnreadablePhoto, match="expected 0 to 1: save it"):
            decode(encoded(Image.fromarray(np.array([values], np.float32)), "TIFF"))


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP"])
def test_alpha_is_laid_on_white(kind):
    pixels = np.array([[[200, 0, 0, 255], [200, 0, 0, 0], [200, 0, 0, 128]]], dtype=np.uint8)
    photo = np.asarray(decode(encoded(Image.fromarray(pixels), kind, **({"lossless": True} if kind == "WEBP" else {}))))
    expected = pixels[..., :3] * (pixels[..., 3:] / 255) + 255 * (1 - pixels[..., 3:] / 255)
    np.testing.assert_allclose(photo, expected, atol=1)


def test_grey_alpha_and_palettes_show_the_white_too():
    grey = Image.merge("LA", (Image.new("L", (2, 1), 10), Image.fromarray(np.array([[0, 255]], np.uint8))))
    assert [decode(encoded(grey, "PNG")).getpixel((x, 0)) for x in (0, 1)] == [(255,) * 3, (10,) * 3]
    indexed = Image.new("P", (2, 1))
    indexed.putpalette([10, 20, 30, 40, 50, 60])
    indexed.putpixel((1, 0), 1)
    for options in ({"transparency": 0}, {"transparency": b"\x00\xff"}):
        photo = decode(encoded(indexed, "PNG", **options))
        assert [photo.getpixel((x, 0)) for x in (0, 1)] == [(255,) * 3, (40, 50, 60)]
    assert decode(encoded(indexed, "PNG")).getpixel((0, 0)) == (10, 20, 30)


def test_colour_keys_of_16_bits_show_the_white():
    grey = decode(png((2, 1, 16, 0), b"\0" + struct.pack(">2H", 25700, 25701), colour_key(25700)))
    assert [grey.getpixel((x, 0))[0] for x in (0, 1)] == [255, 100]
    row = b"\0" + struct.pack(">6H", 25601, 0, 0, 0, 25601, 0)
    colour = decode(png((2, 1, 16, 2), row, colour_key(25601, 0, 0)))
    assert [colour.getpixel((x, 0)) for x in (0, 1)] == [(255,) * 3, (0, 100, 0)]


def test_gif_and_other_animations_give_the_first_frame():
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue", "lime")]
    for kind, options in (("GIF", {}), ("WEBP", {"lossless": True}), ("TIFF", {}), ("PNG", {})):
        data = encoded(frames[0], kind, save_all=True, append_images=frames[1:], **options)
        assert decode(data).getpixel((4, 4)) == (255, 0, 0), kind


def turned(image: Image.Image, orientation: int) -> Image.Image:
    """The picture that an EXIF orientation asks for, by the standard's words: where row 0 and column 0 belong."""
    a = np.asarray(image)
    a = {1: a, 2: a[:, ::-1], 3: a[::-1, ::-1], 4: a[::-1], 5: a.swapaxes(0, 1), 6: np.rot90(a, -1)}.get(orientation, a)
    if orientation == 7:
        a = np.asarray(image)[::-1, ::-1].swapaxes(0, 1)
    return Image.fromarray(np.rot90(a, 1) if orientation == 8 else a)


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_applied_once(kind, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"lossless": True} if kind == "WEBP" else {}
    photo = decode(encoded(scene(), kind, exif=exif, **options))
    np.testing.assert_array_equal(np.asarray(photo), np.asarray(turned(scene(), orientation)))


def test_exif_orientation_of_a_jpeg_equals_the_turned_jpeg():
    exif = Image.Exif()
    exif[0x0112] = 6
    photo = decode(encoded(scene(), "JPEG", exif=exif))
    assert photo.size == (32, 48)
    np.testing.assert_array_equal(np.asarray(photo), np.asarray(turned(decode(encoded(scene(), "JPEG")), 6)))


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "I;16", "1"])
def test_exif_orientation_is_applied_in_every_mode(mode):
    exif = Image.Exif()
    exif[0x0112] = 6
    deep = Image.fromarray(np.asarray(scene().convert("L"), np.uint16) * 257)
    photo = decode(encoded(deep if mode == "I;16" else scene().convert(mode), "PNG", exif=exif))
    plain = decode(encoded(deep if mode == "I;16" else scene().convert(mode), "PNG"))
    np.testing.assert_array_equal(np.asarray(photo), np.asarray(turned(plain, 6)))


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("note", [b"nonsense", b"MM\0*\0", b"II*\0\xff\xff\xff\xff", b"MM\0*\0\0\0\x08\0\x09"])
def test_a_broken_exif_note_does_not_cost_the_photo(kind, note):
    assert decode(encoded(scene(), kind, exif=b"Exif\0\0" + note)).size == (48, 32)


@pytest.mark.parametrize(("kind", "options"), [*LOSSLESS, *LOSSY, ("GIF", {})])
def test_a_truncated_photo_is_refused(kind, options):
    data = encoded(scene(64, 64), kind, **options)
    with pytest.raises(UnreadablePhoto, match=r"\S") as refusal:
        decode(data[: len(data) // 2])
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty file"),
        (b"once upon a time", "not a picture.*once"),
        (b"\xff\xd8\xff\xe0", "."),
        (b"%PDF-1.7 nothing here", "not a picture.*PDF"),
        (b"\0\0\0\x18ftypheic\0\0\0\0heicmif1", "HEIC picture.*convert it to JPEG"),
        (b"P6 0 0 255\n", "."),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 8 8\n", "not a picture"),
    ],
)
def test_what_is_no_picture_is_refused_with_a_reason(data, reason):
    with pytest.raises(UnreadablePhoto, match=reason):
        decode(data)


def test_a_bomb_is_refused_by_its_header_alone():
    bomb = png((60_000, 60_000, 8, 2), b"")
    with pytest.raises(UnreadablePhoto, match=r"pixels.*make it smaller"):
        decode(bomb)
    large = png((9_000, 9_000, 8, 2), b"")  # within what Pillow itself takes; its rows are missing
    with pytest.raises(UnreadablePhoto, match="9000 × 9000 is more than 80,000,000 pixels"):
        decode(large)
    limit = Image.MAX_IMAGE_PIXELS
    with pytest.raises(UnreadablePhoto, match="more than 1,535 pixels"):
        decode(encoded(scene(48, 32), "PNG"), max_pixels=48 * 32 - 1)
    assert decode(encoded(scene(48, 32), "PNG"), max_pixels=48 * 32).size == (48, 32)
    assert limit == Image.MAX_IMAGE_PIXELS


@pytest.mark.parametrize(
    ("short_side", "size"), [(None, (900, 600)), (200, (900, 600)), (150, (450, 300)), (37, (113, 75))]
)
def test_the_hint_shrinks_a_jpeg_to_no_less_than_twice_the_side(short_side, size):
    data = encoded(scene(900, 600), "JPEG", quality=95)
    photo = decode(data, short_side=short_side)
    assert photo.size == size
    assert distance(photo.resize((90, 60)), scene(900, 600).resize((90, 60))) < 2
    assert decode(encoded(scene(900, 600), "PNG"), short_side=short_side).size == (900, 600)


def test_the_hint_holds_for_a_turned_jpeg():
    exif = Image.Exif()
    exif[0x0112] = 8
    assert decode(encoded(scene(900, 600), "JPEG", exif=exif), short_side=100).size == (300, 450)
