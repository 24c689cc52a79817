"""Where lexicons come from: word lists, other languages, language models, disk; bad input with its message."""

import json
import re

import pytest
import torch
from torch.nn.functional import normalize

from concepts.lexicon import (
    Lexicon,
    babel_languages,
    babel_names,
    lexicon_of_words,
    load_lexicon,
    read_word_list,
    save_lexicon,
    stored_lexicon,
    translated,
)
from concepts.lexicon.babel import distinct
from concepts.lexicon.stored_lexicon import ABOUT, VECTORS, WORDS
from concepts.lexicon.word_list import LIMIT_BYTES, LIMIT_LINES, LIMIT_TEXT
from concepts.models.encoders.base import TextEncoder
from tests.support.damage import refuses_damage


class Letters:
    """A text encoder: a text is its counts of letters, longer for longer texts."""

    name, fingerprint, n_channels, longest = "letters", "abc", 27, 77

    def encode(self, texts):
        raise NotImplementedError

    def embed(self, texts):
        return torch.tensor([[1.0 + text.count(chr(96 + i)) for i in range(27)] for text in texts])


def test_the_made_up_encoder_is_one():
    assert isinstance(Letters(), TextEncoder)


def test_one_word_a_line_without_empty_lines():
    entries = read_word_list("\ufeffred cap\r\n\r\n  blue   coat \nStiel, grün\n".encode())
    assert [(e.word, e.line) for e in entries] == [("red cap", 1), ("blue coat", 3), ("Stiel, grün", 4)]


def test_a_table_in_any_order_of_columns(tmp_path):
    file = tmp_path / "words.csv"
    file.write_text('Definition,word,Synonyms\n"a top, rounded",cap,hat; lid |cover\n,stalk\n', encoding="utf-8")
    cap, stalk = read_word_list(file)
    assert cap.texts == ("cap", "hat", "lid", "cover", "a top, rounded")
    assert (stalk.texts, stalk.line) == (("stalk",), 3)


def test_an_entry_is_the_mean_of_its_normalised_texts():
    entries = read_word_list(b"word,synonyms,definition\ncap,hat;lid,top of a toadstool\nstalk,,\n")
    lexicon = lexicon_of_words(entries, Letters())
    literal = torch.stack(
        [sum(v / v.norm() for v in Letters().embed(e.texts)) / len(e.texts) for e in entries]  # one at a time
    )
    torch.testing.assert_close(lexicon.vectors, literal)
    assert lexicon.words == ("cap", "stalk")
    assert lexicon.space == "abc"
    torch.testing.assert_close(lexicon.vector("stalk"), normalize(Letters().embed(["stalk"]), dim=1)[0])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "holds no words"),
        (b"\n \n", "holds no words"),
        (b"word,synonyms\n", "holds no words"),
        (b"cap\nstalk\nCAP\n", "line 3: the word 'CAP' stands on line 1"),
        (b"word,synonyms\n,hat\n", "line 2: the word is missing"),
        (b"word,colour\ncap,red\n", "line 1: column 'colour'"),
        (b"word,word\ncap,red\n", "line 1: column 'word'"),
        (b"word\ncap,red\n", "line 2: 2 cells under 1 columns"),
        (b'word,definition\ncap,"a top\n', "line 2: .*quotes"),
        (b"cap\nst\xffalk\n", "line 2 is not UTF-8"),
        (b"cap\nst\0alk\n", "line 2 holds a zero byte"),
        (b"cap\n" + b"x" * (LIMIT_TEXT + 1), "line 2: a text of more than"),
        (b"\n" * (LIMIT_LINES + 1) + b"cap", "lines, at most"),
        (b"x" * (LIMIT_BYTES + 1), "bytes, at most"),
    ],
)
def test_a_bad_list_is_told_with_its_line(content, message):
    with pytest.raises(ValueError, match=message):
        read_word_list(content)


def test_a_list_that_is_not_there_is_told(tmp_path):
    with pytest.raises(ValueError, match=r"no\.txt cannot be read"):
        read_word_list(tmp_path / "no.txt")
    with pytest.raises(ValueError, match="the list is empty"):
        lexicon_of_words([], Letters())


@pytest.fixture
def lexicon():
    vectors = torch.randn(4, 5, generator=torch.Generator().manual_seed(0))
    return Lexicon(("crane bird", "crane machine", "house", "boat"), vectors, bias=torch.arange(4.0), name="few")


@pytest.fixture
def babel(tmp_path):
    file = tmp_path / "babel.json"
    content = {"DE": [[0, 1, 2], ["Kran", "kran", "Haus"]], "FR": [[2], ["maison"]], "XX": [[0, 1], ["one"]], "YY": 3}
    file.write_text(json.dumps(content))
    return file


def test_other_words_on_the_same_vectors(lexicon, babel):
    german = translated(lexicon, babel_names(babel, "de"), name="few in German")
    assert german.words == ("Kran (crane bird)", "kran (crane machine)", "Haus", "boat")
    assert german.vectors is lexicon.vectors
    assert german.bias is lexicon.bias
    assert german.name == "few in German"
    assert babel_names(babel, "french", languages={"FR": "French", "DE": "German"}) == {2: "maison"}


def test_words_are_made_distinct_whatever_it_takes():
    words = distinct(("a", "A", "a", "a (x)", "b"), ("x", "y", "a", "z", "b"))
    assert len({word.casefold() for word in words}) == 5
    assert words[-1] == "b"
    assert words[:2] == ("a (x)", "A (y)")


@pytest.mark.parametrize(
    ("language", "message"),
    [("Germn", "near it are DE"), ("klingon", "there are 4"), ("XX", "XX is not"), ("YY", "YY is")],
)
def test_a_language_that_cannot_be_had_is_told(babel, language, message):
    with pytest.raises(ValueError, match=message):
        babel_names(babel, language, languages={"DE": "German"})


def test_a_file_or_row_that_does_not_fit_is_told(lexicon, tmp_path):
    file = tmp_path / "list.json"
    file.write_text("[1]")
    for read in (lambda: babel_names(file, "DE"), lambda: babel_languages(file)):
        with pytest.raises(ValueError, match=r"list\.json: expected"):
            read()
    with pytest.raises(ValueError, match="row 4, the lexicon few has rows 0 to 3"):
        translated(lexicon, {4: "Boot"})


@pytest.mark.shared
def test_imagenet_in_every_language_of_babel(shared):
    words = json.loads((shared / "data" / "imagenet_labels.json").read_text())
    english = Lexicon(distinct(words, words), torch.ones(1000, 2))
    doubled = {row for row, word in enumerate(english.words) if word != words[row]}
    languages = babel_languages(shared / "data" / "babel_languages.json")
    codes = list(json.loads((shared / "data" / "babel_imagenet.json").read_text()))
    assert len(codes) >= 92
    for code in codes:
        names = babel_names(shared / "data" / "babel_imagenet.json", code, languages=languages)
        found = translated(english, names)
        assert len(found) == 1000
        assert {row for row, (a, b) in enumerate(zip(found.words, words, strict=True)) if a != b} <= {*names, *doubled}
    german = translated(english, babel_names(shared / "data" / "babel_imagenet.json", "German", languages=languages))
    assert german.words[1] == "Goldfisch"


@pytest.mark.parametrize("with_bias", [True, False])
def test_a_stored_lexicon_comes_back(lexicon, tmp_path, with_bias):
    given = Lexicon((*lexicon.words[:3], "bóat ₂"), lexicon.vectors, lexicon.bias if with_bias else None, "few", "s1")
    found = load_lexicon(save_lexicon(given, tmp_path / "lexicon"))
    assert (found.words, found.name, found.space) == (given.words, "few", "s1")
    torch.testing.assert_close(found.vectors, given.vectors, rtol=0, atol=0)
    assert (found.bias is None) == (not with_bias)
    save_lexicon(lexicon, tmp_path / "lexicon")
    assert load_lexicon(tmp_path / "lexicon").words == lexicon.words


def test_nothing_is_left_of_one_that_could_not_be_written(lexicon, tmp_path, monkeypatch):
    save_lexicon(lexicon, tmp_path / "lexicon")
    monkeypatch.setattr(stored_lexicon, "write_typed", lambda *a: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(OSError, match="full"):
        save_lexicon(translated(lexicon, {0: "other"}), tmp_path / "lexicon")
    assert load_lexicon(tmp_path / "lexicon").words == lexicon.words
    assert [path.name for path in tmp_path.iterdir()] == ["lexicon"]


def test_other_files_are_not_replaced(lexicon, tmp_path):
    (tmp_path / "letters.txt").write_text("dear")
    with pytest.raises(ValueError, match="would be lost"):
        save_lexicon(lexicon, tmp_path)
    with pytest.raises(ValueError, match="would be lost"):
        save_lexicon(lexicon, tmp_path / "letters.txt")


@pytest.mark.parametrize("file", [ABOUT, WORDS, VECTORS])
@pytest.mark.parametrize("content", [b"", b"junk", b'{"format": 1}', None])
def test_a_damaged_folder_is_told(lexicon, tmp_path, file, content):
    folder = save_lexicon(lexicon, tmp_path / "lexicon")
    if content is None:
        (folder / file).unlink()
    else:
        (folder / file).write_bytes(content)
    with pytest.raises(ValueError, match=re.escape(str(folder))):
        load_lexicon(folder)


def test_what_a_damaged_lexicon_is_called_is_told_with_the_file_and_the_field(lexicon, tmp_path):
    folder = save_lexicon(lexicon, tmp_path / "lexicon")

    def read(content):
        (folder / ABOUT).write_bytes(content)
        return load_lexicon(folder)

    refuses_damage(read, {"format": 1, "name": "few", "space": "s1"}, source=str(folder / ABOUT))


def test_words_and_vectors_of_different_lexicons_are_told(lexicon, tmp_path):
    folder = save_lexicon(lexicon, tmp_path / "lexicon")
    other = save_lexicon(Lexicon(("a", "b"), torch.ones(2, 5)), tmp_path / "other")
    (folder / WORDS).write_bytes((other / WORDS).read_bytes())
    with pytest.raises(ValueError, match=r"damaged.*2 words with vectors"):
        load_lexicon(folder)
