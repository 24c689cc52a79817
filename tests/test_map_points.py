"""Points of a map: places beside photos, their names and pictures, and those nearest to one."""

import io
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

from concepts.cli.tokens import OF
from concepts.data.images.jpeg import jpeg_bytes
from concepts.item_map import density
from concepts.item_map.density import View, counts_in, examples_in, seen_in
from concepts.lexicon.collections import MapPoints, build_map_of, map_of, nearest_places, tokens_of
from concepts.lexicon.collections import map_points as module
from concepts.lexicon.collections.mapped import MAPS
from concepts.strategies import layout
from concepts.token_search import write_token_file
from concepts.token_search.place_vectors import PlaceVectors
from tests.support.tiny_collection import tiny_collection


@pytest.fixture(scope="module")
def collection(tmp_path_factory):
    return tiny_collection(tmp_path_factory.mktemp("workspace"), tmp_path_factory.mktemp("photos"))


@pytest.fixture
def quick(monkeypatch):
    """Principal components in place of UMAP, which takes seconds."""
    monkeypatch.setattr(layout, "lay_out", lambda X, i, d, seed: (layout.principal_plane(X), "principal components"))


def opened(content: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGB")).astype(int)


def test_each_place_is_a_direction(tmp_path):
    """The formula, whatever the chunks, and in the order that is asked for."""
    A = np.random.default_rng(0).standard_normal((21, 6)).astype(np.float16)
    tokens = write_token_file(tmp_path / "a.bin", [A], places=3)
    centre = A.astype(np.float32).mean(axis=0)
    expected = torch.nn.functional.normalize(torch.from_numpy(A.astype(np.float32) - centre), dim=1)
    vectors = PlaceVectors.of(tokens)
    torch.testing.assert_close(vectors.centre, torch.from_numpy(centre))
    assert len(vectors) == 21
    rows, x = zip(*vectors.chunks(), strict=True)
    assert np.concatenate(rows).tolist() == list(range(21))
    torch.testing.assert_close(torch.cat(x), expected)
    torch.testing.assert_close(vectors.take(np.array([20, 3, 3])), expected[[20, 3, 3]])


def test_the_command_offers_the_maps_there_are():
    assert tuple(MAPS) == OF == tuple(module.NOUNS)


def test_points_and_photos(collection):
    photos, places = MapPoints(collection), MapPoints(collection, "places")
    assert (len(photos), len(places), places.per) == (40, 40 * 64, 64)
    some = np.zeros(40, bool)
    some[[2, 7]] = True
    assert np.flatnonzero(places.of_photos(some)).tolist() == [*range(128, 192), *range(448, 512)]
    assert photos.of_photos(some) is some
    assert places.of_photos(None) is None
    points = np.zeros(40 * 64, bool)
    points[[130, 131, 511]] = True
    np.testing.assert_array_equal(places.photos_with(points), some)
    np.testing.assert_array_equal(photos.photos_with(some), some)
    assert places.photo(511) == 7
    assert (photos.name(7), places.name(7 * 64 + 9)) == (
        collection.names[7],
        f"{collection.names[7]}, row 2, column 2",
    )
    with pytest.raises(ValueError, match="'words': choose photos or places"):
        MapPoints(collection, "words")


def test_pictures_show_where_a_place_is(collection, monkeypatch):
    """The whole is as bright as the photo in the place alone; a crop holds the place, inside the photo."""
    smooth = np.add.outer(np.arange(160), np.arange(160))[..., None].repeat(3, axis=2) // 2 + 60
    content = jpeg_bytes(Image.fromarray(smooth.astype(np.uint8)))
    monkeypatch.setattr(type(collection), "thumbnail", lambda self, image: content)
    photos, places = MapPoints(collection), MapPoints(collection, "places")
    photo = opened(photos.picture(3))
    assert photos.whole(3) == photos.picture(3) == collection.thumbnail(3)
    side = photo.shape[0]
    cell = side // 8
    for row, column in ((0, 0), (4, 5), (7, 7)):
        point = 3 * 64 + row * 8 + column
        whole = opened(places.whole(point))
        assert whole.shape == photo.shape
        inner = np.s_[row * cell + 2 : (row + 1) * cell - 2, column * cell + 2 : (column + 1) * cell - 2]
        assert np.abs(whole[inner] - photo[inner]).mean() < 12
        far = np.s_[: cell - 1, : cell - 1] if row == 7 else np.s_[7 * cell + 1 :, 7 * cell + 1 :]
        if (row, column) != (4, 5):
            assert whole[far].mean() < 0.8 * photo[far].mean()
        crop, box = (
            opened(places.picture(point)),
            module._window(module._cell(row * 8 + column, (8, 8), (side, side)), (side, side)),
        )
        assert crop.shape[0] == crop.shape[1] == round(0.4 * side)
        around = photo[box[1] : box[3], box[0] : box[2]]
        lit = np.abs(crop - around).mean(axis=2) < 12
        there = np.zeros_like(lit)
        there[
            row * cell - box[1] : (row + 1) * cell - box[1], column * cell - box[0] : (column + 1) * cell - box[0]
        ] = True
        assert lit[there].mean() > 0.8
        assert lit[~there].mean() < 0.2


@pytest.mark.parametrize(
    ("cell", "size", "expected"),
    [
        ((40, 40, 50, 50), (100, 100), (25, 25, 65, 65)),  # in the middle, 0.4 of the side
        ((0, 90, 10, 100), (100, 100), (0, 60, 40, 100)),  # moved into the picture
        ((0, 0, 50, 50), (100, 100), (0, 0, 100, 100)),  # three cells would be more than there is
        ((0, 0, 1, 1), (1, 1), (0, 0, 1, 1)),
    ],
)
def test_a_window_lies_in_the_picture(cell, size, expected):
    assert module._window(cell, size) == expected


def test_a_cell_longer_than_the_picture_is_high_is_lit_in_full(collection, monkeypatch):
    """One row of places: the square around one cannot hold it."""
    content = jpeg_bytes(Image.new("RGB", (100, 150), (200, 200, 200)))
    monkeypatch.setattr(type(collection), "thumbnail", lambda self, image: content)
    monkeypatch.setattr(type(collection), "grid", (1, 4))
    crop = opened(MapPoints(replace(collection), "places").picture(0))
    assert (crop[:, 5:20].mean(), crop[:, 60:].mean()) == (pytest.approx(200, abs=8), pytest.approx(120, abs=8))


def test_cells_cover_the_picture_and_have_a_pixel_each():
    assert module._cell(5, (2, 3), (100, 50)) == (66, 25, 100, 50)
    assert module._cell(0, (4, 4), (2, 2)) == (0, 0, 1, 1)


def test_a_picture_that_is_none_is_told(collection, monkeypatch):
    monkeypatch.setattr(type(collection), "thumbnail", lambda self, image: b"no picture")
    with pytest.raises(ValueError, match=r"row 1, column 1 cannot be shown"):
        MapPoints(collection, "places").picture(0)


def test_the_nearest_places_are_those_of_all_comparisons(collection):
    x = PlaceVectors.of(tokens_of(collection)).take(np.arange(40 * 64))
    cosines = (x @ x[700]).numpy()
    cosines[700] = -2
    found = MapPoints(collection, "places").nearest(700, top=9)
    assert 700 not in found
    np.testing.assert_allclose(cosines[found], np.sort(cosines)[::-1][:9], atol=1e-5)
    some = np.zeros(40, bool)
    some[20:] = True
    among = nearest_places(collection, 700, top=9, items=some)
    assert min(among) >= 20 * 64
    np.testing.assert_allclose(cosines[among], np.sort(cosines[20 * 64 :])[::-1][:9], atol=1e-5)
    with pytest.raises(ValueError, match="there are 0 to 2559"):
        nearest_places(collection, 2560, top=1)


def test_maps_of_photos_and_of_places_lie_beside_each_other(collection, quick):
    assert map_of(collection, "places") is None
    places = build_map_of(collection, "places", landmarks=100)
    photos = build_map_of(collection)
    assert (places.items, places.landmarks, photos.items) == (2560, 100, 40)
    assert map_of(collection, "places") == places
    assert map_of(collection) == photos
    for make in (map_of, build_map_of):
        with pytest.raises(ValueError, match="a map of 'words': choose photos or places"):
            make(collection, "words")
    (collection.folder / "map_of_places" / "map.json").write_bytes((photos.folder / "map.json").read_bytes())
    with pytest.raises(ValueError, match="of other items"):
        map_of(collection, "places")


def test_examples_are_one_of_each_cell_that_holds_any(monkeypatch):
    """Of those chosen, the same whatever the chunks, and of many photos."""
    rng = np.random.default_rng(1)
    places, some, view = rng.uniform(0, 1, (4_000, 2)).astype(np.float32), rng.random(4_000) < 0.4, View(0, 0, 0.8, 1)
    whole = examples_in(places, view, columns=4, rows=3, items=some)
    monkeypatch.setattr(density, "CHUNK", 170)
    np.testing.assert_array_equal(examples_in(places, view, columns=4, rows=3, items=some), whole)
    assert some[whole].all()
    np.testing.assert_array_equal(counts_in(places[whole], view, columns=4, rows=3), np.ones((3, 4)))
    corner = np.concatenate([places[:50] / 100, places[:0]])
    assert len(examples_in(corner, view, columns=4, rows=3)) == 1
    packed = np.tile(places[:1], (169 * 40, 1))  # all in one cell: items of 40 photos, of which it is not the first
    assert examples_in(packed, View.around(packed))[0] > 169


def test_many_have_examples_and_few_are_all_seen(monkeypatch):
    places = np.random.default_rng(2).uniform(0, 1, (300, 2)).astype(np.float32)
    few = seen_in(places, View(0, 0, 1, 1))
    np.testing.assert_array_equal(few.examples, np.arange(300))
    monkeypatch.setattr(density, "MOST_POINTS", 299)
    many = seen_in(places, View(0, 0, 1, 1))
    assert many.numbers is None
    assert 90 <= len(many.examples) <= 96
