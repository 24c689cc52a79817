"""Words that are typed: those that are known are answered, the others are told with what is near."""

import pytest

from concepts.demo.collection import ID, demo_collection
from concepts.lexicon.typed_words import TypedWords, by_lower_case
from pages.similarity.controls import _typed
from tests.support.asked_page import sent
from tests.support.screen import address_of, open_page, said, shown, without_demo

WORDS = ("cake", "Balloons", "tench, Tinca tinca", "CAKE")


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    found = tmp_path_factory.mktemp("workspace")
    demo_collection(found / "collections", found / "store", n=1)
    return found


@pytest.fixture(autouse=True)
def workspace(root, monkeypatch):
    without_demo(monkeypatch, root)


def test_known_words_are_found_whatever_their_case_and_the_others_told_with_what_is_near():
    found = TypedWords.of(["balloons", "zebra", " caké", "cake", "cakes", ""], by_lower_case(WORDS))
    assert found.known == ("Balloons", "cake")
    assert found.sentence == "Not in this lexicon: zebra, caké (near it: cake), cakes (near it: cake)."
    assert TypedWords.of(["cake"], by_lower_case(WORDS)).sentence == ""


def test_many_and_long_unknown_words_are_told_in_a_line():
    found = TypedWords.of([f"{i}" * 1_000 for i in range(9)], by_lower_case(WORDS))
    assert found.sentence.endswith("and 4 more.")
    assert len(found.sentence) < 400


@pytest.mark.parametrize(
    ("chosen", "most", "kept"),
    [(["cake", "Balloons"], 1, "Balloons"), (["cake", "zebra, Balloons"], 8, "cake|Balloons|zebra"),
     (["zebra"], 1, "zebra"),
     (["tench, Tinca tinca"], 1, "tench, Tinca tinca"), ([], 1, None)],
)  # fmt: skip
def test_the_address_holds_what_was_typed(chosen, most, kept):
    assert _typed(chosen, WORDS, most) == kept


def test_a_page_answers_the_words_it_knows():
    app = open_page("similarity", collection=ID, image=3, ask="words", words="meadow|zebra|caake")
    assert "Not in this lexicon: zebra" in said(app)
    assert "caake (near it: cake" in said(app)
    assert app.multiselect(key="choose_words").value == ["meadow"]
    assert "In all photos: meadow" in shown(app)
    app = open_page("words", collection=ID, image=3, words="zebra|cake")
    assert "Not in this lexicon: zebra" in said(app)
    assert "Photos that say “cake”" in shown(app)
    assert sent(app, "words_photo")["photos"][0]["map"] is not None


def test_a_new_word_is_made_of_the_parts_that_are_known():
    app = open_page("words", collection=ID, image=3)
    app.text_input(key="new_word").set_value("party")
    app.text_input(key="new_parts").set_value("Cake, zebra, birthday")
    app.button(key="add_word").click().run()
    assert address_of(app)["added"] in ("party=cake|birthday", ["party=cake|birthday"])
    assert "Not in this lexicon: zebra" in said(app)
    assert "Added: party." in shown(app)
