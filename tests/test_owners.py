"""Jobs and uploads know who started them; without a name all is as for one person."""

import json

import pytest

from concepts.engine import jobs
from concepts.engine.jobs.job import REQUEST
from concepts.engine.upload_deletion import delete_upload, list_uploads
from concepts.engine.upload_owners import claim, owners_of
from concepts.engine.uploaded_files import UploadedFile, keep_file
from concepts.engine.uploads import Upload, digest_of, keep_photos, receive
from concepts.report.request import Request
from tests.support.inline import Inline
from tests.test_job_queue import Unfinished
from tests.test_uploads import FILES, silent

ASKED = Request(model="m", images="p", target="a")


def test_a_job_has_the_owner_who_started_it_last(tmp_path):
    job = jobs.submit(ASKED, tmp_path, executor=Unfinished(), owner="ann")
    assert jobs.submit(ASKED, tmp_path, executor=Unfinished(), owner="ben") == job
    assert job.owner == "ann", "it is under way"
    job.write(jobs.JobState(status="done"))
    assert jobs.submit(ASKED, tmp_path, executor=Unfinished(), owner="ben").owner == "ben"


def test_a_job_of_an_older_program_is_nobodys(tmp_path):
    job = jobs.submit(ASKED, tmp_path, executor=Unfinished(), owner="ann")
    stored = json.loads((job.folder / REQUEST).read_text())
    del stored["owner"]
    (job.folder / REQUEST).write_text(json.dumps(stored))
    assert (job.owner, job.damaged) == ("", False)


def photos(workspace, owner):
    upload = Upload(workspace.resolve(), digest_of(FILES), "holiday")
    receive(upload, FILES, owner=owner)
    keep_photos(upload, silent)
    return upload


def file(workspace, owner):
    upload = UploadedFile.of(workspace.resolve(), "names", "a.txt", b"red")
    keep_file(upload, b"red", owner=owner)
    return upload


@pytest.mark.parametrize("upload_by", [photos, file])
def test_people_who_upload_the_same_own_it_together(tmp_path, upload_by):
    upload = upload_by(tmp_path, "ann")
    assert upload_by(tmp_path, "ben/../é") == upload
    assert owners_of(upload) == ("ann", "ben/../é")
    (stored,) = list_uploads(tmp_path)
    assert stored.owners == ("ann", "ben/../é")
    delete_upload(upload, Inline(), owner="ann")
    assert upload.kept
    assert owners_of(upload) == ("ben/../é",)
    delete_upload(upload, Inline(), owner="ben/../é")
    assert not upload.kept
    assert owners_of(upload) == ()


@pytest.mark.parametrize("upload_by", [photos, file])
def test_an_upload_of_nobody_has_no_owner_and_the_operator_deletes_it_for_all(tmp_path, upload_by):
    upload = upload_by(tmp_path, "")
    assert (upload.kept, owners_of(upload), upload.owned_by.exists()) == (True, (), False)
    claim(upload, "ann")
    claim(upload, "ben")
    delete_upload(upload, Inline())
    assert not upload.kept


def test_a_refused_upload_is_nobodys(tmp_path):
    upload = Upload(tmp_path.resolve(), digest_of(FILES[2:]), "broken")
    receive(upload, FILES[2:], owner="ann")
    with pytest.raises(ValueError, match="photo"):
        keep_photos(upload, silent)
    assert owners_of(upload) == ()
