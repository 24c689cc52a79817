"""The whole way of a visitor in a real browser: to photos, to answers, to a link, to an analysis of one's own."""

import re

import pytest

from concepts.report.class_report import ClassReport
from tests.support.browser import A_JOB, listen, settle
from tests.support.graph_places import CHART
from tests.support.tiny import analyse_tiny

pytestmark = pytest.mark.browser
PIXELS = """([selector, x, y]) => {
  const chart = document.querySelector(selector), layout = chart._fullLayout, box = chart.getBoundingClientRect();
  const { xaxis, yaxis } = layout, inside = (value, most) => Math.max(2, Math.min(most - 2, value));
  return [box.left + xaxis._offset + inside(xaxis.l2p(x), xaxis._length),
          box.top + yaxis._offset + inside(yaxis.l2p(y), yaxis._length)];
}"""


@pytest.fixture(scope="module")
def workspace(house):
    analyse_tiny(house.workspace, "red")
    return house.workspace


@pytest.fixture
def visitor(browser):
    """Opens a page of a visitor who was never here; its errors are looked at in the end."""
    contexts, errors = [], []

    def arrive(address: str):
        contexts.append(browser.new_context(viewport={"width": 1280, "height": 1000}, accept_downloads=True))
        page = contexts[-1].new_page()
        page.set_default_timeout(60_000)
        errors.append(listen(page))
        page.goto(address)
        return page

    yield arrive
    for context in contexts:
        context.close()
    assert [error for found in errors for error in found] == []


def asked(page, name: str) -> str | None:
    """A parameter of the address."""
    return page.evaluate("name => new URLSearchParams(location.search).get(name)", name)


def wait_for_address(page, pattern: str) -> None:
    page.wait_for_function("pattern => new RegExp(pattern).test(location.search)", arg=pattern)


def draw_box(page, corners: list[tuple[float, float]]) -> None:
    """Plotly's box from one corner to the other, in the graph's own units, by mouse."""
    settle(page, f"{CHART} .point")
    page.locator(CHART).scroll_into_view_if_needed()
    page.locator(CHART).hover()
    page.locator('.st-key-cluster_graph [data-title="Box Select"]').click()
    start, end = (page.evaluate(PIXELS, [CHART, *corner]) for corner in corners)
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=8)
    page.mouse.up()
    wait_for_address(page, "area=")


def left_part(report: ClassReport) -> tuple[list[tuple[float, float]], int]:
    """Corners of a box around the photos left of the widest gap, and how many they are."""
    places = report.array("embedding").astype(float)
    xs = sorted(places[:, 0])
    n = max(range(1, len(xs)), key=lambda i: xs[i] - xs[i - 1])
    low, high = places[:, 1].min(), places[:, 1].max()
    return [(xs[0] - 1, low - 1), ((xs[n - 1] + xs[n]) / 2, high + 1)], n


def move_first_slider(page, keys: list[str]) -> None:
    page.get_by_role("tab", name="What if").click()
    page.locator(".cx-answer[aria-live]", has_text="The model says").wait_for()
    page.locator("[class*=st-key-dose_] input[type=range]").first.focus()
    for key in keys:
        page.keyboard.press(key)


def test_from_the_gallery_to_photos_to_answers_to_a_link(visitor, address, workspace):
    corners, n = left_part(ClassReport.load(workspace / "reports" / "red"))
    page = visitor(address)
    page.locator(".cx-card a[href*='id=red&']").first.click()
    page.wait_for_url("**/report?id=red*")
    draw_box(page, corners)
    page.get_by_role("heading", name=re.compile(rf"^The {n} chosen photos$")).wait_for()
    page.get_by_role("button", name="Show all").or_(page.get_by_role("tab", name="Photos")).first.click()
    page.get_by_role("button", name="Next", exact=True).click()
    wait_for_address(page, r"image=\d+")
    move_first_slider(page, ["Home"])
    wait_for_address(page, r"doses=\d+_0(&|$)")
    answer = page.locator(".cx-answer[aria-live]")
    page.locator(
        ".cx-answer[aria-live]", has_text="with your doses"
    ).wait_for()  # the bars may come before the sentence
    told, image, doses = answer.inner_text(), asked(page, "image"), asked(page, "doses")

    fresh = visitor(page.url)
    fresh.get_by_role("button", name=f"{n} photos in your box").wait_for()
    fresh.locator(".cx-answer[aria-live]", has_text=told).wait_for()
    assert (asked(fresh, "image"), asked(fresh, "doses")) == (image, doses)
    slider = fresh.locator(f".st-key-dose_{doses.split('_')[0]} input[type=range]")
    assert float(slider.input_value()) == 0


def test_the_download_opens_from_disk_without_a_network(visitor, address, workspace, browser, tmp_path):
    page = visitor(f"{address}/report?id=red")
    page.get_by_role("button", name="Share").click()
    with page.expect_download() as found:
        page.get_by_role("button", name="One page (HTML)").click()
    file = tmp_path / "report.html"
    found.value.save_as(file)
    context = browser.new_context()
    context.set_offline(True)
    alone, requests = context.new_page(), []
    alone.on("request", lambda request: requests.append(request.url))
    errors = listen(alone)
    alone.goto(file.as_uri())
    assert alone.get_by_role("heading", level=1).inner_text().startswith("red")
    assert alone.evaluate("[...document.images].filter((image) => !image.src.startsWith('data:')).length") == 0
    assert {url.split(":")[0] for url in requests} <= {"file", "data"}
    assert errors == []
    context.close()


def tab_to(page, condition: str) -> None:
    """Presses Tab until the focus is where the condition on `at` holds."""
    for _ in range(200):
        page.keyboard.press("Tab")
        if page.evaluate(f"(at => {condition})(document.activeElement)"):
            return
    raise AssertionError(f"Tab never came to {condition}")


def test_the_keyboard_alone_opens_a_report_and_a_photo(visitor, address, workspace):
    page = visitor(address)
    page.wait_for_selector(".cx-card a")
    tab_to(page, "(at.href || '').includes('id=red')")
    page.keyboard.press("Enter")
    page.wait_for_url("**/report?id=red*")
    settle(page, f"{CHART} .point")  # a key while the page is still built is lost
    tab_to(page, "at.role === 'tab'")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Next", exact=True).wait_for()
    tab_to(page, "(at.ariaLabel || '').includes('Photo (type to search)')")
    before = page.locator(".cx-pair img").first.get_attribute("alt")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    wait_for_address(page, r"image=\d+")
    page.wait_for_function("before => document.querySelector('.cx-pair img').alt !== before", arg=before)


def test_a_new_analysis_by_the_form_ends_in_a_report(visitor, address, workspace):
    page = visitor(f"{address}/analysis")
    page.get_by_role("button", name="Next: photos").click()
    page.get_by_role("button", name="Next: question and start").click()
    concepts = page.locator(".st-key-concepts input[type=range]")
    concepts.focus(timeout=A_JOB)
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.querySelector('.st-key-concepts input[type=range]').value === '3'")
    start = page.get_by_role("button", name="Start the analysis")
    start.click()
    page.get_by_role("link", name="Open the report").click(timeout=A_JOB)
    page.wait_for_url("**/report?id=*")
    heading = page.get_by_role("heading", level=1)
    page.wait_for_selector(f"{CHART} .point")
    assert heading.inner_text().startswith("red") or heading.inner_text().startswith("green")
    assert "3 concepts" in page.locator(".st-key-report_under").inner_text()
