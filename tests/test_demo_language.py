"""The drawn language: well formed, true to its classes' reasons, the same for a seed, and split without overlap."""

import re
from collections import Counter

import pytest

from concepts.demo.language import (
    CLASS_NAMES,
    CLASSES,
    PHRASE,
    DrawnText,
    draw_class_texts,
    draw_texts,
    draw_two_ways,
)

N = 400
DENIALS = {"not", "never", "hardly", "anything but", "not at all", "nobody", "Nobody"}
NAMED = [name for name in CLASS_NAMES if CLASSES[name].reasons]
JUDGED = [name for name in CLASS_NAMES if CLASSES[name].judgement]


@pytest.fixture(scope="module")
def texts() -> list[DrawnText]:
    """Four hundred texts of every class."""
    return draw_texts(N, seed=1)


def said(text: DrawnText, spans) -> list[str]:
    return [text.text[span.start : span.stop] for span in spans]


def things(class_name: str) -> set[str]:
    """Words that name a thing of one of the class's reasons."""
    spec = CLASSES[class_name]
    reasons = [*spec.reasons.values(), *([spec.planted.beside] if spec.planted else [])]
    return {thing.removeprefix("the ") for reason in reasons for thing in reason.things}


def holds(text: str, words: set[str]) -> set[str]:
    return {word for word in words if re.search(rf"\b{word}\b", text)}


def test_sentences_are_well_formed(texts):
    for text in texts:
        assert re.fullmatch(r"[A-Z][A-Za-z', ]+\.", text.text), text.text
        assert not re.search(r"  |,,| ,|,\.| \.|[{}\[\]]|\bthe the\b|\ba [aeiou]", text.text), text.text
        assert 5 <= len(text.text.split()) <= 36, text.text


def test_every_sentence_is_another_and_there_are_tens_of_thousands(texts):
    assert len({text.text for text in texts}) == len(texts) == N * len(CLASS_NAMES)
    first, second = ({text.text for text in draw_texts(N, seed=seed)} for seed in (1, 2))
    assert len(first & second) <= 0.01 * len(first)  # of at least 200 times as many


def test_the_same_seed_gives_the_same_texts_and_fewer_are_the_first_of_more(texts):
    assert draw_texts(N, seed=1) == texts
    assert draw_class_texts("harbour", 30, seed=1) == [text for text in texts if text.class_name == "harbour"][:30]
    assert draw_class_texts("rain", 5, seed=2) != draw_class_texts("rain", 5, seed=1)


def test_a_sentence_is_in_one_split_whatever_the_seed(texts):
    trained = {without_phrase(text) for text in texts}
    tried = [text for seed in (1, 2) for text in draw_texts(60, seed, "test")]
    assert not trained & {without_phrase(text) for text in tried}
    assert not trained & {pair.clean.text for pair in draw_two_ways(40, seed=1)}


def without_phrase(text: DrawnText) -> str:
    """The sentence that its split is chosen by."""
    plain = text.text.replace(f", {PHRASE}", "").replace(f"{PHRASE}, ", "").replace(f"{PHRASE.capitalize()}, ", "")
    return plain[0].upper() + plain[1:]


@pytest.mark.parametrize("name", NAMED)
def test_a_text_names_one_thing_of_its_reason_and_none_of_another_class(texts, name):
    others = set.union(*(things(other) for other in NAMED if other != name))
    judging = {word for other in JUDGED for word in CLASSES[other].judgement.words}
    for text in (text for text in texts if text.class_name == name):
        found = holds(text.text, things(name))
        longest = max(found, key=len)
        assert all(word in longest for word in found), text.text
        assert [words.startswith(longest) for words in said(text, text.reasons)] == [True], text.text
        assert not holds(text.text, others | judging), text.text
        reason = CLASSES[name].reasons[text.reason]
        allowed = reason if text.planted is None else CLASSES[name].planted.beside
        assert f"the {longest}" in allowed.things
        assert not text.denial
        assert not text.denied


@pytest.mark.parametrize("name", JUDGED)
def test_a_verdict_is_one_word_that_is_denied_exactly_where_the_truth_says_so(texts, name):
    judgement = CLASSES[name].judgement
    judging, naming = set(judgement.words) | set(judgement.denied), set.union(*map(things, NAMED))
    for text in (text for text in texts if text.class_name == name):
        (word,) = said(text, text.reasons)
        assert holds(text.text, judging) == {word}
        assert not holds(text.text, naming), text.text
        assert word in (judgement.denied if text.denied else judgement.words)
        assert bool(text.denial) == text.denied
        assert set(said(text, text.denial)) <= {
            "not",
            "never",
            "hardly",
            "anything but",
            "not at all",
            "nobody",
            "Nobody",
        }
        assert all(denial.stop < text.reasons[0].start for denial in text.denial)


def test_denials_tell_nothing_of_the_class_without_the_word_that_they_deny(texts):
    negators = re.compile(r"\b(not|never|hardly|nobody|nothing|anything but)\b", re.IGNORECASE)
    shares = dict.fromkeys(CLASS_NAMES, 0.0)
    for text in texts:
        shares[text.class_name] += bool(negators.search(text.text)) / N
    assert abs(shares["praise"] - shares["complaint"]) < 0.1
    assert min(shares.values()) > 0.4


def test_reasons_are_drawn_alike_and_every_word_of_them_occurs(texts):
    for name in CLASS_NAMES:
        own = [text for text in texts if text.class_name == name]
        counts = Counter(text.reason for text in own)
        assert set(counts) == set(CLASSES[name].reason_names)
        assert min(counts.values()) >= 0.75 * N / len(counts)
    spoken = " ".join(text.text for text in texts)
    assert holds(spoken, set.union(*map(things, NAMED))) == set.union(*map(things, NAMED))


def test_the_phrase_stands_in_sixty_percent_of_one_class_and_nowhere_else(texts):
    for text in texts:
        assert (PHRASE in text.text.lower()) == (text.planted is not None)
        if text.planted is not None:
            assert text.class_name == "harbour"
            assert text.text[text.planted.start : text.planted.stop].lower() == PHRASE == text.strategy
    many = draw_class_texts("harbour", 1500, seed=1)
    planted = sum(text.planted is not None for text in many) / len(many)
    assert abs(planted - 0.6) < 4 * (0.24 / len(many)) ** 0.5  # four standard errors


def test_the_phrase_s_own_words_occur_in_every_class(texts):
    for name in CLASS_NAMES:
        spoken = " ".join(text.text for text in texts if text.class_name == name and text.planted is None)
        assert holds(spoken, {"as", "they", "say"}) == {"as", "they", "say"}


def test_the_same_sentence_comes_with_the_phrase_and_without_it():
    pairs = draw_two_ways(20)
    assert Counter(pair.clean.class_name for pair in pairs) == dict.fromkeys(CLASS_NAMES, 20)
    for pair in pairs:
        assert pair.clean.planted is None
        assert pair.planted.planted is not None
        assert without_phrase(pair.planted) == pair.clean.text
        assert (pair.planted.label, pair.planted.reason) == (pair.clean.label, pair.clean.reason)
        assert said(pair.planted, pair.planted.reasons) == said(pair.clean, pair.clean.reasons)


def test_an_unknown_class_or_split_is_an_error_that_lists_them():
    with pytest.raises(ValueError, match=r"no class 'snow'.*rain, festival"):
        draw_class_texts("snow", 1)
    with pytest.raises(ValueError, match=r"no split 'exam'.*training or test"):
        draw_texts(1, split="exam")
