"""Pages among damaged folders: each shows what it can read, and names the rest in a quiet line."""

import json
import shutil

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from concepts.engine.jobs import JobState
from concepts.engine.jobs.job import JobRequest
from concepts.storage.typed_json import write_typed
from tests.support.hostile import hostile_folders
from tests.support.made_up_evaluation import made_up_evaluation
from tests.support.made_up_report import made_up_report
from tests.support.screen import open_page, said, shown, without_demo
from tests.test_engine_analysis import FULL

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def space(tmp_path_factory):
    """A workspace in which one of each kind is valid."""
    root = tmp_path_factory.mktemp("space")
    report = made_up_report(n=12).save(root / "report")
    made_up_evaluation(root / "evaluation")
    write_typed(root / "job" / "request.json", JobRequest("report", FULL))
    write_typed(root / "job" / "state.json", JobState("done", "", 1.0, 1.0, 1.5e9, 1.6e9))
    for good, file, folder in (
        (report, "card.json", "reports"),
        (root / "evaluation", "evaluation.json", "evaluations"),
        (root / "job", "state.json", "jobs"),
    ):
        hostile_folders(good, file, root / folder)
        for entry in (root / "jobs").iterdir() if folder == "jobs" else ():
            entry.rename(entry.with_name(f"report-{entry.name}"))
        shutil.copytree(good, root / folder / ("report-good" if folder == "jobs" else "good"))
    return root


@pytest.fixture
def workspace(space, monkeypatch):
    without_demo(monkeypatch, space)
    return space


@pytest.mark.parametrize(
    ("page", "address", "there", "word"),
    [
        ("gallery", {}, "mushroom", "report"),
        ("compare", {}, "one claim", "evaluation"),
        ("compare", {"show": "dictionaries"}, "", "report"),
        ("analysis", {}, "", "analysis"),
        ("report", {"id": "good", "tab": "photos"}, "photo_0000", ""),
    ],
)
@pytest.mark.usefixtures("workspace")
def test_a_page_shows_the_others_and_names_the_damaged(page, address, there, word, space):
    app = open_page(page, **address)
    assert there in shown(app)
    assert not word or f"hold no {word} that can be read and are left out: " in shown(app)
    assert str(space) not in shown(app) + said(app)


def test_a_report_whose_arrays_are_damaged_takes_only_its_own_page(workspace):
    place = workspace / "reports" / "bad"
    shutil.copytree(workspace / "reports" / "good", place)
    arrays = load_file(place / "arrays.safetensors")
    for name, row in (("maps", 7), ("phi", 3)):
        wrong = arrays[name].copy()
        wrong[row] = np.nan
        save_file(arrays | {name: wrong}, place / "arrays.safetensors")
        app = open_page("report", id="bad", concept=0, image=7)
        assert "cannot be shown: its " in said(app), said(app)
        assert str(workspace) not in said(app)
    (place / "report.json").write_text(json.dumps({"format": 10**400}))
    assert "cannot be shown: report.json is a report of format 1000" in said(open_page("report", id="bad"))
    shutil.rmtree(place)
