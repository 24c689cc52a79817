"""The pages Similarity and Words in a real browser: what is picked is drawn at once, kept, and answered."""

import pytest
from browser import chromium, listen, need_chromium, server

from concepts.demo.collection import demo_collection

pytestmark = pytest.mark.browser
SIDE = 24
CANVAS = ".cx-places canvas"


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    need_chromium()
    workspace = tmp_path_factory.mktemp("workspace")
    demo_collection(workspace / "collections", workspace / "store", n=1)
    with server(workspace) as found:
        yield found


@pytest.fixture(scope="module")
def browser(address):
    with chromium() as found:
        yield found


@pytest.fixture
def opened(browser, address):
    """Opens a page of the app; its errors are looked at in the end."""
    pages, errors = [], []

    def go(query: str, **options):
        page = browser.new_page(**({"viewport": {"width": 1440, "height": 1000}} | options))
        pages.append(page)
        errors.append(listen(page))
        page.goto(f"{address}/{query}")
        page.wait_for_selector(CANVAS, timeout=60_000)
        page.wait_for_function(f"document.querySelector('{CANVAS}').width > 50")
        settle(page)
        return page

    yield go
    for page in pages:
        page.close()
    assert [error for found in errors for error in found] == []


def settle(page) -> None:
    """Waits until the server has answered."""
    page.wait_for_function("!document.querySelector('[data-testid=stStatusWidget]')")
    page.wait_for_function("document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'notRunning'")


def click(page, row: int, column: int, **options) -> None:
    box = page.locator(CANVAS).first.bounding_box()
    at = {"x": (column + 0.5) / SIDE * box["width"], "y": (row + 0.5) / SIDE * box["height"]}
    page.locator(CANVAS).first.click(position=at, **options)


def picture(page) -> str:
    return page.evaluate(f"document.querySelector('{CANVAS}').toDataURL()")


def places(page) -> str | None:
    return page.evaluate("new URLSearchParams(location.search).get('places')")


def says(page) -> str:
    return page.locator(".cx-places p").inner_text()


def wait_for_places(page, value: str | None) -> None:
    page.wait_for_function("v => new URLSearchParams(location.search).get('places') === v", arg=value)
    settle(page)


def test_a_click_is_drawn_at_once_and_stands_in_the_address(opened):
    page = opened("similarity?image=0")
    before = picture(page)
    page.evaluate(
        f"""() => document.querySelector('{CANVAS}').addEventListener(
        'pointerdown', () => {{ window.drawn = document.querySelector('{CANVAS}').toDataURL(); }})"""
    )
    click(page, 3, 5)
    assert page.evaluate("window.drawn") != before  # in the same turn of the browser, before any answer
    wait_for_places(page, str(3 * SIDE + 5))
    assert says(page) == "Place at row 4, column 6"
    page.get_by_role("heading", name="In all photos: place row 4, column 6").wait_for()
    page.reload()
    page.wait_for_selector(CANVAS)
    page.get_by_role("heading", name="In all photos: place row 4, column 6").wait_for()


def test_of_fast_picks_the_last_stays(opened):
    page = opened("similarity?image=0")
    for column in range(9):
        click(page, 2, column, delay=0)
    wait_for_places(page, str(2 * SIDE + 8))
    page.wait_for_timeout(500)
    settle(page)
    assert places(page) == str(2 * SIDE + 8)
    assert says(page) == "Place at row 3, column 9"
    page.get_by_role("heading", name="In all photos: place row 3, column 9").wait_for()
