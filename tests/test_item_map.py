"""A map of items: places among landmarks, the share of neighbours kept, memory by chunks, tiles, bad input."""

import numpy as np
import pytest
import torch

from concepts.item_map import ItemMap, View, build_map, counts_in, density, items_in, items_within, neighbours_kept
from concepts.item_map.kept import KeptNeighbours
from concepts.item_map.landmarks import Landmarks, mixing_weights
from concepts.item_map.sentences import reading
from concepts.item_map.subset import Subset
from concepts.strategies import layout
from concepts.token_search import token_file, write_token_file
from concepts.token_search.item_vectors import ItemVectors


@pytest.fixture(params=[0, 1])
def rng(request):
    return np.random.default_rng(request.param)


def token_file_with(path, rng, *, n=300, places=3, p=12):
    """Items around twelve directions."""
    A = 3 * rng.standard_normal((12, 1, p))[rng.integers(12, size=n)] + rng.standard_normal((n, places, p))
    return write_token_file(path, [A.reshape(-1, p)], places=places)


def by_principal_components(X, indices, distances, seed):
    """In place of UMAP, which takes seconds."""
    return layout.principal_plane(X), "principal components"


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(layout, "lay_out", by_principal_components)


def hull_of(rng, m, *, p=12):
    """Items (m, p) inside the triangles of landmarks on a flat plane of the space, and what mixes them."""
    corners = torch.from_numpy(rng.standard_normal((3, p))).float()
    w = torch.from_numpy(rng.dirichlet(np.ones(3), size=m)).float()
    return w @ corners, corners, w


def test_a_flat_plane_is_placed_exactly(rng):
    """Landmarks that lie on a plane of the space, with a map that is affine there: every item between them is exact."""
    plane, turn = rng.standard_normal((2, 12)), rng.standard_normal((2, 2))
    grid = np.stack(np.meshgrid(np.linspace(-1, 1, 9), np.linspace(-1, 1, 9)), axis=-1).reshape(-1, 2)
    at = rng.uniform(-0.9, 0.9, size=(40, 2))
    landmarks = torch.from_numpy(grid @ plane).float()
    x = torch.from_numpy(at @ plane).float()
    near = torch.cdist(x, landmarks).topk(5, largest=False).indices
    w = mixing_weights(x, landmarks[near])
    assert (w >= 0).all()
    torch.testing.assert_close(w.sum(dim=1), torch.ones(40))
    mixed = (w[..., None] * torch.from_numpy(grid @ turn).float()[near]).sum(dim=1)
    inside = (w[..., None] * landmarks[near]).sum(dim=1)
    torch.testing.assert_close(inside, x, atol=2e-3, rtol=0)
    torch.testing.assert_close(mixed, torch.from_numpy(at @ turn).float(), atol=2e-3, rtol=0)


def test_weights_are_those_of_the_mixture_and_nothing_outside_is_negative(rng):
    x, corners, w = hull_of(rng, 20)
    torch.testing.assert_close(mixing_weights(x, corners.expand(20, 3, 12)), w, atol=1e-3, rtol=0)
    far = corners[0] + 2 * (corners[0] - corners[1])  # beyond the first corner
    found = mixing_weights(far[None], corners[None])
    assert (found >= 0).all()
    assert found[0, 0] > 0.9


def test_landmarks_that_the_map_has_torn_apart_are_not_mixed(rng):
    """Two halves of a line that lie far from each other on the map: no item lies between them."""
    along = torch.linspace(-1, 1, 80)[:, None]
    x = torch.cat([along, torch.ones(80, 1)], dim=1)
    places = torch.cat([along + 100 * (along > 0), torch.zeros(80, 1)], dim=1)
    landmarks = Landmarks(np.arange(80), torch.nn.functional.normalize(x, dim=1), places)
    between = torch.from_numpy(rng.uniform(-0.01, 0.01, size=(50, 1))).float()
    items = torch.nn.functional.normalize(torch.cat([between, torch.ones(50, 1)], dim=1), dim=1)
    found = landmarks.placed(items)[:, 0]
    assert ((found < 1) | (found > 100)).all()
    lone = mixing_weights(items, landmarks.vectors[:3].expand(50, 3, 2), torch.tensor([[False, True, False]] * 50))
    torch.testing.assert_close(lone, torch.tensor([[0.0, 1.0, 0.0]] * 50))


@pytest.mark.parametrize("chunk", [40, 700, 2**21])
def test_chunks_change_nothing(tmp_path, rng, quick, monkeypatch, chunk):
    tokens = token_file_with(tmp_path / "a.bin", rng)
    whole = build_map(ItemVectors.of(tokens), tmp_path / "whole", landmarks=40)
    monkeypatch.setattr(token_file, "CHUNK", chunk)
    monkeypatch.setattr(density, "CHUNK", 7)
    parts = build_map(ItemVectors.of(tokens), tmp_path / "parts", landmarks=40)
    np.testing.assert_allclose(parts.places, whole.places, atol=1e-5)
    for name in ("value", "at_random"):  # products of other sizes round otherwise: two equally near may change places
        assert getattr(parts.kept, name) == pytest.approx(getattr(whole.kept, name), abs=2e-3)
    view = View.around(whole.places)
    np.testing.assert_array_equal(
        counts_in(parts.places, view, columns=9, rows=5), counts_in(whole.places, view, columns=9, rows=5)
    )


def test_places_are_those_of_a_slow_literal_version(tmp_path, rng, quick):
    tokens = token_file_with(tmp_path / "a.bin", rng, n=60)
    found = build_map(ItemVectors.of(tokens, seed=3), tmp_path / "map", landmarks=20, seed=3)
    A = torch.from_numpy(np.array(tokens.mapped)).double().mean(dim=1)
    x = torch.nn.functional.normalize(A - A.mean(dim=0), dim=1)  # 60 items: all of them make the centre
    chosen = sorted(np.random.default_rng(3).permutation(60)[:20].tolist())
    places = torch.from_numpy(layout.principal_plane(x[chosen].numpy()))
    for item in range(60):
        if item in chosen:
            expected = places[chosen.index(item)]
        else:
            near = (x[chosen] @ x[item]).argsort(descending=True)[:5]
            apart = (places - places[near[0]]).norm(dim=1)
            near = [j for j in near.tolist() if apart[j] <= apart.sort().values[15]]  # the first is itself
            w = mixing_weights(x[item][None], x[chosen][near][None])[0].double()
            expected = w @ places[near]
        np.testing.assert_allclose(found.places[item], expected.numpy(), atol=2e-3)


def test_the_share_kept_is_that_of_brute_force(tmp_path, rng):
    tokens = token_file_with(tmp_path / "a.bin", rng, n=120)
    vectors = ItemVectors.of(tokens)
    x = vectors.take(np.arange(120))
    places = (x[:, :2] + 0.1 * torch.from_numpy(rng.standard_normal((120, 2)))).numpy().astype(np.float32)
    found = neighbours_kept(vectors, places, queries=120)
    similarity, distance = x @ x.T, torch.cdist(torch.from_numpy(places), torch.from_numpy(places))
    similarity.fill_diagonal_(-2)
    distance.fill_diagonal_(torch.inf)
    near, shown = similarity.topk(15).indices.tolist(), (-distance).topk(15).indices.tolist()
    expected = np.mean([len({*a} & {*b}) / 15 for a, b in zip(near, shown, strict=True)])
    assert found.value == pytest.approx(expected)
    assert found.low < found.value < found.high
    assert (found.neighbours, found.queries) == (15, 120)


def test_a_map_that_keeps_everything_and_one_that_keeps_nothing(tmp_path, rng):
    """Items on a circle are their own map; shuffled places keep what chance keeps, 15 of 399."""
    angle = rng.uniform(0, 2 * np.pi, size=400)
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    tokens = write_token_file(tmp_path / "a.bin", [np.repeat(circle, 2, axis=1)], places=1)
    vectors = ItemVectors(tokens, torch.zeros(4))
    assert neighbours_kept(vectors, circle.astype(np.float32)).value > 0.97  # float16 moves some
    shuffled = neighbours_kept(vectors, rng.permutation(circle).astype(np.float32))
    assert shuffled.value < 0.08


@pytest.mark.parametrize("n", [4, 12, 16])
def test_of_few_items_everything_is_kept_by_chance(tmp_path, rng, n):
    """Each is among the 15 nearest to each, wherever they lie: that says nothing of the map."""
    vectors = ItemVectors.of(token_file_with(tmp_path / "a.bin", rng, n=n))
    kept = neighbours_kept(vectors, rng.standard_normal((n, 2)).astype(np.float32))
    assert (kept.value, kept.at_random) == (1, 1)
    assert "no more than chance" in reading(kept, "photo")


def test_of_forty_items_places_drawn_at_random_are_not_read(tmp_path, rng):
    """Chance alone keeps more than a third: the share says little before that is taken off."""
    vectors = ItemVectors.of(token_file_with(tmp_path / "a.bin", rng, n=40))
    kept = neighbours_kept(vectors, rng.standard_normal((40, 2)).astype(np.float32))
    assert kept.value > 0.3
    assert "no more than chance" in reading(kept, "photo")


@pytest.mark.parametrize(
    ("value", "at_random", "said"),
    [
        (0.52, 0.04, "mostly alike"),
        (0.52, 0.50, "large groups"),
        (0.60, 0.38, "often alike"),
        (0.70, 0.38, "mostly alike"),
        (0.30, 0.04, "often alike"),
        (0.20, 0.04, "large groups"),
    ],
)
def test_a_map_is_read_by_what_it_keeps_beyond_chance(value, at_random, said):
    assert said in reading(KeptNeighbours(15, 500, value, value - 0.01, value + 0.01, at_random), "photo")


def test_equal_items_may_stand_for_each_other(tmp_path, rng):
    """Twenty copies of one item: whichever of them are near, all of the share is kept."""
    A = np.concatenate([np.repeat(rng.standard_normal((1, 8)), 20, axis=0), -np.ones((3, 8))])
    tokens = write_token_file(tmp_path / "a.bin", [A], places=1)
    places = np.concatenate([rng.standard_normal((20, 2)), rng.standard_normal((3, 2)) + 99]).astype(np.float32)
    vectors = ItemVectors(tokens, torch.zeros(8))
    copies = neighbours_kept(vectors, places, queries=23)
    assert copies.value > 20 / 23 - 1e-6


def test_tiles_hold_what_is_counted_one_by_one(rng):
    places = rng.standard_normal((500, 2)).astype(np.float32)
    some, view = rng.random(500) < 0.5, View(-1.0, -0.5, 1.0, 1.5)
    counts = counts_in(places, view, columns=7, rows=4, items=some)
    expected = np.zeros((4, 7), int)
    for (x, y), kept in zip(places.astype(float), some, strict=True):
        if kept and -1 <= x < 1 and -0.5 <= y < 1.5:
            expected[int((y + 0.5) / 2 * 4), int((x + 1) / 2 * 7)] += 1
    np.testing.assert_array_equal(counts, expected)
    numbers = items_in(places, view, items=some)
    assert len(numbers) == counts.sum()
    np.testing.assert_array_equal(counts_in(places[numbers], view, columns=7, rows=4), counts)
    assert counts_in(places, View.around(places), columns=3, rows=3).sum() == 500


def test_a_region_holds_what_lies_in_it(rng, monkeypatch):
    monkeypatch.setattr(density, "CHUNK", 30)
    places = rng.uniform(-1, 1, (200, 2)).astype(np.float32)
    square = [(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)]
    np.testing.assert_array_equal(items_within(places, square), (np.abs(places) < 0.5).all(axis=1))
    with pytest.raises(ValueError, match="2 corners"):
        items_within(places, square[:2])


def test_a_view_of_one_place_or_none_is_a_square():
    assert View.around(np.array([[3.0, 4.0]])) == View(2, 3, 4, 5)
    assert View.around(np.zeros((0, 2))) == View(-1, -1, 1, 1)
    with pytest.raises(ValueError, match="left < right"):
        View(1, 0, 1, 2)
    with pytest.raises(ValueError, match="left < right"):
        View(0, 0, np.inf, 2)
    with pytest.raises(ValueError, match="0 × 4 tiles"):
        counts_in(np.zeros((1, 2)), View(0, 0, 1, 1), columns=0, rows=4)


def test_a_subset_fulfils_all_conditions(rng):
    one, two = rng.random(50) < 0.5, rng.random(50) < 0.5
    both = Subset.of(50, one, None, two)
    assert both.numbers.tolist() == [i for i in range(50) if one[i] and two[i]]
    assert len(both) == (one & two).sum()
    assert Subset.of(50).condition is None
    assert both.condition is both.items
    assert Subset.of_numbers(4, [2, 0]).list_of(["a", "b", "c", "d"]) == "a\nc\n"
    assert len(Subset.of_numbers(4, [])) == 0
    with pytest.raises(ValueError, match="expected \\(50,\\)"):
        Subset.of(50, one[:3])


def test_the_nearest_items_are_those_of_all_comparisons(tmp_path, rng):
    vectors = ItemVectors.of(token_file_with(tmp_path / "a.bin", rng, n=80))
    cosines = (vectors.take(np.arange(80)) @ vectors.take(np.array([7]))[0]).numpy()
    expected = [i for i in np.argsort(-cosines, kind="stable") if i != 7][:9]
    found = vectors.nearest(7, top=9)
    assert found.rows[0].tolist() == expected
    np.testing.assert_allclose(found.cosines[0], cosines[expected], atol=1e-6)
    few = np.arange(80) < 5
    assert sorted(vectors.nearest(7, top=9, items=few).rows[0].tolist()) == [0, 1, 2, 3, 4]
    with pytest.raises(ValueError, match="0 to 79"):
        vectors.nearest(80, top=1)


def test_a_map_is_read_again_and_one_of_others_refused(tmp_path, rng, quick):
    tokens = token_file_with(tmp_path / "a.bin", rng, n=30)
    seen = []
    built = build_map(ItemVectors.of(tokens), tmp_path / "map", progress=seen.append)
    assert (built.items, built.landmarks, built.laid_out_by) == (30, 30, "principal components")
    assert seen == sorted(seen)
    assert seen[-1] == 1.0
    assert ItemMap.load(tmp_path / "map", tokens, tokens.n_items) == built
    other = token_file_with(tmp_path / "b.bin", np.random.default_rng(9), n=30)
    with pytest.raises(ValueError, match="of other items than b"):
        ItemMap.load(tmp_path / "map", other, other.n_items)
    with pytest.raises(ValueError, match="holds no map"):
        ItemMap.load(tmp_path, tokens, tokens.n_items)


def test_damaged_places_and_too_few_items_are_told(tmp_path, rng, quick):
    tokens = token_file_with(tmp_path / "a.bin", rng, n=30)
    places = build_map(ItemVectors.of(tokens), tmp_path / "map").folder / "places.bin"
    whole = places.read_bytes()
    places.write_bytes(whole[:-8])
    with pytest.raises(ValueError, match="232 bytes, expected 240"):
        ItemMap.load(tmp_path / "map", tokens, tokens.n_items)
    places.write_bytes(whole[:-4] + np.float32("nan").tobytes())
    with pytest.raises(ValueError, match="not finite"):
        ItemMap.load(tmp_path / "map", tokens, tokens.n_items)
    few = token_file_with(tmp_path / "few.bin", rng, n=2)
    with pytest.raises(ValueError, match="2 items, 20000 landmarks"):
        build_map(ItemVectors.of(few), tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_memory_does_not_grow_with_the_items(tmp_path, rng, quick, monkeypatch):
    """What is placed at once is a chunk of the file, whatever the number of items."""
    sizes = []
    placed = Landmarks.placed
    monkeypatch.setattr(Landmarks, "placed", lambda self, x: sizes.append(len(x)) or placed(self, x))
    monkeypatch.setattr(token_file, "CHUNK", 20 * 36)
    build_map(ItemVectors.of(token_file_with(tmp_path / "a.bin", rng, n=300)), tmp_path / "map", landmarks=40)
    assert sizes == [20] * 15
