"""The page Language in a real browser: narrow and wide, light and dark, by keyboard."""

import pytest

from tests.support.browser import chromium, listen, need_chromium, server
from tests.support.made_up_report import made_up_report

pytestmark = pytest.mark.browser
LAST = "Part, object or scene"


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    need_chromium()
    workspace = tmp_path_factory.mktemp("workspace")
    made_up_report(n=24).save(workspace / "reports" / "first")
    with server(workspace) as found:
        yield found


@pytest.fixture(scope="module")
def browser(address):
    with chromium() as found:
        yield found


def opened(browser, address: str, query: str = "?id=first", **options):
    page = browser.new_page(**options)
    errors = listen(page)
    page.goto(f"{address}/language{query}")
    page.get_by_role("heading", name=LAST).wait_for(timeout=60_000)
    page.wait_for_selector(".st-key-together .js-plotly-plot image")
    return page, errors


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_all_is_drawn_and_fits_the_width(browser, address, width, scheme):
    page, errors = opened(browser, address, viewport={"width": width, "height": 1000}, color_scheme=scheme)
    assert page.locator(".js-plotly-plot").count() == 3
    assert page.locator(".st-key-together .js-plotly-plot image").count() == 8
    assert (
        page.evaluate("document.querySelector('.stMain').scrollWidth - document.querySelector('.stMain').clientWidth")
        <= 1
    )
    assert page.locator(".stMain img:not([alt]), .stMain img[alt='']").count() == 0
    assert page.get_by_text("Page not found").count() == 0
    assert errors == []
    page.close()


def test_a_concept_is_chosen_by_keyboard(browser, address):
    page, errors = opened(browser, address, "?id=first&concept=0")
    page.get_by_role("combobox", name="Concept").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_function("/concept=[1-7]/.test(location.search)")
    chosen = page.evaluate("new URLSearchParams(location.search).get('concept')")
    page.get_by_role("heading", name=f"Concept {chosen} in the report").wait_for()
    page.reload()
    page.get_by_role("heading", name=f"Concept {chosen} in the report").wait_for()
    assert errors == []
    page.close()


def test_a_partner_is_a_link_to_its_own_company(browser, address):
    page, errors = opened(browser, address)
    partner = page.locator("a.cx-link[href^='language?']").first
    name = partner.inner_text()
    partner.focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name=f"{name} in the report").wait_for()
    assert errors == []
    page.close()
