"""The atlas in a browser: a pointer meets crops, a click opens a concept, a lasso chooses some, the wheel zooms."""

import re

import pytest

from concepts.report import ClassReport
from concepts.storage.app_folder import DEMO
from pages.atlas.plane import PLANE
from tests.support.axe import violations
from tests.support.browser import listen, settle

pytestmark = pytest.mark.browser
CHART = f".st-key-{PLANE} .js-plotly-plot"
PLACES = """selector => {
  const chart = document.querySelector(selector), box = chart.querySelector(".svg-container").getBoundingClientRect();
  const { xaxis, yaxis } = chart._fullLayout;
  return chart._fullData.filter((trace) => trace.customdata).flatMap((trace) => [...trace.x].map((x, i) => [
    box.left + xaxis._offset + xaxis.l2p(x), box.top + yaxis._offset + yaxis.l2p(trace.y[i]), trace.name,
  ]));
}"""
COLOURED = """selector => {
  const canvas = document.querySelector(selector + " .cx-crops");
  if (!canvas?.width) return 0;
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let n = 0;
  for (let i = 3; i < data.length; i += 4) n += data[i] > 0;
  return n;
}"""


@pytest.fixture(scope="module")
def atlas(tab, house):
    """The atlas of the demo, once its crops are drawn."""
    errors = listen(tab)
    tab.goto(f"{house.address}/atlas?report=shapes-boat")
    settle(tab, f"{CHART} .cx-crops")
    tab.wait_for_function(f"selector => ({COLOURED})(selector) > 20000", arg=CHART)
    yield tab
    assert errors == []


def places(page) -> list[tuple[float, float, str]]:
    """Each concept's place on the screen and its class."""
    return [tuple(each) for each in page.evaluate(PLACES, CHART)]


def pointed_at(page, x: float, y: float, label: str) -> str:
    page.mouse.move(x - 30, y - 30)
    page.mouse.move(x, y, steps=4)
    card = page.locator("#concepts-atlas-card", has_text=f"of {label}")  # on its way the pointer may meet others
    card.wait_for(state="visible")
    return card.inner_text()


def test_the_pointer_meets_six_crops_and_a_click_opens_the_concept(atlas):
    x, y, label = next(each for each in places(atlas) if each[2] == "sunflower")
    said = pointed_at(atlas, x, y, label)
    assert re.search(rf"Concept \d+ of {label}", said)
    assert "of the evidence" in said
    assert atlas.locator("#concepts-atlas-card i").count() == 6
    atlas.mouse.click(x, y)
    atlas.wait_for_url(re.compile(r"report=shapes-sunflower&concept=\d"))
    atlas.locator(".cx-atlas-card h2", has_text=label).wait_for()
    settle(atlas, ".cx-atlas-card img")
    assert violations(atlas) == []


def test_the_wheel_zooms_and_crops_follow(atlas):
    before, coloured = places(atlas), atlas.evaluate(COLOURED, CHART)
    x, y, _ = before[0]
    atlas.mouse.move(x, y)
    for _ in range(4):
        atlas.mouse.wheel(0, -200)
        atlas.wait_for_timeout(60)
    apart = f"([selector, far]) => {{ const p = ({PLACES})(selector); return Math.abs(p[9][0] - p[0][0]) > far; }}"
    atlas.wait_for_function(apart, arg=[CHART, 1.2 * abs(before[9][0] - before[0][0])])
    atlas.wait_for_function(f"([selector, n]) => ({COLOURED})(selector) !== n", arg=[CHART, coloured])
    atlas.locator(f"{CHART} [data-attr='zoom'][data-val='reset']").click()


def test_a_lasso_chooses_what_it_encloses(atlas):
    atlas.wait_for_timeout(300)
    box = atlas.locator(f"{CHART} .nsewdrag").first.bounding_box()
    left, top, right, bottom = box["x"] + 5, box["y"] + 5, box["x"] + box["width"] * 0.5, box["y"] + box["height"] - 5
    inside = [each for each in places(atlas) if left < each[0] < right and top < each[1] < bottom]
    atlas.mouse.move(left, top)
    atlas.mouse.down()
    for x, y in ((right, top), (right, bottom), (left, bottom), (left, top + 8)):
        atlas.mouse.move(x, y, steps=6)
    atlas.mouse.up()
    atlas.get_by_text(f"{len(inside)} concepts in your lasso").wait_for()
    assert "area=" in atlas.url
    atlas.get_by_role("button", name="Clear the lasso").click()
    atlas.wait_for_url(lambda url: "area=" not in url)


@pytest.mark.parametrize("id", ["shapes-birthday", "digits-1"])  # the longest of either network
def test_a_report_fits_on_eight_pages_of_paper(browser, tmp_path, id):
    file = ClassReport.load(DEMO / "reports" / id).to_html(tmp_path / f"{id}.html")
    page = browser.new_page()
    page.goto(file.as_uri())
    paper = page.pdf(format="A4")
    page.close()
    assert 2 <= len(re.findall(rb"/Type\s*/Page[^s]", paper)) <= 8
