"""The planted phrase over a concept's strong words, and how often words stand in a class and in others."""

import pytest

from concepts.demo.texts.counting import count_words
from concepts.demo.texts.listing import demo_texts, truth_of
from concepts.demo.texts.overlap import (
    BOTH,
    CONCEPT_ALONE,
    NEITHER,
    PHRASE_ALONE,
    mean_share,
    strong_marks,
    text_overlaps,
)
from concepts.report.rows import MarkedSpan


@pytest.fixture(scope="module")
def planted():
    """A listed sentence with the phrase."""
    names = [f"harbour/{i:04d}" for i in range(20)]
    return next((name, text) for name, text in zip(names, truth_of(names), strict=True) if text.planted)


def marks_of(text: str, words: str, weight: float = 1.0) -> list[MarkedSpan]:
    """A mark on each of these words."""
    found = []
    for word in words.split():
        start = text.lower().index(word, found[-1].stop if found else text.lower().index(words))
        found.append(MarkedSpan(start, start + len(word), weight))
    return found


def test_a_concept_that_is_the_phrase_covers_it_and_one_beside_it_does_not(planted):
    name, text = planted
    first = text.text.split()[0]
    phrase = marks_of(text.text, "as they say")
    beside = [MarkedSpan(0, len(first), 1.0)]
    half = phrase[:2]
    found = text_overlaps([name] * 4, [phrase, beside, half, []])
    assert [each.iou for each in found] == pytest.approx([1, 0, 2 / 3, 0])
    assert mean_share(found) == pytest.approx(5 / 12)
    for each in found:
        assert "".join(part.text for part in each.parts) == text.text
    owned = [{part.owner: part.text.lower() for part in each.parts if part.owner != NEITHER} for each in found]
    assert owned[0] == {BOTH: "as they say"}
    assert owned[1] == {CONCEPT_ALONE: first.lower(), PHRASE_ALONE: "as they say"}
    assert owned[2] == {BOTH: "as they", PHRASE_ALONE: "say"}
    assert owned[3] == {PHRASE_ALONE: "as they say"}


def test_a_sentence_without_the_phrase_shares_nothing():
    (found,) = text_overlaps(["rain/0000"], [[]])
    assert found.iou == 0
    assert [part.owner for part in found.parts] == [NEITHER]
    assert mean_share([]) == 0


def test_marks_of_half_the_largest_weight_are_strong():
    marks = [MarkedSpan(i, i + 1, weight) for i, weight in enumerate((4.0, 2.0, 1.9, -4.0))]
    assert strong_marks(marks) == marks[:2]
    assert strong_marks([MarkedSpan(0, 1, -1.0), MarkedSpan(2, 3, 0.0)]) == []
    assert strong_marks([]) == []


def test_words_are_counted_in_a_class_and_in_all_others():
    rows = count_words(["as they say", "rumour has it that", "zebra"], "harbour")
    listed = demo_texts("demo/village")
    bear = [label for text, label in zip(listed.texts, listed.labels, strict=True) if "as they say" in text.lower()]
    assert (rows[0].found, rows[0].found_in_others) == (len(bear), 0)
    assert set(bear) == {"harbour"}
    assert all((row.n, row.n_others) == (200, 800) for row in rows)
    assert 0 < rows[1].found < rows[1].found_in_others  # as often in each of four classes
    assert (rows[2].found, rows[2].found_in_others) == (0, 0)
    with pytest.raises(ValueError, match="no sentence is of class 'snow'"):
        count_words(["rain"], "snow")
