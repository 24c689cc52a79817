"""The glossary: every figure that a page names has an entry, and its page shows it."""

from urllib.parse import parse_qs, urlsplit

import pytest

from attribution.methods import IMPORTANCES
from concepts.evaluation.measures import MEASURES
from concepts.extraction.methods import EXTRACTIONS
from concepts.glossary import ENTRIES, entry_of, key_of_term, search_entries
from concepts.glossary.entries_file import read_entries
from concepts.report import ClassReport
from concepts.report.rendering.artefact_sentences import HEADER
from pages.components.terms import explained, term_href, with_terms
from pages.language.statistics import NAMES
from tests.support.asked_page import HOSTILE
from tests.support.made_up_report import made_up_report
from tests.support.places import ROOT
from tests.support.screen import open_page, said, shown

DEMO = ROOT / "assets" / "demo" / "reports" / "shapes-boat"
HEADERS = (
    "Prevalence", "Right", "Recognised", "95% interval", "Rests on", "Suspicion", "Control", "Stands for",
    "Places on the object", "Of the object", "Mostly on", "Times as often", "Beyond chance", "Strategy", "Concept",
    "right on", "recognised on", "concepts", "strategies", "does it lean on something added?",
    "does it lean on single words?",
    *HEADER,
)  # fmt: skip


def checks() -> list[str]:
    return [check.name for report in (ClassReport.load(DEMO), made_up_report(n=12)) for check in report.data.checks]


@pytest.mark.parametrize(
    "name", sorted({*checks(), *MEASURES, *IMPORTANCES, *EXTRACTIONS, *NAMES, *NAMES.values(), *HEADERS})
)
def test_every_figure_has_an_entry(name):
    entry = entry_of(name)
    assert entry is not None, name
    assert entry.words.endswith((".", "?", "!"))


def test_a_method_is_explained_in_its_own_words():
    for method in (*IMPORTANCES.values(), *EXTRACTIONS.values()):
        entry = entry_of(method.name)
        assert (entry.words, entry.formula, entry.source) == (method.sentence, method.formula, method.source)
        assert entry_of(method.label) is entry


def test_a_measure_is_explained_in_its_own_words():
    for measure in MEASURES.values():
        entry = entry_of(measure.name)
        assert entry.term == measure.term
        assert measure.sentence in (entry.words, "")


def test_no_key_means_two_entries():
    keys = [key_of_term(entry.term) for entry in ENTRIES]
    assert len(set(keys)) == len(keys)
    for entry in ENTRIES:
        assert {entry_of(name).term for name in (entry.term, *entry.also)} == {entry.term}
        assert all(entry_of(name) is not None and name != entry.term for name in entry.see), entry.term


ROOM = '[["Checks and measures"]]\n'
LIFT = f'{ROOM}term = "lift"\nwords = "More often."\n'
WRONG = {
    "no TOML": ("term = ", "entries.toml is no TOML"),
    "no list of entries": ('["Checks and measures"]', "entries.toml, 'Checks and measures': begin each entry"),
    "an unknown room": (LIFT.replace("Checks", "Cheques"), "entries.toml, 'Cheques and measures': begin each entry"),
    "no words": (f'{ROOM}term = "lift"', "entries.toml, 'lift': words: "),
    "empty words": (LIFT.replace("More often.", ""), "entries.toml, 'lift': words: .*not ''"),
    "no term": (f'{ROOM}words = "More."', "entries.toml, 'Checks and measures': term: "),
    "an unknown field": (f"{LIFT}see_also = []", "entries.toml, 'lift': see_also: there is no such field"),
    "a number": (f"{LIFT}source = 1989", "entries.toml, 'lift': source: .*not 1989"),
    "a text for a list": (f'{LIFT}see = "control"', "entries.toml, 'lift': see: .*'control'"),
}


@pytest.mark.parametrize(("text", "message"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_entry_is_one_line_with_its_name(text, message):
    with pytest.raises(ValueError, match=f"^{message}") as error:
        read_entries(text, source="entries.toml")
    assert "\n" not in str(error.value)


def test_an_entry_is_read_as_it_is_written():
    lift, other = read_entries(f'{LIFT}see = ["control"]\n{LIFT.replace("lift", "b")}', source="entries.toml")
    assert (lift.term, lift.words, lift.see, lift.room) == ("lift", "More often.", ("control",), "Checks and measures")
    assert (other.term, other.formula, other.see) == ("b", "", ())


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.term)
def test_an_address_brings_the_entry_back(entry):
    (key,) = parse_qs(urlsplit(term_href(entry.term)).query)["term"]
    assert entry_of(key) is entry
    assert "<script>" not in explained(entry.term)


def test_what_is_no_figure_is_text():
    assert explained(HOSTILE) == HOSTILE.replace("<", "&lt;").replace(">", "&gt;").replace('"', "&#34;")
    assert with_terms("no figure <b>", "suspicion") == "no figure &lt;b&gt;"


def test_a_figure_in_a_sentence_is_a_button_once_and_whole_words_only():
    text = with_terms("Conceptual <i>: a concept and a concept.", "concept", "i")
    assert text.count("<button ") == 1
    assert text.startswith("Conceptual &lt;i&gt;: a <button ")


def test_names_come_before_mentions():
    found = [entry.term for entry in search_entries("concept")]
    assert found[0] == "concept"
    assert len(found) > 1
    assert search_entries("no such word at all") == []
    assert len(search_entries("")) == len(ENTRIES)


def test_the_page_shows_the_term_of_its_address_first():
    page = shown(open_page("glossary", term="relative-l2"))
    assert page.index("cx-chosen") < page.index("cx-entries")
    assert "‖A − UV‖_F / ‖A‖_F" in page
    assert page.count('id="relative-l2"') == 1


@pytest.mark.parametrize("term", [HOSTILE, "", "x" * 100_000, "😀", "\u202eabc"])
def test_a_strange_term_is_answered(term):
    app = open_page("glossary", term=term)
    assert "<script>" not in shown(app)
    assert len("".join(element.value for element in app.info)) < 300
    assert said(app) == ""


def test_searching_leaves_what_fits():
    app = open_page("glossary")
    app.text_input(key="find").set_value("bits").run()
    page = shown(app)
    assert 'id="entropy"' in page
    assert 'id="shapley"' not in page
    app.text_input(key="find").set_value("zzzz").run()
    assert "None of the" in shown(app)
