"""Pictures whose 16-bit samples use fewer bits: the right white, by the file's word or by the values."""

import struct

import numpy as np
import pytest
from PIL import Image

from concepts.data.images import UnreadablePhoto, decode
from concepts.data.images.depth import Stated, white
from tests.support.pictures import chunk, encoded, png, tiff

RAMP = {bits: np.linspace(0, 2**bits - 1, 32).round().astype(np.uint16) for bits in (8, 10, 12, 14, 16)}


def expected(bits: int) -> np.ndarray:
    """The ramp of that many bits as 0 to 255, one row of grey."""
    return np.rint(RAMP[bits] * (255 / (2**bits - 1)))


def big(values: np.ndarray) -> bytes:
    return values.astype(">u2").tobytes()


def grey_png(values: np.ndarray, extra: bytes = b"") -> bytes:
    return png((len(values), 1, 16, 0), b"\0" + big(values), extra)


def coloured(values: np.ndarray) -> np.ndarray:
    """(1, w, 3) colours whose three bands differ: the values, backwards, and a constant in the middle."""
    return np.stack([values, values[::-1], np.full_like(values, values[16])], axis=-1)[None]


def colour_files(values: np.ndarray) -> dict[str, bytes]:
    """The same colours of 16 bits in every kind of file that Pillow opens."""
    pixels = coloured(values)
    little, size = pixels.astype("<u2"), (values.size, 1)
    planes = [little[..., j].tobytes() for j in range(3)]
    big_planes = [big(pixels[..., j]) for j in range(3)]
    opaque = np.dstack([pixels, np.full(pixels.shape[:2], values.max(), np.uint16)])
    return {
        "PNG": png((*size, 16, 2), b"\0" + big(pixels)),
        "PNG with alpha": png((*size, 16, 6), b"\0" + big(opaque)),
        "PPM": f"P6 {values.size} 1 65535\n".encode() + big(pixels),
        "TIFF": tiff(size, 16, [little.tobytes()], bands=3),
        "big-endian TIFF": tiff(size, 16, [big(pixels)], order=">", bands=3),
        "TIFF in planes": tiff(size, 16, planes, bands=3, planes=2),
        "big-endian TIFF in planes": tiff(size, 16, big_planes, order=">", bands=3, planes=2),
        "TIFF with alpha": tiff(size, 16, [opaque.astype("<u2").tobytes()], bands=4, extra=2),
        "TIFF with a fourth band": tiff(size, 16, [opaque.astype("<u2").tobytes()], bands=4, extra=0),
    }


def test_the_white_is_the_least_usual_depth_that_no_value_is_above():
    for largest, top in ((0, 255), (255, 255), (256, 4095), (4095, 4095), (4096, 65535), (65535, 65535)):
        assert white(np.array([0, largest]), None) == top


def test_what_the_file_states_counts_unless_a_value_is_above_it():
    assert white(np.array([0, 700]), Stated(1023)) == 1023
    assert white(np.array([0, 9000]), Stated(16383)) == 16383
    assert white(np.array([0, 100]), Stated(65535)) == 65535
    assert white(np.array([0, 1024]), Stated(1023)) == 4095


@pytest.mark.parametrize("bits", [8, 12, 16])
@pytest.mark.parametrize("kind", ["PNG", "TIFF", "PPM", "big-endian TIFF", "text"])
def test_a_grey_ramp_of_any_usual_depth_becomes_0_to_255(bits, kind):
    values = RAMP[bits]
    if kind == "text":
        data = f"P2 32 1 65535\n{' '.join(map(str, values))}\n".encode()
    elif kind == "big-endian TIFF":
        data = tiff((32, 1), 16, [big(values)], order=">")
    else:
        data = encoded(Image.fromarray(values[None]), kind)
    np.testing.assert_array_equal(np.asarray(decode(data))[0], expected(bits)[:, None].repeat(3, axis=1))


@pytest.mark.parametrize("bits", [8, 12])
@pytest.mark.parametrize("kind", colour_files(RAMP[12]))
def test_a_colour_ramp_of_fewer_bits_becomes_0_to_255(bits, kind):
    photo = np.asarray(decode(colour_files(RAMP[bits])[kind]))
    np.testing.assert_array_equal(photo, np.rint(coloured(RAMP[bits]) * (255 / (2**bits - 1))))


@pytest.mark.parametrize("kind", colour_files(RAMP[16]))
def test_colours_that_use_16_bits_keep_their_high_byte(kind):
    difference = np.asarray(decode(colour_files(RAMP[16])[kind])).astype(int) - (coloured(RAMP[16]) >> 8)
    assert np.abs(difference).max() <= (1 if kind == "PPM" else 0)


@pytest.mark.parametrize("compression", ["tiff_lzw", "tiff_adobe_deflate"])
def test_a_compressed_tiff_is_read_like_others(compression):
    values = RAMP[12][None]
    data = encoded(Image.fromarray(values), "TIFF", compression=compression)
    np.testing.assert_array_equal(np.asarray(decode(data))[0, :, 0], expected(12))


@pytest.mark.parametrize("bits", [10, 14])
def test_png_says_its_bits_by_sbit(bits):
    photo = decode(grey_png(RAMP[bits], chunk(b"sBIT", bytes([bits]))))
    np.testing.assert_array_equal(np.asarray(photo)[0, :, 0], expected(bits))
    pixels = coloured(RAMP[bits])
    photo = decode(png((32, 1, 16, 2), b"\0" + big(pixels), chunk(b"sBIT", bytes([bits] * 3))))
    np.testing.assert_array_equal(np.asarray(photo), np.rint(pixels * (255 / (2**bits - 1))))


@pytest.mark.parametrize("copied", [False, True])
def test_a_dark_png_whose_bits_are_spread_over_16_stays_dark(copied):
    twelve = np.arange(0, 256, 8, dtype=np.uint16)  # a sixteenth of white at most
    spread = twelve << 4 | (twelve >> 8 if copied else 0)
    photo = decode(grey_png(spread, chunk(b"sBIT", b"\x0c")))
    np.testing.assert_array_equal(np.asarray(photo)[0, :, 0], np.rint(spread / 257))


def test_a_statement_of_16_bits_keeps_a_dark_photo_dark():
    dark = RAMP[12]
    np.testing.assert_array_equal(
        np.asarray(decode(grey_png(dark, chunk(b"sBIT", b"\x10"))))[0, :, 0], np.rint(dark / 257)
    )
    data = tiff((32, 1), 16, [dark.astype("<u2").tobytes()], largest=65535)
    np.testing.assert_array_equal(np.asarray(decode(data))[0, :, 0], np.rint(dark / 257))


@pytest.mark.parametrize(("largest", "bits"), [(1023, 10), (900, 10), (16383, 14), (2, 8)])
def test_tiff_says_its_bits_by_its_largest_sample(largest, bits):
    values = np.minimum(RAMP[bits], largest)
    data = tiff((32, 1), 16, [values.astype("<u2").tobytes()], largest=largest)
    np.testing.assert_array_equal(np.asarray(decode(data))[0, :, 0], np.rint(values * (255 / (2**bits - 1))))


def test_tiff_of_12_packed_bits():
    packed = int("".join(f"{value:012b}" for value in RAMP[12]), 2).to_bytes(48, "big")
    np.testing.assert_array_equal(np.asarray(decode(tiff((32, 1), 12, [packed])))[0, :, 0], expected(12))
    multiples = np.arange(0, 512, 16)  # not taken for values spread over 16 bits
    packed = int("".join(f"{value:012b}" for value in multiples), 2).to_bytes(48, "big")
    np.testing.assert_array_equal(
        np.asarray(decode(tiff((32, 1), 12, [packed])))[0, :, 0], np.rint(multiples * (255 / 4095))
    )


@pytest.mark.parametrize("top", [1023, 4095, 40000])
def test_pgm_and_ppm_say_their_white(top):
    values = np.linspace(0, top, 32).round().astype(np.uint16)
    grey = f"P5 32 1 {top}\n".encode() + big(values)
    np.testing.assert_allclose(np.asarray(decode(grey))[0, :, 0], values * (255 / top), atol=0.5)
    text = f"P2 32 1 {top}\n{' '.join(map(str, values // 16))}\n".encode()  # dark, and said to be
    np.testing.assert_allclose(np.asarray(decode(text))[0, :, 0], (values // 16) * (255 / top), atol=0.51)
    colour = f"P6 32 1 {top}\n".encode() + big(coloured(values))
    np.testing.assert_allclose(np.asarray(decode(colour)), coloured(values) * (255 / top), atol=1)


def test_alpha_has_a_white_of_its_own():
    grey = np.stack([RAMP[12], np.where(np.arange(32) < 16, 0, 4095)], axis=-1)
    photo = np.asarray(decode(png((32, 1, 16, 4), b"\0" + big(grey))))
    assert (photo[0, :16] == 255).all()
    np.testing.assert_array_equal(photo[0, 16:, 1], expected(12)[16:])
    deep = np.stack([RAMP[12], np.full(32, 65535)], axis=-1)
    np.testing.assert_array_equal(np.asarray(decode(png((32, 1, 16, 4), b"\0" + big(deep))))[0, :, 2], expected(12))


def test_a_colour_that_means_transparent_is_compared_with_all_its_bits():
    pixels = np.array([[[700, 0, 0], [701, 0, 0], [4095, 4095, 0]]])
    photo = decode(png((3, 1, 16, 2), b"\0" + big(pixels), chunk(b"tRNS", struct.pack(">3H", 700, 0, 0))))
    assert [photo.getpixel((x, 0)) for x in range(3)] == [(255, 255, 255), (44, 0, 0), (255, 255, 0)]


@pytest.mark.parametrize(("order", "sample_format", "kind"), [("<", 2, "<i2"), (">", 2, ">i2")])
def test_signed_samples_count_where_none_is_negative(order, sample_format, kind):
    data = tiff((32, 1), 16, [RAMP[12].astype(kind).tobytes()], order=order, sample_format=sample_format)
    np.testing.assert_array_equal(np.asarray(decode(data))[0, :, 0], expected(12))
    below = tiff((2, 1), 16, [np.array([-1, 9]).astype(kind).tobytes()], order=order, sample_format=sample_format)
    with pytest.raises(UnreadablePhoto, match="grey values from -1 to 9"):
        decode(below)


def test_where_0_means_white_the_negative_is_turned():
    data = tiff((32, 1), 16, [RAMP[16].astype("<u2").tobytes()], photometric=0)
    np.testing.assert_array_equal(np.asarray(decode(data))[0, :, 0], 255 - expected(16))


@pytest.mark.parametrize(
    "data",
    [
        f"P3 32 1 65535\n{' '.join(map(str, coloured(RAMP[12]).ravel()))}\n".encode(),
        tiff((32, 1), 16, [np.dstack([coloured(RAMP[12])] * 2)[..., :4].astype("<u2").tobytes()], bands=4, extra=1),
    ],
    ids=["text", "alpha laid in"],
)
def test_where_the_low_bytes_cannot_be_had_black_is_refused(data):
    with pytest.raises(UnreadablePhoto, match=r"16-bit colours .*nearly black as such: save it as PNG, or with 8 bits"):
        decode(data)
