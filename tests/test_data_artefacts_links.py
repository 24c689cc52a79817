"""Lengths and copies that give a label away, and the concepts that carry an artefact."""

import numpy as np
import pytest

from concepts.data_artefacts.copies import copies_across, has_copies
from concepts.data_artefacts.lengths import length_labels, longer_than_half
from concepts.data_artefacts.links import concept_links


def test_lengths_tell_a_label_of_long_texts():
    rng = np.random.default_rng(0)
    lengths, labels = rng.integers(1, 30, 200), rng.choice(["a", "b", "c"], 200)
    texts = ["w " * (n + 10 * (label == "c")) for n, label in zip(lengths, labels, strict=True)]
    rows = {row.label: row for row in length_labels(texts, labels.tolist())}
    assert rows["c"].auroc.low > 0.6
    assert rows["a"].auroc < 0.5
    assert rows["c"].median > rows["c"].median_of_others
    assert sum(row.n for row in rows.values()) == 200
    assert longer_than_half(["a", "a b", "a b c"]).tolist() == [False, False, True]
    with pytest.raises(ValueError, match="2 texts, 2 labels of 1 kinds"):
        length_labels(["a", "b"], ["x", "x"])


def test_copies_across_labels_are_counted():
    found = copies_across([[0, 1], [2, 3, 4]], ["x", "x", "x", "y", "x"])
    assert (found.groups, found.texts, found.groups_across, found.texts_across) == (2, 5, 1, 3)
    assert has_copies([[0, 2]], 4).tolist() == [True, False, True, False]
    assert not has_copies([], 2).any()


@pytest.mark.parametrize("seed", [0, 1])
def test_the_concept_that_carries_a_word_is_linked_and_no_other(seed):
    rng = np.random.default_rng(seed)
    word, chance = rng.random((2, 400)) < 0.3
    features = rng.normal(size=(400, 12))
    features[:, 0] += 2 * word
    components = np.abs(rng.normal(size=(4, 12)))
    codes = np.stack([rng.random(400), features[:, 0], rng.random(400), -features[:, 0]], axis=1)
    artefacts = {"chance": chance, "word": word, "rare": np.arange(400) < 4}
    links = concept_links(artefacts, codes, features, components, seed=seed)
    assert [(link.artefact, link.concept) for link in links] == [("word", 1)]
    assert 0.5 < links[0].control < links[0].auroc.low
    assert links == concept_links(artefacts, codes, features, components, seed=seed)


def test_what_every_direction_knows_is_no_link():
    """Where all features hold the word alike, a random direction tells it too: the control takes the link away."""
    rng = np.random.default_rng(0)
    word = rng.random(300) < 0.3
    features = word[:, None] * 3 + rng.normal(size=(300, 6))
    components = rng.normal(size=(3, 6))
    assert concept_links({"word": word}, np.abs(features[:, :3]), features, components) == ()
    with pytest.raises(ValueError, match=r"'word' is said of \(3,\) texts, expected \(300,\)"):
        concept_links({"word": word[:3]}, features, features, components)
