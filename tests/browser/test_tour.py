"""The tour in a real browser: keys turn its pages, a projector sees one figure, a later visit begins anew."""

import pytest

from tests.support.browser import listen, settle

pytestmark = pytest.mark.browser


def at(page, step: int) -> None:
    page.get_by_text(f"Step {step} of", exact=False).wait_for(timeout=20_000)


def test_keys_turn_the_pages_and_a_later_visit_begins_anew(browser, address):
    visitor = browser.new_context(viewport={"width": 1024, "height": 768})
    page = visitor.new_page()
    errors = listen(page)
    page.goto(f"{address}/tour?step=5")
    at(page, 5)
    page.wait_for_function("() => Boolean(window.conceptsKeysOff)")  # the keys are listened to
    for key, step in (("ArrowRight", 6), ("PageDown", 7), ("ArrowLeft", 6), ("PageUp", 5), ("PageDown", 6)):
        page.keyboard.press(key)
        at(page, step)
        assert f"step={step}" in page.url
    page.get_by_role("button", name="Present").click()
    page.locator(".cx-headline").wait_for()
    assert not page.locator('[data-testid="stHeader"]').is_visible()
    settle(page, ".js-plotly-plot")  # on a busy machine parts of the step before stand below for a while
    question = page.locator(".cx-question").bounding_box()
    assert question["y"] + question["height"] <= 768
    page.keyboard.press("ArrowRight")
    at(page, 7)
    page.keyboard.press("Escape")
    page.locator('[data-testid="stHeader"]').wait_for()
    assert "present" not in page.url
    page.locator(".cx-headline").wait_for(state="detached")
    page.close()
    again = visitor.new_page()
    again.goto(f"{address}/tour")
    at(again, 1)
    again.wait_for_function("() => Boolean(window.conceptsKeysOff)")
    settle(again, ".cx-scene img")
    at(again, 1)
    assert errors == []
    visitor.close()


def test_a_figure_s_name_leads_to_its_entry_by_keyboard(tab, address):
    page = tab
    page.goto(f"{address}/report?id=shapes-boat")
    link = page.locator(".cx-facts .cx-term").first
    link.focus(timeout=60_000)
    page.keyboard.press("Enter")
    page.locator(".cx-explanation:popover-open a").focus()
    page.keyboard.press("Enter")
    page.locator(".cx-entry.cx-chosen").wait_for(timeout=60_000)
    assert "/glossary?term=" in page.url
