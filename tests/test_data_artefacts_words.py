"""Words that give a label away: z by hand, under chance, planted, and on real movie reviews."""

import numpy as np
import pytest

from concepts.data_artefacts.words import word_labels
from tests.support.planted_texts import rt_polarity


def test_z_by_hand():
    texts = ["good film"] * 6 + ["good plot"] * 3 + ["bad plot"] * 9
    labels = ["pos"] * 9 + ["neg"] * 9
    table = word_labels(texts, labels, least=1)
    rows = {row.word: row for row in table.rows}
    assert table.n_words == 4
    assert {row.label for row in table.rows} == {"pos"}
    assert rows["good"].z == pytest.approx(0.5 / np.sqrt(0.25 / 9))
    assert rows["plot"].z == pytest.approx((3 / 12 - 0.5) / np.sqrt(0.25 / 12))
    assert (rows["plot"].n, float(rows["plot"].share)) == (12, 0.25)
    assert rows["plot"].share.low < 0.25 < rows["plot"].share.high
    assert rows["bad"].z == -rows["good"].z
    assert [abs(row.z) for row in table.rows] == sorted((abs(row.z) for row in table.rows), reverse=True)
    assert all(row.p_adjusted <= row.p_bonferroni for row in table.rows)


def test_labels_of_unequal_shares_have_their_own_base_and_three_are_each_tested():
    texts, labels = ["a x"] * 10 + ["a y"] * 30 + ["a z"] * 20, ["one"] * 10 + ["two"] * 30 + ["three"] * 20
    table = word_labels(texts, labels, least=1)
    assert len(table.rows) == 12
    assert all(row.z == pytest.approx(0) for row in table.rows if row.word == "a")
    (row,) = [row for row in table.rows if (row.word, row.label) == ("x", "one")]
    assert row.z == pytest.approx((1 - 1 / 6) / np.sqrt(1 / 6 * 5 / 6 / 10))


def test_words_drawn_alike_are_not_found():
    found = []
    for seed in range(10):
        rng = np.random.default_rng(seed)
        texts = [" ".join(f"w{i}" for i in rng.integers(0, 40, 8)) for _ in range(300)]
        table = word_labels(texts, [str(each) for each in rng.integers(0, 2, 300)])
        assert table.n_words == 40
        assert table.critical_z == pytest.approx(3.227, abs=0.001)
        found.append(len(table.found()) > 0)
    assert sum(found) <= 2


def test_wrong_labels_are_told():
    with pytest.raises(ValueError, match="1 labels for 2 texts"):
        word_labels(["a", "b"], ["x"])
    with pytest.raises(ValueError, match="1 label, expected at least two"):
        word_labels(["a", "b"], ["x", "x"])
    assert word_labels(["a", "b"], ["x", "y"], least=2).rows == ()


@pytest.mark.shared
def test_the_artefacts_of_rt_polarity(shared):
    texts, labels = rt_polarity()
    table = word_labels(texts, labels, least=15, split="spaces")
    rows = {row.word: row for row in table.rows}
    assert table.n_words == 1506
    assert sum(abs(row.z) > 4.2 for row in table.rows) == 102
    assert 4.1 < table.critical_z < 4.2
    expected = {"movie": (0.40, -7.2), "film": (0.57, 5.3), "?": (0.29, -6.0), "video": (0.20, -4.9)}
    expected |= {"tv": (0.11, -5.1), "culture": (0.90, 5.5)}
    for word, (share, z) in expected.items():
        assert round(float(rows[word].share), 2) == share
        assert round(rows[word].z, 1) == z
    assert len(word_labels(texts, labels).found()) >= 102  # with marks cut from words, found by the same test
