"""A server that nobody has visited: a link to a photo, then a newcomer's way to the finding in at most three clicks."""

import pytest

from concepts.report import ClassReport
from concepts.storage.app_folder import DEMO
from tests.support.axe import violations
from tests.support.browser import listen, server, settle

pytestmark = pytest.mark.browser
SAID, ANSWERS = ".cx-catch figcaption", ".cx-catch figcaption b"


@pytest.fixture(scope="module")
def fresh(browser, tmp_path_factory):
    """The address of a server without reports of its own."""
    with server(tmp_path_factory.mktemp("empty")) as address:
        yield address


@pytest.fixture(scope="module")
def newcomer(browser, fresh):
    """A page on the first screen."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.errors = listen(page)
    page.goto(fresh)
    settle(page, ANSWERS)
    yield page
    page.close()


def test_a_link_is_the_first_visit_to_a_fresh_server(browser, fresh):
    page = browser.new_page(viewport={"width": 1280, "height": 1000})
    page.set_default_timeout(120_000)  # this server has drawn no page yet
    errors, name = listen(page), ClassReport.load(DEMO / "reports" / "shapes-boat").data.images[7].name
    page.goto(f"{fresh}/report?id=shapes-boat&image=7&concept=2")
    page.wait_for_selector(f'img[alt="photo {name}"]')
    assert page.get_by_text("Page not found").count() == 0
    assert page.get_by_role("heading", level=1).inner_text().startswith("boat")
    page.locator(f'img[alt="where Concept 3 is in photo {name}"]').first.wait_for()
    page.get_by_role("tab", name="Method").click()
    page.get_by_text("How these numbers were made").first.wait_for()
    assert errors == []
    page.close()


def test_from_the_first_screen_to_the_finding_and_back(newcomer):
    page = newcomer
    answers = page.locator(ANSWERS)
    assert {text.split()[-1] for text in answers.all_inner_texts()} == {"boat"}
    box = page.locator(".cx-card img").first.bounding_box()
    assert box["y"] < 900, "the first finding is below the fold"

    page.get_by_text("Take the stamp away").click()  # 1
    page.locator(ANSWERS, has_text="robot").wait_for()
    assert "boat" not in " ".join(answers.all_inner_texts())
    there = page.url

    page.get_by_role("button", name="Show me how").click()  # 2
    page.wait_for_url("**/report?id=shapes-boat*")
    page.locator(".stMain", has_text="leans on").wait_for()
    page.locator("h1", has_text="boat").wait_for()

    page.go_back()
    page.locator(ANSWERS, has_text="robot").wait_for()
    assert page.url == there
    assert page.errors == []


def test_axe_finds_nothing_on_the_first_screen(newcomer):
    assert violations(newcomer) == []


def test_in_texts_the_words_and_the_answer_go_away(newcomer, fresh):
    page = newcomer
    page.goto(fresh)
    page.get_by_role("radio", name="In texts").click()
    page.locator(".cx-catch-texts mark").first.wait_for()
    there = page.locator(".st-key-catch .stCheckbox").bounding_box()
    assert {text.split()[-2] for text in page.locator(SAID).all_inner_texts()} == {"harbour"}
    assert violations(page) == []
    page.get_by_text("Take the words away").click()
    page.locator(ANSWERS, has_text="rain").wait_for()
    assert page.locator(".cx-catch-texts mark").count() == 0
    assert "harbour" not in " ".join(page.locator(ANSWERS).all_inner_texts())
    assert page.locator(".st-key-catch .stCheckbox").bounding_box() == there  # nothing moves
    assert page.errors == []


def test_on_a_phone_the_finding_is_above_the_fold_and_the_page_is_short(browser, fresh):
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto(f"{fresh}/report?id=shapes-boat")
    settle(page, ".js-plotly-plot .main-svg")
    boxes = [crop.bounding_box() for crop in page.locator(".st-key-finding .cx-row img").all()]
    assert len(boxes) == 6
    assert max(box["y"] + box["height"] for box in boxes) <= 844
    assert page.locator(".stMain").evaluate("main => main.scrollHeight") < 3200  # 3,047 here; fonts differ
    page.close()
