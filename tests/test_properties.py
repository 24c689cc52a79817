"""Measured properties of photos: each reacts to its artefact and hardly to others; what a file's header says."""

from dataclasses import asdict

import numpy as np
import pytest
from PIL import Image, ImageFile, ImageFilter, ImageOps

from concepts.data.images import UnreadablePhoto, open_photos
from concepts.data.others import WithOthers
from concepts.data.properties.files import file_of, file_properties
from concepts.data.properties.pixels import pixel_properties
from tests.support import heic
from tests.support.pictures import encoded

SIDE, N = 96, 24


def scenes(seed: int) -> list[Image.Image]:
    """Blurred coloured noise of many brightnesses, contrasts and colours, with fine detail."""
    rng, found = np.random.default_rng(seed), []
    for _ in range(N):
        coarse = Image.fromarray(rng.integers(0, 256, (6, 6, 3), dtype=np.uint8)).resize((SIDE, SIDE), Image.BICUBIC)
        fine = Image.fromarray(rng.integers(0, 256, (24, 24, 3), dtype=np.uint8)).resize((SIDE, SIDE))
        found.append(Image.blend(coarse, fine, float(rng.uniform(0.3, 0.5))))
    return found


def noisy(picture: Image.Image) -> Image.Image:
    values = np.asarray(picture) + np.random.default_rng(0).normal(0, 12, (SIDE, SIDE, 3))
    return Image.fromarray(values.clip(0, 255).astype(np.uint8))


def framed(picture: Image.Image) -> Image.Image:
    return ImageOps.expand(picture.crop((6, 6, SIDE - 6, SIDE - 6)), 6, (250, 250, 250))


ARTEFACTS = {  # what it does, the property that tells it, and its sign
    "grey": (lambda p: ImageOps.grayscale(p).convert("RGB"), "saturation", -1),
    "dark": (lambda p: p.point(lambda v: v * 0.35), "brightness", -1),
    "flat": (lambda p: p.point(lambda v: 64 + v * 0.5), "contrast", -1),
    "blur": (lambda p: p.filter(ImageFilter.GaussianBlur(2)), "sharpness", -1),
    "noise": (noisy, "noise", 1),
    "frame": (framed, "border", 1),
    "yellow": (lambda p: Image.merge("RGB", (*p.split()[:2], p.split()[2].point(lambda v: v * 0.4))),
               "yellow_hue_cast", 1),
    "red": (lambda p: Image.merge("RGB", (p.split()[0], p.split()[1].point(lambda v: v * 0.4), p.split()[2])),
            "red_hue_cast", 1),
}  # fmt: skip


def measured(pictures: list[Image.Image]) -> dict[str, np.ndarray]:
    rows = [asdict(pixel_properties(np.asarray(picture))) for picture in pictures]
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


@pytest.mark.parametrize("artefact", ARTEFACTS)
def test_a_property_tells_photos_with_its_artefact_from_those_without(artefact):
    change, name, sign = ARTEFACTS[artefact]
    clean, changed = measured(scenes(0))[name], measured(list(map(change, scenes(1))))[name]
    auc = (sign * (changed[:, None] - clean) > 0).mean()
    assert auc > 0.99


@pytest.mark.parametrize(
    ("artefact", "unmoved"),
    [
        ("grey", ("brightness", "contrast", "sharpness")),
        ("dark", ("saturation", "yellow_hue_cast", "red_hue_cast")),
        ("flat", ("sharpness",)),
        ("blur", ("brightness", "yellow_hue_cast", "red_hue_cast")),
        ("noise", ("brightness", "yellow_hue_cast", "red_hue_cast")),
    ],
)
def test_a_property_hardly_reacts_to_another_artefact(artefact, unmoved):
    """The same pictures move by less than a third of their own spread."""
    pictures = scenes(0)
    before, after = measured(pictures), measured(list(map(ARTEFACTS[artefact][0], pictures)))
    for name in unmoved:
        assert abs(np.median(after[name] - before[name])) < before[name].std() / 3, name


def test_exact_values():
    found = pixel_properties(np.full((32, 32, 3), 51, dtype=np.uint8))
    assert asdict(found) == pytest.approx(
        dict.fromkeys(asdict(found), 0.0) | {"brightness": 0.2, "sharpness": 0.0}, abs=1e-9
    )
    rng = np.random.default_rng(0)
    grey = np.repeat((128 + rng.normal(0, 8, (200, 200, 1))).astype(np.uint8), 3, axis=-1)
    assert pixel_properties(grey).noise == pytest.approx(8 / 255, rel=0.05)
    half = np.zeros((32, 32, 3), dtype=np.uint8)
    half[:, 16:] = 255
    assert pixel_properties(half).contrast == pytest.approx(0.5)
    orange = np.full((32, 32, 3), (200, 100, 0), dtype=np.uint8)
    luma = (0.299 * 200 + 0.587 * 100) / 255
    assert pixel_properties(orange).saturation == pytest.approx(1.0)
    assert pixel_properties(orange).yellow_hue_cast == pytest.approx(150 / 255 / luma)
    assert pixel_properties(orange).red_hue_cast == pytest.approx(100 / 255 / luma)


def test_a_horizon_is_no_frame():
    """A line on one side alone, as between the ground and the sky, does not count."""
    pixels = np.full((96, 96, 3), 200, dtype=np.uint8)
    pixels[88:] = 30
    assert pixel_properties(pixels).border < 0.1
    pixels[:8] = 30
    assert pixel_properties(pixels).border > 0.5


@pytest.mark.parametrize("shape", [(32, 32), (32, 32, 4), (8, 32, 3)])
def test_other_shapes_are_refused_in_one_line(shape):
    with pytest.raises(ValueError, match="a picture of shape"):
        pixel_properties(np.zeros(shape, dtype=np.uint8))


@pytest.mark.parametrize("quality", [1, 8, 30, 50, 75, 92, 100])
def test_the_quality_of_a_jpeg_is_read_from_its_tables(quality):
    assert file_properties(encoded(scenes(0)[0], "JPEG", quality=quality)).jpeg_quality == pytest.approx(quality, abs=1)


def exif(**changes: object) -> Image.Exif:
    found = Image.Exif()
    found[0x010F] = changes.get("make", "Nikon\0 ")
    found[0x0132] = changes.get("written", "2031:01:01 00:00:00")
    if "taken" in changes:
        found.get_ifd(0x8769)[0x9003] = changes["taken"]
    if "turn" in changes:
        found[0x0112] = changes["turn"]
    return found


def test_a_header_says_size_make_and_date():
    picture = scenes(0)[0].resize((60, 40))
    found = file_properties(encoded(picture, "JPEG", exif=exif(taken="1970:01:03 12:00:00", turn=6)))
    assert (found.width, found.height, found.make, found.taken) == (40, 60, "Nikon", 2.5)
    assert file_properties(encoded(picture, "PNG", exif=exif())).taken == pytest.approx(22280.0)
    bare = file_properties(encoded(picture, "PNG"))
    assert (bare.width, bare.height, bare.jpeg_quality, bare.make, bare.taken) == (60, 40, None, None, None)
    turned = file_properties(heic.TURNED)
    assert (turned.width, turned.height) == (32, 48)


@pytest.mark.parametrize("taken", ["0000:00:00 00:00:00", "yesterday", "", "2020:13:01 00:00:00"])
def test_a_date_that_is_none_is_not_known(taken):
    data = encoded(scenes(0)[0], "JPEG", exif=exif(taken=taken, written=taken, make=" "))
    assert file_properties(data).taken is None
    assert file_properties(data).make is None


def test_bytes_that_are_no_picture_are_refused():
    with pytest.raises(UnreadablePhoto):
        file_properties(b"no picture")


def test_only_files_have_headers(tmp_path):
    for name in ("a.png", "b.png"):
        scenes(0)[0].save(tmp_path / name)
    files, arrays = open_photos(tmp_path), open_photos([np.zeros((8, 8, 3), dtype=np.uint8)] * 3)
    both = WithOthers(arrays, files)
    assert file_of(both, 3) == (tmp_path / "a.png").read_bytes()
    assert file_of(both, 0) is None
    (tmp_path / "a.png").unlink()
    assert file_of(files, 0) is None


def test_a_file_is_read_without_decoding_it(monkeypatch):
    data = encoded(scenes(0)[0], "JPEG")
    monkeypatch.setattr(ImageFile.ImageFile, "load", lambda self: pytest.fail("decoded"))
    assert file_properties(data).width == SIDE
