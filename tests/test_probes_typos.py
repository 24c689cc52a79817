"""Typos: one slip of a kind in some long words, everything else as it was."""

from collections import Counter

import numpy as np
import pytest

from concepts.data.documents.words import word_spans
from concepts.probes.registry import probe_named
from concepts.probes.typos import TYPOS, doubled, dropped, swapped


def apply(text, seed):
    return TYPOS.apply(text, np.random.default_rng(seed))


def kind(word, changed):
    letters, others = Counter(word), Counter(changed)
    if len(changed) == len(word) and letters == others and word != changed:
        return "swapped"
    if len(changed) == len(word) - 1 and not others - letters:
        return "dropped"
    if len(changed) == len(word) + 1 and sum((others - letters).values()) == 1 and not letters - others:
        return "doubled"
    return None


def test_the_three_slips():
    assert "".join(swapped(list("word"), 2)) == "wrod"
    assert "".join(dropped(list("word"), 2)) == "wod"
    assert "".join(doubled(list("word"), 2)) == "worrd"


def test_every_fifth_long_word_has_one_slip_after_its_first_letter():
    text = "the brown weasel jumped over seven dozing hounds, while another animal slept in dry leaves!"
    seen = set()
    for seed in range(40):
        changed = apply(text, seed)
        words = [[each[start:stop] for start, stop in word_spans(each)] for each in (text, changed)]
        pairs = [(a, b) for a, b in zip(*words, strict=True) if a != b]
        assert len(pairs) == 2  # of twelve words with four letters or more
        assert all(a[0] == b[0] and len(a) >= 4 for a, b in pairs)
        kinds = {kind(a, b) for a, b in pairs}
        assert None not in kinds
        seen |= kinds
        assert changed.endswith("!")
        assert changed.count(", ") == 1
    assert seen == {"swapped", "dropped", "doubled"}
    assert apply(text, 3) == apply(text, 3)


@pytest.mark.parametrize("text", ["", "a cat on it", "2024", "👩‍👩‍👧 🙂"])
def test_texts_without_a_long_word_are_left_out(text):
    assert apply(text, 0) is None


def test_letters_of_other_scripts_stay_whole():
    """A letter and its marks are one: no mark is moved to another letter."""
    word = "ki\u0301ta\u0301bu\u0301n"
    for seed in range(20):
        changed = apply(word, seed)
        assert changed is not None
        assert all(changed[i - 1] in "iau" for i, letter in enumerate(changed) if letter == "\u0301")


def test_it_is_among_the_probes():
    assert probe_named("typos") is TYPOS
