"""Uploads: received as a whole, read in a job within a budget of pixels, deleted by who has them."""

import io
import zipfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from PIL import Image

from concepts.data.images import Limits, open_photos, store_uploads
from concepts.data.images import upload as upload_room
from concepts.engine import jobs
from concepts.engine.jobs.worker import Cancelled
from concepts.engine.uploads import Upload, digest_of, keep_photos, receive
from concepts.storage.store import discard
from tests.support.inline import Inline
from tests.support.zips import zipped


def picture(colour: str, size: tuple[int, int] = (8, 6)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, "PNG")
    return buffer.getvalue()


RED, BLUE = picture("red"), picture("blue")
FILES = [("a.png", RED), ("b.png", BLUE), ("bad.png", b"text")]


def silent(stage: str, share: float) -> None:
    """No progress is shown."""


def files_in(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


@pytest.fixture
def upload(tmp_path):
    return Upload(tmp_path, digest_of(FILES), "holiday")


def test_what_is_received_is_read_in_a_job_and_kept_as_a_whole(upload):
    receive(upload, FILES)
    assert not upload.kept
    job = jobs.submit(upload.request, upload.workspace, task="photos", executor=Inline())
    assert (job.state.status, job.state.message) == ("done", "")
    assert upload.kept
    assert len(open_photos(upload.folder)) == 2
    assert [name for name, _ in upload.left_out] == ["bad.png"]
    assert Upload.at(upload.folder) == upload
    assert list(upload.incoming.parent.iterdir()) == [], "the files as they came are not kept twice"


def test_a_place_that_an_older_program_left_half_filled_is_filled_anew(upload):
    (upload.folder / "old").mkdir(parents=True)
    receive(upload, FILES)
    keep_photos(upload, silent)
    assert len(files_in(upload.folder)) == 2
    assert not (upload.folder / "old").exists()


@pytest.mark.parametrize("files", [FILES, [("all.zip", zipped(*FILES))], [("same.zip", zipped(("a", RED), *FILES))]])
def test_pixels_are_counted_before_any_is_decoded(upload, files, monkeypatch):
    receive(upload, files)
    monkeypatch.setattr(upload_room, "decode", None)
    with pytest.raises(ValueError, match=r"more than 0 megapixels together, the limit: upload fewer or smaller ones"):
        keep_photos(upload, silent, Limits(max_total_pixels=2 * 48 - 1))
    assert not upload.kept
    assert files_in(upload.workspace) == [], "a refused upload leaves nothing"


def test_a_photo_counts_as_often_as_it_is_decoded_but_not_where_it_is_refused(tmp_path):
    same = [(f"{i}.png", RED) for i in range(5)] + [("large.png", picture("red", (100, 100)))]
    limits = Limits(max_total_pixels=5 * 48, max_pixels=9_999)
    assert store_uploads(same, tmp_path / "in", limits, on_skip=lambda skipped: None).is_dir()
    with pytest.raises(ValueError, match="megapixels together"):
        store_uploads(same, tmp_path / "over", Limits(max_total_pixels=5 * 48 - 1), on_skip=lambda skipped: None)


def test_a_zip_of_very_many_files_is_refused_by_its_directory_alone(monkeypatch):
    archive = zipped(("a.png", RED), *((f"{i}.txt", b"") for i in range(8)))
    monkeypatch.setattr(zipfile, "ZipFile", None)
    with pytest.raises(ValueError, match=r"x\.zip holds more than 8 files, the limit: pack photos only"):
        list(store_uploads([("x.zip", archive)], Path("nowhere"), Limits(max_photos=2)).iterdir())


def test_files_without_number_are_refused_however_they_come(upload):
    many = [(f"{i}.png", RED) for i in range(9)]
    for files in (many, [(f"{i}.zip", zipped(*many[:2])) for i in range(5)]):
        with pytest.raises(ValueError, match="the upload has more than 8 files, the limit"):
            store_uploads(files, upload.folder, Limits(max_photos=2), on_skip=lambda skipped: None)
    with pytest.raises(ValueError, match="the upload has more than 0 MB, the limit: upload less"):
        receive(upload, many, Limits(max_bytes=9 * len(RED) - 1))
    assert files_in(upload.workspace) == []


def test_reading_stops_when_it_is_cancelled_and_leaves_nothing(upload):
    receive(upload, FILES)

    def stop(stage: str, share: float) -> None:
        if share > 0:
            raise Cancelled

    with pytest.raises(Cancelled):
        keep_photos(upload, stop)
    assert files_in(upload.workspace) == []


def test_uploads_of_one_file_at_once_while_it_is_removed(upload):
    """Two visitors upload, a third removes what is received: each photo set that is kept is whole."""

    def visit() -> None:
        for _ in range(5):
            receive(upload, FILES)
            with suppress(ValueError):  # removed before it was read
                keep_photos(upload, silent)

    with ThreadPoolExecutor() as pool:
        visits = [pool.submit(visit) for _ in range(2)]
        while not all(each.done() for each in visits):
            discard(upload.incoming)
        assert [each.result() for each in visits] == [None, None]
    receive(upload, FILES)
    keep_photos(upload, silent)
    assert len(files_in(upload.folder)) == 2
