"""Probes change what they say, leave everything else, and leave out the texts that they do not apply to."""

import numpy as np
import pytest

from concepts.data.documents.words import word_spans
from concepts.probes.control import equally_frequent
from concepts.probes.negation import NEGATION_IN, NEGATION_OUT
from concepts.probes.plain_changes import LOWER, NO_PUNCTUATION, SHUFFLE, UPPER, cut
from concepts.probes.registry import PROBES, probe_named
from concepts.probes.swaps import MOVIE_AND_FILM, read_pairs, swaps

ODD = ["", " ", "?!", "a", "مرحبا بالعالم", "x\u0000y z", "👩‍👩‍👧 family", "<b>bold</b> is it", "w " * 3000]


def apply(probe, text: str, seed: int = 0) -> str | None:
    return probe.apply(text, np.random.default_rng(seed))


@pytest.mark.parametrize(
    ("text", "negated"),
    [
        ("The film is good.", "The film is not good."),
        ("it's a gem", "it's not a gem"),
        ("They’re fine", "They’re not fine"),
        ("It could have been long.", "It could not have been long."),
        ("It has been praised", "It has not been praised"),
        ("It has a plot", None),
        ("is it good?", None),
        ("The film's plot sags", None),
        ("It is not good.", None),
        ("It isn't good and was never", None),
        ("no one is there", None),
        ("A masterpiece", None),
    ],
)
def test_negation_is_put_in(text, negated):
    assert apply(NEGATION_IN, text) == negated


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("It is not good.", "It is good."),
        ("It isn't good.", "It is good."),
        ("It won’t do", "It will do"),
        ("Can't you see", "Can you see"),
        ("Won't you see", "Will you see"),
        ("it does n't work", "it does work"),
        ("I cannot go", "I can go"),
        ("it never bores", "it bores"),
        ("good it is not.", "good it is."),
        ("not bad, not good", "bad, not good"),
        ("It is good.", None),
        ("a knot", None),
        ("another notion", None),
    ],
)
def test_negation_is_taken_out(text, plain):
    assert apply(NEGATION_OUT, text) == plain


def test_negation_put_in_is_taken_out_again():
    for text in ("The film is good.", "It's fun and they're glad", "One might laugh", "It had been shot in May"):
        assert apply(NEGATION_OUT, apply(NEGATION_IN, text)) == text


@pytest.mark.parametrize("seed", [0, 1])
def test_shuffled_words_are_the_same_words_and_marks_stay(seed):
    text = "One, two; three: four!"
    changed = apply(SHUFFLE, text, seed)
    assert changed != text
    assert sorted(changed[a:b] for a, b in word_spans(changed)) == sorted(text[a:b] for a, b in word_spans(text))
    assert [c for c in changed if not c.isalnum()] == [c for c in text if not c.isalnum()]
    assert apply(SHUFFLE, text, seed) == changed
    assert apply(SHUFFLE, "go go go") is None
    assert apply(SHUFFLE, "a b", seed) == "b a"


def test_case_punctuation_and_length():
    assert apply(LOWER, "A b") == "a b"
    assert apply(LOWER, "a b") is None
    assert apply(UPPER, "straße 3") == "STRASSE 3"
    assert apply(NO_PUNCTUATION, 'It\'s "good" , very good !') == "It's good very good"
    assert apply(NO_PUNCTUATION, "coming-of-age") == "coming of age"
    assert apply(NO_PUNCTUATION, "$5 a+b") is None  # signs are no punctuation
    assert apply(NO_PUNCTUATION, "a `` b '' c") == "a b c"  # quotation marks of the Penn Treebank
    assert apply(cut(2), "One, two; three: four!") == "One, two"
    assert apply(cut(4), "One, two; three: four!") is None
    with pytest.raises(ValueError, match="cut at 0 words"):
        cut(0)


def test_swaps_keep_case_and_parts_of_words():
    swap = swaps(MOVIE_AND_FILM, name="movie and film")
    assert apply(swap, "A Movie of FILMS, filmed; movie-like") == "A Film of MOVIES, filmed; film-like"
    assert apply(swap, apply(swap, "movie film Movies")) == "movie film Movies"
    assert apply(swap, "a play") is None
    phrase = swaps([("new york", "rome"), ("york", "oslo")], name="towns")
    assert apply(phrase, "New York and York (rome)") == "Rome and Oslo (new york)"
    assert apply(swaps([("c++", "c")], name="dots"), "C++ or c") == "C or c++"


def test_pairs_are_read_and_wrong_ones_told():
    assert read_pairs("movie, film\n\n a b\tc\nx <-> y\n") == (("movie", "film"), ("a b", "c"), ("x", "y"))
    assert read_pairs("movie -> film\nx→y\ne-mail, fax") == (("movie", "film"), ("x", "y"), ("e-mail", "fax"))
    assert read_pairs('"no, thanks";yes\na,"b ""c"""') == (("no, thanks", "yes"), ("a", 'b "c"'))
    with pytest.raises(ValueError, match="line 2 is 'alone'"):
        read_pairs("a, b\nalone")
    with pytest.raises(ValueError, match="line 1 is"):
        read_pairs(f'"{"x" * 200_000}", y')
    with pytest.raises(ValueError, match="1,001 pairs of words, the limit is 1,000"):
        read_pairs("\n".join(f"a{i}, b{i}" for i in range(1001)))
    with pytest.raises(ValueError, match="'b' stands in two pairs"):
        swaps([("a", "B"), ("b", "c")], name="own")
    with pytest.raises(ValueError, match="0 pairs"):
        swaps([], name="own")
    with pytest.raises(ValueError, match="may be empty"):
        swaps([("a", "")], name="own")


@pytest.mark.parametrize("seed", [0, 1])
def test_the_control_swaps_one_word_for_one_as_frequent(seed):
    texts = [f"w{i} " * (i + 1) for i in range(40)]
    control = equally_frequent(texts)
    for i in (0, 12, 39):
        changed = apply(control, f"w{i}", seed)
        assert changed != f"w{i}"
        assert abs(int(changed[1:]) - i) <= 5
    before = "w3 w9, w20!"
    after = apply(control, before, seed)
    assert len(after.split()) == 3
    assert sum(a != b for a, b in zip(before.split(), after.split(), strict=True)) == 1
    assert apply(control, "unknown words") is None
    drawn = {apply(control, "w20", s) for s in range(200)}
    assert drawn == {f"w{i}" for i in range(15, 26)} - {"w20"}
    with pytest.raises(ValueError, match="1 different words"):
        equally_frequent(["a", "a"])


@pytest.mark.parametrize("name", PROBES)
def test_odd_texts_are_changed_or_left_out(name):
    for text in ODD:
        changed = apply(probe_named(name), text)
        assert changed is None or changed != text


def test_an_unknown_probe_is_told():
    with pytest.raises(ValueError, match=r"'rhymes': choose one of negation put in"):
        probe_named("rhymes")
