"""A report on texts in a real browser: a text at the pointer, a box of texts, one of them opened, its words asked."""

import pytest

from tests.browser.test_axe import check_all
from tests.support.browser import listen, settle
from tests.support.graph_places import CHART, place_of
from tests.support.text_reports import text_report

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def texts(house) -> str:
    return house.save(text_report(), "texts")


def test_from_a_box_of_texts_to_the_words_of_one(tab, texts):
    page, errors, report = tab, listen(tab), text_report()
    page.set_viewport_size({"width": 1280, "height": 1000})
    page.goto(texts)
    settle(page, f"{CHART} .point")
    check_all(page)
    row = report.data.texts[0]
    page.mouse.move(*place_of(page, 0), steps=4)
    page.locator("#concepts-pointer", has_text=row.text[:40]).wait_for(state="visible")

    chart = page.locator(f"{CHART} .nsewdrag").first.bounding_box()
    page.mouse.move(chart["x"] + 4, chart["y"] + 40)
    page.mouse.down()
    page.mouse.move(chart["x"] + chart["width"] - 4, chart["y"] + chart["height"] - 4, steps=6)
    page.mouse.up()
    page.get_by_role("button", name="texts in your box").wait_for()
    page.get_by_role("tab", name="Texts").click()
    opened = page.locator(".st-key-photo_grid .cx-excerpt a").nth(1)
    settle(page, ".st-key-photo_grid .cx-excerpt a")
    check_all(page)
    begins = opened.locator("blockquote").inner_text()[:30]
    opened.click()
    page.locator(".cx-pair blockquote", has_text=begins).wait_for()
    i = next(i for i, each in enumerate(report.data.texts) if each.text.startswith(begins))
    strongest = report.names.concept(int(report.activity()[i].argmax()))  # one that is there, whichever the box tells
    page.get_by_role("combobox", name="Show where this concept is").click()
    page.get_by_role("option", name=strongest, exact=True).click()
    settle(page, ".st-key-which_words button")  # a button that is drawn anew under the pointer misses its click
    page.get_by_role("button", name="Which words?").click()
    page.get_by_text("The words in figures").wait_for(timeout=120_000)  # the model is asked word by word
    assert "without it the code" in (page.locator(".cx-pair mark").first.get_attribute("title") or "")
    assert errors == []


@pytest.mark.parametrize("tab_name", ["concepts", "whatif", "mistakes"])
def test_axe_finds_no_violation_on_a_phone_in_the_dark(tab, texts, tab_name):
    page = tab
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 390, "height": 900})
    page.goto(f"{texts}&tab={tab_name}&image=1")
    settle(page, ".cx-head-line")
    check_all(page)
    page.emulate_media(color_scheme="light")
