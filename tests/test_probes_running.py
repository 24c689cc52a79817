"""Probes on a model whose answers are known: a bag of words with one concept a word."""

from collections.abc import Sequence

import numpy as np
import pytest

from concepts.probes.negation import NEGATION_OUT
from concepts.probes.plain_changes import SHUFFLE, UPPER
from concepts.probes.running import run_probes
from concepts.probes.swaps import MOVIE_AND_FILM, swaps
from concepts.wordings.presence import term_presence
from tests.support.planted_texts import rt_polarity

SIGNS = ("good", "movie", "film", "not")
WEIGHTS = np.array([1.0, -2.0, 1.0, 0.0])
SWAP = swaps(MOVIE_AND_FILM, name="movie and film")


def codes(texts: Sequence[str]) -> np.ndarray:
    return np.array([[text.lower().split().count(sign) for sign in SIGNS] for text in texts], dtype=float)


def shares(texts: Sequence[str]) -> np.ndarray:
    return codes(texts) * WEIGHTS


def logits(texts: Sequence[str]) -> np.ndarray:
    score = shares(texts).sum(axis=1) + 0.5
    return np.stack([np.zeros(len(texts)), score], axis=1)


TEXTS = ["good movie"] * 6 + ["good film"] * 4 + ["not good"] * 5 + ["plain text here"] * 5


def rows(*probes, texts=TEXTS, **options):
    return run_probes(texts, probes, logits=logits, codes=codes, importances=shares, target=1, **options)


def test_a_swap_turns_what_it_must_and_moves_the_concepts_by_hand():
    (row,) = rows(SWAP, control=False)
    assert (row.n, row.n_left_out, row.n_target) == (10, 10, 4)
    assert float(row.turned_away) == 1  # good film: 2.5, becomes good movie: -0.5
    assert float(row.turned_into) == 1
    assert float(row.turned) == 1
    assert row.turned.low < 0.8
    assert float(row.score) == pytest.approx((6 * 3 - 4 * 3) / 10)
    changes = {mover.concept: float(mover.change) for mover in row.movers}
    assert changes == pytest.approx({0: 0, 1: (6 * 2 - 4 * 2) / 10, 2: (6 - 4) / 10, 3: 0})
    assert sum(changes.values()) == pytest.approx(float(row.score))
    assert row.movers[0].concept == 1
    assert {flip.changed for flip in row.flips if flip.away} == {"good movie"}
    assert {flip.text for flip in row.flips} == set(range(10))


def test_a_bag_of_words_does_not_feel_order_case_or_a_negation_without_weight():
    for row in rows(SHUFFLE, UPPER, NEGATION_OUT, control=False):
        assert row.turned == 0
        assert row.score == 0
        assert row.moved == ()
    (row,) = run_probes(TEXTS * 2, [NEGATION_OUT], logits=logits, codes=codes, target=1, control=False)
    assert [(mover.concept, float(mover.change)) for mover in row.moved] == [(3, -1)]  # its code moves, its share not


def test_the_sure_movers_are_sure():
    rng = np.random.default_rng(0)
    texts = [" ".join(rng.choice(["good", "movie", "b", "c"], size=8)) for _ in range(80)]
    swap, control = rows(SWAP, texts=texts)
    assert {mover.concept for mover in swap.moved} == {1, 2}
    assert control.probe == "words as frequent (control)"
    assert abs(control.score) < abs(swap.score) / 2
    assert control.n <= 80


@pytest.mark.parametrize("seed", [0, 1])
def test_what_turns_is_counted_as_a_literal_version_counts(seed):
    rng = np.random.default_rng(seed)
    texts = [" ".join(rng.choice(["good", "movie", "film", "b"], size=4)) for _ in range(60)]
    (row,) = rows(SWAP, texts=texts, control=False)
    kept = [text for text in texts if "movie" in text or "film" in text]
    swapped = [text.replace("movie", "#").replace("film", "movie").replace("#", "film") for text in kept]
    was, now = (logits(some).argmax(axis=1) == 1 for some in (kept, swapped))
    assert (row.n, row.n_target) == (len(kept), was.sum())
    assert float(row.turned) == pytest.approx((was != now).mean())
    assert float(row.turned_away) == pytest.approx((~now[was]).mean())
    assert float(row.turned_into) == pytest.approx(now[~was].mean())
    changes = shares(swapped) - shares(kept)
    for mover in row.movers:
        assert float(mover.change) == pytest.approx(changes[:, mover.concept].mean())
        assert mover.change.low <= mover.change <= mover.change.high


@pytest.mark.shared
def test_movie_and_film_turn_answers_of_naive_bayes_on_real_reviews(shared):
    """Two words of one meaning turn 8.9% of its answers to sentences with either; any word as frequent, 7.6% of all."""
    texts, labels = rt_polarity()
    positive, presence = np.array(labels) == "pos", term_presence(texts, split="spaces")
    fitted = np.random.default_rng(0).permutation(len(texts)) % 2 == 0
    counts = np.array([presence.counts_in(fitted & (positive == side)) for side in (False, True)]) + 1
    evidence = np.diff(np.log(counts / counts.sum(axis=1, keepdims=True)), axis=0)[0]
    weights = dict(zip(presence.terms, evidence, strict=True))

    def scores(some: Sequence[str]) -> np.ndarray:
        score = np.array([sum(weights.get(word, 0) for word in set(text.lower().split())) for text in some])
        return np.stack([-score, score], axis=1) / 2

    rest = np.flatnonzero(~fitted)[::2]
    asked = [texts[i] for i in rest]
    right = (scores(asked).argmax(axis=1) == positive[rest]).mean()
    swap, control = run_probes(asked, [SWAP], logits=scores, codes=scores, target=1)
    assert 0.75 < right < 0.80
    assert 0.06 < swap.turned < 0.11
    assert 0.06 < control.turned < 0.09
    assert swap.turned.low < float(swap.turned) < swap.turned.high


def test_chance_moves_nothing_in_most_runs():
    found = []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        known: dict[str, np.ndarray] = {}

        def noise(texts, known=known, rng=rng):
            return np.array([known.setdefault(text, rng.normal(size=20)) for text in texts])

        texts = [f"text {i} of a kind" for i in range(30)]
        done = run_probes(texts, [SHUFFLE, UPPER], logits=logits, codes=noise, target=1, seed=seed)
        found.append(any(row.moved for row in done))
    assert sum(found) <= 2


def test_a_text_is_changed_alike_alone_and_beside_other_probes():
    texts = ["good film , not a movie"] * 5
    alone, _ = rows(SHUFFLE, texts=texts)
    beside = rows(UPPER, SHUFFLE, texts=texts, control=False)[1]
    assert alone.flips == beside.flips
    assert rows(SHUFFLE, texts=texts, seed=1)[0].n == 5


def test_a_probe_that_applies_nowhere_has_no_figures_and_its_texts_are_not_asked():
    asked: list[str] = []

    def counted(texts):
        asked.extend(texts)
        return logits(texts)

    (row,) = run_probes(["a", "b"], [SWAP], logits=counted, codes=codes, target=1, control=False)
    assert (row.n, row.n_left_out, row.movers) == (0, 2, ())
    assert np.isnan(row.turned)
    assert np.isnan(row.score)
    assert asked == ["a", "b"]


def test_what_is_recognised_may_be_told_and_wrong_input_is():
    (row,) = rows(SWAP, control=False, recognised=lambda values: values[:, 1] > -9)
    assert row.turned == 0
    assert row.n_target == 10
    with pytest.raises(ValueError, match=r"target 2 with logits \(20, 2\)"):
        run_probes(TEXTS, [], logits=logits, codes=codes, target=2)
    with pytest.raises(ValueError, match="0 texts"):
        run_probes([], [], logits=logits, codes=codes, target=1)
