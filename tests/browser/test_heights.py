"""Heights of a report's tabs on a phone: what is secondary opens in place, by a click and by keyboard."""

import pytest

from tests.support.addresses import REVIEWS, TEXTS
from tests.support.browser import listen, settle

pytestmark = pytest.mark.browser
HIGHEST = 3_400  # pixels; issue 15 asks for about 3,000
HEIGHT = "document.querySelector('.stMain').scrollHeight"
OPENED = "[...document.querySelectorAll('.cx-fold')].map((fold) => fold.open)"


@pytest.fixture
def phone(tab):
    tab.set_viewport_size({"width": 390, "height": 844})
    return tab


@pytest.mark.parametrize(
    ("which", "shown", "last"),
    [
        (TEXTS, "overview", ".st-key-strategies .cx-strategy"),
        (TEXTS, "concepts", ".st-key-open_concept .cx-fold"),
        (REVIEWS, "probes", "#label"),
    ],
)
def test_a_tab_on_texts_fits_on_a_phone(phone, address, which, shown, last):
    phone.goto(f"{address}/report?id={which}&tab={shown}")
    settle(phone, last)
    assert phone.evaluate(HEIGHT) <= HIGHEST


def test_what_is_folded_opens_by_click_and_by_keyboard(phone, address):
    errors = listen(phone)
    phone.goto(f"{address}/report?id={TEXTS}&tab=concepts")
    settle(phone, ".st-key-open_concept .cx-fold")
    figures = phone.locator(".cx-fold", has_text="Its words in figures")
    assert not any(phone.evaluate(OPENED))
    assert not figures.locator(".cx-table").is_visible()
    figures.locator("summary").click()
    figures.locator(".cx-table").wait_for(state="visible")
    strong = phone.locator(".cx-fold", has_text="From strong to weak")
    strong.locator("summary").focus()
    phone.keyboard.press("Enter")
    strong.locator("blockquote").first.wait_for(state="visible")
    assert errors == []
