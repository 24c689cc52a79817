"""Files on New analysis that somebody else has given as well: they are each one's own, counted and recorded once."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from concepts.engine import jobs
from concepts.engine.jobs import worker
from concepts.engine.quotas import QuotaError
from concepts.engine.upload_deletion import list_uploads
from concepts.record import RecordStore
from pages.state import visitor
from pages.state.login import Session
from pages.state.server_settings import ServerSettings
from tests.support.inline import Inline
from tests.support.screen import script_of
from tests.test_model_zips import WHOLE, zip_of
from tests.test_uploads import RED
from tests.test_uploads_page import Waiting, folder_of, upload_control


def model_control() -> None:
    import streamlit as st

    from pages.analysis.model_zips import uploaded_model
    from pages.state.server_settings import server_settings

    st.text(str(uploaded_model(server_settings(), key="upload")))


def file_control() -> None:
    import streamlit as st

    from pages.analysis.single_files import uploaded_file
    from pages.state.server_settings import server_settings

    st.text(str(uploaded_file("Weights", "weights", server_settings(), key="upload", help_text="")))


GIVEN: dict[str, tuple[Callable[[], None], object]] = {
    "photos": (upload_control, [("a.png", RED, "image/png")]),
    "a model": (model_control, ("mine.zip", zip_of(WHOLE), "application/zip")),
    "a file": (file_control, ("w.pt", b"12345678", "")),
}
each_kind = pytest.mark.parametrize("kind", GIVEN)


@pytest.fixture
def come(tmp_path, monkeypatch):
    """Lets somebody in, as the gate would."""
    (tmp_path / "roles").write_text("ann analyst\nben analyst\nvera reader\n", encoding="utf-8")
    monkeypatch.setenv("CONCEPTS_WORKSPACE", str(tmp_path))
    monkeypatch.setenv("CONCEPTS_LOGIN", "proxy")
    monkeypatch.setenv("CONCEPTS_ROLES", str(tmp_path / "roles"))
    monkeypatch.setattr(ServerSettings, "executor", Inline())

    def enter(name: str) -> None:
        monkeypatch.setattr(visitor, "_session", lambda: Session(name, time.time() + 3600))

    return enter


def giving(kind: str) -> AppTest:
    control, files = GIVEN[kind]
    return script_of(control).run().file_uploader(key="upload").set_value(files).run()


def owners(workspace: Path) -> tuple[str, ...]:
    (stored,) = list_uploads(workspace)
    return stored.owners


def acts_of(name: str, workspace: Path) -> list[tuple[str, str]]:
    entries = RecordStore(f"sqlite:///{workspace / 'notes.sqlite'}").latest()
    return [(entry.what, entry.result.partition(":")[0]) for entry in entries if entry.who == name]


@each_kind
def test_what_another_gave_is_one_s_own_too(come, tmp_path, kind):
    come("ann")
    folder = folder_of(giving(kind))
    come("ben")
    page = giving(kind)
    for _ in range(2):
        assert folder_of(page.run()) == folder
        assert not page.error
    assert owners(tmp_path) == ("ann", "ben")
    assert acts_of("ben", tmp_path) == [("upload", "done")], "once, not at every run"
    come("ann")
    page = giving(kind)
    assert "but stay for others" in page.button(key="upload_delete").help
    page.button(key="upload_delete").click().run()
    assert owners(tmp_path) == ("ben",)


@each_kind
def test_what_another_gave_counts_for_whoever_gives_it_as_well(come, tmp_path, kind, monkeypatch):
    come("ann")
    giving(kind)
    monkeypatch.setenv("CONCEPTS_PERSON_DISK", "0.000000001")
    come("ben")
    page = giving(kind)
    assert folder_of(page) == "None"
    assert "CONCEPTS_PERSON_DISK" in page.error[0].value.replace("\\", "")
    assert owners(tmp_path) == ("ann",)
    come("vera")
    page = giving(kind)
    assert (folder_of(page), len(page.error)) == ("None", 1)
    assert owners(tmp_path) == ("ann",)


@each_kind
def test_what_the_address_names_is_used_and_nobody_s_for_that(come, tmp_path, kind):
    come("ann")
    folder = Path(folder_of(giving(kind)))
    come("ben")
    app = script_of(GIVEN[kind][0])
    app.query_params["upload_kept"] = f"{folder.parent.name}/{folder.name}"
    assert folder_of(app.run()) == str(folder)
    assert owners(tmp_path) == ("ann",)
    assert not acts_of("ben", tmp_path)


def test_photos_that_are_read_for_another_are_one_s_own_too(come, tmp_path, monkeypatch):
    monkeypatch.setattr(ServerSettings, "executor", Waiting())
    come("ann")
    giving("photos")
    come("ben")
    page = giving("photos")
    assert folder_of(page.run()) == "None"
    assert page.button(key="upload_cancel")
    assert acts_of("ben", tmp_path) == [("upload", "done")]
    (job,) = jobs.list_jobs(tmp_path, task="photos", executor=Inline())
    Inline().start(job)
    assert Path(folder_of(page.run())).is_dir()
    assert owners(tmp_path) == ("ann", "ben")
    assert acts_of("ben", tmp_path) == [("upload", "done")]


def test_what_was_refused_for_somebody_else_is_read_for_whoever_gives_it_next(come, tmp_path, monkeypatch):
    def refused(*words, **more):
        raise QuotaError("your uploads use 19.8 GB")

    with monkeypatch.context() as patch:
        patch.setattr(worker, "keep_photos", refused)
        come("ann")
        assert "19.8 GB" in giving("photos").error[0].value.replace("\\", "")
    come("ben")
    page = giving("photos")
    assert not page.error
    assert folder_of(page) != "None"
    assert owners(tmp_path) == ("ann", "ben")
