"""A report on texts as files in a real browser: without violations of WCAG in both themes, and short on paper."""

import re

import pytest

from concepts.publishing.site import build_site
from tests.support.axe import violations
from tests.support.text_reports import text_report

pytestmark = pytest.mark.browser
OPEN = "document.querySelectorAll('details').forEach(each => { each.open = true })"


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """The report's own page, and of its site the gallery and the page of a concept."""
    folder = tmp_path_factory.mktemp("texts")
    text_report().save(folder / "report")
    site = build_site([folder / "report"], folder / "site").folder
    return [folder / "report" / "report.html", site / "index.html", sorted((site / "concepts").glob("*-0.html"))[0]]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_the_files_of_a_report_on_texts(browser, files, theme):
    page = browser.new_page(color_scheme=theme, viewport={"width": 390, "height": 800})
    for file in files:
        page.goto(file.as_uri())
        page.evaluate(OPEN)
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.close()


def test_the_text_stands_at_the_pointer_and_the_report_is_short_on_paper(browser, files):
    page = browser.new_page()
    page.goto(files[0].as_uri())
    page.locator("a[data-photo='0']").dispatch_event("mousemove")
    assert page.locator("#pointer .cx-words").inner_text() == text_report().data.texts[0].text
    paper = page.pdf(format="A4")
    page.close()
    assert 2 <= len(re.findall(rb"/Type\s*/Page[^s]", paper)) <= 8
