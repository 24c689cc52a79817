"""A run over three classes in a real browser: started by the form, followed on its page until it ends, a report opened.

The processes are real; of one class there is no photo, so that the table has a failure, too. Slow by its start: a job,
its process for tasks, and a first report that imports what it needs.
"""

import pytest

from tests.support.browser import listen

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser):
    found = browser.new_page(viewport={"width": 1280, "height": 1000})
    found.set_default_timeout(180_000)
    errors = listen(found)
    yield found
    found.close()
    assert errors == []


def test_a_run_by_the_form_is_followed_to_its_end_and_leads_to_a_report(page, address):
    page.goto(f"{address}/analysis?step=3&concepts=3&evidence=false")
    page.get_by_role("button", name="Look at the model and the photos").or_(
        page.get_by_role("radio", name="These classes")
    ).first.wait_for()
    look = page.get_by_role("button", name="Look at the model and the photos")
    if look.count():
        look.click()
    page.get_by_role("radio", name="These classes").click()
    numbers = page.get_by_role("textbox", name="Or by number")
    numbers.fill("0-2")
    numbers.press("Control+Enter")
    page.get_by_text("1 class with fewer photos than 3 concepts will have no report").wait_for()
    page.get_by_role("button", name="Start the run").click()
    page.wait_for_url("**/runs?run=reports-*")
    page.get_by_role("button", name="Stop").wait_for()
    page.reload()
    page.get_by_role("button", name="Try failed ones again").wait_for()
    page.locator(".cx-table", has_text="ended").first.wait_for()
    assert page.locator(".cx-table").first.inner_text().split()[-5:] == ["2", "0", "0", "1", "ended"]
    assert "no photo lies in a folder called 'blue'" in page.locator(".cx-table").nth(1).inner_text()
    page.get_by_role("link", name="red", exact=True).click()
    page.wait_for_url("**/report?id=red-*")
    assert page.get_by_role("heading", level=1).inner_text().startswith("red")
