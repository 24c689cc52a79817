"""The map of places in a real browser: examples over the tiles, one of which a click opens with its place lit."""

import pytest

from concepts.demo.collection import ID
from tests.support.browser import listen, settle

pytestmark = pytest.mark.browser
CHART = ".st-key-photo_map .js-plotly-plot .main-svg"
LONG = 240_000  # milliseconds: a busy machine lays out 172,800 places


def test_an_example_is_opened_with_its_place(browser, address):
    page = browser.new_page(viewport={"width": 1440, "height": 1300})
    page.set_default_timeout(LONG)
    errors = listen(page)
    page.goto(f"{address}/photos?collection={ID}")
    settle(page, CHART)
    page.get_by_role("radio", name="places of photos").click()
    page.get_by_role("heading", name="All 172,800 places of 300 photos").wait_for(timeout=LONG)
    settle(page, CHART)
    page.get_by_role("link", name="row").first.click()
    page.wait_for_function("() => new URLSearchParams(location.search).has('place')")
    page.get_by_role("link", name="Ask with this place").wait_for(timeout=LONG)
    page.get_by_role("link", name="Ask with this place").click()
    page.get_by_text("Ask with", exact=True).wait_for(timeout=LONG)
    assert "places=" in page.url
    page.close()
    assert errors == []
