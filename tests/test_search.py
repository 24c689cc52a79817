"""The inverted index gives what the dense product gives, in order; words find photos and places; bad input is told."""

import json
import sys

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.numpy import save_file
from scipy import sparse

from concepts.lexicon import Lexicon
from concepts.lexicon.search import DenseIndex, LexicalIndex, SparseIndex
from concepts.lexicon.search import sparse as inverted
from concepts.lexicon.search.base import BLOCK, best
from tests.support.damage import refuses_damage

L = 40


def made_up(n: int, seed: int, *, levels: int = 0) -> np.ndarray:
    """(n, L) of which one in eight is above 0; levels: only so many different numbers, so that scores tie."""
    generator = np.random.default_rng(seed)
    values = generator.random((n, L)) if not levels else generator.integers(1, levels + 1, (n, L))
    return (values * (generator.random((n, L)) < 0.125)).astype(np.float32)


def literal(rows: np.ndarray, query: np.ndarray, top: int) -> list[int]:
    """The slow version: sort all by score, then by row; keep those above 0."""
    scores = rows.astype(np.float64) @ query.astype(np.float64)
    return [i for i in sorted(range(len(rows)), key=lambda i: (-scores[i], i)) if scores[i] > 0][:top]


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("levels", [0, 1, 2])
def test_search_is_the_dense_product_sorted_and_ties_keep_their_order(seed, levels):
    rows, queries = made_up(3000, seed, levels=levels), made_up(20, seed + 10, levels=levels)
    index = SparseIndex.build(np.array_split(rows, 7), L)
    for query in queries:
        found = index.search(query, 10)
        expected = literal(rows, query, 10)
        np.testing.assert_allclose(found.scores, (rows @ query)[expected], rtol=1e-5)
        if levels:  # whole numbers: sums are exact, so the order is settled
            assert found.rows.tolist() == expected
    np.testing.assert_allclose(index.scores(queries[0]), rows @ queries[0], rtol=1e-5)


@pytest.mark.parametrize("part", [1, 7, 64, 1000])
def test_the_size_of_parts_and_the_way_of_adding_make_no_difference(part, monkeypatch):
    rows, query = made_up(150, 0, levels=3), made_up(1, 5, levels=3)[0]
    monkeypatch.setattr(inverted, "PART", part)
    one_by_one, at_once = SparseIndex(L), SparseIndex(L)
    for row in rows:
        one_by_one.add(row[None])
    at_once.add(sparse.coo_matrix(rows))
    assert len(one_by_one) == len(at_once) == 150
    for index in (one_by_one, at_once):
        assert index.search(query, 20).rows.tolist() == literal(rows, query, 20)
    assert len(one_by_one._parts) <= 150 / part + 9  # joined as they grow


def test_rows_that_are_added_later_are_found_after_those_before():
    index = SparseIndex(3)
    assert len(index.search([1, 1, 1])) == 0
    index.add([[0, 2, 0], [0, 0, 0]])
    index.add([[1, 2, 0]])
    assert index.search([0, 1, 0]).rows.tolist() == [0, 2]
    assert index.search([1, 1, 0]).rows.tolist() == [2, 0]
    assert index.search([0, 0, 1]).rows.tolist() == []  # a word that no row says
    assert index.search([0, 0, 0]).rows.tolist() == []
    assert len(index) == 3


def test_a_row_tells_its_words_largest_first():
    rows = made_up(50, 3)
    rows[7] = 0
    index = SparseIndex.build([rows[:20], rows[20:]], L)
    for i in (0, 7, 19, 20, 49):
        words, values = index.row(i)
        assert set(words) == set(np.flatnonzero(rows[i]))
        np.testing.assert_array_equal(values, rows[i][words])
        assert (np.diff(values) <= 0).all()
    with pytest.raises(IndexError, match="0 to 49"):
        index.row(50)


def test_bytes_are_eight_a_number_and_the_callers_matrix_stays_as_it_is():
    rows = sparse.csr_matrix(made_up(2000, 1))
    rows.data[::2] = 0  # zeros that are stored
    before = rows.copy()
    index = SparseIndex.build([rows], L)
    assert index.nbytes == 8 * np.count_nonzero(rows.data) + 4 * (L + 1)
    assert rows.nnz == before.nnz
    np.testing.assert_array_equal(rows.data, before.data)


@pytest.mark.parametrize("n", [1, 5, BLOCK - 1, BLOCK, BLOCK + 1, 5 * BLOCK + 3])
@pytest.mark.parametrize("seed", [0, 1])
def test_the_best_are_those_of_a_full_sort(n, seed):
    scores = np.random.default_rng(seed).integers(-2, 6, n).astype(np.float32)
    for top in (1, 3, 50, n + 1):
        expected = [i for i in np.argsort(-scores, kind="stable") if scores[i] > 0][:top]
        found = best(scores, top)
        assert found.rows.tolist() == expected
        assert found.scores.tolist() == scores[expected].tolist()
    with pytest.raises(ValueError, match="at least one row"):
        best(scores, 0)


def test_a_saved_index_is_the_same_and_a_damaged_one_is_told(tmp_path):
    rows, query = made_up(500, 2), made_up(1, 3)[0]
    index = SparseIndex.build(np.array_split(rows, 3), L)
    index.save(tmp_path / "index.safetensors")
    loaded = SparseIndex.load(tmp_path / "index.safetensors")
    assert loaded.search(query).rows.tolist() == index.search(query).rows.tolist()
    assert loaded.nbytes == index.nbytes
    loaded.add(rows)
    assert len(loaded) == 1000
    index._parts[0].indices[0] = 10_000  # would be read outside the scores
    index.save(tmp_path / "wrong.safetensors")
    (tmp_path / "text.safetensors").write_text("no index")
    for name in ("wrong", "text", "missing"):
        with pytest.raises(ValueError, match=r"holds no index of words .* build it anew"):
            SparseIndex.load(tmp_path / f"{name}.safetensors")


def test_a_damaged_header_is_told_with_the_file_and_the_field(tmp_path):
    index = SparseIndex.build([made_up(5, 2)], L)
    index.save(tmp_path / "whole.safetensors")
    with safe_open(tmp_path / "whole.safetensors", "numpy") as file:
        metadata, arrays = file.metadata(), {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    assert metadata == {"n_words": str(L), "rows": "[5]"}

    def read(content):
        texts = {name: json.dumps(value) for name, value in json.loads(content).items()}
        save_file(arrays, tmp_path / "index.safetensors", texts)
        return SparseIndex.load(tmp_path / "index.safetensors")

    refuses_damage(read, {"n_words": L, "rows": [5]}, source="index.safetensors")


def test_what_is_no_lexical_vector_is_refused():
    index = SparseIndex(3)
    for wrong in ([[1.0, -1, 0]], [[np.nan, 0, 0]], [[np.inf, 0, 0]]):
        with pytest.raises(ValueError, match="≥ 0 that are finite"):
            index.add(wrong)
    with pytest.raises(ValueError, match="2 words in a row, the index has 3"):
        index.add([[1, 2]])
    with pytest.raises(ValueError, match="4 words in a row"):
        index.search([1, 2, 3, 4])
    with pytest.raises(ValueError, match="2 rows, expected one"):
        index.search(sparse.csr_matrix([[1, 0, 0], [0, 1, 0]]))
    with pytest.raises(ValueError, match="at least one word"):
        SparseIndex(0)


@pytest.mark.parametrize("kind", ["flat", "ivf", "hnsw"])
def test_dense_search_stands_behind_the_same_interface(kind):
    pytest.importorskip("faiss")
    rows, query = made_up(400, 0), made_up(1, 1)[0]
    index = DenseIndex.build([rows[:300], rows[300:]], L, kind=kind, n_rows=100)
    found, exact = index.search(query, 5), SparseIndex.build([rows], L).search(query, 5)
    if kind == "flat":
        assert found.rows.tolist() == exact.rows.tolist()
    np.testing.assert_allclose(found.scores, (rows @ query)[found.rows], rtol=1e-5)
    assert len(index) == 400
    assert index.nbytes >= 400 * L * 4
    assert len(index.search(np.zeros(L), 5)) == 0
    with pytest.raises(ValueError, match=r"expected \(m, 40\)"):
        index.add(rows[:, :3])
    with pytest.raises(ValueError, match="at least 1"):
        index.search(query, 0)


def test_without_faiss_dense_search_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "faiss", None)
    with pytest.raises(ValueError, match="requirements-index"):
        DenseIndex(L)
    with pytest.raises(ValueError, match="choose one of flat, ivf, hnsw"):
        DenseIndex(L, kind="tree")


WORDS = ("wheel", "Sail", "fire hydrant")


def zoo() -> LexicalIndex:
    """Three photos of 2 × 3 places: a wheel at one place of photo 0, sails in 1 (weak) and 2, a hydrant beside in 2."""
    activations = torch.zeros(3, 2, 3, 3)
    activations[0, 1, 2, 0] = 1.0
    activations[1, 0, 1, 1] = 0.5
    activations[2, 1, 0, 1], activations[2, 0, 0, 1], activations[2, 0, 2, 2] = 2.0, 0.6, 0.7
    index = LexicalIndex(Lexicon(WORDS, torch.eye(3)), (2, 3))
    index.add(activations[:1])
    index.add(activations[1:])
    return index


def test_words_find_photos_and_places_and_photos_tell_their_words():
    index = zoo()
    assert index.photos("sail").rows.tolist() == [2, 1]
    assert index.photos({"wheel": 1.0, "sail": 0.1}).rows.tolist() == [0, 2, 1]
    np.testing.assert_allclose(index.photos(["sail", "Fire Hydrant"]).scores, [2.7, 0.5])
    found = index.places("sail")
    places = list(zip(found.photos, found.rows, found.columns, strict=True))
    assert places == [(2, 1, 0), (2, 0, 0), (1, 0, 1)]
    assert [word for word, _ in index.words(2)] == ["Sail", "fire hydrant"]
    assert index.words(2, top=1) == [("Sail", 2.0)]
    assert index.like(2).rows.tolist() == [2, 1]


def test_places_and_photos_keep_their_largest_words_only(rng):
    activations = torch.rand(4, 2, 3, 3, generator=rng)
    index = LexicalIndex(Lexicon(WORDS, torch.eye(3)), (2, 3), per_photo=2, per_place=1)
    index.add(activations)
    peaks = activations.amax(dim=(1, 2))
    assert [[w for w, _ in index.words(i)] for i in range(4)] == [
        [WORDS[j] for j in peaks[i].argsort(descending=True)[:2]] for i in range(4)
    ]
    first = activations.argmax(dim=-1) == 1
    assert len(index.places("sail", top=100)) == int(first.sum())


def test_an_unknown_word_and_other_activations_are_refused():
    index = zoo()
    with pytest.raises(ValueError, match="'wheels' is not in the lexicon lexicon; near it are wheel"):
        index.photos("wheels")
    with pytest.raises(ValueError, match="≥ 0 that are finite"):
        index.photos({"wheel": -1.0})
    with pytest.raises(ValueError, match=r"activations \(1, 2, 2, 3\), expected \(n, 2, 3, 3\)"):
        index.add(torch.zeros(1, 2, 2, 3))


def test_a_saved_folder_is_the_same_index_for_the_same_words_only(tmp_path):
    index = zoo()
    index.save(tmp_path / "index")
    loaded = LexicalIndex.load(tmp_path / "index", index.lexicon)
    assert loaded.photos("sail").rows.tolist() == [2, 1]
    assert loaded.words(0) == index.words(0)
    assert (len(loaded), loaded.nbytes, loaded.grid) == (3, index.nbytes, (2, 3))
    with pytest.raises(ValueError, match="is of other words than lexicon"):
        LexicalIndex.load(tmp_path / "index", Lexicon(("a", "b", "c"), torch.eye(3)))
    with pytest.raises(ValueError, match="holds no index of photos"):
        LexicalIndex.load(tmp_path / "nowhere", index.lexicon)


def test_what_a_damaged_index_of_photos_is_is_told_with_the_file_and_the_field(tmp_path):
    index = zoo()
    index.save(tmp_path / "index")
    whole = json.loads((tmp_path / "index" / "index.json").read_text())

    def read(content):
        (tmp_path / "index" / "index.json").write_bytes(content)
        return LexicalIndex.load(tmp_path / "index", index.lexicon)

    refuses_damage(read, whole, source=str(tmp_path / "index" / "index.json"))
