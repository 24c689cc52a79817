"""Drawings of the top concepts after a job: made in the background, never twice, never instead of the report."""

import pytest

from concepts.engine import drawings
from concepts.engine.drawings import draw_top_concepts, n_drawings
from concepts.report.class_report import ClassReport
from tests.support.tiny import make_tiny

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return make_tiny(tmp_path_factory.mktemp("made"), "red", n=12)


@pytest.fixture
def drawn(monkeypatch):
    """The concepts that were drawn, in order; the drawing itself is tests/test_visualisation.py's."""
    found = []
    monkeypatch.setattr(drawings, "load_split", lambda request, layer: object())
    monkeypatch.setattr(drawings, "draw_concept", lambda report, split, concept, *, store: found.append(concept))
    return found


def test_the_most_important_living_concepts_are_drawn_until_they_are_no_longer_wanted(made, drawn):
    report = ClassReport.load(made / "reports" / "red")
    alive = [row.index for row in report.data.concepts if not row.dead]
    asked = (report, report.data.request, made / "store")
    assert draw_top_concepts(*asked, n=2, unwanted=lambda: False) == 2
    assert drawn == alive[:2]
    assert draw_top_concepts(*asked, n=3, unwanted=lambda: len(drawn) >= 3) == 1
    assert draw_top_concepts(*asked, n=0, unwanted=lambda: False) == 0


def test_a_model_that_cannot_be_opened_again_draws_nothing(made, monkeypatch):
    def gone(request, layer):
        raise ValueError("no such file")

    monkeypatch.setattr(drawings, "load_split", gone)
    report = ClassReport.load(made / "reports" / "red")
    assert draw_top_concepts(report, report.data.request, made / "store", n=2, unwanted=lambda: False) == 0


@pytest.mark.parametrize(("given", "n"), [("", 3), ("0", 0), ("12", 12), ("-1", 3), ("many", 3)])
def test_the_operator_says_how_many(given, n, monkeypatch):
    monkeypatch.setenv("CONCEPTS_DRAWINGS", given)
    assert n_drawings() == n
