"""Photos whose disk is taken away while they are read: no result is made of those that happened to be read before."""

import shutil
import zipfile
from pathlib import Path

import pytest

from concepts.data.dataset import SourceGoneError
from concepts.data.images import open_photos
from concepts.data.images.photo import UnreadablePhoto
from concepts.engine.analysis import analyse
from concepts.runs.planning import Planned
from concepts.runs.run import RunFolder
from concepts.runs.work import Order, Outcome, perform
from tests.support.runs import tiny_request
from tests.support.tiny import write_photos


@pytest.fixture
def photos(tmp_path):
    return write_photos(tmp_path / "photos", n=4)


def first_of(folder: Path) -> Path:
    return sorted((folder / "green").iterdir())[0]


def test_one_photo_that_is_gone_is_left_out_as_before(photos):
    found = open_photos(str(photos))
    first_of(photos).unlink()
    with pytest.raises(UnreadablePhoto, match="no such file"):
        found.open(0)


@pytest.mark.parametrize("how", ["the folder", "what is in it"])
def test_a_folder_that_is_gone_is_no_damaged_photo(photos, how):
    found = open_photos(str(photos))
    shutil.rmtree(photos / "green")
    if how == "what is in it":
        (photos / "green").mkdir()  # a place where nothing is mounted any more
    with pytest.raises(SourceGoneError, match=r"can no longer be read .*see that their disk is there") as error:
        found.open(0)
    assert "\n" not in str(error.value)


def test_a_zip_that_is_gone_is_no_damaged_photo(photos, tmp_path):
    packed = tmp_path / "photos.zip"
    with zipfile.ZipFile(packed, "w") as file:
        for photo in sorted(photos.rglob("*.png")):
            file.write(photo, photo.relative_to(photos))
    found = open_photos(str(packed))
    found._source._idle.clear()  # as for another thread
    packed.unlink()
    with pytest.raises(SourceGoneError, match=r"photos\.zip can no longer be read"):
        found.open(0)


def test_an_analysis_ends_in_a_line(photos, tmp_path):
    def gone(stage, share):
        if stage == "activations":
            shutil.rmtree(photos, ignore_errors=True)

    with pytest.raises(SourceGoneError, match="can no longer be read"):
        analyse(tiny_request(photos, target="red"), tmp_path / "store", gone)


def test_a_run_stops_and_no_class_counts_as_failed(photos, tmp_path):
    planned = Planned(tiny_request(photos), "all", tmp_path / "out", tmp_path / "store")
    run = planned.add_classes(planned.labels)
    order = Order(str(tmp_path / "out"), run.key, "s", "look")
    assert Outcome.from_json(perform(order.to_json())) == Outcome("done")  # the photos are open, as in a worker
    shutil.rmtree(photos)
    order = Order(str(tmp_path / "out"), run.key, "s", "class", each=run.classes[0])
    found = Outcome.from_json(perform(order.to_json()))
    assert found.status == "stop"
    assert "can no longer be read" in found.line
    assert not list(RunFolder(tmp_path / "out").path.glob("reports/*"))
