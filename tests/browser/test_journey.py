"""A newcomer's way from the first screen to the finding: three clicks at most, and Back returns."""

import pytest

from tests.support.axe import violations
from tests.support.browser import listen, server, settle

pytestmark = pytest.mark.browser
ANSWERS = ".cx-catch figcaption b"


@pytest.fixture(scope="module")
def newcomer(browser, tmp_path_factory):
    """A page on the first screen of a server without reports of its own."""
    with server(tmp_path_factory.mktemp("empty")) as address:
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.errors = listen(page)
        page.goto(address)
        settle(page, ANSWERS)
        yield page
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
