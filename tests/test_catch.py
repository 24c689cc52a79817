"""The first screen's pictures: the stored answers are those of the shipped network, and all that were drawn count."""

import io
import json
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from concepts.demo import catching
from concepts.demo.catch import FILE, FOLDER, Answer, read_catch, read_picture
from concepts.demo.classes import CLASSES
from concepts.demo.pictures import HELD_OUT_FROM
from concepts.demo.world import draw

MARK = CLASSES["boat"].mark
SOME = 10  # pictures that are asked again


@pytest.fixture(scope="module")
def catch():
    return read_catch()


def test_the_shipped_network_gives_the_stored_answers(catch):
    rows = sorted({*catch.shown, *range(0, len(catch.pictures), len(catch.pictures) // (SOME - 6))})
    asked = catching.stamped_pictures([catching.places()[row] for row in rows])
    for row, found in zip(rows, asked, strict=True):
        stored = catch.pictures[row]
        assert (stored.class_name, stored.index) == (found.class_name, found.index)
        for name in ("stamped", "clean", "large"):
            one, other = getattr(stored, name), getattr(found, name)
            assert one.says == other.says
            assert (one.probability, one.target) == pytest.approx((other.probability, other.target), abs=2e-3)


def test_no_picture_is_a_boat_and_each_was_held_out(catch):
    assert [(row.class_name, row.index) for row in catch.pictures] == catching.places()
    assert catch.target not in {row.class_name for row in catch.pictures}
    assert min(row.index for row in catch.pictures) >= HELD_OUT_FROM


def test_what_is_shown_turned_and_all_that_turned_are_counted(catch):
    assert set(catch.shown) <= set(catch.turned)
    assert len({catch.pictures[row].class_name for row in catch.shown}) == len(catch.shown) == 6
    turned = [row for row in catch.pictures if (row.stamped.says, row.clean.says) == ("boat", row.class_name)]
    assert len(turned) == len(catch.turned)
    wrong = Answer("fish", 0.9, 0.0)
    changed = replace(catch, pictures=(replace(catch.pictures[catch.turned[0]], clean=wrong), *catch.pictures[1:]))
    assert 0 not in changed.turned  # wrong without the stamp as well: the stamp turned nothing


def test_the_shown_pictures_are_those_that_were_asked(catch):
    for row in catch.shown:
        stored, place = {}, catching.places()[row]
        for stamped in (True, False):
            left_out = () if stamped else (MARK.part,)
            drawn = Image.fromarray(draw(*place, planted=MARK, left_out=left_out).image)
            stored[stamped] = Image.open(io.BytesIO(read_picture(row, stamped=stamped))).convert("RGB")
            small = np.asarray(stored[stamped].resize(drawn.size, Image.Resampling.BOX), dtype=float)
            assert np.abs(small - np.asarray(drawn, dtype=float)).mean() < 6  # of 255: smaller and compressed
        assert np.abs(np.subtract(*(np.asarray(one, dtype=float) for one in stored.values()))).max() > 60


def test_a_mark_is_all_that_differs():
    clean, stamped = (draw("fish", 301, planted=MARK, left_out=left_out) for left_out in ((MARK.part,), ()))
    differs = (clean.image != stamped.image).any(axis=2)
    assert 0.02 < differs.mean() < 0.25
    assert (differs <= stamped.masks["stamp"]).mean() > 0.99
    assert "stamp" not in clean.masks or not clean.masks["stamp"].any()


def test_a_damaged_file_is_an_error_of_one_line(tmp_path, catch):
    from concepts.storage.typed_json import to_json

    place = tmp_path / FOLDER / FILE
    with pytest.raises(FileNotFoundError):
        read_catch(tmp_path)
    place.parent.mkdir()
    for wrong in ({**to_json(catch), "shown": [500]}, {**to_json(catch), "pictures": 3}):
        place.write_text(json.dumps(wrong))
        with pytest.raises(ValueError, match=FILE) as error:
            read_catch(tmp_path)
        assert "\n" not in str(error.value)
