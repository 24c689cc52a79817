"""Uploads on the page New analysis: read in a job, with what was left out, refused or deleted."""

import errno
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from concepts.engine import jobs, uploaded_files
from concepts.engine.jobs import Job, JobState, worker
from concepts.engine.uploads import LIMITS, Upload, digest_of, keep_photos
from concepts.service import uploads
from concepts.storage.store import discard
from pages.analysis import model_and_photos
from pages.state.server_settings import ServerSettings
from tests.support.inline import Inline
from tests.support.screen import script_of
from tests.test_uploads import BLUE, FILES, RED


def upload_control() -> None:
    import streamlit as st

    from pages.analysis.photo_sources import uploaded_photos
    from pages.state.server_settings import server_settings

    st.text(str(uploaded_photos(server_settings(), label="Photos")))


@pytest.fixture
def executor(monkeypatch, tmp_path):
    monkeypatch.setenv("CONCEPTS_WORKSPACE", str(tmp_path))

    def use(executor: Inline) -> None:
        monkeypatch.setattr(ServerSettings, "executor", executor)

    use(Inline())
    return use


def uploading(files: list[tuple[str, bytes]]) -> AppTest:
    app = script_of(upload_control).run()
    return app.file_uploader(key="upload").set_value([(name, data, "image/png") for name, data in files]).run()


def folder_of(page: AppTest) -> str:
    assert not page.exception
    return page.text[0].value


@pytest.mark.usefixtures("executor")
def test_an_upload_is_read_and_what_is_left_out_is_named(tmp_path):
    page = uploading(FILES)
    upload = Upload(tmp_path.resolve(), digest_of(FILES), "upload of 3 files")
    assert folder_of(page) == str(upload.folder)
    assert [warning.value.replace("\\", "").split(":")[0] for warning in page.warning] == ["bad.png is left out"]
    help_text = page.file_uploader(key="upload").help
    assert "40 megapixels" in help_text
    assert "10,000" in help_text


class Waiting(Inline):
    """Jobs wait until somebody does them."""

    def start(self, job: Job) -> None:
        job.write(JobState(stage="waiting for a free slot"))


def test_the_page_waits_can_cancel_and_reads_again(executor, tmp_path):
    executor(Waiting())
    page = uploading([("a.png", RED)])
    assert folder_of(page) == "None"
    assert page.button(key="upload_cancel")
    (job,) = jobs.list_jobs(tmp_path, task="photos", executor=Inline())
    page.button(key="upload_cancel").click().run()
    assert job.cancel_wanted
    Inline().start(job)
    page.run()
    assert page.error[0].value.replace("\\", "") == "Cancelled. No photo was kept."
    executor(Inline())
    page.button(key="upload_again").click().run()
    assert Path(folder_of(page)).is_dir()
    assert not page.error


@pytest.mark.usefixtures("executor")
def test_an_upload_over_the_budget_is_refused_in_one_line_and_not_read_again(monkeypatch):
    tight = replace(LIMITS, max_total_pixels=95)
    monkeypatch.setattr(worker, "keep_photos", partial(keep_photos, limits=tight))
    page = uploading([("a.png", RED), ("b.png", BLUE)])
    assert folder_of(page) == "None"
    assert page.error[0].value.replace("\\", "").endswith("the limit: upload fewer or smaller ones")
    monkeypatch.setattr(worker, "keep_photos", None)
    assert folder_of(page.run()) == "None"


@pytest.mark.usefixtures("executor")
def test_photos_that_the_operator_removed_are_read_again_from_the_page(tmp_path):
    page = uploading([("a.png", RED)])
    discard(Path(folder_of(page)).parent)
    assert Path(folder_of(page.run())).is_dir()


def test_a_full_or_read_only_disk_is_one_line(executor, monkeypatch):
    def full(*args: object, **options: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    says = "cannot be stored: No space left on device. Tell the operator."
    with monkeypatch.context() as patch:
        patch.setattr(jobs, "submit", full)
        page = uploading([("a.png", RED)])
        assert folder_of(page) == "None"
        assert page.error[0].value == f"The request {says}"
        patch.setattr(uploads, "receive", full)
        assert page.run().error[0].value == f"The upload {says}"
    assert Path(folder_of(page.run())).is_dir()


def typed_names() -> None:
    import streamlit as st

    from pages.analysis.model_and_photos import choose_model
    from pages.state.server_settings import server_settings

    st.text(str(choose_model(server_settings())))


@pytest.mark.usefixtures("executor")
def test_weights_and_names_that_the_disk_does_not_take_are_missing(monkeypatch):
    def read_only(*args: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(uploaded_files, "write_bytes", read_only)
    page = script_of(typed_names).run()
    page.selectbox(key="model").set_value("resnet18").run()
    page.file_uploader(key="weights_file").set_value(("w.pt", b"x", "")).run()
    assert page.error[0].value == "The weights cannot be stored: Read-only file system. Tell the operator."
    page.radio(key="weights").set_value(model_and_photos.RANDOM).run()
    page.text_area(key="class_names").set_value("red, green").run()
    assert page.error[0].value == "The names cannot be stored: Read-only file system. Tell the operator."
    assert folder_of(page) == "None"
