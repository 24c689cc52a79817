"""ImageNet's own folders and names: which class each wnid is."""

import subprocess
import sys

import pytest

from concepts.data.images import open_photos
from concepts.data.images.wnids import imagenet_wnids, wnid_at_start, wnid_classes
from tests.test_images_opening import put

THOUSAND = [f"class {i}" for i in range(1000)]
NAMED = ["tench", "goldfish", *THOUSAND[2:]]


def test_the_wnids_are_those_of_the_classes_in_order():
    wnids = imagenet_wnids()
    assert (len(set(wnids)), wnids) == (1000, tuple(sorted(wnids)))
    known = {0: "n01440764", 1: "n01443537", 207: "n02099601", 281: "n02123045", 999: "n15075141"}
    assert {i: wnids[i] for i in known} == known


def test_the_wnids_are_those_of_real_photos(shared):
    files = sorted((shared / "data" / "imagenet_sample").glob("*.jpg"))
    photos = open_photos(files[:30])
    assert photos.labels(THOUSAND) == list(range(30))
    assert photos.label_source(THOUSAND) == "ImageNet's wnids"


@pytest.mark.parametrize(
    ("name", "wnid"),
    [
        ("n01440764", "n01440764"),
        ("n01440764-tench", "n01440764"),
        ("n01440764_tench", "n01440764"),
        ("n01440764 tench, Tinca tinca", "n01440764"),
        ("N01440764.tench", "n01440764"),
        ("n01440764_10026.JPEG", "n01440764"),
        ("n01440764.jpg", "n01440764"),
        ("n014407641", None),
        ("n01440764x", None),
        ("n0144076", None),
        ("tench n01440764", None),
        ("ILSVRC2012_val_00000001.JPEG", None),
    ],
)
def test_a_wnid_stands_at_the_start_of_a_name(name, wnid):
    assert wnid_at_start(name) == wnid


@pytest.mark.parametrize("classes", [THOUSAND, NAMED], ids=["without names", "with names"])
@pytest.mark.parametrize(
    "names",
    [
        ("n01443537/n01443537_1.JPEG", "n01440764/n01440764_9.JPEG"),
        ("ILSVRC/Data/CLS-LOC/train/n01443537/n01443537_1.JPEG", "ILSVRC/Data/CLS-LOC/train/n01440764/x.JPEG"),
        ("n01443537-goldfish/1.JPEG", "n01440764_tench/1.JPEG"),
        ("val/n01443537/ILSVRC2012_val_00000236.JPEG", "val/n01440764/ILSVRC2012_val_00000293.JPEG"),
        ("n01443537_1.JPEG", "n01440764_9.JPEG"),
        ("flat/n01443537_1.JPEG", "flat/n01440764_9.JPEG"),
    ],
)
def test_wnids_are_classes_of_a_model_with_1000_classes(tmp_path, names, classes):
    for name in names:
        put(tmp_path, name)
    photos = open_photos(tmp_path)
    by_name = dict(zip(photos.names, photos.labels(classes), strict=True))
    assert [by_name[name] for name in names] == [1, 0]
    assert photos.label_source(classes) == "ImageNet's wnids"


def test_a_flat_val_folder_names_no_class_beside_train(tmp_path):
    root = "ILSVRC/Data/CLS-LOC"
    for name in ("train/n01443537/n01443537_1.JPEG", "val/ILSVRC2012_val_00000001.JPEG", "train/n99999999/a.JPEG"):
        put(tmp_path, f"{root}/{name}")
    photos = open_photos(tmp_path)
    assert [name.rsplit("/", 2)[1] for name in photos.names] == ["n01443537", "n99999999", "val"]
    assert photos.labels(THOUSAND) == [1, None, None]


@pytest.mark.parametrize("folder", ["n02123045", "n02123045-tabby", "n02123045_tabby"])
def test_a_model_whose_names_are_wnids_has_an_order_of_its_own(tmp_path, folder):
    put(tmp_path, f"{folder}/a.JPEG")
    put(tmp_path, "n01440764/n01440764_1.JPEG")
    photos = open_photos(tmp_path)
    for classes in (["n02123045", "n01440764", "n01443537"], ["n02123045 tabby", "n01440764 tench"]):
        assert photos.labels(classes) == [1, 0]


def test_a_class_before_all_others_that_is_the_background_moves_the_indices():
    assert wnid_classes(["background", *THOUSAND])["n01440764"] == 1
    assert wnid_classes([*THOUSAND, "other"]) == {}


def test_the_innermost_folder_counts_by_name_or_by_wnid(tmp_path):
    put(tmp_path, "crane/n01440764/a.jpg")
    put(tmp_path, "n01443537/crane/a.jpg")
    classes = ["tench", "goldfish", "crane", *THOUSAND[3:]]
    assert open_photos(tmp_path).labels(classes) == [0, 2]


@pytest.mark.parametrize("n", [10, 999, 1001])
def test_wnids_say_nothing_of_other_numbers_of_classes(tmp_path, n):
    put(tmp_path, "n01443537/a.JPEG")
    put(tmp_path, "n01440764/a.JPEG")
    photos = open_photos(tmp_path)
    assert photos.labels([f"class {i}" for i in range(n)]) == [None, None]
    assert photos.label_source([f"class {i}" for i in range(n)]) == "nowhere"


@pytest.mark.parametrize(
    ("names", "classes", "source"),
    [
        (("cat/a.jpg", "dog/a.jpg"), ["cat", "dog"], "folder names"),
        (("0/a.jpg", "1/a.jpg"), ["cat", "dog"], "folder numbers"),
        (("x/a.jpg", "y/a.jpg"), ["cat", "dog"], "nowhere"),
        (("n01440764/a.jpg",), ["n01440764"], "folder names"),
    ],
)
def test_the_source_of_labels_is_said(tmp_path, names, classes, source):
    for name in names:
        put(tmp_path, name)
    assert open_photos(tmp_path).label_source(classes) == source


def test_without_timm_wnids_name_no_class(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert imagenet_wnids.__wrapped__() == ()


@pytest.mark.slow
def test_the_wnids_are_read_without_importing_timm():
    code = (
        "import sys; from concepts.data.images.wnids import imagenet_wnids as wnids; "
        "assert wnids() and 'timm' not in sys.modules"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
