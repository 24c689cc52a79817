"""The finding on the report's page: what the model leans on comes first, with its proof; else the page says why not."""

from dataclasses import replace

import pytest

from concepts.report.verdict import CounterProof, PastedPicture, Suspect, verdict_of
from tests.support.made_up_report import made_up_report, renamed
from tests.support.screen import open_page, shown, without_demo

pytestmark = pytest.mark.slow

PAIR = PastedPicture("thumbnails/000000.jpg", "thumbnails/000001.jpg", "stone<b>", "mushroom")
PROOF = CounterProof("pixels", 120, 2.0, 0.2, 1.5, 2.1, 10.0, 31, 0, (PAIR,))
SUSPECT = Suspect(
    (2, 4), 1, 0.9, 16, 0.4, 0.21, 1.5, 1.1, 1.9, 0.12, 0.05, 0.2, 0.0, 0.0, 0.0, (PROOF,), tuple(range(16))
)


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    without_demo(monkeypatch, tmp_path)
    return tmp_path


def page_with(workspace, *suspects: Suspect, n_others: int = 120) -> str:
    verdict = verdict_of(suspects, n_strategies=3, others=n_others) if suspects else None
    renamed(made_up_report(n=40), verdict=verdict).save(workspace / "reports" / "one")
    return "".join(shown(open_page("report", id="one", tab=tab)) for tab in ("overview", "method"))


def test_what_is_leaned_on_comes_first_with_three_numbers_and_its_proof(workspace):
    page = page_with(workspace, SUSPECT)
    first, *_ = page.split("Point at a photo")
    for said in (
        "The model leans on something added: Concept 3 and Concept 5, in 40% of the photos.",
        "leans on it",
        "1.5 logits",
        "12 points of probability",
        "cut out and pasted on 120 photos of other classes",
        "31 become “mushroom”",
        "stone&lt;b&gt; → mushroom",
    ):
        assert said in first
    assert "concept=2&amp;has=2" in page
    assert "<b>" not in first.split("stone")[1][:20]


@pytest.mark.parametrize(
    ("suspects", "n_others", "said"),
    [
        ((), 0, "not tested"),
        ((replace(SUSPECT, evidence=0.01),), 120, "too little to lean on"),
        ((replace(SUSPECT, stand_in=5),), 120, "The other photos show Concept 6 in its place"),
        ((replace(SUSPECT, counterproof=()),), 0, "There are no photos of other classes to prove it on"),
    ],
)
def test_otherwise_the_page_says_why_not(workspace, suspects, n_others, said):
    page = page_with(workspace, *suspects, n_others=n_others)
    assert said in page
    assert "The model leans on something added" not in page
    assert "leans on it" not in page
