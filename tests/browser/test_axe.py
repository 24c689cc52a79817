"""Every page on a desk and on a phone, light and dark: axe-core finds nothing, all fits, nothing fails.

WCAG 2.1 A and AA, in Streamlit's widgets too.
"""

import pytest

from tests.support.addresses import VISITS
from tests.support.axe import violations
from tests.support.browser import listen, settle

pytestmark = pytest.mark.browser
WIDER = """() => Math.max(
  document.documentElement.scrollWidth - innerWidth,
  document.querySelector('.stMain').scrollWidth - document.querySelector('.stMain').clientWidth,
)"""


def check_all(page) -> None:
    assert violations(page) == []
    assert page.evaluate(WIDER) <= 1, "the page scrolls sideways"
    assert page.locator(".stMain img:not([alt]), .stMain img[alt='']").count() == 0
    assert page.get_by_text("Page not found").count() == 0


@pytest.mark.parametrize("visit", VISITS, ids=lambda visit: visit.name)
def test_axe_finds_no_violation_and_all_fits(tab, address, visit):
    page, errors = tab, listen(tab)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{address}/{visit.address}")
    settle(page, visit.drawn)
    check_all(page)
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 390, "height": 900})
    page.goto(f"{address}/{visit.address}")  # one that changes on the open page is `test_report`'s
    page.wait_for_function("getComputedStyle(document.querySelector('.stApp')).backgroundColor === 'rgb(20, 24, 31)'")
    settle(page, visit.drawn)
    check_all(page)
    assert errors == []
