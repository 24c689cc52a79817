"""Every page before axe-core: nothing against WCAG 2.1 A and AA, in Streamlit's widgets neither."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.support.addresses import VISITS
from tests.support.browser import settle

pytestmark = pytest.mark.browser
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]


def violations(page) -> list[tuple[str, str]]:
    """Rule and markup of each."""
    found = Axe().run(page, options={"runOnly": RULES}).response
    assert len(found["passes"]) > 10
    return [(each["id"], node["html"][:300]) for each in found["violations"] for node in each["nodes"]]


@pytest.mark.parametrize("visit", VISITS, ids=lambda visit: visit.name)
def test_axe_finds_no_violation(tab, address, visit):
    page = tab
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{address}/{visit.address}")
    settle(page, visit.drawn)
    assert violations(page) == []
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 390, "height": 900})
    page.wait_for_function("getComputedStyle(document.querySelector('.stApp')).backgroundColor === 'rgb(20, 24, 31)'")
    settle(page, visit.drawn)
    assert violations(page) == []
