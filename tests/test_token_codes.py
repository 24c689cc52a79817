"""Codes of tokens: what they keep, what they cost, and that nothing but the bytes is used."""

import tracemalloc

import numpy as np
import pytest
import torch

from concepts.token_search.codes import CODES, hashed, round_trip
from concepts.token_search.codes.base import bytes_a_token
from concepts.token_search.codes.hashed import fit_hashed, picked, pieces
from concepts.token_search.codes.product import k_means, nearest


@pytest.fixture(params=[0, 1])
def tokens(request):
    generator = torch.Generator().manual_seed(request.param)
    centres = torch.randn(30, 32, generator=generator)
    return centres[torch.randint(30, (2000,), generator=generator)] + 0.2 * torch.randn(2000, 32, generator=generator)


def error(A, B):
    return ((A - B).norm() / A.norm()).item()


def test_fewer_bytes_cost_more_error(tokens):
    coders = {name: code.fit(tokens, 0) for name, code in CODES.items()}
    sizes = [bytes_a_token(coder.encode(tokens)) for coder in coders.values()]
    assert sizes == [64, 32, 4, 6]
    errors = [error(tokens, round_trip(coder, tokens)) for coder in coders.values()]
    assert errors[0] < 5e-4 < errors[1] < 0.02 < errors[2] < errors[3] < 0.8


@pytest.mark.parametrize("name", CODES)
def test_a_token_is_decoded_alone_as_among_others(tokens, name):
    coder = CODES[name].fit(tokens, 0)
    together = coder.decode(coder.encode(tokens[:50]))
    one = torch.cat([coder.decode(coder.encode(tokens[i : i + 1])) for i in range(50)])
    torch.testing.assert_close(one, together)


def test_int8_errs_by_half_a_step_at_most(tokens):
    coder = CODES["int8"].fit(tokens, 0)
    assert ((round_trip(coder, tokens) - tokens).abs() <= coder.steps / 2 + 1e-6).all()


def test_the_scale_of_binary_codes_is_the_best_one(tokens):
    """Least squares along the signs: any other scale errs more."""
    coder = CODES["binary"].fit(tokens, 0)
    bits, scale = coder.encode(tokens)
    best = error(tokens, coder.decode((bits, scale)))
    for factor in (0.9, 1.1):
        assert error(tokens, coder.decode((bits, (scale * np.float16(factor)).astype(np.float16)))) > best


def test_a_centre_of_each_token_is_no_error():
    points = torch.rand(200, 16, generator=torch.Generator().manual_seed(0))
    coder = CODES["product"].fit(points, 0)
    torch.testing.assert_close(round_trip(coder, points), points)


def test_k_means_never_ends_above_its_start():
    points = torch.rand(3000, 4, generator=torch.Generator().manual_seed(0))
    draw = torch.Generator().manual_seed(1)
    start = points[torch.randperm(3000, generator=torch.Generator().manual_seed(1))[:256]]
    centres = k_means(points, draw)
    loss = [(points - c[nearest(points, c)]).square().sum() for c in (start, centres)]
    assert loss[1] < 0.8 * loss[0]


def test_a_bound_that_all_tokens_keep_is_kept(tokens):
    positive = tokens.abs()
    decoded = round_trip(CODES["binary"].fit(positive, 0), positive, at_least=0.0)
    assert decoded.min() >= 0


def made_up_words(n, seed=0):
    """Words of three to nine letters."""
    generator = np.random.default_rng(seed)
    letters, ends = generator.choice(list("abcdefghij"), (n, 9)), generator.integers(3, 10, n)
    return ["".join(letters[i, : ends[i]]) + str(i) for i in range(n)]


def test_a_hashed_table_is_the_least_squares_one_around_the_mean():
    words, V = made_up_words(400), np.random.default_rng(0).standard_normal((400, 70)) + 3
    found = fit_hashed(words, torch.from_numpy(V), rows=20)
    S = picked(words, 20).toarray()
    expected = np.linalg.lstsq(S, V - V.mean(axis=0), rcond=None)[0]
    np.testing.assert_allclose(found.vectors(words), S @ expected + V.mean(axis=0), atol=5e-3)
    assert found.nbytes == 20 * 70 * 2 + 70 * 4


def test_twenty_steps_are_near_the_best_table():
    """Of three quarters as many rows as words: steps straight down would be far from it."""
    words, V = made_up_words(400), np.random.default_rng(1).standard_normal((400, 3))
    V -= V.mean(axis=0)
    S = picked(words, 300).toarray()
    best = np.linalg.norm(S @ np.linalg.lstsq(S, V, rcond=None)[0] - V)
    lost = np.linalg.norm(fit_hashed(words, torch.from_numpy(V), rows=300).vectors(words) - V)
    assert lost < 1.02 * best


@pytest.mark.parametrize("dtype", [torch.float16, torch.float64])
def test_a_table_is_the_same_from_any_precision(dtype):
    words, V = made_up_words(100), torch.randn(100, 5, generator=torch.Generator().manual_seed(0)).half()
    one, other = (fit_hashed(words, each, rows=20) for each in (V.float(), V.to(dtype)))
    np.testing.assert_allclose(one.vectors(words), other.vectors(words), atol=2e-3)


def test_a_word_picks_a_row_for_itself_and_for_each_of_its_pieces():
    assert list(pieces("cat")) == ["\0cat", "<ca", "cat", "at>", "<cat", "cat>", "<cat>"]
    assert list(pieces("a")) == ["\0a", "<a>"]
    assert list(pieces("é b"))[1:3] == ["<é ", "é b"]
    every = picked(["cat", "a", "banana"], 10_007)
    counts = [len(list(pieces(word))) for word in ("cat", "a", "banana")]
    np.testing.assert_allclose(np.abs(every).sum(axis=1).A1 ** 2, counts, rtol=1e-6)  # of so many rows none meet
    alone = picked(["banana"], 10_007)
    assert (alone != every[2]).nnz == 0


@pytest.mark.parametrize("block", [1, 7, 60, 400])
def test_words_are_hashed_alike_in_any_blocks(block, monkeypatch):
    words = made_up_words(60)
    whole = picked(words, 20)
    monkeypatch.setattr(hashed, "BLOCK", block)
    parts = picked(words, 20)
    assert parts.dtype == np.float32
    np.testing.assert_array_equal(parts.toarray(), whole.toarray())
    assert picked([], 20).shape == (0, 20)


def test_hashing_takes_little_memory_beside_what_it_gives(monkeypatch):
    """Numbers of Python, about five times as large, are those of a block."""
    words = made_up_words(6000)
    monkeypatch.setattr(hashed, "BLOCK", 500)
    tracemalloc.start()
    try:
        S = picked(words, 700)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 4 * (S.data.nbytes + S.indices.nbytes + S.indptr.nbytes)


def test_signs_and_rows_are_spread():
    S = picked(made_up_words(3000), 64)
    assert abs(np.sign(S.data).mean()) < 0.1
    share = np.bincount(S.indices, minlength=64) / S.nnz
    assert share.max() < 3 / 64
    assert share.min() > 0.3 / 64


def test_words_that_are_written_alike_share_what_is_learned():
    """Vectors that hang on a word's stem: a table predicts those of words it never saw, and beats the mean."""
    generator = np.random.default_rng(0)
    words = np.array([f"{stem}{end}" for stem in made_up_words(60) for end in ("", "s", "ing", "er", "ed", "ly")])
    V = np.repeat(generator.standard_normal((60, 16)), 6, axis=0) + 0.1 * generator.standard_normal((360, 16))
    unseen = np.arange(360) % 6 == 2
    table = fit_hashed(words[~unseen].tolist(), torch.from_numpy(V[~unseen]), rows=400)
    lost = np.linalg.norm(table.vectors(words[unseen].tolist()) - V[unseen])
    assert lost < 0.75 * np.linalg.norm(V[unseen] - V[~unseen].mean(axis=0))


def test_a_table_without_rows_is_told():
    with pytest.raises(ValueError, match="a row at least"):
        fit_hashed(["a"], torch.ones(1, 2), rows=0)
    with pytest.raises(ValueError, match="2 words and 1 vectors"):
        fit_hashed(["a", "b"], torch.ones(1, 2), rows=1)
