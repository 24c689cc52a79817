"""Uploads of each person: their size, what they use of the disk, and their age; refused before anything is written."""

import os
import time

import pytest

from concepts.engine import jobs
from concepts.engine.jobs import QuotaError, Quotas, worker
from concepts.engine.jobs.worker import Worker
from concepts.engine.quotas import DAY, GB, MB
from concepts.engine.upload_deletion import expire_uploads, list_uploads
from concepts.engine.upload_owners import claim, owners_of
from concepts.engine.upload_quotas import bytes_of_uploads
from concepts.engine.uploaded_files import UploadedFile, keep_file
from concepts.engine.uploads import Upload, digest_of, keep_photos, receive
from concepts.report.request import Request
from tests.support.inline import Inline
from tests.test_job_queue import Unfinished
from tests.test_uploads import RED, silent

SMALL = Quotas(upload=10 / MB, disk=25 / GB)  # 10 and 25 bytes


def give(workspace, data, owner, quotas=SMALL):
    upload = UploadedFile.of(workspace.resolve(), "names", "a.txt", data)
    keep_file(upload, data, owner=owner, quotas=quotas)
    return upload


def test_an_upload_that_is_too_large_is_refused_and_nothing_is_written(tmp_path):
    said = r"^the upload has 0\.0 MB, and no more than 9\.5\S* MB may be .* \(CONCEPTS_PERSON_UPLOAD\)$"
    with pytest.raises(QuotaError, match=said):
        give(tmp_path, 11 * b"x", "ann")
    assert list(tmp_path.iterdir()) == []
    give(tmp_path, 11 * b"x", "")
    give(tmp_path, 10 * b"x", "ann")


def test_no_more_of_the_disk_is_used_than_may(tmp_path):
    give(tmp_path, 10 * b"a", "ann")
    last = give(tmp_path, 10 * b"b", "ann")
    assert bytes_of_uploads(tmp_path, "ann") == 20
    with pytest.raises(QuotaError, match=r"^your uploads use 0\.0 MB, this one has .* more, .*delete an upload"):
        give(tmp_path, 6 * b"c", "ann")
    assert give(tmp_path, 10 * b"b", "ann") == last, "it is there already"
    give(tmp_path, 6 * b"c", "ben")
    give(tmp_path, 5 * b"d", "ann")
    with pytest.raises(QuotaError):
        give(tmp_path, 6 * b"c", "ann")  # though it is there: it would count for ann as well
    assert len(list_uploads(tmp_path)) == 4


def test_photos_count_before_and_after_they_are_read(tmp_path):
    files = [("a.png", RED)]
    upload = Upload(tmp_path.resolve(), digest_of(files), "mine")
    with pytest.raises(QuotaError, match="the upload has"):
        receive(upload, iter(files), owner="ann", quotas=Quotas(upload=(len(RED) - 1) / MB))
    assert not (tmp_path / "uploads").exists()
    receive(upload, iter(files), owner="ann", quotas=Quotas(upload=len(RED) / MB, disk=len(RED) / GB))
    assert bytes_of_uploads(tmp_path, "ann") > len(RED)
    keep_photos(upload, silent)
    assert 0 < bytes_of_uploads(tmp_path, "ann") == bytes_of_uploads(tmp_path.resolve(), "ann")
    assert bytes_of_uploads(tmp_path, "ben") == 0


def owned_for(upload, owner, days):
    claim(upload, owner)
    (file,) = [file for file in upload.owned_by.iterdir() if file.read_text() == owner]
    os.utime(file, (time.time() - days * DAY,) * 2)


def test_old_uploads_are_deleted_but_not_those_in_use_or_of_nobody(tmp_path):
    old, shared, used, nobodys = (give(tmp_path, data, "") for data in (b"old", b"shared", b"used", b"nobody"))
    for upload in (old, shared, used):
        owned_for(upload, "ann", 31)
    claim(shared, "ben")
    jobs.submit(Request(model="m", images="p", classes=str(used.file)), tmp_path, executor=Unfinished())
    expire_uploads(tmp_path, Quotas(), Unfinished())
    expire_uploads(tmp_path, Quotas(days=32), Unfinished())
    assert old.kept
    expire_uploads(tmp_path, Quotas(days=30), Unfinished())
    assert [each.kept for each in (old, shared, used, nobodys)] == [False, True, True, True]
    assert [owners_of(each) for each in (old, shared, used)] == [(), ("ben",), ("ann",)]


def test_an_upload_given_again_is_as_old_as_before(tmp_path):
    upload = give(tmp_path, b"old", "ann")
    owned_for(upload, "ann", 31)
    give(tmp_path, b"old", "ann")
    expire_uploads(tmp_path, Quotas(days=30), Inline())
    assert not upload.kept


def test_every_job_looks_for_old_uploads(tmp_path, monkeypatch):
    monkeypatch.setenv("CONCEPTS_PERSON_DAYS", "30")
    old = give(tmp_path, b"old", "ann")
    owned_for(old, "ann", 31)
    files = [("a.png", RED)]
    upload = Upload(tmp_path.resolve(), digest_of(files), "mine")
    receive(upload, files)
    Worker(jobs.submit(upload.request, tmp_path, task="photos", executor=Unfinished())).run()
    assert (old.kept, upload.kept) == (False, True)


@pytest.mark.parametrize("end", ["failed", "cancelled"])
def test_however_a_job_ends_old_uploads_go(tmp_path, monkeypatch, end):
    monkeypatch.setenv("CONCEPTS_PERSON_DAYS", "30")
    old = give(tmp_path, b"old", "ann")
    owned_for(old, "ann", 31)
    nothing = Upload(tmp_path.resolve(), "0" * 24, "mine")
    job = jobs.submit(nothing.request, tmp_path, task="photos", executor=Unfinished())
    if end == "cancelled":
        receive(nothing, [("a.png", RED)])
        jobs.cancel(job)
    Worker(job).run()
    assert (job.state.status, old.kept) == (end, False)


def test_what_goes_wrong_with_old_uploads_changes_nothing_of_the_job(tmp_path, monkeypatch, capsys):
    def vanished(*_: object) -> None:
        raise FileNotFoundError("gone")

    monkeypatch.setattr(worker, "expire_uploads", vanished)
    files = [("a.png", RED)]
    upload = Upload(tmp_path.resolve(), digest_of(files), "mine")
    receive(upload, files)
    job = jobs.submit(upload.request, tmp_path, task="photos", executor=Unfinished())
    Worker(job).run()
    assert (job.state.status, job.state.message) == ("done", "")
    assert "FileNotFoundError: gone" in capsys.readouterr().err
