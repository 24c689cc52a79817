"""Every page before axe-core: nothing against WCAG 2.1 A and AA, in Streamlit's widgets neither."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from concepts.demo.collection import demo_collection
from tests.support.addresses import VISITS
from tests.support.browser import chromium, need_chromium, server, settle

pytestmark = pytest.mark.browser
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    need_chromium()
    workspace = tmp_path_factory.mktemp("workspace")
    demo_collection(workspace / "collections", workspace / "store", n=1)
    with server(workspace) as found:
        yield found


@pytest.fixture(scope="module")
def browser(address):
    with chromium() as found:
        yield found


def violations(page) -> list[tuple[str, str]]:
    """Rule and markup of each."""
    found = Axe().run(page, options={"runOnly": RULES}).response
    assert len(found["passes"]) > 10
    return [(each["id"], node["html"][:300]) for each in found["violations"] for node in each["nodes"]]


@pytest.mark.parametrize("visit", VISITS, ids=lambda visit: visit.name)
def test_axe_finds_no_violation(browser, address, visit):
    page = browser.new_page(viewport={"width": 1280, "height": 900}, color_scheme="light")
    page.goto(f"{address}/{visit.address}")
    settle(page, visit.drawn)
    assert violations(page) == []
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 390, "height": 900})
    page.wait_for_function("getComputedStyle(document.querySelector('.stApp')).backgroundColor === 'rgb(20, 24, 31)'")
    settle(page, visit.drawn)
    assert violations(page) == []
    page.close()
