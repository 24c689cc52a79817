"""The page "New analysis": from a choice to a report, through real processes."""

import re
import time
import urllib.error

import pytest
import torch

from attribution.methods import IMPORTANCES
from concepts.data.images import PICTURE_TYPES
from concepts.engine import jobs
from concepts.extraction.methods import AUTO_CHOICE, EXTRACTIONS
from concepts.report import list_cards, open_report
from pages.analysis.amounts import clock, duration, size
from pages.state.server_settings import ServerSettings
from tests.support import screen
from tests.support.inline import Inline
from tests.support.tiny import FACTORY, write_photos

pytestmark = pytest.mark.slow


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    write_photos(tmp_path / "photos", n=20)
    monkeypatch.setenv("CONCEPTS_WORKSPACE", str(tmp_path / "workspace"))
    monkeypatch.setenv("CONCEPTS_PHOTOS", str(tmp_path / "photos"))
    monkeypatch.setenv("CONCEPTS_MODELS", FACTORY)
    return tmp_path / "workspace"


@pytest.fixture
def page(workspace):
    app = screen.app().run()
    return app.switch_page("pages/views/analysis.py").run()


@pytest.fixture
def inline(monkeypatch):
    """Analyses run while the page waits, without processes of their own."""
    monkeypatch.setattr(ServerSettings, "executor", Inline())


def wait_for(workspace, task):
    end = time.time() + 300
    while time.time() < end:
        found = jobs.list_jobs(workspace, task=task)
        if found and found[0].state.finished:
            return found[0]
        time.sleep(0.1)
    raise AssertionError(f"no finished {task} job")


def test_from_a_choice_to_a_report(page, workspace):
    assert not page.exception
    assert page.selectbox(key="model").value == FACTORY
    page.button(key="look").click().run()
    assert wait_for(workspace, "inspect").state.status == "done"
    page.run()
    assert not page.exception
    assert page.selectbox(key="layer").value == "features"
    assert page.selectbox(key="importance").options == list(IMPORTANCES)
    assert page.selectbox(key="method").options == [AUTO_CHOICE, *(method.choice for method in EXTRACTIONS.values())]
    page.selectbox(key="layer").set_value("features.0").run()  # signed
    assert EXTRACTIONS["nmf"].choice not in page.selectbox(key="method").options
    page.selectbox(key="layer").set_value("features").run()
    assert {metric.label for metric in page.metric} == {"time", "memory", "disk"}
    page.multiselect(key="target").set_value(["red"]).run()
    page.slider(key="concepts").set_value(3).run()
    page.button(key="start").click().run()
    assert not page.exception
    job = wait_for(workspace, "report")
    assert job.state.status == "done", job.state.message
    page.run()
    assert any("done" in text.value and "red" in text.value for text in page.markdown)
    (card,) = list_cards([workspace / "reports"])
    assert (card.target, card.n_concepts, card.n_images) == ("red", 3, 20)


@pytest.mark.usefixtures("inline")
def test_a_failed_look_says_why_and_can_be_repeated(page, workspace, monkeypatch):
    def offline(*_: object, **__: object) -> None:
        raise urllib.error.URLError("no network")

    monkeypatch.setenv("TORCH_HOME", str(workspace / "torch"))  # nothing is there from before
    monkeypatch.setattr(torch.hub, "download_url_to_file", offline)
    page.selectbox(key="model").set_value("resnet18").run()
    page.radio(key="weights").set_value("torchvision's own (downloaded)").run()
    page.button(key="look").click().run()
    job = wait_for(workspace, "inspect")
    page.run()
    assert job.state.status == "failed"
    assert page.error[0].value.replace("\\", "") == job.state.message
    assert page.button(key="look")
    assert not page.exception


@pytest.mark.usefixtures("inline")
def test_a_group_of_classes_is_counted_and_asked_for(page, workspace):
    page.button(key="look").click().run()
    wait_for(workspace, "inspect")
    page.run()
    page.multiselect(key="target").set_value(["red", "green"]).run()
    assert any("40 photos" in text.value for text in page.markdown)


def analysed(page, workspace):
    """The job of an analysis of the class red into three concepts, of a page that has looked."""
    page.run()
    page.multiselect(key="target").set_value(["red"]).run()
    page.slider(key="concepts").set_value(3).run()
    page.button(key="start").click().run()
    assert not page.exception
    return wait_for(workspace, "report")


def looked(page, workspace):
    page.button(key="look").click().run()
    assert wait_for(workspace, "inspect").state.status == "done"
    return page


@pytest.mark.usefixtures("inline")
def test_photos_of_other_classes_stand_beside_those_of_one(page, workspace):
    folders = page.selectbox(key="folder").options
    page.selectbox(key="folder").set_value(str(workspace.parent / "photos" / "red")).run()
    assert folders == ["photos", "photos/green", "photos/red"]
    page.radio(key="others").set_value("a folder on the server").run()
    page.selectbox(key="others_folder").set_value(str(workspace.parent / "photos" / "green")).run()
    looked(page, workspace).run()
    assert page.selectbox(key="which_photos").options == ["those in the class's folders", "all 40, of whatever class"]
    page.selectbox(key="which_photos").set_value("all").run()
    assert any("40 photos" in text.value for text in page.markdown)
    job = analysed(page, workspace)
    assert job.state.status == "done", job.state.message
    assert any("others photos/green" in text.value for text in page.run().markdown)
    data = open_report([workspace / "reports"], job.state.result).data
    assert (data.dataset.others.source, data.dataset.others.n_used, data.accuracy.value) == ("green", 20, 1)


NAMELESS = """
from tests.support import tiny
from torch import nn


def build():
    model = tiny.build()
    weight = model.linear.weight.data[:2]
    model.linear = nn.Linear(4, 2)
    model.linear.weight.data, model.linear.bias.data = weight, model.linear.bias.data * 0
    return model
"""


@pytest.mark.usefixtures("inline")
@pytest.mark.parametrize("typed", ["red, green", "red\ngreen\n"])
def test_a_wrong_order_of_folders_is_told_and_mended_by_typing_the_names(typed, workspace, monkeypatch):
    (workspace.parent / "nameless.py").write_text(NAMELESS)
    monkeypatch.setenv("CONCEPTS_MODELS", f"{workspace.parent / 'nameless.py'}:build")
    app = screen.app().run()
    page = app.switch_page("pages/views/analysis.py").run()
    job = analysed(looked(page, workspace), workspace)
    assert job.state.status == "failed"
    assert "right on 0 of 16 photos" in job.state.message
    jobs.remove(job)
    page.text_area(key="class_names").set_value(typed).run()
    job = analysed(looked(page, workspace), workspace)
    assert job.state.status == "done", job.state.message
    data = open_report([workspace / "reports"], job.state.result).data
    assert (data.model.names_from, data.accuracy.value) == ("given", 1)


def test_nothing_is_offered_that_the_operator_did_not_name(monkeypatch, workspace):
    monkeypatch.setenv("CONCEPTS_MODELS", "")
    monkeypatch.setenv("CONCEPTS_PHOTOS", "")
    app = screen.app().run()
    page = app.switch_page("pages/views/analysis.py").run()
    assert FACTORY not in page.selectbox(key="model").options
    assert page.radio(key="photos").options == ["an upload", "the demo's own pictures"]
    assert set(page.file_uploader(key="upload").allowed_type) == {".zip", *PICTURE_TYPES}


@pytest.mark.parametrize(("seconds", "text"), [(0.2, "1 s"), (89, "89 s"), (200, "3 min"), (7500, "2 h 05 min")])
def test_durations(seconds, text):
    assert duration(seconds) == text


@pytest.mark.parametrize(("seconds", "form"), [(0, ""), (1e300, ""), (2**60, ""), (1.7e9, r"\d\d:\d\d")])
def test_a_time_that_no_clock_shows_is_left_out(seconds, form):
    assert re.fullmatch(form, clock(seconds))


def test_sizes():
    assert size(3 * 2**20) == "3 MB"
    assert size(1.7 * 2**30) == "1.7 GB"
