"""The page Photo map in a real browser: what is seen is counted anew, a region chooses, a click opens a photo, or an
example on the map of places."""

import re

import pytest

from concepts.demo.collection import ID
from tests.support.browser import listen, settle

pytestmark = pytest.mark.browser
CHART = ".st-key-photo_map .js-plotly-plot .main-svg"
LONG, LAID_OUT = 60_000, 240_000  # milliseconds: a busy machine, which lays out thousands of places


@pytest.fixture(scope="module")
def page(browser, address):
    """One page for all that is done on it, one after the other."""
    found = browser.new_page(viewport={"width": 1440, "height": 1100})
    errors = listen(found)
    found.goto(f"{address}/photos?collection={ID}")
    settle(found, CHART)
    yield found
    found.close()
    assert errors == []


def param(page, name: str) -> str | None:
    return page.evaluate("name => new URLSearchParams(location.search).get(name)", name)


def wait_for(page, name: str, other_than: str | None) -> str:
    """The value of a parameter of the address once it is another."""
    asked = "([name, old]) => new URLSearchParams(location.search).get(name) !== old"
    page.wait_for_function(asked, arg=[name, other_than], timeout=LONG)
    settle(page, CHART)
    return param(page, name)


def wait_until_gone(page, name: str) -> None:
    """Waits until the address has no such parameter, which may be so already."""
    page.wait_for_function("name => !new URLSearchParams(location.search).has(name)", arg=name, timeout=LONG)
    settle(page, CHART)


def places(page) -> list[list[float]]:
    """Where the photos' points are on the screen."""
    return page.evaluate(
        """() => {
          const chart = document.querySelector('.st-key-photo_map .js-plotly-plot');
          const { xaxis, yaxis } = chart._fullLayout, box = chart.getBoundingClientRect();
          const points = chart._fullData.find((trace) => trace.customdata && trace.type === 'scatter');
          return Array.from(points.x, (x, i) => [
            box.left + xaxis._offset + xaxis.l2p(x), box.top + yaxis._offset + yaxis.l2p(points.y[i])]);
        }"""
    )


def test_a_region_chooses_photos(page):
    page.locator(CHART).first.scroll_into_view_if_needed()
    x, y = places(page)[0]
    page.mouse.move(x - 12, y - 12)
    page.mouse.down()
    for across, down in ((12, -12), (12, 12), (-12, 12), (-12, -12)):
        page.mouse.move(x + across, y + down, steps=4)
    page.mouse.up()
    assert len(wait_for(page, "area", None).split("_")) >= 6
    page.get_by_role("heading", name="1 photo chosen").wait_for(timeout=LONG)
    page.get_by_role("button", name="Forget the region").click()
    wait_until_gone(page, "area")
    page.get_by_role("heading", name="All ").wait_for(timeout=LONG)


def test_a_click_opens_a_photo(page):
    x, y = places(page)[1]
    page.mouse.move(x - 3, y - 3)
    page.mouse.move(x, y, steps=3)
    page.wait_for_timeout(300)
    page.mouse.click(x, y)
    assert int(wait_for(page, "image", None)) >= 0
    page.get_by_role("link", name="Ask with a place of this photo").wait_for(timeout=LONG)


def test_what_is_seen_follows_the_wheel(page):
    x, y = places(page)[0]
    page.mouse.move(x, y)
    for _ in range(3):
        page.mouse.wheel(0, -200)
        page.wait_for_timeout(60)
    sides = [float(side) for side in wait_for(page, "part", None).split("_")]
    assert sides[0] < sides[2]
    assert sides[1] < sides[3]
    page.get_by_role("button", name="The whole map").click()
    wait_until_gone(page, "part")


def test_an_example_on_the_map_of_places_opens_its_place(page):
    page.get_by_role("radio", name="places of photos").click()
    page.get_by_role("heading", name=re.compile(r"^All [\d,]+ places of \d+ photos$")).wait_for(timeout=LAID_OUT)
    settle(page, CHART)
    page.locator(CHART).first.scroll_into_view_if_needed()
    x, y = places(page)[0]
    page.mouse.move(x - 3, y - 3)
    page.mouse.move(x, y, steps=3)
    page.wait_for_timeout(300)
    page.mouse.click(x, y)
    place = int(wait_for(page, "place", None))
    page.get_by_alt_text(re.compile(rf"^photo .*, row {place // 24 + 1}, column {place % 24 + 1}$")).wait_for(
        timeout=LONG
    )
    page.get_by_role("link", name="Ask with this place").click()
    page.wait_for_url("**/similarity?**", timeout=LONG)
    assert param(page, "places") == str(place)
