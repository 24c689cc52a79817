"""One who uploads again and again: refused beyond what they may, each time in one clear line, and others go on."""

from dataclasses import replace
from pathlib import Path

import pytest

from concepts import service
from concepts.engine import jobs
from concepts.engine.jobs import QueueFullError, QuotaError
from concepts.engine.quotas import GB, Quotas
from concepts.engine.upload_deletion import list_uploads
from concepts.engine.uploaded_files import UploadedFile
from concepts.engine.uploads import Upload, digest_of
from concepts.service import Workplace
from pages.state.server_settings import ServerSettings
from tests.support.pictures import encoded
from tests.support.screen import script_of
from tests.test_job_queue import Unfinished
from tests.test_service import ANN, BEN, notes, place, told
from tests.test_uploads_page import folder_of, upload_control

__all__ = ["notes", "place"]
FLOOD, SIZE = 30, 10  # uploads, and bytes of each


def keep(place: Workplace, person, number: int) -> UploadedFile:
    data = f"{number:0{SIZE}}".encode()
    upload = UploadedFile.of(place.workspace, "names", f"{number}.txt", data)
    service.keep(place, person, upload, data)
    return upload


def files_of(workspace: Path) -> set[Path]:
    """All but the locks, which are as many as there are persons and a few more, and empty."""
    uploads = workspace / "uploads"
    return {path for path in uploads.rglob("*") if path.is_file() and ".locks" not in path.relative_to(uploads).parts}


def test_a_flood_of_files_stops_at_the_disk_that_one_person_may_use(place):
    place = replace(place, quotas=Quotas(disk=3.5 * SIZE / GB))
    kept, said = [], set()
    for number in range(FLOOD):
        before = files_of(place.workspace)
        try:
            kept.append(keep(place, ANN, number))
        except QuotaError as error:
            said.add(str(error))
            assert files_of(place.workspace) == before, "nothing of what is refused is written"
    assert len(kept) == len(list_uploads(place.workspace)) == 3
    assert len(list((place.workspace / "uploads" / ".locks").iterdir())) <= 16 + 1
    (line,) = said
    assert line.startswith("your uploads use")
    assert line.count("\n") == 0
    assert "delete an upload" in line
    assert keep(place, BEN, FLOOD).kept
    service.delete(place, ANN, kept[0])
    assert keep(place, ANN, FLOOD + 1).kept
    results = [result for who, what, result in told(place) if (who, what) == ("ann", "upload")]
    assert (results.count("done"), results.count("failed")) == (4, FLOOD - 3), "each try is in the record"


def photos(number: int) -> list[tuple[str, bytes]]:
    from PIL import Image

    return [("a.png", encoded(Image.new("RGB", (8, 8), (number, 0, 0)), "PNG"))]


def receive(place: Workplace, person, number: int) -> None:
    files = photos(number)
    upload = Upload(place.workspace, digest_of(files), "photos")
    service.receive_photos(place, person, upload, files)
    service.submit(place, person, upload.request, task="photos")


@pytest.mark.parametrize("own", [True, False], ids=["one person's", "all"])
def test_a_flood_of_photos_stops_where_so_many_wait_to_be_read(place, own):
    place = replace(place, quotas=Quotas(waiting=2)) if own else replace(place, most_waiting=2)
    said = set()
    for number in range(FLOOD):
        before = files_of(place.workspace)
        try:
            receive(place, ANN, number)
        except (QueueFullError, QuotaError) as error:
            said.add(str(error))
            assert files_of(place.workspace) == before
    (line,) = said
    assert line.count("\n") == 0
    assert len(jobs.list_jobs(place.workspace, task="photos", executor=place.executor)) == 2
    if own:
        receive(place, BEN, FLOOD)


def test_whoever_floods_on_the_page_reads_one_line_and_may_try_again(tmp_path, monkeypatch):
    monkeypatch.setenv("CONCEPTS_WORKSPACE", str(tmp_path))
    monkeypatch.setenv("CONCEPTS_JOBS_WAITING", "2")
    monkeypatch.setattr(ServerSettings, "executor", Unfinished())
    page = script_of(upload_control).run()
    for number in range(5):
        ((name, data),) = photos(number)
        page.file_uploader(key="upload").set_value([(name, data, "image/png")]).run()
        assert folder_of(page) == "None"
        refused = number >= 2
        assert len(page.error) == refused
        assert bool(page.button(key="upload_retry") if refused else page.button(key="upload_cancel"))
    assert "2 " in page.error[0].value
    assert "\n" not in page.error[0].value
    assert len(jobs.list_jobs(tmp_path, task="photos", executor=Unfinished())) == 2
