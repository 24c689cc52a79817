"""A visitor pastes texts for the demo's own network and gets a report on them, in a real browser."""

import pytest

from concepts.demo.texts.listing import demo_texts
from tests.support.browser import A_JOB, listen

pytestmark = pytest.mark.browser
PER_CLASS = 25


def pasted() -> str:
    listed = demo_texts("demo/village")
    rows = list(zip(listed.labels, listed.texts, strict=True))
    some = [row for i, row in enumerate(rows) if i % 200 < PER_CLASS]
    return "\n".join(f"{label}\t{text}" for label, text in some)


def test_pasted_texts_become_a_report(tab, house):
    """One journey from lines to a report; the analysis itself takes most of its time."""
    errors = listen(tab)
    tab.set_default_timeout(60_000)
    tab.goto(f"{house.address}/analysis?classifier=demo%2Fvillage+%28built+in%29")
    tab.get_by_role("radio", name="Texts").click()
    tab.get_by_role("button", name="Next: texts").click()
    tab.locator(".st-key-texts").get_by_text("pasted lines").click()
    tab.get_by_role("textbox", name="Texts, one a line").fill(pasted())
    tab.keyboard.press("Control+Enter")
    n_classes = len(set(demo_texts("demo/village").labels))
    tab.get_by_text(f"{n_classes * PER_CLASS} texts. {n_classes} classes").wait_for()
    tab.get_by_role("button", name="Next: question and start").click()
    tab.get_by_role("button", name="Start the analysis").click()
    own = tab.locator('a[href*="village"]')  # other analyses of this house may have ended before
    tab.get_by_role("link", name="Open the report").and_(own).click(timeout=A_JOB)
    tab.wait_for_url("**/report?id=*")
    tab.get_by_text("10 concepts").first.wait_for()
    assert "of pasted-texts" in tab.locator(".st-key-report_under").inner_text()
    assert errors == []
