"""What stands together, and what concepts cover: planted pairs are found, chance is not."""

import numpy as np
import pytest

from concepts.demo.captions import demo_truth
from concepts.lexicon.token_statistics import (
    Corpus,
    association,
    concepts_together,
    granularity,
    prominence,
    words_of_concepts,
)
from concepts.lexicon.token_statistics.granularity import cell_shares, kind_of
from concepts.lexicon.token_statistics.reference_text import of_lines, telling_words

SEEDS = pytest.mark.parametrize("seed", [0, 1, 2])


def planted(generator, n=120):
    """(n, 5) presence: 0 and 1 nearly always together, 2 and 3 never, 4 alone."""
    one, two = generator.random(n) < 0.4, generator.random(n) < 0.5
    columns = [one, one ^ (generator.random(n) < 0.05), two, ~two & (generator.random(n) < 0.9)]
    return np.stack([*columns, generator.random(n) < 0.3], axis=1).astype(float)


@SEEDS
def test_planted_pairs_are_found_and_no_other(seed):
    table = planted(np.random.default_rng(seed))
    found = association(table, table, seed=seed)
    pairs = {(int(a), int(b)) for a, b in np.argwhere(np.triu(found.beyond))}
    assert {(0, 1), (2, 3)} <= pairs
    assert len(pairs) <= 3
    assert found.pmi[0, 1] > 0.8
    assert found.pmi[2, 3] < -1
    np.testing.assert_allclose(found.pmi, found.pmi.T)
    assert ((found.low <= found.pmi + 1e-9) & (found.pmi <= found.high + 1e-9)).all()
    assert not found.beyond.diagonal().any()


def test_pmi_and_lift_are_their_formula():
    table = planted(np.random.default_rng(0))
    found, n = association(table, table), len(table)
    both, expected = table[:, 0] @ table[:, 4], table[:, 0].sum() * table[:, 4].sum() / n
    assert found.pmi[0, 4] == pytest.approx(np.log2((both + 0.5) / (expected + 0.5)))
    assert found.lift[0, 4] == pytest.approx((both + 0.5) / (expected + 0.5))
    assert found.seen[0, 4] == both


@pytest.mark.slow
def test_the_control_is_at_its_level_on_independent_columns():
    """Among all pairs together a false one in 5% of the cases."""
    generator = np.random.default_rng(0)
    wrong = 0
    for seed in range(60):
        table = (generator.random((60, 6)) < generator.uniform(0.2, 0.7, 6)).astype(float)
        wrong += association(table, table, seed=seed).beyond.any()
    assert wrong <= 9  # 3 expected; more than 9 in one of a thousand


def test_independent_tokens_hold_no_pairs():
    generator = np.random.default_rng(1)
    wrong = 0
    for seed in range(20):
        tokens = [generator.choice(5, 60, p=[0.4, 0.3, 0.15, 0.1, 0.05]) for _ in range(60)]
        found = concepts_together(Corpus.of(tokens, 5), seed=seed)
        wrong += (found.beyond & (found.pmi > 0)).any()  # shares that add up to 1 do avoid each other
    assert wrong <= 4


def test_what_is_everywhere_alike_goes_with_nothing():
    table = planted(np.random.default_rng(0))
    table[:, 4] = 1
    found = association(table, table)
    assert not found.beyond[4].any()
    np.testing.assert_allclose(found.pmi[4], 0, atol=1e-12)
    table[:, 4] = 0
    found = association(table, table)
    assert not found.beyond[4].any()
    assert np.isfinite(found.pmi).all()


@SEEDS
def test_photos_that_depend_widen_the_interval(seed):
    table = planted(np.random.default_rng(seed), n=40)
    few, many = association(table, table), association(np.tile(table, (4, 1)), np.tile(table, (4, 1)))
    width = few.high - few.low
    assert np.median((many.high - many.low)[width > 0] / width[width > 0]) == pytest.approx(0.5, abs=0.1)


def test_prominent_is_more_than_the_middle_photo():
    tokens = [np.repeat([0, 1, 2], [6, 4, 0]), np.repeat([0, 1, 2], [5, 5, 0]), np.repeat([0, 1, 2], [2, 6, 2])]
    assert prominence(Corpus.of(tokens, 4)).tolist() == [[1, 0, 0, 0], [0, 0, 0, 0], [0, 1, 1, 0]]


@SEEDS
def test_words_go_with_the_concept_at_their_place(seed):
    generator = np.random.default_rng(seed)
    tokens = [generator.integers(-1, 3, (4, 5)) for _ in range(30)]
    said = [np.stack([t == 0, generator.random((4, 5)) * (t == 2), generator.random((4, 5))], axis=-1) for t in tokens]
    found = words_of_concepts(tokens, said, 3, seed=seed)
    assert found.beyond[[0, 2], [0, 1]].all()
    assert found.pmi[0, 0] > 1
    assert found.pmi[2, 1] > 1
    assert found.pmi[1, 0] < -3
    assert not found.beyond[:, 2].any()
    louder = words_of_concepts(tokens, [7 * each for each in said], 3, seed=seed)
    np.testing.assert_allclose(louder.pmi, found.pmi)


def test_tables_and_activations_that_do_not_fit_are_told():
    good = np.ones((4, 2))
    for first, second, message in (
        (good, np.ones((3, 2)), "the same two photos"),
        (good[:1], good[:1], "the same two photos"),
        (good, 2 * good, "from 0 to 1"),
        (good, good * np.nan, "from 0 to 1"),
    ):
        with pytest.raises(ValueError, match=message):
            association(first, second)
    with pytest.raises(ValueError, match="as many places"):
        words_of_concepts([np.zeros(3, int), np.zeros(4, int)], [np.ones((3, 1)), np.ones((4, 1))], 1)
    with pytest.raises(ValueError, match="not negative"):
        words_of_concepts([np.zeros(3, int)] * 2, [-np.ones((3, 1))] * 2, 1)


# ---------------------------------------------------------------------------------------------------- granularity


def scene_with_an_object(generator, n=12):
    """Tokens on 8 × 8 and masks on 32 × 32: concept 0 is the scene, 1 the whole object, 2 and 3 corners, 4 the rest."""
    tokens, left, right = [], np.zeros((n, 32, 32), bool), np.zeros((n, 32, 32), bool)
    for i in range(n):
        y, x = generator.integers(0, 5, 2)
        grid = np.zeros((8, 8), int)
        grid[y : y + 4, x : x + 4] = 1 if i % 2 else 4
        if i % 2 == 0:
            grid[y : y + 2, x : x + 2], grid[y : y + 2, x + 2 : x + 4] = 2, 3
        left[i, 4 * y : 4 * y + 16, 4 * x : 4 * x + 8] = True
        right[i, 4 * y : 4 * y + 16, 4 * x + 8 : 4 * x + 16] = True
        tokens.append(grid)
    return tokens, {"left": left, "right": right}


@SEEDS
def test_scene_object_and_part_are_told_apart(seed):
    tokens, masks = scene_with_an_object(np.random.default_rng(seed))
    found = granularity(tokens, masks, 6, seed=seed)
    assert [each.kind for each in found] == ["scene", "object", "part", "part", "object", "nowhere"]
    assert [float(each.inside) for each in found] == [0, 1, 1, 1, 1, 0]
    assert [float(each.covers) for each in found] == pytest.approx([0, 1, 0.25, 0.25, 0.5, 0])
    assert [(each.part, each.part_share) for each in found[2:4]] == [("left", 1), ("right", 1)]
    assert found[4].part_share == pytest.approx(0.5)
    assert all(each.inside_control < 0.9 for each in found)
    assert [each.n for each in found] == [12, 6, 6, 6, 6, 0]


def test_half_of_the_object_is_an_object_and_half_inside_no_scene():
    assert [kind_of(0.49, 1.0), kind_of(0.5, 0.5), kind_of(0.5, 0.49)] == ["scene", "object", "part"]


def test_cells_count_by_their_pixels():
    mask = np.zeros((1, 6, 9), bool)
    mask[0, :3, :4] = True
    shares = cell_shares(mask, (2, 2))
    np.testing.assert_allclose(shares[0], [[4 / 4.5, 0], [0, 0]], atol=1e-6)
    np.testing.assert_allclose(cell_shares(mask, (6, 9))[0], mask[0], atol=1e-6)
    mask = np.random.default_rng(0).random((3, 10, 14)) < 0.3
    np.testing.assert_allclose(cell_shares(mask, (4, 3)).mean(axis=(1, 2)), mask.mean(axis=(1, 2)), atol=1e-6)


def test_masks_and_tokens_that_do_not_fit_are_told():
    tokens, masks = scene_with_an_object(np.random.default_rng(0))
    for given, known, message in (
        ([np.zeros(4, int)], masks, "on a grid"),
        (tokens[:-1], masks, "masks of 11 photos"),
        (tokens, {}, "got none"),
        (tokens, {"left": np.zeros((12, 8, 8), bool)}, "show nothing"),
    ):
        with pytest.raises(ValueError, match=message):
            granularity(given, known, 2)


# ---------------------------------------------------------------------------------------------------- the demo


@pytest.fixture(scope="module")
def gnomes():
    from concepts.report import ClassReport
    from tests.support.places import ROOT

    return ClassReport.load(ROOT / "assets" / "demo" / "reports" / "shapes-gnome")


@pytest.mark.slow
def test_the_demos_truth_is_that_of_its_photos(gnomes):
    truth = demo_truth(gnomes)
    assert set(truth.masks) == {"cap", "coat"}
    assert all(mask.shape == (150, 96, 96) for mask in truth.masks.values())
    assert len(truth.captions.tokens) == 150
    words, there = telling_words(truth.captions)
    assert "snow" in words
    assert "gnome" not in words  # in every caption
    assert there.shape == (150, len(words))


def test_other_reports_have_no_truth():
    from tests.support.made_up_report import made_up_report

    assert demo_truth(made_up_report(n=4)) is None


def test_telling_words_are_those_that_some_lack():
    text = of_lines(["a red cap"] * 10 + ["a blue cap"] * 10, name="x")
    assert telling_words(text)[0] == ("red", "blue")


@SEEDS
def test_collocates_are_the_columns_beyond_chance_on_either_side(seed):
    table = planted(np.random.default_rng(seed))
    found = association(table, table, seed=seed)
    for row in range(5):
        collocates = found.collocates(row)
        beyond = {j for j in range(5) if found.beyond[row, j]}
        assert {j for j in beyond if found.pmi[row, j] > 0} == set(collocates.more)
        assert {j for j in beyond if found.pmi[row, j] < 0} == set(collocates.less)
        for side in (collocates.more, collocates.less):
            assert list(side) == sorted(side, key=lambda j: -abs(found.pmi[row, j]))
    assert 1 in found.collocates(0).more
    assert 3 in found.collocates(2).less


@SEEDS
def test_pairs_are_told_once_and_the_farthest_first(seed):
    table = planted(np.random.default_rng(seed))
    found = association(table, table, seed=seed)
    assert len(found.all_pairs) == 10
    assert all(a < b for a, b in found.all_pairs)
    sizes = [abs(found.pmi[pair]) for pair in found.all_pairs]
    assert sizes == sorted(sizes, reverse=True)
    assert set(found.pairs) == {pair for pair in found.all_pairs if found.beyond[pair]}
    counts = [sum(row in pair for pair in found.pairs) for row in range(5)]
    assert found.most_connected == counts.index(max(counts))


def test_times_as_often_are_powers_of_two():
    table = planted(np.random.default_rng(0))
    found = association(table, table)
    times = found.times(0, 4)
    assert times == pytest.approx(found.lift[0, 4])
    assert np.log2(times.interval) == pytest.approx([found.low[0, 4], found.high[0, 4]])
    chance = np.log2(found.chance_times(0, 4))
    assert chance == pytest.approx([found.control_low[0, 4], found.control_high[0, 4]])
