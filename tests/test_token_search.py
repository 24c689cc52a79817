"""Tokens on disk: chunks change nothing, filters lose nothing, wrong questions are told."""

import os

import numpy as np
import psutil
import pytest
import torch

from concepts.token_search import Neighbours, TokenFile, chosen_items, exact_search, token_file, write_token_file
from concepts.token_search.neighbours import shares_found


def made_up(n, places, p, seed):
    return np.random.default_rng(seed).standard_normal((n * places, p)).astype(np.float16)


def literal(tokens, query, top, allowed, centre=0.0):
    """The slow version: every allowed row's cosine in double precision, sorted, ties by row."""
    a, q = tokens.astype(np.float64) - centre, query.astype(np.float64) - centre
    cosine = a @ q / (np.linalg.norm(a, axis=1) * np.linalg.norm(q))
    return sorted(np.flatnonzero(allowed), key=lambda row: (-round(cosine[row], 6), row))[:top]


@pytest.fixture(params=[0, 1, 2])
def stored(request, tmp_path):
    A = made_up(23, 6, 8, request.param)
    A[7] = A[130]  # a tie
    return A, write_token_file(tmp_path / "tokens.bin", np.array_split(A, [12, 60]), places=6)


@pytest.mark.parametrize("chunk", [1, 6 * 8 * 5, 2**24])
@pytest.mark.parametrize("centred", [False, True])
def test_search_in_chunks_is_the_sorted_list(stored, chunk, centred, monkeypatch):
    monkeypatch.setattr(token_file, "CHUNK", chunk)
    A, tokens = stored
    centre = A.astype(np.float32).mean(axis=0) if centred else np.zeros(8, np.float32)
    queries = np.concatenate([A[[130, 3]].astype(np.float32), np.eye(8, dtype=np.float32)[:2]])
    found = exact_search(tokens, torch.from_numpy(queries), top=9, centre=torch.from_numpy(centre))
    for row, query in zip(found.rows, queries, strict=True):
        assert row.tolist() == literal(A, query, 9, np.ones(len(A), bool), centre)
    assert found.rows[0, :2].tolist() == [7, 130]
    assert (np.diff(found.cosines) <= 0).all()


@pytest.mark.parametrize("kept", [[4], [0, 22], list(range(1, 23))])
def test_a_filter_loses_no_result(stored, kept, monkeypatch):
    monkeypatch.setattr(token_file, "CHUNK", 100)
    A, tokens = stored
    items = np.isin(np.arange(23), kept)
    query = A[130].astype(np.float32)
    found = exact_search(tokens, torch.from_numpy(query)[None], top=10, items=items)
    expected = literal(A, query, 10, np.repeat(items, 6))
    assert found.rows[0].tolist() == expected
    assert len(expected) == min(10, 6 * len(kept))


def test_tokens_without_a_place_are_no_rows(tmp_path):
    A = made_up(5, 4, 3, 0).reshape(5, 4, 3)
    A.tofile(tmp_path / "x.bin")
    tokens = TokenFile(tmp_path / "x.bin", 5, 3, 3, named=1)
    assert len(tokens) == 15
    query = torch.from_numpy(A[2, 1].astype(np.float32))
    assert exact_search(tokens, query[None], top=1).rows.tolist() == [[6]]  # item 2, place 0
    np.testing.assert_array_equal(tokens.take(np.array([6, 14])).numpy(), A[[2, 4], [1, 3]].astype(np.float32))


def test_memory_is_that_of_a_chunk(tmp_path, monkeypatch):
    """64 MB of tokens are searched in chunks of 1 MB: what is not the mapped file grows by far less than the file."""
    monkeypatch.setattr(token_file, "CHUNK", 2**18)
    part = made_up(1000, 4, 256, 0)
    tokens = write_token_file(tmp_path / "x.bin", (part for _ in range(32)), places=4)
    query = torch.from_numpy(part[:1].astype(np.float32))
    exact_search(tokens, query, items=np.arange(32_000) < 10)
    before = anonymous()
    assert exact_search(tokens, query, top=3).rows.tolist() == [[0, 4000, 8000]]
    assert anonymous() - before < tokens.nbytes / 4


def anonymous():
    full = psutil.Process(os.getpid()).memory_info()
    return full.rss - full.shared


def test_filters_are_the_conditions_together():
    columns = {"class": ["cat", "cat", "dog", None], "strategy": [0, 1, 1, -1]}
    assert chosen_items(columns, {}).tolist() == [True] * 4
    assert chosen_items(columns, {"class": ["cat", None], "strategy": [1, -1]}).tolist() == [False, True, False, True]


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"colour": ["red"]}, "choose one of class, strategy"),
        ({"class": ["cow"]}, "no item has cow"),
        ({"class": ["dog"], "strategy": [0]}, "take a condition away"),
    ],
)
def test_a_condition_that_cannot_hold_is_told(wanted, message):
    with pytest.raises(ValueError, match=message):
        chosen_items({"class": ["cat", "cat", "dog"], "strategy": [0, 1, 1]}, wanted)


def answer(rows, cosines):
    return Neighbours(np.array(rows), np.array(cosines, np.float32))


def test_recall_is_the_share_that_is_as_similar_as_the_last_exact_one():
    exact = answer([[2, 1], [6, 7]], [[0.9, 0.5], [0.8, 0.7]])
    found = answer([[2, 9, 1], [6, 4, 5]], [[0.9, 0.5, 0.5], [0.8, 0.6, 0.6]])
    assert shares_found(found, exact).tolist() == [1.0, 0.5]


def test_a_query_is_left_out_of_its_own_answer():
    found = answer([[3, 1, 2], [5, 6, 7]], [[0.9, 0.8, 0.7], [0.9, 0.8, 0.7]]).without(np.array([1, 4]))
    assert found.rows.tolist() == [[3, 2], [5, 6]]
    assert Neighbours.none(2).joined(answer([[1], [2]], [[1], [1]]), 3).rows.tolist() == [[1], [2]]


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda t: exact_search(t, torch.ones(1, 5)), "expected .q, 8."),
        (lambda t: exact_search(t, torch.zeros(1, 8)), "points nowhere"),
        (lambda t: exact_search(t, torch.ones(1, 8), top=0), "at least one"),
        (lambda t: exact_search(t, torch.ones(1, 8), items=np.ones(4, bool)), "expected .23,. of bool"),
        (lambda t: TokenFile(t.path, 24, 6, 8), "bytes, expected"),
        (lambda t: write_token_file(t.path, [np.full((6, 2), 1e6)], places=6), "too large for float16"),
        (lambda t: write_token_file(t.path, [np.ones((5, 2))], places=6), "multiple of 6"),
        (lambda t: write_token_file(t.path, [np.ones((6, 2)), np.ones((6, 3))], places=6), "one width"),
    ],
)
def test_wrong_questions_are_told(stored, ask, message):
    with pytest.raises(ValueError, match=message):
        ask(stored[1])
