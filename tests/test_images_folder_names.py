"""Folders that stand for classes whose names no folder can have."""

import pytest
from PIL import Image

from concepts.data.images import open_photos
from concepts.data.images.labels import folder_labels
from concepts.data.images.names import safe_folder

CLASSES = ["AC/DC", "who?", "ratio 16:9", 'the "best"', "a|b", "etc.", "x<y", "cat"]


def label(folder: str, classes: list[str]) -> int | None:
    return folder_labels("photos", [f"{folder}/1.png"], classes).indices[0]


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("AC_DC", "AC/DC"),
        ("ac-dc", "AC/DC"),
        ("AC DC", "AC/DC"),
        ("ACDC", "AC/DC"),
        ("who", "who?"),
        ("Who_", "who?"),
        ("who?", "who?"),
        ("ratio_16-9", "ratio 16:9"),
        ("ratio 169", "ratio 16:9"),
        ("the best", 'the "best"'),
        ("the _best_", 'the "best"'),
        ("a_b", "a|b"),
        ("etc", "etc."),
        ("etc.", "etc."),
        ("xy", "x<y"),
        ("Cat", "cat"),
    ],
)
def test_a_folder_stands_for_a_class_with_reserved_characters(folder, name):
    assert label(folder, CLASSES) == CLASSES.index(name)


@pytest.mark.parametrize("name", [*CLASSES, "a very long name: " + 100 * "x", "  spaces? ", "a\nb:c"])
def test_the_folder_of_an_upload_stands_for_its_class(name):
    assert label(safe_folder(name), ["other", name]) == 1


@pytest.mark.parametrize(
    ("folder", "classes", "expected"),
    [
        ("AC_DC", ["AC/DC", "AC DC"], None),  # it may stand for both
        ("AC DC", ["AC/DC", "AC DC"], 1),  # exact
        ("acdc", ["AC/DC", "AC:DC"], None),
        ("acdc", ["AC/DC", "ACDC"], None),
        ("ACDC", ["AC/DC", "ACDC"], 1),
        ("who", ["who?", "who!"], 0),
        ("_", ["?", "*"], None),
    ],
)
def test_a_folder_that_may_stand_for_two_classes_stands_for_none(folder, classes, expected):
    assert label(folder, classes) == expected


def test_a_slash_in_a_name_is_no_folder(tmp_path):
    (tmp_path / "AC" / "DC").mkdir(parents=True)
    Image.new("RGB", (8, 8)).save(tmp_path / "AC" / "DC" / "1.png")
    assert open_photos(tmp_path).labels(["AC/DC", "DC"]) == [1]
