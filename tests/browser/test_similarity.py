"""The pages Similarity and Words in a real browser: what is picked is drawn at once, kept, and answered."""

import pytest

from concepts.demo.collection import ID
from tests.support.browser import listen

pytestmark = pytest.mark.browser
SIDE = 24
CANVAS = ".cx-places canvas"
DRAWN = "(at) => (each => each.width !== 300 || each.height !== 150)(document.querySelector(at))"  # a new one is


@pytest.fixture(scope="module")
def opened(browser, address):
    """Opens a page of the app; its errors are looked at in the end."""
    pages, errors = [], []

    def go(query: str, **options):
        page = browser.new_page(**({"viewport": {"width": 1440, "height": 1000}} | options))
        pages.append(page)
        errors.append(listen(page))
        page.goto(f"{address}/{query}&collection={ID}")
        page.wait_for_selector(CANVAS, timeout=60_000)
        settle(page)
        return page

    yield go
    for page in pages:
        page.close()
    assert [error for found in errors for error in found] == []


@pytest.fixture(scope="module")
def similarity(opened):
    """One page for all that is picked on it, one after the other."""
    return opened("similarity?image=0")


def settle(page) -> None:
    """Waits until the server has answered, and the first photo is drawn."""
    page.wait_for_function("!document.querySelector('[data-testid=stStatusWidget]')")
    page.wait_for_function("document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'notRunning'")
    page.wait_for_function(DRAWN, arg=CANVAS)


def click(page, row: int, column: int) -> None:
    box = page.locator(CANVAS).first.bounding_box()
    page.mouse.click(box["x"] + (column + 0.5) / SIDE * box["width"], box["y"] + (row + 0.5) / SIDE * box["height"])


def picture(page) -> str:
    return page.evaluate(f"document.querySelector('{CANVAS}').toDataURL()")


def places(page) -> str | None:
    return page.evaluate("new URLSearchParams(location.search).get('places')")


def says(page) -> str:
    return page.locator(".cx-places p").inner_text()


def wait_for_places(page, value: str | None) -> None:
    page.wait_for_function("v => new URLSearchParams(location.search).get('places') === v", arg=value)
    settle(page)


def test_a_click_is_drawn_at_once_and_stands_in_the_address(similarity):
    page = similarity
    before = picture(page)
    page.evaluate(
        f"""() => document.querySelector('{CANVAS}').addEventListener(
        'pointerdown', () => {{ window.drawn ??= document.querySelector('{CANVAS}').toDataURL(); }})"""
    )
    click(page, 3, 5)
    assert page.evaluate("window.drawn") != before  # in the same turn of the browser, before any answer
    wait_for_places(page, str(3 * SIDE + 5))
    assert says(page) == "Place at row 4, column 6"
    page.get_by_role("heading", name="In all photos: place row 4, column 6").wait_for()


def test_of_fast_picks_the_last_stays_and_none_comes_back(similarity):
    page = similarity
    page.evaluate(
        """() => { window.seen = []; const line = document.querySelector('.cx-places p');
        new MutationObserver(() => window.seen.push(line.textContent))
          .observe(line, { childList: true, characterData: true, subtree: true }); }"""
    )
    for column in range(9):
        click(page, 2, column)
        page.wait_for_timeout(40 * (column % 3))
    wait_for_places(page, str(2 * SIDE + 8))
    page.get_by_role("heading", name="In all photos: place row 3, column 9").wait_for()
    page.wait_for_timeout(300)
    assert places(page) == str(2 * SIDE + 8)
    columns = [int(text.rsplit(" ", 1)[1]) for text in page.evaluate("window.seen")]
    assert columns == sorted(columns)  # no answer to an earlier pick took its place, not even for a moment
    assert columns[-1] == 9


def test_arrow_keys_walk_and_escape_takes_away(similarity):
    page = similarity
    click(page, 5, 5)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    wait_for_places(page, str(6 * SIDE + 6))
    page.keyboard.press("ArrowLeft")  # the photo kept the focus while the answer came
    wait_for_places(page, str(6 * SIDE + 5))
    page.keyboard.press("Shift+ArrowLeft")
    wait_for_places(page, f"{6 * SIDE + 5}.{6 * SIDE + 4}")
    page.keyboard.press("Escape")
    wait_for_places(page, "")  # without it, the page would ask with a place of its own
    assert "Click a place" in says(page)


def test_a_box_is_dragged(similarity):
    page = similarity
    box = page.locator(CANVAS).first.bounding_box()
    cell = box["width"] / SIDE
    page.mouse.move(box["x"] + 2.5 * cell, box["y"] + 3.5 * cell)
    page.mouse.down()
    page.mouse.move(box["x"] + 3.5 * cell, box["y"] + 4.5 * cell, steps=4)
    page.mouse.up()
    wait_for_places(page, f"{3 * SIDE + 2}.{3 * SIDE + 3}.{4 * SIDE + 2}.{4 * SIDE + 3}")
    page.get_by_role("heading", name="In all photos: 4 places").wait_for()


def test_another_photo_wins_over_what_was_picked(similarity):
    page = similarity
    click(page, 5, 5)
    wait_for_places(page, str(5 * SIDE + 5))
    page.get_by_role("combobox", name="Photo", exact=True).click()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_function("new URLSearchParams(location.search).get('image') === '1'")
    wait_for_places(page, None)
    settle(page)
    click(page, 1, 1)
    wait_for_places(page, str(SIDE + 1))


def test_a_link_brings_the_places_back_and_all_fits_a_phone(opened):
    page = opened("similarity?image=0&places=300&second=2", viewport={"width": 390, "height": 900})
    assert says(page) == "Place at row 13, column 13"
    fits(page)


def test_words_of_a_place_appear(opened):
    page = opened("words?image=0&words=cake", viewport={"width": 390, "height": 900}, color_scheme="dark")
    page.get_by_role("heading", name="What the whole photo says").wait_for()
    fits(page)
    page.locator(CANVAS).first.scroll_into_view_if_needed()
    click(page, 12, 12)
    at_once = says(page)
    assert at_once.startswith("Place at row 13, column 13: ")
    wait_for_places(page, str(12 * SIDE + 12))
    page.get_by_role("heading", name="What this place says").wait_for()
    first = page.locator(".cx-cloud li").first.inner_text().split()[0]
    assert at_once.split(": ")[1].startswith(first)


def fits(page) -> None:
    main = "document.querySelector('.stMain')"
    assert page.evaluate(f"{main}.scrollWidth - {main}.clientWidth") <= 1
    assert page.locator(".stMain img:not([alt]), .stMain img[alt='']").count() == 0
    assert all(page.eval_on_selector_all(CANVAS, "all => all.map(c => c.ariaLabel)"))
