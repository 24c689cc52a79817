"""What folders, models and uploads are called on the page."""

from pathlib import Path

from pages.analysis.model_and_photos import _model_labels
from pages.analysis.short_names import distinct_names, photos_name
from pages.state.messages import public
from pages.state.server_settings import ServerSettings

HOUSE = ServerSettings(
    workspace=Path("/srv/ws"), photos=(Path("/a/clean/train"), Path("/a/marked/train"), Path("/b/test"))
)


def test_two_folders_of_one_name_are_told_apart():
    assert distinct_names(HOUSE.photos) == ["clean/train", "marked/train", "test"]
    assert distinct_names([]) == []


def test_every_folder_has_a_label_of_its_own():
    folders = [root / name for root in HOUSE.photos for name in ("hat", "pants")]
    labels = [photos_name(str(folder), HOUSE) for folder in folders]
    assert len(set(labels)) == len(folders)
    assert labels[1] == "clean/train/pants"
    assert photos_name("/srv/ws/uploads/photos/0a1b/holiday", HOUSE) == "holiday"


def test_models_are_called_by_file_and_function():
    server = ServerSettings(
        workspace=Path("/srv"), models=("/a/clothes.py:build", "/a/clothes.py:small", "/b/clothes.py:build")
    )
    labels = [label.removesuffix(" (named by the operator)") for label in list(_model_labels(server).values())[:3]]
    assert labels == ["a/clothes.py:build", "a/clothes.py:small", "b/clothes.py:build"]


def test_a_message_names_no_folder_of_the_server():
    text = "'/srv/ws/uploads/weights/3c12aa/evil.pt' holds more than tensors; see /srv/ws/jobs/x/log.txt"
    assert public(text, HOUSE) == "'evil.pt' holds more than tensors; see jobs/x/log.txt"
