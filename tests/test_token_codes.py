"""Codes of tokens: what they keep, what they cost, and that nothing but the bytes is used."""

import numpy as np
import pytest
import torch

from concepts.token_search.codes import CODES, round_trip
from concepts.token_search.codes.base import bytes_a_token
from concepts.token_search.codes.hashed import HashedTable, fit_hashed, picked
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


def test_a_hashed_table_is_the_least_squares_one():
    generator = np.random.default_rng(0)
    words = [f"word{i}" for i in range(400)]
    V = generator.standard_normal((400, 6))
    found = fit_hashed(words, V, rows=50)
    S = picked(words, 50).toarray()
    expected = np.linalg.lstsq(S, V, rcond=None)[0]
    np.testing.assert_allclose(found.vectors(words), S @ expected, atol=5e-3)
    assert found.nbytes == 50 * 6 * 2


def test_vectors_that_a_table_made_are_found_again():
    words = [f"word{i}" for i in range(300)]
    table = HashedTable(np.random.default_rng(1).standard_normal((40, 5)).astype(np.float16))
    again = fit_hashed(words, table.vectors(words), rows=40)
    np.testing.assert_allclose(again.vectors(words), table.vectors(words), atol=0.01)
    assert (np.abs(picked(words, 40)).sum(axis=1) <= 2).all()


def test_a_table_without_rows_is_told():
    with pytest.raises(ValueError, match="a row at least"):
        fit_hashed(["a"], np.ones((1, 2)), rows=0)
