"""Where in a text a concept stands: losses by hand, the spread of removals, coarse to fine, passes."""

import re
from collections.abc import Sequence

import numpy as np
import pytest

from concepts.data.documents.words import word_spans
from concepts.wordings.refining import refined
from concepts.wordings.removal import Removal, deletion, hiding, replaced, replacement, where_in_text, without

TEXT = "Good plot. The film is good, good and long. It ends."
SENTENCES = [found.span() for found in re.finditer(r"[^.]+\.", TEXT)]


class Counter:
    """Codes (n, 2): how often a text says good, how many words it has; and the number of texts asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, texts: Sequence[str]) -> np.ndarray:
        self.asked += len(texts)
        words = [re.findall(r"\w+", text.casefold()) for text in texts]
        return np.array([[each.count("good"), len(each)] for each in words], dtype=float).reshape(-1, 2)


def test_the_text_without_a_part():
    assert without("a b c", (2, 3)) == "a c"
    assert without("a b c", (0, 1)) == "b c"
    assert without("a b c", (4, 5)) == "a b"
    assert without("good, bad", (6, 9)) == "good,"
    assert without("a", (0, 1)) == ""
    assert replaced("a b c", (2, 3), "[MASK]") == "a [MASK] c"


def test_the_loss_of_a_sum_is_each_word_s_own_part():
    codes, spans = Counter(), word_spans(TEXT)
    found = where_in_text(TEXT, spans, codes, [deletion(codes)])
    expected = [[TEXT[start:stop].casefold() == "good", 1] for start, stop in spans]
    np.testing.assert_allclose(found.loss[0], np.array(expected, dtype=float))
    np.testing.assert_allclose(found.middle.sum(axis=0), codes([TEXT])[0])
    assert (found.spread == 0).all()
    assert found.passes == codes.asked - 1 == 1 + len(spans)


def test_removals_that_disagree_have_a_spread():
    codes, spans = Counter(), word_spans(TEXT)
    twice = hiding(lambda text, parts: codes([without(text, part) for part in parts]) - 1)
    found = where_in_text(TEXT, spans, codes, [deletion(codes), replacement(codes, "[MASK]"), twice])
    assert found.removals == ("deleted", "replaced by [MASK]", "hidden from attention")
    assert found.loss.shape == (3, len(spans), 2)
    np.testing.assert_allclose(found.loss[1, :, 1], 0)  # the mask counts as a word
    np.testing.assert_allclose(found.middle[:, 1], (1 + 0 + 2) / 3)
    np.testing.assert_allclose(found.spread[:, 1], 2)
    np.testing.assert_allclose(found.spread[:, 0], 1)


def test_what_does_not_fit_is_told():
    codes = Counter()
    with pytest.raises(ValueError, match="0 removals"):
        where_in_text("a", [(0, 1)], codes, [])
    for span in ((0, 2), (0, 0), (-1, 1)):
        with pytest.raises(ValueError, match="not in a text of 1 characters"):
            where_in_text("a", [span], codes, [deletion(codes)])
    with pytest.raises(ValueError, match=r"gives codes \(3, 2\), expected \(1, 2\)"):
        where_in_text("a", [(0, 1)], codes, [Removal("wrong", lambda text, spans: np.zeros((3, 2)))])
    assert where_in_text("", [], codes, [deletion(codes)]).loss.shape == (1, 0, 2)


@pytest.mark.parametrize("top", [1, 2, 5])
def test_the_strongest_sentences_come_first_and_every_word_once(top):
    codes = Counter()
    weights = np.array([1.0, 0])
    steps = list(refined(TEXT, SENTENCES, word_spans(TEXT), codes, [deletion(codes)], weights=weights, top=top))
    assert steps[0].level == "sentences"
    np.testing.assert_allclose(steps[0].where.middle[:, 0], [1, 2, 0])
    words = [span for step in steps[1:] for span in step.where.units]
    assert sorted(words) == list(word_spans(TEXT))
    first = {TEXT[start:stop] for start, stop in steps[1].where.units}
    assert ("plot" in first, "film" in first, "ends" in first) == (top > 1, True, top > 2)
    assert steps[-1].passes == codes.asked == 1 + len(SENTENCES) + len(words)
    whole = where_in_text(TEXT, word_spans(TEXT), codes, [deletion(codes)])
    by_span = dict(zip(whole.units, whole.middle[:, 0], strict=True))
    for step in steps[1:]:
        np.testing.assert_allclose(step.where.middle[:, 0], [by_span[span] for span in step.where.units])


def test_the_weights_say_which_sentence_is_the_strongest():
    text = "Good good. One two three four."
    sentences, codes = [(0, 10), (10, 30)], Counter()
    for weights, strongest in (([1.0, 0], "Good"), ([0, 1.0], "One"), ([0, -1.0], "One")):
        options = {"weights": np.array(weights), "top": 1}
        _, words, _ = refined(text, sentences, word_spans(text), codes, [deletion(codes)], **options)
        start, stop = words.where.units[0]
        assert text[start:stop] == strongest


def test_nothing_is_asked_before_it_is_needed_and_one_sentence_begins_with_words():
    codes = Counter()
    steps = refined(TEXT, SENTENCES, word_spans(TEXT), codes, [deletion(codes)], weights=np.ones(2))
    assert codes.asked == 0
    next(steps)
    assert codes.asked == 1 + len(SENTENCES)
    (only,) = refined("Good film", [(0, 9)], [(0, 4), (5, 9)], codes, [deletion(codes)], weights=np.ones(2))
    assert only.level == "words of the strongest sentences"
    assert only.passes == 3
