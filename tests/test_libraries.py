"""The libraries of the pages are imported by one thread, in order, before a page needs them."""

import json
import subprocess
import sys
import threading
import time

import pytest

from pages.state.libraries import Loader, Stage
from tests.support.places import ROOT

PATIENCE = 10.0  # seconds


class Slow:
    """A load that waits until it is let go, and notes what it has loaded."""

    def __init__(self, *, fails: bool = False) -> None:
        self.go, self.done, self.fails = threading.Event(), list[Stage](), fails

    def __call__(self, stage: Stage) -> None:
        self.go.wait(PATIENCE)
        self.done.append(stage)
        if self.fails:
            raise RuntimeError("broken library")


def test_a_page_waits_for_its_stage_and_those_before():
    load = Slow()
    loader = Loader(load)
    loader.begin()
    loader.begin()
    assert not loader.is_loaded(Stage.SHELF)
    with loader.visit():
        threading.Timer(0.05, load.go.set).start()
        loader.wait_for(Stage.STATISTICS)
        assert load.done == [Stage.SHELF, Stage.REPORT, Stage.STATISTICS]
        assert loader.is_loaded(Stage.REPORT)
        loader.wait_for(Stage.MODEL)
    assert load.done == list(Stage)


def test_what_nobody_waits_for_is_loaded_when_no_page_is_drawn():
    load = Slow()
    load.go.set()
    loader = Loader(load, rest=0.02)
    with loader.visit():
        loader.begin()
        loader.wait_for(Stage.REPORT)
        time.sleep(0.1)
        assert load.done == [Stage.SHELF, Stage.REPORT]
    end = time.monotonic() + PATIENCE
    while not loader.is_loaded(Stage.MODEL) and time.monotonic() < end:
        time.sleep(0.01)
    assert load.done == list(Stage)


def test_nobody_waits_where_nothing_is_loaded_ahead():
    loader = Loader(Slow())
    loader.wait_for(Stage.MODEL)
    assert loader.is_loaded(Stage.MODEL)


def test_a_broken_library_holds_nobody_up():
    load = Slow(fails=True)
    load.go.set()
    loader = Loader(load)
    loader.begin()
    loader.wait_for(Stage.MODEL)
    assert load.done == list(Stage)


CODE = """
import json, logging, sys
logging.disable(logging.CRITICAL)
from streamlit.testing.v1 import AppTest
import app
from pages.state.libraries import Stage, libraries, load
assert libraries.is_loaded(Stage.MODEL)  # nothing has begun: no visitor is served
AppTest.from_string("", default_timeout=60).run()
found = {}
for stage, view in ((Stage.SHELF, "gallery"), (Stage.REPORT, "report")):
    load(stage)
    before = set(sys.modules)
    page = AppTest.from_file(sys.argv[1], default_timeout=60)
    page.run() if view == "gallery" else page.run().switch_page(f"pages/views/{view}.py").run()
    assert not page.exception
    found[view] = sorted(set(sys.modules) - before)
print(json.dumps(found))
"""


@pytest.mark.slow
def test_a_page_imports_nothing_that_its_stage_has_not_loaded(tmp_path):
    run = subprocess.run(
        [sys.executable, "-c", CODE, str(ROOT / "app.py")],
        cwd=ROOT, capture_output=True, text=True, env={"PATH": "", "CONCEPTS_WORKSPACE": str(tmp_path)},
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-2000:]
    found = json.loads(run.stdout)
    small = (
        "pydantic",
        "plotly",
        "_plotly_utils",
        "narwhals",
        "zoneinfo",
        "_zoneinfo",
        "_sysconfig",
        "streamlit",
    )  # no circles
    assert {view: [name for name in names if not name.startswith(small)] for view, names in found.items()} == {
        "gallery": [],
        "report": [],
    }
