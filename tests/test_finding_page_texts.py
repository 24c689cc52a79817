"""The finding of a report on texts on its page and in the gallery: words by their name, and what a person says."""

import html
import re
import shutil
from dataclasses import replace

import pytest

from concepts.annotations import JUDGEMENTS
from concepts.report import ClassReport, ReportCard
from concepts.report.card import CARD
from concepts.report.stored import FILE
from concepts.report.verdict import CounterProof, PastedText, PhraseUse, Suspect, verdict_of
from concepts.storage.typed_json import write_typed
from tests.support.places import ROOT
from tests.support.screen import open_page, said, shown, without_demo

pytestmark = pytest.mark.slow

PART, SHOULD_NOT = JUDGEMENTS
PUT = PastedText("On Monday, as they say, it rained.", 11, 22, "festival", "rain")
PROOF = CounterProof(
    "words", 120, 2.0, 0.2, 1.5, 2.1, 10.0, 31, 2, (), (PUT,), ("as they say", "as they <say>"),
    PhraseUse(90, 200, 7, 800, ("cat",)),
)  # fmt: skip
SUSPECT = Suspect(
    (1,), 0, 0.9, 80, 0.4, 0.21, 1.5, 1.1, 1.9, 0.12, 0.05, 0.2, 0.0, 0.0, 0.0, (PROOF,), tuple(range(80))
)


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    without_demo(monkeypatch, tmp_path)
    folder = tmp_path / "reports" / "one"
    shutil.copytree(ROOT / "assets" / "demo" / "reports" / "village-rain", folder)
    data = replace(ClassReport.load(folder).data, verdict=verdict_of((SUSPECT,), n_strategies=2, others=120))
    write_typed(folder / FILE, data)
    write_typed(folder / CARD, ReportCard.of(data))
    return tmp_path


def read(page: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", page))


def judge(app, flag: str):
    app.button(key=f"judge_{flag.split()[0]}").click().run()
    assert not app.exception
    return app


@pytest.mark.usefixtures("workspace")
def test_the_finding_names_the_words_and_leaves_them_to_a_person():
    app = open_page("report", id="one", tab="overview")
    page = read(shown(app))
    assert "Does the model lean on single words?" in said(app)
    for sentence in (
        "The model leans on “as they say” or “as they <say>” (Concept 2): 90 of 200 texts hold these words.",
        "Whether these words belong to “rain”, no figure tells: say so below (“Part of the thing” or",
        "7 of 800 texts of other classes hold these words; in “rain” “cat” comes with them most.",
    ):
        assert page.count(sentence) == 1
    assert "▲ leans on “as they say”" in page
    assert "added" not in page
    method = open_page("report", id="one", tab="method")
    assert "Concepts that may be single words, with intervals" in [each.label for each in method.expander]
    assert "something added" not in read(shown(method))


@pytest.mark.usefixtures("workspace")
def test_words_that_a_person_calls_part_of_the_thing_are_shown_so_wherever_the_verdict_is():
    app = judge(open_page("report", id="one"), PART)
    app.text_input(key="note_author").set_value("Ann")
    app.button(key="note_save").click().run()
    for address in ({"view": "report", "id": "one"}, {"view": "report", "id": "one", "tab": "concepts"}, {}):
        page = shown(open_page(**address))
        assert re.search(r"leans on “as they say”</span>.*?cx-flag\">part of the thing</span>", page, re.DOTALL)
    head = shown(judge(app, SHOULD_NOT)).split("cx-head-line")[1][:2000]
    assert "should not matter" in head
    assert "part of the thing" not in head
