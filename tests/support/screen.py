"""A page run by Streamlit's own test harness, and what it shows."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages.state import server_settings
from tests.support.places import ROOT

LONGEST = 300.0  # seconds of one run of a page; some make a report meanwhile


def without_demo(monkeypatch: pytest.MonkeyPatch, workspace: Path) -> None:
    """Makes pages show that workspace and nothing else."""
    monkeypatch.setenv("CONCEPTS_WORKSPACE", str(workspace))
    monkeypatch.setattr(server_settings, "DEMO", workspace / "no demo")


def script_of(function: Callable[[], None]) -> AppTest:
    """A function as a page of its own, not run yet; as much time as a loaded machine needs."""
    return AppTest.from_function(function, default_timeout=LONGEST)


def app() -> AppTest:
    """The app, not run yet."""
    return AppTest.from_file(str(ROOT / "app.py"), default_timeout=LONGEST)


def open_page(view: str = "gallery", **params: object) -> AppTest:
    """A page at an address; its parameter `class` is the argument target."""
    page = app()
    if view != "gallery":
        page.switch_page(f"pages/views/{view}.py")
    for key, value in params.items():
        page.query_params[{"target": "class"}.get(key, key)] = str(value)
    page.run()
    assert not page.exception, page.exception
    return page


def shown(app: AppTest) -> str:
    """All HTML on the page except its style sheet, the explanations that its terms open, and where names may break."""
    bodies = [element.proto.body for element in app.get("html")]
    whole = "".join(body for body in bodies if "<style>" not in body and 'class="cx-explanation"' not in body)
    return whole.replace("<wbr>", "")


def said(app: AppTest) -> str:
    """Headings and messages, without Markdown's escape characters."""
    found = [element.value for kind in (app.header, app.warning, app.error) for element in kind]
    return " ".join(found).replace("\\", "")


def texts(app: AppTest) -> str:
    return " ".join(element.value for kind in (app.title, app.warning, app.error, app.markdown) for element in kind)


def charts(app: AppTest) -> list[dict]:
    return [json.loads(element.proto.spec) for element in app.get("plotly_chart")]


def address_of(app: AppTest) -> dict[str, str]:
    return {name: app.query_params[name] for name in app.query_params}
