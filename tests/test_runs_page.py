"""The table of a run on the page New analysis, where the workspace is the folder of the run."""

import pytest
from streamlit.testing.v1 import AppTest

from concepts.runs.failures import Failure
from concepts.runs.run import RunFolder
from concepts.runs.table import Table, write_table
from tests.support.asked_page import HOSTILE
from tests.support.places import ROOT


@pytest.fixture
def page(tmp_path, monkeypatch):
    monkeypatch.setenv("CONCEPTS_WORKSPACE", str(tmp_path))
    monkeypatch.delenv("CONCEPTS_PHOTOS", raising=False)

    def opened():
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
        app.switch_page("pages/views/analysis.py").run()
        assert not app.exception
        return " ".join(each.proto.body for each in app.get("html"))

    return opened


@pytest.mark.slow
def test_the_page_shows_the_run_whose_folder_is_the_workspace(page, tmp_path):
    assert "All classes in one run" not in page()
    write_table(RunFolder(tmp_path), Table(12, 2, 0, 1026, seconds_left=5400))
    shown = page()
    assert "All classes in one run" in shown
    for words in ("12", "1,026", "about 1 h 30 min"):
        assert words in shown
    failures = (Failure(HOSTILE, f"nothing can be written in {tmp_path}/reports: make room"),)
    write_table(RunFolder(tmp_path), Table(12, 0, 1, 0, failures=failures))
    shown = page()
    assert "ended" in shown
    assert "make room" in shown
    assert str(tmp_path) not in shown  # no folder of the server
    assert HOSTILE not in shown
    (tmp_path / "table.json").write_text("{")
    assert "The run over many classes cannot be shown" in page()
