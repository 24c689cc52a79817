"""The page Language in a real browser: all is drawn, by keyboard."""

import pytest

from tests.support.browser import listen

pytestmark = pytest.mark.browser


def opened(page, address: str, query: str = "?id=first&part=together") -> list[str]:
    """Opens the page; its errors from now on."""
    errors = listen(page)
    page.goto(f"{address}/language{query}")
    page.wait_for_selector(".st-key-together .js-plotly-plot image", timeout=60_000)
    return errors


def test_all_is_drawn(tab, address):
    page, errors = tab, opened(tab, address)
    assert page.locator(".st-key-together .js-plotly-plot image").count() == 8
    for part, title, drawn in (
        ("How often", "How often each", ".main-svg"),
        ("How ordered", "How much order", ".cx-table"),
    ):
        page.get_by_role("radio", name=part).click()
        page.get_by_role("heading", name=title).wait_for(timeout=60_000)
        page.locator(drawn).first.wait_for()
    assert errors == []


def test_a_concept_is_chosen_by_keyboard(tab, address):
    page, errors = tab, opened(tab, address, "?id=first&concept=0")
    page.get_by_role("combobox", name="Concept").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_function("/concept=[1-7]/.test(location.search)")
    chosen = page.evaluate("new URLSearchParams(location.search).get('concept')")
    page.get_by_role("heading", name=f"Concept {int(chosen) + 1} in the report").wait_for()
    page.reload()
    page.get_by_role("heading", name=f"Concept {int(chosen) + 1} in the report").wait_for()
    assert errors == []


def test_a_partner_is_a_link_to_its_own_company(tab, address):
    page, errors = tab, opened(tab, address)
    partner = page.locator("a.cx-link[href^='language?']").first
    name = partner.inner_text()
    partner.focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name=f"{name} in the report").wait_for()
    assert errors == []
