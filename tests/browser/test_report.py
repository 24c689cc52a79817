"""What a visitor sees in a real browser: the whole way from a link to a photo."""

import pytest

from tests.support.browser import listen, settle
from tests.support.graph_places import CHART, far_image, place_of

pytestmark = pytest.mark.browser


@pytest.fixture
def page(tab):
    """The page as a visitor finds it who was never here."""
    yield tab
    tab.mouse.move(0, 0)
    tab.evaluate("localStorage.clear()")


def test_pointing_shows_the_photo_and_a_click_opens_it(page, address, report):
    errors, image = listen(page), far_image(report)
    name = report.data.images[image].name
    page.goto(f"{address}/report?id=first")
    page.mouse.move(*place_of(page, image), steps=4)
    card = page.locator("#concepts-pointer", has_text=name)  # on its way the pointer may have crossed others
    card.wait_for(state="visible")
    assert "data:image/jpeg" in card.locator("[role=img]").evaluate("part => part.style.backgroundImage")
    page.mouse.click(*place_of(page, image))
    page.wait_for_selector(f'.cx-pair img[alt="photo {name}"]')
    page.wait_for_function(f"location.search.includes('image={image}')")
    page.mouse.move(5, 500)
    page.locator("#concepts-pointer").wait_for(state="hidden")
    page.mouse.move(*place_of(page, image), steps=4)  # it still listens after the run
    card.wait_for(state="visible")
    ring = page.locator("#concepts-ring")
    assert ring.is_visible()
    assert errors == []
    page.reload()
    page.wait_for_selector(f'.cx-pair img[alt="photo {name}"]')


def test_by_keyboard_from_the_gallery_to_a_photo(page, address):
    page.goto(address)
    page.wait_for_selector(".cx-card a")
    for _ in range(200):
        page.keyboard.press("Tab")
        if page.evaluate("(document.activeElement.href || '').includes('id=first')"):
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/report?id=first*")
    settle(page, f"{CHART} .point")  # a key while the page is still built is lost
    page.get_by_role("tab", name="Overview").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    following = page.get_by_role("button", name="Next", exact=True)
    following.wait_for()
    settle(page, ".cx-pair img")
    page.get_by_role("combobox", name="Photo (type to search)").wait_for()
    following.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("/image=\\d+/.test(location.search)")


DARK = """() => {
  const app = document.querySelector('.stApp');
  if (!app) return false;
  const colour = getComputedStyle(app).backgroundColor;
  return colour.match(/[\\d.]+/g).slice(0, 3).every((each) => Number(each) < 128);
}"""


def test_a_copied_link_brings_the_theme_which_is_shown_once(browser, address):
    dark = browser.new_context(color_scheme="dark", permissions=["clipboard-read", "clipboard-write"])
    page = dark.new_page()
    page.goto(f"{address}/report?id=first&image=7&concept=2&tab=overview")
    page.wait_for_selector(f"{CHART} .point")
    page.get_by_role("button", name="Copy link").click()
    page.get_by_role("status").get_by_text("Link copied").wait_for()
    link = page.evaluate("navigator.clipboard.readText()")
    assert all(part in link for part in (address, "id=first", "image=7", "concept=2", "theme=dark"))
    dark.close()

    light = browser.new_context(color_scheme="light")
    page = light.new_page()
    page.goto(link)
    page.wait_for_function(DARK)
    page.wait_for_selector(f"{CHART} .point")
    page.get_by_role("button", name="Why this answer?").click()
    page.wait_for_url("**tab=photos*")
    page.get_by_role("button", name="Next", exact=True).click()
    page.wait_for_url("**image=8*")
    assert "theme" not in page.url
    page.reload()
    page.get_by_role("button", name="Next", exact=True).wait_for()
    assert not page.evaluate(DARK), "the reader's own choice is back"
    light.close()


def test_a_theme_that_is_none_changes_nothing(page, address):
    for theme in ("", "blue", "<script>"):
        page.goto(f"{address}/glossary?theme={theme}")
        page.wait_for_selector(".stMain h2")
        assert not page.evaluate(DARK)
        assert page.evaluate("localStorage.getItem('stActiveTheme-/glossary-v2')") == '"System"'


LONGER = "(entries) => history.length > entries"  # what is written becomes an entry a moment later


def test_links_within_a_report_are_followed_without_loading_the_page_and_back_returns(page, address):
    errors = listen(page)
    page.goto(f"{address}/report?id=first&tab=concepts")
    settle(page, ".cx-crow.cx-open")  # a click while the page is still built is lost
    page.wait_for_selector("body[data-follows=first]", state="attached")  # until then a link loads the page
    page.evaluate("window.here = true")
    entries = page.evaluate("history.length")
    page.locator(".cx-crow a").nth(4).click()
    page.locator('.cx-crow.cx-open[data-concept="4"]').wait_for()
    page.wait_for_url("**concept=4**")
    assert page.evaluate("window.here"), "the link did not load the page"
    page.wait_for_function(LONGER, arg=entries)
    page.get_by_role("tab", name="Photos").click()
    page.get_by_role("button", name="Next", exact=True).wait_for()
    page.wait_for_function(LONGER, arg=entries + 1)
    assert "concept=4" in page.url
    page.go_back()
    page.locator('.cx-crow.cx-open[data-concept="4"]').wait_for()
    page.go_back()
    page.locator('.cx-crow.cx-open[data-concept="0"]').wait_for()
    assert page.evaluate("window.here"), "one page all the way"
    assert errors == []


def test_a_term_explains_itself_where_it_stands(page, address):
    page.goto(f"{address}/report?id=first")
    page.locator(".cx-facts .cx-term", has_text="trust").click()
    explanation = page.locator("#term-trust")
    explanation.wait_for(state="visible")
    button, box = page.locator(".cx-facts .cx-term", has_text="trust").bounding_box(), explanation.bounding_box()
    assert abs(box["y"] - button["y"]) < 120, "beside its term"
    page.keyboard.press("Escape")
    explanation.wait_for(state="hidden")
    assert "/report" in page.url


INK = f"(text => text && getComputedStyle(text).fill)(document.querySelector('{CHART} .legendtext'))"


def test_the_graph_follows_a_theme_that_changes_on_the_open_page(page, address):
    page.emulate_media(color_scheme="light")
    page.goto(f"{address}/report?id=first")
    settle(page, f"{CHART} .legendtext")
    light = page.evaluate(INK)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"{INK} && {INK} !== '{light}'", timeout=60_000)  # a chart that is drawn anew goes first
    page.emulate_media(color_scheme="light")
    page.wait_for_function(f"{INK} === '{light}'", timeout=60_000)
