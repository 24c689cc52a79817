"""The tour on a projector of 1280 × 720: large pictures and letters, nothing cut off; each step from its top."""

import pytest

from tests.support.browser import settle

pytestmark = pytest.mark.browser
WIDE, HIGH, LETTERS = 1280, 720, 24
SMALL = """(least) => [...document.querySelectorAll(
  '.st-key-present .cx-headline, .cx-said-large, .cx-question, .cx-scene :is(figcaption, blockquote), '
  + '.cx-answers :is(th, td), .st-key-projected svg text')]
  .filter((each) => each.textContent && parseFloat(getComputedStyle(each).fontSize) < least)
  .map((each) => each.textContent)"""
CUT_OFF = """() => [...document.querySelectorAll('.cx-headline, .cx-said-large, .cx-question, .cx-scene *')]
  .filter((each) => each.getBoundingClientRect().bottom > document.querySelector('.st-key-tour_bar')
    .getBoundingClientRect().top + 1 || each.getBoundingClientRect().right > innerWidth)
  .map((each) => each.className || each.tagName)"""


def test_pictures_fill_the_projector_and_everything_can_be_read(browser, address):
    page = browser.new_page(viewport={"width": WIDE, "height": HIGH})
    for step in (2, 4, 6, 8, 9, 11, 12):
        page.goto(f"{address}/tour?step={step}&present=1")
        settle(page, ".cx-scene :is(img, blockquote), .cx-answers, .js-plotly-plot .main-svg")
        assert page.evaluate(SMALL, LETTERS) == []
        assert page.evaluate(CUT_OFF) == []
        assert page.evaluate("document.querySelector('.stMain').scrollHeight") <= HIGH
        scene = page.locator(".cx-scene .cx-grid, .cx-answers, .st-key-projected").first.bounding_box()
        assert scene["height"] >= 0.55 * HIGH
    page.close()


def test_a_step_is_shown_from_its_top(browser, address):
    page = browser.new_page(viewport={"width": 390, "height": 600})
    page.goto(f"{address}/tour?step=1")
    settle(page, ".cx-scene img")
    for step in range(1, 4):
        page.locator(f".st-key-tour_next_{step} button").click()
        page.get_by_text(f"Step {step + 1} of").wait_for()
        settle(page, ".cx-scene img, .js-plotly-plot .main-svg")
        page.wait_for_function("!document.querySelector('[data-testid=stMain]').scrollTop")
    page.close()
