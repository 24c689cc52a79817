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


def test_an_earlier_answer_does_not_undo_a_later_pick(opened):
    """The component is handed the answer to its pick before last, as a slow network may do."""
    page = opened("similarity?image=0")
    page.evaluate(
        f"""() => {{ const set = (c, t) => {{ const box = c.getBoundingClientRect();
        const at = (k) => c.dispatchEvent(new PointerEvent(k, {{ bubbles: true, pointerId: 1,
          clientX: box.left + (t + .5) / {SIDE} * box.width, clientY: box.top + 2 }}));
        c.setPointerCapture = () => {{}}; at('pointerdown'); at('pointerup'); }};
        const canvas = document.querySelector('{CANVAS}'); window.seen = [];
        new MutationObserver(() => window.seen.push(document.querySelector('.cx-places p').textContent))
          .observe(document.querySelector('.cx-places p'), {{ childList: true, characterData: true, subtree: true }});
        set(canvas, 1); setTimeout(() => set(canvas, 7), 60); setTimeout(() => set(canvas, 9), 320); }}"""
    )
    wait_for_places(page, "9")
    page.wait_for_timeout(400)
    seen = page.evaluate("window.seen")
    order = [int(text.split("column ")[1].split(":")[0]) for text in seen if "column" in text]
    assert order == sorted(order)
    assert order[-1] == 10


def test_arrow_keys_walk_and_escape_takes_away(opened):
    page = opened(f"similarity?image=0&places={5 * SIDE + 5}")
    page.locator(CANVAS).first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    wait_for_places(page, str(6 * SIDE + 6))
    page.keyboard.press("ArrowLeft")  # the photo kept the focus while the answer came
    wait_for_places(page, str(6 * SIDE + 5))
    page.keyboard.press("Shift+ArrowLeft")
    wait_for_places(page, f"{6 * SIDE + 5}.{6 * SIDE + 4}")
    page.keyboard.press("Escape")
    wait_for_places(page, None)
    assert "Click a place" in says(page)


def test_a_box_is_dragged(opened):
    page = opened("similarity?image=0")
    box = page.locator(CANVAS).first.bounding_box()
    cell = box["width"] / SIDE
    page.mouse.move(box["x"] + 2.5 * cell, box["y"] + 3.5 * cell)
    page.mouse.down()
    page.mouse.move(box["x"] + 3.5 * cell, box["y"] + 4.5 * cell, steps=4)
    page.mouse.up()
    wait_for_places(page, f"{3 * SIDE + 2}.{3 * SIDE + 3}.{4 * SIDE + 2}.{4 * SIDE + 3}")
    page.get_by_role("heading", name="In all photos: 4 places").wait_for()


def test_another_photo_wins_over_what_was_picked(opened):
    page = opened(f"similarity?image=0&places={5 * SIDE + 5}")
    page.get_by_role("combobox", name="Photo", exact=True).click()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_function("new URLSearchParams(location.search).get('image') === '1'")
    wait_for_places(page, None)
    assert "Click a place" in says(page)
    click(page, 1, 1)
    wait_for_places(page, str(SIDE + 1))


def test_words_of_a_place_appear(opened):
    page = opened("words?image=0")
    page.get_by_role("heading", name="What the whole photo says").wait_for()
    click(page, 12, 12)
    at_once = says(page)
    assert at_once.startswith("Place at row 13, column 13: ")
    wait_for_places(page, str(12 * SIDE + 12))
    page.get_by_role("heading", name="What this place says").wait_for()
    first = page.locator(".cx-cloud li").first.inner_text().split()[0]
    assert at_once.split(": ")[1].startswith(first)


@pytest.mark.parametrize("page_of", ["similarity?image=0&places=300&second=2", "words?image=0&places=300&words=cake"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_fits_a_phone(opened, page_of, scheme):
    page = opened(page_of, viewport={"width": 390, "height": 900}, color_scheme=scheme)
    main = "document.querySelector('.stMain')"
    assert page.evaluate(f"{main}.scrollWidth - {main}.clientWidth") <= 1
    assert page.locator(".stMain img:not([alt]), .stMain img[alt='']").count() == 0
    assert all(label for label in page.eval_on_selector_all(CANVAS, "all => all.map(c => c.ariaLabel)"))
