"""What is chosen in a browser stays chosen where options are called differently: it knows them by their labels only.

Streamlit's own test harness knows them by their values, so that this takes a browser.
"""

import os
import sys

import pytest

from tests.support.browser import free_port, served
from tests.support.places import ROOT

pytestmark = pytest.mark.browser
APP = "tests/support/renamed_options.py"


@pytest.fixture(scope="module")
def small_app(browser, tmp_path_factory):
    port, log = free_port(), tmp_path_factory.mktemp("small") / "server.log"
    command = [sys.executable, "-m", "streamlit", "run", APP, "--server.port", str(port)]
    with served(command, port, folder=ROOT, environment=os.environ | {"PYTHONPATH": str(ROOT)}, log=log) as address:
        yield address


def test_a_choice_outlives_other_labels(tab, small_app):
    tab.goto(small_app)
    tab.get_by_text("cats: own, own; fired: nothing.").wait_for()
    tab.locator(".st-key-which input").click()
    tab.get_by_role("option", name="all cats").click()
    tab.get_by_text("cats: all, own; fired: nothing.").wait_for()
    for word in ("dogs", "cats", "dogs"):  # the loss came with the run after the first
        tab.get_by_text("switch").click()
        tab.get_by_text(f"{word}: all, own; fired: nothing.").wait_for()
        assert tab.locator(".st-key-many").inner_text().split() == ["Many", "1", word, "2", word]
        assert tab.locator(".st-key-classes").inner_text().split() == ["Classes", "own", word]
        assert tab.locator(".st-key-one input").input_value() == f"2 {word}"
