"""Over a thousand points, which WebGL draws: moved as a picture where drawing takes long; each can be opened."""

import re

import pytest

from pages.figures.graph import MANY
from tests.support.browser import another, listen
from tests.support.graph_places import CHART, PLACE, far_image, place_of
from tests.support.made_up_report import made_up_report
from tests.support.places import ROOT

pytestmark = pytest.mark.browser
SLOW = """
const read = WebGLRenderingContext.prototype.readPixels;
window.painted = 0;
WebGLRenderingContext.prototype.readPixels = function (...all) {
  window.painted += 1;
  for (const end = performance.now() + 40; performance.now() < end;);
  return read.apply(this, all);
};
"""
WAIT = re.search(r"RESTS = (\d+)", (ROOT / "assets/moving.js").read_text())[1]
BUSY = f"""
const later = window.setTimeout;
window.setTimeout = (what, wait, ...more) => later(what, wait === {WAIT} ? 4000 : wait, ...more);
"""  # a browser that comes late to what is to be drawn when the hand rests
WATCH = """([selector, [x, y]]) => {
  const chart = document.querySelector(selector);
  const place = () => {
    const { xaxis, yaxis } = chart._fullLayout; // others after each change of the layout
    return [xaxis._offset + xaxis.l2p(x), yaxis._offset + yaxis.l2p(y)];
  };
  const start = place();
  let painted = window.painted, last = start, before = start; // where it was when the picture was drawn
  window.watched = [];
  window.stopWatching?.();
  const look = () => {
    const now = place();
    if (painted !== window.painted) before = last; // the hand rested in between
    painted = window.painted;
    last = now;
    for (const canvas of chart.querySelectorAll(".gl-canvas")) {
      const moved = new DOMPoint(...before).matrixTransform(new DOMMatrix(canvas.style.transform));
      window.watched.push([moved.x - now[0], moved.y - now[1], now[0] - start[0], now[1] - start[1]]);
    }
  };
  chart.on("plotly_relayouting", look);
  window.stopWatching = () => chart.removeListener("plotly_relayouting", look);
}"""
RESTS = """selector => [...document.querySelectorAll(`${selector} .gl-canvas`)].every((one) => !one.style.transform)"""
COLOUR = """([selector, [x, y]]) => {
  const chart = document.querySelector(selector), box = chart.querySelector(".svg-container").getBoundingClientRect();
  const from = chart.querySelector(".gl-canvas-context"), to = document.createElement("canvas");
  if (!from) return [0, 0, 0, 0];
  to.width = from.width; to.height = from.height;
  const brush = to.getContext("2d"), ratio = from.width / from.clientWidth;
  brush.drawImage(from, 0, 0);
  return [...brush.getImageData(Math.round((x - box.left) * ratio), Math.round((y - box.top) * ratio), 1, 1).data];
}"""


@pytest.fixture(scope="module")
def many():
    return made_up_report(n=MANY + 1, grid=False)


@pytest.fixture(scope="module")
def address(many, house):
    return house.save(many, "many")


@pytest.fixture
def page(browser, address):
    found = browser.new_page(viewport={"width": 1280, "height": 1000})
    errors = listen(found)
    yield found
    found.close()
    assert errors == []


def drag(page, by: tuple[float, float]) -> None:
    """With the tool that moves the graph; without letting go."""
    page.locator('.st-key-cluster_graph [data-title="Pan"]').click()
    box = page.locator(CHART).bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + by[0], y + by[1], steps=8)


def wait_for_colour(page, image: int, colour: list[int]) -> None:
    """Until WebGL has drawn that colour where the photo's point now is."""
    place_of(page, image)
    page.wait_for_function(
        f"([chart, image, wanted]) => String(({COLOUR})([chart, ({PLACE})([chart, image])])) === String(wanted)",
        arg=[CHART, image, colour],
    )


def colour_at(page, place: tuple[float, float]) -> list[int]:
    """The colour of a point, once it is painted."""
    page.wait_for_function(f"place => ({COLOUR})(place)[3] > 200", arg=[CHART, place], timeout=60_000)
    return page.evaluate(COLOUR, [CHART, place])


def watched(page, at: list[float]) -> list[list[float]]:
    """What was seen since the last call: how far the moved picture of a place is off, how far the place has moved."""
    found = page.evaluate("window.watched")
    page.wait_for_function(RESTS, arg=CHART)
    page.evaluate(WATCH, [CHART, at])
    return found


def test_the_picture_follows_the_hand_and_is_drawn_anew_when_it_rests(page, address, many):
    page.add_init_script(SLOW)
    page.goto(address)
    image = far_image(many)
    place, at = place_of(page, image), many.array("embedding")[image].astype(float).tolist()
    colour = colour_at(page, place)
    page.evaluate(WATCH, [CHART, at])
    drag(page, (-60, 45))
    seen = watched(page, at)
    assert len(seen) >= 6
    assert max(abs(off) for pair in seen for off in pair[:2]) < 0.5
    assert seen[-1][2:] == pytest.approx([-60, 45], abs=1)
    wait_for_colour(page, image, colour)  # the button is still held
    page.mouse.up()
    watched(page, at)
    for _ in range(2):
        page.mouse.wheel(0, -100)
    page.wait_for_function("n => window.watched.length >= n", arg=2 * page.locator(f"{CHART} .gl-canvas").count())
    seen = watched(page, at)
    assert max(abs(off) for pair in seen for off in pair[:2]) < 0.5
    assert max(abs(by) for pair in seen for by in pair[2:]) > 5
    wait_for_colour(page, image, colour)


def test_hidden_points_go_and_come_back_where_many_changes_are_drawn_at_once(page, address, many):
    page.add_init_script(SLOW + BUSY)
    page.goto(address)
    image = far_image(many)
    colour = colour_at(page, place_of(page, image))
    entries = page.locator(f"{CHART} .legendtoggle")
    for wanted in ([0, 0, 0, 0], colour):
        for entry in range(entries.count() - 1):  # the rings stay
            entries.nth(entry).click()
            page.wait_for_timeout(500)  # two clicks in a row would mean another thing
        wait_for_colour(page, image, wanted)


def test_a_click_on_one_of_many_points_opens_its_photo(page, address, many):
    image = far_image(many)
    page.goto(address)
    page.mouse.move(*place_of(page, image), steps=4)
    page.locator("#concepts-pointer", has_text=many.data.images[image].name).wait_for(state="visible")
    page.mouse.click(*place_of(page, image))
    page.wait_for_function(f"location.search.includes('image={image}')")


def test_without_webgl_every_point_is_there(browser, address):
    with another(browser, "--disable-3d-apis") as poor:
        found = poor.new_page()
        errors = listen(found)
        found.goto(address)
        found.wait_for_function(
            "([chart, n]) => document.querySelectorAll(`${chart} .points path`).length >= n",
            arg=[CHART, MANY + 1], timeout=120_000,
        )  # fmt: skip
        assert found.get_by_text("WebGL is not supported").count() == 0
        assert errors == []
