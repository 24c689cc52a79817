"""Permuted vocabulary on encoders whose codes hang on the token, on its context, or on neither."""

from collections.abc import Sequence

import numpy as np
import pytest

from concepts.probes.permuted import correlation_over_texts, frequency_matched_bijection, permuted_vocabulary

WEIGHT = np.random.default_rng(7).normal(size=40)


def made_ids(seed: int) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [np.concatenate([[0], rng.integers(1, 40, rng.integers(10, 30))]) for _ in range(60)]


def encode(ids: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Codes: by the token; by whether it stood before in the text; both; a constant; noise of the whole text."""
    codes = []
    for each in ids:
        repeated = np.array([token in each[:t] for t, token in enumerate(each)], dtype=float)
        word = WEIGHT[each]
        noise = np.random.default_rng(int(each @ np.arange(len(each)))).normal(size=len(each))
        codes.append(np.stack([word, repeated, word + 2 * repeated, np.ones(len(each)), noise], axis=1))
    return codes


@pytest.mark.parametrize("seed", [0, 1])
def test_a_bijection_of_tokens_as_frequent(seed):
    counts = np.random.default_rng(seed).permutation(100)
    becomes = frequency_matched_bijection(counts, fixed=[3, 5], seed=seed)
    assert sorted(becomes) == list(range(100))
    stays = np.flatnonzero(becomes == np.arange(100)).tolist()
    assert stays == sorted({3, 5, int(np.argmin(counts))})  # those fixed, and the one that never occurs
    assert np.abs(counts[becomes] - counts).max() <= 12
    assert (becomes == frequency_matched_bijection(counts, fixed=[3, 5], seed=seed)).all()


@pytest.mark.parametrize("seed", [0, 1])
def test_identity_and_context_are_told_apart(seed):
    word, repeated, both, constant, noise = permuted_vocabulary(made_ids(seed), encode, fixed=[0], seed=seed)
    assert word.identity == pytest.approx(1)
    assert abs(word.context) < 0.4
    assert repeated.context == pytest.approx(1)
    assert abs(repeated.identity) < 0.3
    assert both.identity.low > both.control
    assert both.context.low > both.control
    assert np.isnan(constant.identity)
    assert np.isnan(constant.control)
    assert abs(noise.context) < 0.15
    assert noise.n == sum(len(each) - 1 for each in made_ids(seed))


@pytest.mark.parametrize("seed", [0, 1])
def test_the_correlation_is_numpy_s_and_its_interval_holds_it(seed):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=300) + 1e4
    y, owners = 0.5 * x + rng.normal(size=300), np.repeat(np.arange(30), 10)
    found = correlation_over_texts(x, y, owners)
    assert float(found) == pytest.approx(np.corrcoef(x, y)[0, 1])
    assert found.low < found < found.high


def test_wrong_input_is_told():
    with pytest.raises(ValueError, match="1 texts, expected at least two"):
        permuted_vocabulary([np.array([1, 2])], encode)
    with pytest.raises(ValueError, match="other lengths than the texts"):
        permuted_vocabulary(made_ids(0), lambda ids: [each[1:] for each in encode(ids)])
