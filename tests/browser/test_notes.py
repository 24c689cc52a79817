"""Names in two real browsers: who is second is told."""

import pytest

from tests.support.browser import listen
from tests.support.made_up_report import made_up_report

pytestmark = pytest.mark.browser


def test_two_browsers_name_one_concept_at_once(browser, house):
    from playwright.sync_api import expect

    address = house.save(made_up_report(n=8, seed=5), "named")
    pages = [browser.new_page(viewport={"width": 1280, "height": 1000}) for _ in range(2)]
    errors = [listen(page) for page in pages]
    for page, author in zip(pages, ("Ann", "Bob"), strict=True):
        page.goto(f"{address}&concept=0")
        page.locator(".st-key-name_concept_0 button").click()
        window = page.get_by_role("dialog")
        if author == "Ann":  # what cannot be kept is told in the window, which stays
            window.get_by_role("button", name="Save").click()
            window.get_by_text("say who you are").wait_for()
        window.get_by_label("Who are you?").fill(author)
        window.get_by_label("Name", exact=True).fill(f"{author}'s <b>name</b>")
    for page in pages:
        page.get_by_role("dialog").get_by_role("button", name="Save").click()
    for page in pages:
        page.get_by_role("dialog").wait_for(state="detached")
    for page in pages:
        page.get_by_text("while you were writing").or_(page.get_by_text("Kept, with your name")).wait_for()
    told = [page.get_by_text("while you were writing").count() for page in pages]
    assert sorted(told) == [0, 1], "who was second is told, who was first is not"
    last = ("Ann", "Bob")[told.index(1)]
    for page in pages:
        page.locator(".st-key-name_concept_0 button").click()
        window = page.get_by_role("dialog")
        window.get_by_text("History: 2").wait_for()
        for author in ("Ann", "Bob"):
            window.get_by_text(f"{author}'s <b>name</b>").wait_for()
        assert window.get_by_label("Name", exact=True).input_value() == f"{last}'s <b>name</b>"
        page.keyboard.press("Escape")
    pages[told.index(0)].locator(".cx-crow a").nth(1).click()  # its next run shows the other's name
    chosen = pages[told.index(0)].locator(".cx-crow a").first
    expect(chosen).to_have_text(f"Concept 1 · {last}'s <b>name</b>", timeout=60_000)
    assert errors == [[], []]
    for page in pages:
        page.close()
