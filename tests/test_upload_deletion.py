"""Uploads are deleted by who holds the files, and by the operator; never while a job reads them."""

import os
import shutil
import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from concepts.cli.main import main
from concepts.engine import jobs, upload_deletion
from concepts.engine.jobs import Job
from concepts.engine.upload_deletion import delete_upload, list_uploads
from concepts.engine.uploaded_files import FileKind, UploadedFile, keep_file
from concepts.engine.uploads import Upload, digest_of, keep_photos, receive
from concepts.report.request import Request
from concepts.storage.store import discard
from pages.analysis.model_and_photos import RANDOM
from pages.state.server_settings import ServerSettings
from tests.support.inline import Inline
from tests.support.screen import script_of
from tests.test_uploads import FILES, RED, silent
from tests.test_uploads_page import folder_of, typed_names, uploading


class Unfinished(Inline):
    """Jobs that never begin."""

    def start(self, job: Job) -> None:
        """Leaves it waiting."""


def kept(workspace: Path, name: str = "holiday", files: list[tuple[str, bytes]] = FILES) -> Upload:
    upload = Upload(workspace.resolve(), digest_of(files), name)
    receive(upload, files)
    keep_photos(upload, silent)
    return upload


def kept_file(workspace: Path, kind: FileKind, name: str, data: bytes) -> UploadedFile:
    upload = UploadedFile.of(workspace.resolve(), kind, name, data)
    keep_file(upload, data)
    return upload


@pytest.mark.parametrize("role", ["images", "others"])
def test_photos_are_not_deleted_while_a_job_reads_them(role, tmp_path):
    upload, other = kept(tmp_path), kept(tmp_path, files=[("a.png", RED)])
    named = {"images": str(upload.folder if role == "images" else other.folder)}
    named |= {} if role == "images" else {"others": str(upload.folder)}
    job = jobs.submit(Request(model="m", **named), tmp_path, executor=Unfinished())
    with pytest.raises(ValueError, match="an analysis is using these photos: wait until it has ended"):
        delete_upload(upload, Unfinished())
    assert upload.kept
    job.write(jobs.JobState(status="done"))
    delete_upload(upload, Unfinished())
    assert not upload.place.exists()
    assert other.kept
    assert jobs.list_jobs(tmp_path, executor=Unfinished()) == [job], "the analysis stays in the list"


@pytest.mark.parametrize(
    ("role", "kind", "words"), [("weights", "weights", "weights"), ("classes", "names", "class names")]
)
def test_a_file_is_not_deleted_while_a_job_reads_it(role, kind, words, tmp_path):
    upload, other = kept_file(tmp_path, kind, "a.txt", b"red"), kept_file(tmp_path, kind, "a.txt", b"green")
    asked = Request(model="m", images="p", **{role: str(upload.file)})
    jobs.submit(asked, tmp_path, executor=Unfinished())
    look = jobs.submit(asked, tmp_path, task="inspect", executor=Unfinished())
    for job in jobs.list_jobs(tmp_path, executor=Unfinished()):
        job.write(jobs.JobState(status="done"))
    with pytest.raises(ValueError, match=f"an analysis is using these {words}: wait until"):
        delete_upload(upload, Unfinished())
    look.write(jobs.JobState(status="done"))
    delete_upload(upload, Unfinished())
    assert not upload.place.exists()
    assert other.file.read_bytes() == b"green"
    assert not look.folder.exists()
    assert len(jobs.list_jobs(tmp_path, executor=Unfinished())) == 1, "the analysis stays in the list"


def test_what_was_looked_up_about_deleted_photos_goes_with_them(tmp_path):
    upload = kept(tmp_path)
    for task in ("photos", "inspect"):
        job = jobs.submit(Request(model="m", images=str(upload.folder)), tmp_path, task=task, executor=Unfinished())
        job.write(jobs.JobState(status="done"))
    (tmp_path / "jobs" / "inspect-damaged").mkdir()
    (tmp_path / "jobs" / "inspect-damaged" / "request.json").write_text("{")
    delete_upload(upload, Unfinished())
    assert [each.name for each in (tmp_path / "jobs").iterdir() if each.is_dir()] == ["inspect-damaged"]


@pytest.mark.parametrize("which", ["photos", "a file"])
def test_what_is_deleted_while_it_is_listed_is_passed_over(tmp_path, monkeypatch, which):
    stays = [kept_file(tmp_path, "names", "b.txt", b"green"), kept(tmp_path, files=[("a.png", RED)])]
    goes = kept(tmp_path) if which == "photos" else kept_file(tmp_path, "names", "a.txt", b"red")
    last_change = upload_deletion.last_change

    def deleted_first(entry: Path) -> float:
        if entry.is_relative_to(goes.place):
            discard(goes.place)
        return last_change(entry)

    monkeypatch.setattr(upload_deletion, "last_change", deleted_first)
    assert {each.upload for each in list_uploads(tmp_path)} == set(stays)


def test_the_page_deletes_and_does_not_upload_again_by_itself(tmp_path, monkeypatch):
    monkeypatch.setattr(ServerSettings, "executor", Inline())
    monkeypatch.setenv("CONCEPTS_WORKSPACE", str(tmp_path))

    def pressed(page: AppTest, key: str) -> AppTest:
        return page.button(key=key).click().run()

    page = uploading([("a.png", RED)])
    folder = Path(folder_of(page))
    assert "Reports made with them stay" in page.button(key="upload_delete").help
    pressed(page, "upload_delete")
    assert folder_of(page.run()) == "None"
    assert not folder.parent.exists()
    pressed(page, "upload_upload")
    assert folder_of(page) == str(folder)
    waiting = jobs.submit(Request(model="m", images=str(folder)), tmp_path, executor=Unfinished())
    assert "an analysis is using these photos" in pressed(page, "upload_delete").error[0].value
    assert folder.is_dir()
    shutil.rmtree(waiting.folder)


def test_the_page_deletes_weights_and_class_names(tmp_path, monkeypatch):
    monkeypatch.setattr(ServerSettings, "executor", Inline())
    monkeypatch.setenv("CONCEPTS_WORKSPACE", str(tmp_path))
    page = script_of(typed_names).run()
    page.selectbox(key="model").set_value("resnet18").run()

    def deleted_and_given_again(key: str, kind: str) -> None:
        (file,) = (tmp_path / "uploads" / kind).glob("*/*")
        assert str(file) in folder_of(page)
        page.button(key=f"{key}_delete").click().run()
        assert not file.exists()
        assert folder_of(page.run()) == "None", "it is not uploaded again by itself"
        page.button(key=f"{key}_upload").click().run()
        assert str(file) in folder_of(page)

    page.file_uploader(key="weights_file").set_value(("w.pt", b"x", "")).run()
    deleted_and_given_again("weights_file", "weights")
    page.radio(key="weights").set_value(RANDOM).run()
    page.text_area(key="class_names").set_value("red, green").run()
    deleted_and_given_again("class_names", "names")


def test_the_operator_lists_and_deletes_weights_and_class_names(tmp_path, capsys):
    def said(*arguments: str) -> str:
        assert main(["uploads", *arguments, "--workspace", str(tmp_path)]) == 0
        return capsys.readouterr().out

    weights = kept_file(tmp_path, "weights", "w.pt", b"x" * 2**20)
    names = kept_file(tmp_path, "names", "classes.txt", b"red")
    kept_file(tmp_path, "weights", "same.pt", b"x" * 2**20)
    leftover = weights.place / ".w.pt.0123abcd.part"
    leftover.touch()
    os.utime(leftover, (0, 0))
    for file in weights.place.glob("*.pt"):
        os.utime(file, (0, time.time() - 10 * 86_400))
    first, second, last = said("--list").splitlines()
    assert first.split("  ")[::2] == [weights.digest, "weights, 2.0 MB"], "two names of one content are one upload"
    assert second.endswith("class names, 0.0 MB  classes.txt")
    assert last.startswith("2 uploads in ")
    kept_file(tmp_path, "weights", "other.pt", b"y")
    assert not leftover.exists()
    assert "1 upload deleted" in said("--older", "9")
    assert not weights.place.exists()
    assert "1 upload deleted" in said("--remove", names.digest)
    assert [stored.upload.name for stored in list_uploads(tmp_path)] == ["other.pt"]


def test_the_operator_lists_and_deletes(tmp_path, capsys):
    def said(*arguments: str) -> str:
        assert main(["uploads", *arguments, "--workspace", str(tmp_path)]) == 0
        return capsys.readouterr().out

    assert said("--list").startswith("0 uploads in ")
    old, new = kept(tmp_path), kept(tmp_path, "new", [("a.png", RED)])
    ahead = kept(tmp_path, "ahead", [("b.png", RED)])
    os.utime(old.place, (0, time.time() - 10 * 86_400))
    os.utime(ahead.place, (0, time.time() + 10 * 86_400))
    assert [stored.upload for stored in list_uploads(tmp_path)] == [old, new, ahead]
    assert ahead.place.stat().st_mtime <= time.time(), "its age counts from now"
    assert "2 photos, 0.0 MB  holiday" in said("--list")
    job = jobs.submit(Request(model="m", images=str(old.folder)), tmp_path, executor=Unfinished())
    shown = said("--older", "9.5")
    assert "an analysis is using these photos" in shown
    assert "0 uploads deleted" in shown
    (job.folder / "state.json").write_text("{")  # damaged, and no process holds its lock
    assert "1 upload deleted" in said("--older", "9.5")
    assert [stored.upload for stored in list_uploads(tmp_path)] == [new, ahead]
    assert "0 uploads deleted" in said("--older", "0.5")
    assert "1 upload deleted" in said("--remove", ahead.digest)
    assert main(["uploads", "--remove", "../..", "--workspace", str(tmp_path)]) == 2
    assert "no upload is called '../..': --list shows which there are" in capsys.readouterr().err
    assert new.kept
