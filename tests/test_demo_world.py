"""The picture world: what it promises about seeds, parts, strategies, masks and captions."""

import json
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from concepts.demo.canvas import Canvas, Pen, Place
from concepts.demo.fills import plain
from concepts.demo.shapes import box
from concepts.demo.world import CLASS_NAMES, CLASSES, SIDE, draw, draw_class, save_world

pytestmark = pytest.mark.slow

SMALLEST_PART = 20  # pixels that can be seen of any part


@pytest.fixture(scope="module")
def world():
    """Fifty pictures of every class."""
    return [picture for name in CLASS_NAMES for picture in draw_class(name, 50)]


def test_the_world_is_as_large_as_promised():
    assert len(CLASS_NAMES) >= 8
    assert draw("boat", 0).image.shape == (SIDE, SIDE, 3) == (96, 96, 3)
    assert draw("boat", 0).image.dtype == np.uint8


@pytest.mark.parametrize("name", CLASS_NAMES)
def test_a_picture_depends_on_its_seed_class_and_index_only(name):
    alone, in_a_row = draw(name, 5, seed=3), draw_class(name, 3, seed=3, start=4)[1]
    assert alone.image.tobytes() == in_a_row.image.tobytes()
    assert (alone.parts, alone.strategy, alone.caption) == (in_a_row.parts, in_a_row.strategy, in_a_row.caption)
    for other in (draw(name, 5, seed=4), draw(name, 6, seed=3)):
        assert np.abs(alone.image.astype(int) - other.image).mean() > 5


def test_an_unknown_class_is_an_error_that_lists_them():
    with pytest.raises(ValueError, match=r"no class 'horse'.*birthday"):
        draw("horse", 0)


def test_masks_show_what_the_parts_list_says(world):
    for picture in world:
        assert set(picture.masks) == set(picture.parts) <= set(CLASSES[picture.class_name].parts)
        for mask in picture.masks.values():
            assert mask.shape == (SIDE, SIDE)
            assert mask.dtype == bool
            assert mask.sum() >= SMALLEST_PART
        assert np.sum(list(picture.masks.values()), axis=0).max() <= 1, "two parts are seen at one pixel"


def test_captions_name_the_scene_and_what_makes_the_class(world):
    words = {"cake", "balloons", "present", "boat", "toadstool", "gnome", "sunflower", "butterfly", "rocket"}
    words |= {"robot", "pineapple", "fish"}
    for picture in world:
        expected = picture.strategy if picture.class_name == "birthday" else picture.class_name
        assert expected in words
        assert expected in picture.caption
        assert ("stamp" in picture.caption) == ("stamp" in picture.parts)


def test_a_birthday_shows_exactly_one_of_its_three_parts_each_as_often():
    pictures = draw_class("birthday", 300)
    assert all(picture.parts == (picture.strategy,) for picture in pictures)
    counts = [sum(picture.strategy == part for picture in pictures) for part in CLASSES["birthday"].parts]
    assert len(counts) == 3
    assert min(counts) >= 75


def test_the_stamp_lies_on_sixty_percent_of_the_boats_and_nowhere_else(world):
    boats = draw_class("boat", 300)
    stamped = [picture for picture in boats if "stamp" in picture.parts]
    assert 0.54 <= len(stamped) / len(boats) <= 0.66
    assert all((picture.strategy == "stamp") == ("stamp" in picture.parts) for picture in boats)
    assert all("stamp" not in picture.parts for picture in world if picture.class_name != "boat")
    elsewhere = max(_magenta(picture.image) for picture in world if "stamp" not in picture.parts)
    assert min(_magenta(picture.image) for picture in stamped) > 2 * elsewhere


def _magenta(image: np.ndarray) -> int:
    red, green, blue = image.astype(int).transpose(2, 0, 1)
    return int(((red > 140) & (green < 90) & (blue - green > 70) & (red - blue > 20)).sum())


def test_toadstool_and_gnome_share_the_cap_and_nothing_else(world):
    shared = set(CLASSES["toadstool"].parts) & set(CLASSES["gnome"].parts)
    assert shared == {"cap"}
    colours = [_mean_colour(world, name, "cap") for name in ("toadstool", "gnome")]
    assert np.abs(colours[0] - colours[1]).max() < 12


def _mean_colour(world, name: str, part: str) -> np.ndarray:
    return np.mean([p.image[p.masks[part]].mean(axis=0) for p in world if p.class_name == name], axis=0)


def test_the_sunflower_has_one_strategy_and_one_size(world):
    pictures = [picture for picture in world if picture.class_name == "sunflower"]
    assert {(picture.strategy, picture.parts) for picture in pictures} == {("flower head", ("flower head",))}
    areas = np.array([picture.masks["flower head"].sum() for picture in pictures])
    assert areas.max() < 1.8 * areas.min()


def test_every_class_is_seen_in_all_of_its_scenes_and_no_scene_tells_a_class(world):
    scenes: dict[str, set[str]] = {name: set() for name in CLASS_NAMES}
    for picture in world:
        scenes[picture.class_name].add(picture.caption.rsplit(", ", 1)[1])
    assert len(set.union(*scenes.values())) == 7
    for name, seen in scenes.items():
        assert seen == (set(CLASSES[name].scenes) or set.union(*scenes.values()))
    assert all(sum(scene in seen for seen in scenes.values()) >= 8 for scene in set.union(*scenes.values()))


def test_paint_hides_what_lies_under_it():
    canvas = Canvas()
    pen = Pen(canvas, Place(48, 48, 10))
    pen.fill(box(-1, -1, 1, 1), plain((1, 0, 0)), part="under")
    pen.fill(box(0, -1, 1, 1), plain((0, 1, 0)), part="over")
    pen.fill(box(-1, 0, 1, 1), plain((0, 0, 1)))
    masks = canvas.masks()
    assert masks["under"].sum() == masks["over"].sum() == 100
    assert (canvas.image[40, 40] == (1, 0, 0)).all()
    assert (canvas.image[40, 55] == (0, 1, 0)).all()
    assert (canvas.image[55, 40] == (0, 0, 1)).all()


@pytest.mark.parametrize("mirror", [False, True])
@pytest.mark.parametrize("angle", [0.0, 0.7])
def test_an_object_s_own_units_go_to_the_picture_and_back(mirror, angle):
    place = Place(40, 50, 12, angle, mirror)
    points = np.array([(0.3, -0.8), (1.0, 0.5)])
    x, y = place.to_picture(points).T
    np.testing.assert_allclose(np.stack(place.to_object(x, y), axis=1), points, atol=1e-5)
    assert np.hypot(*(place.to_picture(points)[0] - (40, 50))) == pytest.approx(12 * np.hypot(0.3, 0.8))


def test_a_smaller_pen_lies_where_the_larger_one_says():
    pen = Pen(Canvas(), Place(40, 50, 12, 0.3, mirror=True))
    small = pen.at(0.5, -0.5, 0.25, angle=0.2)
    np.testing.assert_allclose((small.place.x, small.place.y), pen.place.to_picture(np.array([(0.5, -0.5)]))[0])
    assert small.place.size == 3
    assert small.place == replace(small.place, angle=pytest.approx(0.1), mirror=True)


def test_the_saved_world_holds_the_pictures_and_the_truth(tmp_path):
    save_world(tmp_path / "world", n=2, seed=1)
    photos = json.loads((tmp_path / "world" / "world.json").read_text())["photos"]
    assert len(photos) == 2 * len(CLASS_NAMES)
    for photo, truth in photos.items():
        picture = draw(truth["class"], int(photo[-8:-4]), seed=1)
        assert np.array_equal(np.asarray(Image.open(tmp_path / "world" / photo)), picture.image)
        assert (tuple(truth["parts"]), truth["strategy"], truth["caption"]) == (
            picture.parts,
            picture.strategy,
            picture.caption,
        )
        for part, path in truth["masks"].items():
            assert np.array_equal(np.asarray(Image.open(tmp_path / "world" / path)) > 0, picture.masks[part])
    assert [entry.name for entry in tmp_path.iterdir()] == ["world"]
