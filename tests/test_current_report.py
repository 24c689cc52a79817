"""The report chosen last is the one that other pages open with; an address that names another comes first."""

from dataclasses import dataclass

import pytest
from streamlit.testing.v1 import AppTest

from concepts.lexicon.token_statistics.description import describe_language
from pages.compare import methods
from pages.similarity import controls
from pages.state import current, languages
from pages.state.reports import cards
from tests.support.made_up_report import made_up_report
from tests.support.screen import open_page, without_demo


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """Three reports."""
    root = tmp_path_factory.mktemp("three")
    for i, name in enumerate(("first", "second", "last")):
        made_up_report(n=8, label=name, n_strategies=1, seed=i).save(root / "reports" / name)
    return root


@pytest.fixture(autouse=True)
def workspace(saved, monkeypatch):
    without_demo(monkeypatch, saved)
    few = lambda *arguments, **options: describe_language(*arguments, **(options | {"shuffles": 2}))  # noqa: E731
    monkeypatch.setattr(languages, "describe_language", few)


def turn_to(app: AppTest, view: str) -> str:
    """To a page by the bar, without parameters; the report that it shows."""
    app.query_params.clear()
    app.switch_page(f"pages/views/{view}.py").run()
    assert not app.exception
    key = "first" if view == "compare" else "id"
    return app.query_params[key][0] if isinstance(app.query_params[key], list) else app.query_params[key]


def test_a_report_goes_along_and_a_choice_elsewhere_comes_back_with_it():
    app = open_page("report", id="second")
    assert turn_to(app, "language") == "second"
    app.selectbox(key="language_report").set_value("first").run()
    assert turn_to(app, "report") == "first"


def test_the_address_comes_first():
    app = open_page("report", id="second")
    app.query_params.clear()
    app.query_params["id"] = "first"
    app.run()
    assert app.query_params["id"] in ("first", ["first"])
    assert turn_to(app, "report") == "first"


def test_two_dictionaries_begin_with_it():
    app = open_page("report", id="second")
    app.query_params.clear()
    app.query_params["show"] = "dictionaries"
    app.switch_page("pages/views/compare.py").run()
    assert app.selectbox(key="first").value == "second"


def test_without_a_choice_the_newest_is_shown():
    newest = cards()[0].id
    assert turn_to(open_page(), "report") == newest
    app = open_page("report", id="second")
    app.session_state[current.KEPT] = "gone"
    assert turn_to(app, "report") == newest


@dataclass(frozen=True)
class Named:
    """A part with a name, as an evaluation, a collection or a card has it."""

    name: str = ""
    layer: str = ""
    label: str = ""


@dataclass(frozen=True)
class Asked:
    """A collection or an evaluation, as far as the choice of the first one reads it."""

    encoder: Named
    source: str = ""


@dataclass(frozen=True)
class Card:
    """A report's card, as far as the choice reads it."""

    model: str
    layer: str
    source: str = ""
    target: str = "cat"


@pytest.mark.parametrize(("source", "expected"), [("mine", "b"), ("photos", "c"), ("other", "b")])
def test_photos_to_explore_are_those_of_the_report(monkeypatch, source, expected):
    layer, other = Named("net", "layer4"), Named("net", "layer3")
    offered = {"a": Asked(other, source), "b": Asked(layer, "mine"), "c": Asked(layer, "photos")}
    monkeypatch.setattr(controls, "current_card", lambda: Card("net", "layer4", source))
    assert controls._of_current(offered) == expected
    monkeypatch.setattr(controls, "current_card", lambda: Card("net", "layer1", source))
    assert controls._of_current(offered) is None
    monkeypatch.setattr(controls, "current_card", lambda: None)
    assert controls._of_current(offered) is None


@dataclass(frozen=True)
class About:
    """What an evaluation is about."""

    model: Named
    target: Named


@dataclass(frozen=True)
class Measured:
    """An evaluation."""

    about: About


def test_methods_begin_with_an_evaluation_of_its_class(monkeypatch):
    dog, cat = (Measured(About(Named("net"), Named(label=label))) for label in ("dog", "cat"))
    monkeypatch.setattr(methods, "current_card", lambda: Card("net", "layer4"))
    assert methods._of_current([dog, cat]) is cat
    assert methods._of_current([dog]) is None
    monkeypatch.setattr(methods, "current_card", lambda: None)
    assert methods._of_current([dog, cat]) is None
