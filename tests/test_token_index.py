"""An index of tokens: its candidates are ranked exactly, its recall is told as it is, filters lose nothing."""

import sys

import faiss
import numpy as np
import pytest
import torch

from concepts.token_search import Effort, TokenIndex, build_index, exact_search, index, write_token_file
from concepts.token_search.building import bytes_of_a_code, measured
from concepts.token_search.index import fingerprint
from concepts.token_search.neighbours import shares_found

PLACES, N = 4, 3000


def clustered(seed, n=N * PLACES, p=16):
    """Tokens around 60 directions, of different lengths."""
    generator = np.random.default_rng(seed)
    A = generator.standard_normal((60, p))[generator.integers(60, size=n)] + 0.3 * generator.standard_normal((n, p))
    return (A * generator.lognormal(size=(n, 1))).astype(np.float16)


@pytest.fixture(scope="module")
def tokens(tmp_path_factory):
    return write_token_file(tmp_path_factory.mktemp("tokens") / "a.bin", [clustered(0)], places=PLACES)


@pytest.fixture(scope="module")
def built(tokens):
    return build_index(tokens, tokens.path.parent / "index")


@pytest.fixture
def queries():
    return torch.from_numpy(clustered(7, 20).astype(np.float32))


def test_what_is_measured_is_what_others_find(tokens, built, queries):
    """Recall on other queries than those that were measured with lies near the stored one."""
    found = shares_found(built.search(tokens, queries), exact_search(tokens, queries))
    assert built.recall.value >= 0.95
    assert built.recall.low <= built.recall.value <= built.recall.high
    assert found.mean() > built.recall.low - 0.1


def test_cosines_are_exact_and_in_order(tokens, built, queries):
    found = built.search(tokens, queries, top=5)
    for rows, cosines, query in zip(found.rows, found.cosines, queries, strict=True):
        expected = torch.nn.functional.cosine_similarity(tokens.take(rows), query[None])
        np.testing.assert_allclose(cosines, expected.numpy(), atol=1e-5)
        assert (np.diff(cosines) <= 0).all()


def test_little_effort_is_told_by_a_lower_recall(tokens, built):
    poor = measured(built, tokens, seed=0, enough=0.0)
    assert poor.effort.probes == 8
    narrow = TokenIndex(**{**vars(built), "effort": Effort(1, 10)})
    own = torch.from_numpy(clustered(3, 50).astype(np.float32))
    few = shares_found(narrow.search(tokens, own), exact_search(tokens, own)).mean()
    assert few < shares_found(built.search(tokens, own), exact_search(tokens, own)).mean()


@pytest.mark.parametrize("scanned", [0, 200_000])
@pytest.mark.parametrize("kept", [1, 2, 40, 100, 1500])
def test_filters_lose_no_result(tokens, built, queries, monkeypatch, kept, scanned):
    """Also where FAISS alone gives −1, since the cells looked at hold too few of the allowed tokens."""
    monkeypatch.setattr(index, "SCANNED", scanned)
    items = np.zeros(N, bool)
    items[np.random.default_rng(kept).choice(N, kept, replace=False)] = True
    found = built.search(tokens, queries, top=10, items=items)
    exact = exact_search(tokens, queries, top=10, items=items)
    assert found.rows.shape == (20, min(10, kept * PLACES))
    assert items[found.rows // PLACES].all()
    assert found.scanned or (scanned == 0 and kept >= 100)
    if found.scanned or kept <= 100:  # 400 tokens lie in many more cells than 8
        np.testing.assert_array_equal(found.rows, exact.rows)
    assert shares_found(found, exact).mean() > 0.9


def test_an_answer_says_whether_every_token_was_compared(tokens, built, queries, monkeypatch):
    """Without conditions the index answers; with them it does where many tokens are left, else all are scanned."""
    most = np.arange(N) > 0
    assert not built.search(tokens, queries).scanned
    assert not built.search(tokens, queries).without(np.zeros(20, int)).scanned
    assert built.search(tokens, queries, items=most).scanned
    monkeypatch.setattr(index, "SCANNED", 0)
    found, exact = built.search(tokens, queries, items=most), exact_search(tokens, queries, items=most)
    assert exact.scanned
    assert not found.scanned
    assert not exact.joined(found, 10).scanned


def test_it_is_read_in_place_and_again(tokens, built, queries):
    again = TokenIndex.load(built.folder, tokens)
    assert again == built
    np.testing.assert_array_equal(again.search(tokens, queries).rows, built.search(tokens, queries).rows)
    assert built.nbytes < tokens.nbytes
    mapped = built.opened()  # held: its lists are gone with it
    assert type(faiss.downcast_InvertedLists(mapped.invlists)).__name__ == "OnDiskInvertedLists"


def test_an_index_of_other_values_is_refused(tokens, built, tmp_path):
    other = write_token_file(tmp_path / "b.bin", [clustered(1)], places=PLACES)
    assert fingerprint(other) != fingerprint(tokens)
    with pytest.raises(ValueError, match="of other tokens"):
        TokenIndex.load(built.folder, other)
    with pytest.raises(ValueError, match="build it anew"):
        TokenIndex.load(tmp_path, tokens)


def test_a_damaged_index_is_told(tokens, built, queries, tmp_path):
    (tmp_path / "index.json").write_bytes((built.folder / "index.json").read_bytes())
    (tmp_path / "index.faiss").write_bytes((built.folder / "index.faiss").read_bytes()[:1000])
    with pytest.raises(ValueError, match="damaged"):
        TokenIndex.load(tmp_path, tokens).search(tokens, queries)


def test_few_tokens_and_no_faiss_are_told(tmp_path, monkeypatch):
    few = write_token_file(tmp_path / "few.bin", [clustered(0, 400)], places=PLACES)
    with pytest.raises(ValueError, match="search these exactly"):
        build_index(few, tmp_path / "index")
    monkeypatch.setitem(sys.modules, "faiss", None)
    with pytest.raises(ValueError, match="requirements-index"):
        build_index(few, tmp_path / "index")


def test_codes_cut_the_channels_evenly():
    assert [bytes_of_a_code(p) for p in (4, 16, 256, 512, 100, 97)] == [1, 2, 32, 64, 10, 1]


def test_a_query_that_runs_out_of_tokens_is_scanned_alone(tokens, built, queries, monkeypatch):
    """Its recall of 1 says nothing of the others, which are answered as they are asked one by one."""
    found = built._candidates

    def runs_out(q, *given):
        rows = found(q, *given)
        rows[(q[:, 0] == q0).numpy(), -1] = -1
        return rows

    q0, effort = torch.nn.functional.normalize(queries, dim=1)[3, 0], Effort(1, 10)
    monkeypatch.setattr(TokenIndex, "_candidates", lambda self, *given: runs_out(*given))
    scanned = []
    monkeypatch.setattr(
        index, "exact_search", lambda *given, **more: scanned.append(len(given[1])) or exact_search(*given, **more)
    )
    together = built.search(tokens, queries, effort=effort)
    assert scanned == [1]
    assert not together.scanned
    alone = [built.search(tokens, query[None], effort=effort) for query in queries]
    np.testing.assert_array_equal(together.rows, np.concatenate([each.rows for each in alone]))
    np.testing.assert_array_equal(together.rows[3], exact_search(tokens, queries[3:4]).rows[0])
