"""The bar: every page has a place in it, and the section of the shown page is marked."""

import ast
import re

import pytest

from tests.support.places import ROOT
from tests.support.screen import open_page, without_demo


def sections() -> dict[str, tuple]:
    """`SECTIONS` of app.py, which only a server runs."""
    tree = ast.parse((ROOT / "app.py").read_text(encoding="utf-8"))
    found = next(node for node in tree.body if isinstance(node, ast.Assign) and node.targets[0].id == "SECTIONS")
    return ast.literal_eval(found.value)


def test_every_page_has_one_place():
    names = [page for pages in sections().values() for page, _, _ in pages]
    assert sorted(names) == sorted(file.stem for file in (ROOT / "pages/views").glob("*.py"))
    assert list(sections())[1:] == ["Reports", "Explore", "Methods", "Learn", "Server"]
    assert [page for page, _, _ in sections()[""]] == ["analysis"]


@pytest.mark.parametrize(("view", "section"), [("gallery", "Reports"), ("analysis", ""), ("glossary", "Learn")])
def test_the_section_of_the_shown_page_is_marked(tmp_path, monkeypatch, view, section):
    without_demo(monkeypatch, tmp_path)
    styles = "".join(element.proto.body for element in open_page(view).get("html"))
    assert re.findall(r"nth-child\((\d+)\) button", styles) == [str(list(sections()).index(section) + 1)]
