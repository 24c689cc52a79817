"""Activations of parts, joined: those of one pass over the whole, whatever the parts."""

from dataclasses import replace

import numpy as np
import pytest

from concepts.activations.collect import Activations, collect_activations
from concepts.activations.joining import join_activations
from concepts.models import load_model, split_model
from concepts.photos import open_photos
from tests.support.tiny import FACTORY, write_photos

BATCH = 4


@pytest.fixture
def split():
    return split_model(load_model(FACTORY), layer="features")


@pytest.fixture
def photos(tmp_path):
    return open_photos(write_photos(tmp_path / "photos", n=9))


def parts_of(split, photos, store, size):
    starts = range(0, len(photos), size)
    slices = [photos.subset(range(start, min(start + size, len(photos)))) for start in starts]
    return [collect_activations(split, each, store, batch_size=BATCH) for each in slices], starts


@pytest.mark.parametrize("size", [4, 8, 20])
def test_joined_parts_are_one_pass(split, photos, tmp_path, size):
    whole = collect_activations(split, photos, tmp_path / "whole", batch_size=BATCH)
    parts, starts = parts_of(split, photos, tmp_path / "parts", size)
    joined = join_activations(split, photos, parts, starts, tmp_path / "parts")
    assert joined.folder.name == whole.folder.name
    np.testing.assert_array_equal(joined.rows(0, 18), whole.rows(0, 18))
    np.testing.assert_array_equal(joined.logits, whole.logits)
    assert replace(joined.info, seconds=whole.info.seconds) == whole.info
    assert [joined.thumbnail(i).read_bytes() for i in range(18)] == [whole.thumbnail(i).read_bytes() for i in range(18)]
    assert collect_activations(split, photos, tmp_path / "parts", batch_size=BATCH).reused


def test_photos_that_cannot_be_read_keep_their_places(split, photos, tmp_path):
    (tmp_path / "photos" / "green" / "001.png").write_bytes(b"no picture")
    whole = collect_activations(split, photos, tmp_path / "whole", batch_size=BATCH)
    parts, starts = parts_of(split, photos, tmp_path / "parts", 4)
    joined = join_activations(split, photos, parts, starts, tmp_path / "parts")
    assert len(joined) == 17
    assert joined.indices == whole.indices
    assert joined.skipped == whole.skipped
    np.testing.assert_allclose(joined.rows(0, 17), whole.rows(0, 17), rtol=1e-3)


def test_a_part_that_needs_more_digits_widens_the_whole(split, photos, tmp_path):
    parts, starts = parts_of(split, photos, tmp_path / "parts", 8)
    wide = parts[1].rows(0, 8).astype(np.float32)
    (parts[1].folder / "activations.bin").write_bytes(wide.tobytes())
    parts[1].__dict__["info"] = replace(parts[1].info, dtype="float32")
    joined = join_activations(split, photos, parts, starts, tmp_path / "parts")
    assert joined.info.dtype == "float32"
    np.testing.assert_array_equal(joined.rows(8, 16), wide)
    np.testing.assert_array_equal(joined.rows(0, 8), parts[0].rows(0, 8).astype(np.float32))


def test_parts_of_two_shapes_are_refused(split, photos, tmp_path):
    parts, starts = parts_of(split, photos, tmp_path / "parts", 9)
    other = Activations(parts[1].folder)
    other.__dict__["info"] = replace(other.info, shape=(7, 7, 4))
    with pytest.raises(ValueError, match="shapes"):
        join_activations(split, photos, [parts[0], other], starts, tmp_path / "parts")
