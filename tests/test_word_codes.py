"""What codes of words change: the names of a report's concepts, and the words of places."""

import json

import numpy as np
import pytest
import torch

from concepts.cli.main import main
from concepts.demo.collection import ID, demo_collection
from concepts.engine import word_namings
from concepts.engine.compressions import compare_collection_codes, largest_lexicon
from concepts.engine.word_namings import NamedConcepts, NamedPlaces, places_of
from concepts.evaluation.compression import searching
from concepts.evaluation.compression.comparison import CodeRow, Compression
from concepts.evaluation.compression.notes import how_sentences
from concepts.evaluation.compression.sentences import header_of, lines_of
from concepts.evaluation.compression.stored import StoredCompression
from concepts.evaluation.compression.word_change import FirstWords, WordChange, word_change
from concepts.evaluation.compression.writing import csv_of, write_compression
from concepts.lexicon import Lexicon, lexical_activations, overuse, save_lexicon
from concepts.lexicon.collections import Collection, tokens_of
from concepts.lexicon.naming import name_concepts, scores
from concepts.lexicon.naming.scores import shuffled_thresholds, word_scores
from tests.support.screen import open_page, shown, without_demo
from tests.support.tiny_collection import tiny_collection


def draw(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def of(vectors):
    return lambda start, end: vectors[start:end]


def test_kept_are_those_that_had_a_word_and_have_the_same():
    before = FirstWords(
        np.array([3, 4, -1, 5]), np.array([[3, 4, 5, 6, 7], [4, 3, -1, -1, -1], [-1] * 5, [5, 6, 7, 8, 9]])
    )
    after = FirstWords(np.array([3, 9, 2, 5]), np.array([[3, 1, 2, 4, 0], [9, 4, 8, 7, 6], [2] * 5, [5, 6, 7, 8, 9]]))
    assert word_change("places", before, after) == WordChange("places", 3, 2, pytest.approx((2 / 5 + 1 / 2 + 1) / 3))
    nothing = FirstWords(np.full(2, -1), np.full((2, 5), -1))
    assert word_change("places", nothing, FirstWords(np.array([1, 2]), np.ones((2, 5), int))).kept == 0


def test_one_answer_for_all_is_the_commonest():
    said = FirstWords(
        np.array([7, 7, 2, -1, -1, -1]), np.array([[7, 1, 2, -1, -1], [7, 2, 1, 3, -1], [2, 7, -1, -1, -1]])
    )
    one = said.everywhere()
    assert one.word.tolist() == [7] * 6
    assert [sorted(row) for row in one.five.tolist()] == [[-1, 1, 2, 3, 7]] * 3


def slow_words(A, lexicon):
    """The first five words of each place, by the functions of the page Words."""
    said = lexical_activations(A, lexicon)
    left = overuse([said[None]]).discounted(said).clamp(min=0)
    found = []
    for row in left:
        order = [i for i in row.argsort(descending=True, stable=True).tolist() if row[i] > 0][:5]
        found.append(order + [-1] * (5 - len(order)))
    return np.array(found)


@pytest.mark.parametrize("values", [2**22, 300 * 7, 300])
@pytest.mark.parametrize("bias", [None, draw(40, seed=3)])
def test_places_have_the_words_that_the_page_gives_them_whatever_the_chunks(monkeypatch, values, bias):
    monkeypatch.setattr(searching, "VALUES", values)
    A, E = draw(300, 8), 0.2 * draw(40, 8, seed=1)
    A[:5] = 0  # without a bias no word is activated there
    found = NamedPlaces(A, 40, bias).words(of(E))
    expected = slow_words(A, Lexicon(tuple(f"w{i}" for i in range(40)), E, bias))
    np.testing.assert_array_equal(found.five, expected)
    np.testing.assert_array_equal(found.word, expected[:, 0])
    assert (found.word == -1).sum() >= (5 if bias is None else 0)


@pytest.fixture(scope="module")
def named():
    """Six concepts, of which four have a word of their own among 30 and two have none."""
    E, tokens, codes = draw(30, 64), 0.3 * draw(40, 9, 64, seed=1), torch.zeros(40, 9, 6)
    for j in range(6):
        at = (torch.arange(40), torch.randint(9, (40,), generator=torch.Generator().manual_seed(j)))
        codes[(*at, torch.full((40,), j))] = 1 + torch.rand(40, generator=torch.Generator().manual_seed(j))
        if j < 4:
            tokens[at] += 3 * torch.nn.functional.normalize(E[j], dim=0)
    return NamedConcepts(tokens, codes, Lexicon(tuple(f"w{i}" for i in range(30)), E), seed=0)


def test_concepts_have_the_names_that_name_gives_them(named):
    found = named.words(of(named.lexicon.vectors))
    fits = word_scores(named.tokens, named.codes, named.lexicon)
    limits = shuffled_thresholds(named.tokens, named.codes, named.lexicon, seed=0)
    names = name_concepts(fits.numpy(), named.lexicon.words, threshold=limits.numpy())
    assert [None if i < 0 else named.lexicon.words[i] for i in found.word] == [each.word for each in names]
    np.testing.assert_array_equal(found.five, fits.argsort(dim=1, descending=True)[:, :5].numpy())
    assert found.word[:4].tolist() == [0, 1, 2, 3]


def test_names_follow_the_vectors_of_the_words(named):
    """Two words that change places change two names; a word of which nothing is left names nothing."""
    E, before = named.lexicon.vectors, named.words(of(named.lexicon.vectors))
    moved = E.clone()
    moved[[0, 1, 2, 3]] = E[[1, 0, 2, 3]]
    assert word_change("concepts", before, named.words(of(moved))).kept == (before.word >= 0).sum() - 2
    gone = E.clone()
    gone[2] = 0  # as a coarse code may leave it
    after = named.words(of(gone))
    assert after.word[[0, 1, 3]].tolist() == [0, 1, 3]
    assert 2 not in after.word
    assert 2 not in after.five
    assert (named.words(of(torch.zeros_like(E))).word == -1).all()


def test_the_control_of_names_is_other_shuffles(named, monkeypatch):
    seeds = []
    thresholds = scores.shuffled_thresholds
    monkeypatch.setattr(scores, "shuffled_thresholds", lambda *a, seed: seeds.append(seed) or thresholds(*a, seed=seed))
    before = named.words(of(named.lexicon.vectors))
    control = named.control(before)
    assert seeds == [0, 1]
    assert word_change("concepts", before, control).five == 1.0


@pytest.fixture(scope="module")
def collection(tmp_path_factory):
    root = tmp_path_factory.mktemp("workspace")
    demo_collection(root / "collections", root / "store", n=1)
    return Collection.load(root / "collections" / ID, root / "store")


def test_drawn_places_of_a_collection_are_named(collection, monkeypatch):
    monkeypatch.setattr(word_namings, "DRAWN", 50)
    lexicon = largest_lexicon(collection)
    places = places_of(collection, lexicon, seed=1)
    assert places.places.shape == (50, collection.n_channels)
    every = {row.tobytes() for row in tokens_of(collection).take(np.arange(len(tokens_of(collection)))).numpy()}
    assert all(row.tobytes() in every for row in places.places.numpy())
    assert not torch.equal(places.places, places_of(collection, lexicon, seed=2).places)


def test_the_largest_lexicon_of_the_tokens_width_is_taken(tmp_path):
    lexicons = [Lexicon(tuple(f"w{i}" for i in range(n)), draw(n, 4), name=f"of {n}") for n in (20, 30, 25)]
    tiny = tiny_collection(tmp_path / "w", tmp_path / "photos", lexicons=lexicons)
    save_lexicon(Lexicon(tuple(f"w{i}" for i in range(40)), draw(40, 5)), tiny.folder / "lexicons" / "wide")
    assert largest_lexicon(tiny).name == "of 30"


def test_a_collection_says_how_many_places_keep_their_word(collection):
    found = compare_collection_codes(collection, names=("float16", "binary"))
    fine, coarse, _ = [row for row in found.rows if row.of == "words"]
    assert fine.words.n == coarse.words.n == found.words_control.n > 100
    assert fine.words.kept / fine.words.n > 0.97
    assert fine.words.kept > coarse.words.kept
    assert found.words_control.kept < fine.words.kept
    assert all(row.words is None for row in found.rows if row.of == "tokens")
    assert found.lexicon == largest_lexicon(collection).name


def row(code="int8", of="words", words=None):
    return CodeRow(code, of, 4.0, 0, 32.0, 0.1, 0.9, 0.8, 1.0, None, words)


def compared(*rows, control=None, **more):
    return Compression("made up", "2026-12-01", 2000, 1200, 32, 0, rows, words_control=control, **more)


def test_the_table_of_words_says_what_is_kept_beside_the_control():
    change, control = WordChange("concepts", 12, 9, 0.847), WordChange("concepts", 12, 11, 1.0)
    found = compared(row(words=change), row("product", words=WordChange("concepts", 0, 0, 0.0)), control=control)
    assert header_of(found, "words")[-2:] == ("names of concepts kept", "first five words kept")
    assert [line[-2:] for line in lines_of(found, "words")] == [
        ("9 of 12", "85%"), ("none has one", "–"), ("11 of 12", "–"),
    ]  # fmt: skip
    assert lines_of(found, "words")[-1][0] == "no code, other shuffles"
    how = " ".join(how_sentences(found))
    assert "Concepts, strategies and verdicts do not depend on words: no code of words changes them." in how
    places = compared(
        row(words=WordChange("places", 988, 900, 0.9)), control=WordChange("places", 988, 70, 0.2), lexicon="a"
    )
    assert header_of(places, "words")[-2] == "words of places kept"
    assert lines_of(places, "words")[-1][0] == "no code, one answer for all"
    assert lines_of(places, "words")[-1][-1] == "20%"
    assert "The words are those of “a”. 988 places were named again" in " ".join(how_sentences(places))


@pytest.mark.parametrize(
    ("share", "written"), [(1.0, "100%"), (0.99996, "99.9%"), (0.998, "99.8%"), (0.99, "99.0%"), (0.989, "99%")]
)
def test_all_alone_are_100_percent(share, written):
    found = compared(row(words=WordChange("places", 1000, 998, share)), control=WordChange("places", 1000, 10, 0.1))
    assert lines_of(found, "words")[0][-1] == written


def test_a_table_without_names_has_no_columns_for_them():
    found = compared(row(), row("hashed"))
    assert header_of(found, "words")[-1] == lines_of(found, "words")[0][-1].replace("0.800 to 1.000", "95% interval")
    assert "depend on words" not in " ".join(how_sentences(found))


def test_the_csv_says_what_is_named():
    lines = csv_of((row(words=WordChange("places", 9, 7, 0.5)), row())).splitlines()
    assert lines[0].endswith(",named,named_n,named_kept,named_five")
    assert lines[1].endswith(",places,9,7,0.5")
    assert lines[2].endswith(",,,,")


def test_a_result_from_before_words_were_named_is_read(tmp_path):
    """Without the keys of now, and with the table of then, of which the page says what it was."""
    found = compared(row(), row("hashed"))
    write_compression(found, tmp_path / "one")
    file = tmp_path / "one" / "compression.json"
    content = json.loads(file.read_text())
    for key in ("lexicon", "words_searched", "words_control", "left_out"):
        del content[key]
    for each in content["rows"]:
        del each["words"]
    file.write_text(json.dumps(content))
    assert StoredCompression.load(tmp_path / "one").comparison == found


def test_things_that_nothing_names_are_told(tmp_path):
    write_compression(compared(row(), control=WordChange("stones", 1, 1, 1.0)), tmp_path / "one")
    with pytest.raises(ValueError, match="words_control of 'stones': expected concepts or places"):
        StoredCompression.load(tmp_path / "one")


def test_the_page_shows_what_words_keep_and_what_the_table_of_then_was(tmp_path, monkeypatch):
    without_demo(monkeypatch, tmp_path)
    change = WordChange("places", 988, 901, 0.92)
    write_compression(compared(row(words=change), control=change), tmp_path / "compressions" / "new")
    page = shown(open_page("compare", show="compression"))
    assert "901 of 988" in page
    assert "words of places kept" in page
    write_compression(compared(row("hashed")), tmp_path / "compressions" / "old")
    page = shown(open_page("compare", show="compression", compression="old"))
    assert "a sum of two rows of one table" in page
    assert "pieces of three to five letters" not in page


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["--collection", ID, "--words", ID], "--words is for --report"),
        (["--report", "assets/demo/reports/digits-7", "--words", "none"], "none: there is no such collection"),
        (["--report", "assets/demo/reports/digits-7", "--words", ID], "of another model or layer than the report's"),
    ],
)
def test_words_that_do_not_fit_are_told_in_one_line(given, message, collection, tmp_path, capsys):
    workspace = str(collection.folder.parents[1])
    assert main(["compress", *given, "--workspace", workspace, "--out", str(tmp_path / "x")]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
