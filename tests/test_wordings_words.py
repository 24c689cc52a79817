"""The words of a concept: terms, which texts hold them, excerpts, matched texts, log-odds ratios."""

import itertools

import numpy as np
import pytest

from concepts.wordings.distinctive import distinctive_words, log_odds_ratio
from concepts.wordings.excerpts import excerpts_over_deciles
from concepts.wordings.matched import matched_by_length
from concepts.wordings.presence import term_presence
from concepts.wordings.terms import phrases, words_and_marks, words_between_spaces

WORDS = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa"]


def made_texts(rng: np.random.Generator, n: int) -> list[str]:
    """Texts of 3 to 12 words drawn evenly."""
    return [" ".join(rng.choice(WORDS, size=rng.integers(3, 13))) for _ in range(n)]


def test_words_and_marks_keep_every_visible_character():
    text = "It isn't GOOD: why?! «Ñandú» 35"
    terms = words_and_marks(text)
    assert terms == ["it", "isn't", "good", ":", "why", "?", "!", "«", "ñandú", "»", "35"]
    assert "".join(terms) == "".join(text.casefold().split())
    assert words_between_spaces("A good , film .") == ["a", "good", ",", "film", "."]
    assert words_and_marks(" \n") == []


@pytest.mark.parametrize("seed", range(3))
def test_plain_texts_have_the_terms_that_they_have_beside_another_letter(seed):
    """Texts of ASCII alone are cut in another way."""
    rng = np.random.default_rng(seed)
    letters = [chr(code) for code in range(128)] + list("aZ9'_.,- ") * 6
    texts = ["".join(rng.choice(letters, size=40)) for _ in range(200)] + ["", "it's 3.5,", "I_b 1,2,3 ''"]
    for text in texts:
        assert words_and_marks(text) == words_and_marks(f"{text} é")[:-1]


def test_phrases_are_runs_of_words_without_marks():
    found = ["a", "a b", "b", ",", "c", "c d", "d", "d e", "e"]
    assert sorted(phrases(["a", "b", ",", "c", "d", "e"], 2)) == sorted(found)
    assert "c d e" in set(phrases(["c", "d", "e"], 3))


def test_presence_counts_texts_not_repetitions():
    presence = term_presence(["b b a", "B c", "c"], least=2)
    assert presence.terms == ("b", "c")
    assert presence.holds.toarray().tolist() == [[1, 0], [1, 1], [0, 1]]
    assert presence.counts.tolist() == [2, 2]
    assert presence.counts_in(np.array([True, False, False])).tolist() == [1, 0]
    assert presence.counts_in(np.array([1, 2])).tolist() == [1, 2]
    assert presence.lengths.tolist() == [3, 2, 1]
    assert presence.holding(["b"]).tolist() == [True, True, False]
    assert presence.holding(["a", "c", "zz"]).tolist() == [False, True, True]
    assert not presence.holding([]).any()
    some = presence.of_texts(np.array([0, 2])).of_terms(np.array([1]))
    assert (some.terms, some.holds.toarray().tolist(), some.lengths.tolist()) == (("c",), [[0], [1]], [3, 1])


def test_wrong_input_is_told():
    with pytest.raises(ValueError, match="'letters': choose one of words, spaces"):
        term_presence(["a"], split="letters")
    with pytest.raises(ValueError, match="0 texts"):
        term_presence([])
    with pytest.raises(ValueError, match="0 active and 2 other"):
        distinctive_words(["a", "b"], np.zeros(2, dtype=bool), inactive=np.array([0, 1]))
    with pytest.raises(ValueError, match=r"shape \(3,\), expected \(2,\)"):
        distinctive_words(["a", "b"], np.zeros(3, dtype=bool))


@pytest.mark.parametrize("seed", [0, 1])
def test_deciles_part_the_active_texts_from_the_top(seed):
    codes = np.random.default_rng(seed).normal(size=137)
    deciles = excerpts_over_deciles(codes, per_decile=3, seed=seed)
    assert len(deciles) == 10
    assert sum(each.n for each in deciles) == (codes > 0).sum()
    assert max(each.n for each in deciles) - min(each.n for each in deciles) <= 1
    assert all(above.low >= below.high for above, below in itertools.pairwise(deciles))
    for each in deciles:
        drawn = codes[each.texts]
        assert len(drawn) == 3
        assert (np.diff(drawn) <= 0).all()
        assert ((drawn >= each.low) & (drawn <= each.high)).all()
    again = excerpts_over_deciles(codes, per_decile=3, seed=seed)
    assert all((a.texts == b.texts).all() for a, b in zip(deciles, again, strict=True))
    assert deciles[0].high == codes.max()


def test_few_active_texts_give_few_parts():
    assert [each.texts.tolist() for each in excerpts_over_deciles(np.array([0.0, 2.0, -1.0, 1.0]))] == [[1], [3]]
    assert excerpts_over_deciles(np.zeros(4)) == ()


@pytest.mark.parametrize("seed", [0, 1])
def test_matched_texts_are_inactive_distinct_and_as_long(seed):
    rng = np.random.default_rng(seed)
    lengths = rng.integers(3, 40, 400)
    active = rng.random(400) < lengths / 160  # long texts are active more often
    matched = matched_by_length(lengths, active, seed=seed)
    assert len(matched) == len(set(matched.tolist())) == active.sum()
    assert not active[matched].any()
    unmatched = abs(lengths[active].mean() - lengths[~active].mean())
    assert abs(lengths[active].mean() - lengths[matched].mean()) < unmatched / 5


def test_the_nearest_length_is_taken_and_too_few_are_all_taken():
    lengths = np.array([10, 1, 9, 30])
    assert matched_by_length(lengths, np.array([True, False, False, False])).tolist() == [2]
    assert matched_by_length(lengths, np.array([True, True, True, False])).tolist() == [3]


def test_the_log_odds_ratio_by_hand():
    first, second, prior = np.array([8.0, 2.0]), np.array([1.0, 9.0]), 0.5
    alpha = prior * np.array([9, 11])
    delta, error = log_odds_ratio(first, second, prior=prior)
    expected = np.log((8 + alpha[0]) / (2 + alpha[1])) - np.log((1 + alpha[0]) / (9 + alpha[1]))
    np.testing.assert_allclose(delta, [expected, -expected])
    np.testing.assert_allclose(error[0], np.sqrt(1 / (8 + alpha[0]) + 1 / (1 + alpha[0])))


@pytest.mark.parametrize("seed", [0, 1])
def test_the_log_odds_ratio_turns_with_the_sides_and_shrinks_with_the_prior(seed):
    first, second = np.random.default_rng(seed).integers(1, 50, (2, 30)).astype(float)
    delta, error = log_odds_ratio(first, second, prior=0.01)
    swapped, same = log_odds_ratio(second, first, prior=0.01)
    np.testing.assert_allclose(swapped, -delta)
    np.testing.assert_allclose(same, error)
    strong, _ = log_odds_ratio(first, second, prior=5)
    assert np.abs(strong).max() < np.abs(delta).max() / 2
    assert (np.sign(strong) == np.sign(delta)).mean() > 0.9
    weak, _ = log_odds_ratio(first, second, prior=1e-12)
    shares = first / first.sum(), second / second.sum()
    literal = np.log(shares[0] / (1 - shares[0])) - np.log(shares[1] / (1 - shares[1]))
    np.testing.assert_allclose(weak, literal, atol=1e-6)


@pytest.mark.parametrize("seed", [0, 1])
def test_a_planted_phrase_leads_and_nothing_else_is_found(seed):
    rng = np.random.default_rng(seed)
    texts = made_texts(rng, 400)
    active = np.arange(400) < 80
    texts = [f"{text} price tag" if on else text for text, on in zip(texts, active, strict=True)]
    found = distinctive_words(texts, active, seed=seed)
    assert (found.n_active, found.n_inactive) == (80, 80)
    led = found.words[:3]
    assert {row.term for row in led} == {"price", "tag", "price tag"}
    for row in led:
        assert (row.active, row.inactive) == (80, 0)
        assert 0 < row.log_odds.low < row.log_odds < row.log_odds.high
        assert row.p_adjusted < 1e-6
    assert all(row.p_adjusted > 0.05 for row in found.words[3:] if " " not in row.term)


def test_longer_texts_do_not_make_words_distinctive():
    """All active texts are long, all words drawn alike: matched by length, no word stands out."""
    found_by_chance = []
    for seed in range(10):
        rng = np.random.default_rng(seed)
        texts = made_texts(rng, 300)
        active = np.array([len(text.split()) for text in texts]) + rng.normal(0, 2, 300) > 10
        found = distinctive_words(texts, active, longest=1, seed=seed)
        found_by_chance += [row.p_adjusted < 0.05 for row in found.words]
    assert np.mean(found_by_chance) < 0.02
