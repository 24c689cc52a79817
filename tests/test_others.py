"""Photos of other classes beside those of one class: --others."""

import json
import shlex
import shutil

import pytest

from concepts.cli.main import main
from concepts.data.images import open_photos
from concepts.data.others import WithOthers
from concepts.engine.analysis import open_request_photos
from concepts.engine.inspection import inspect
from concepts.models import split_model
from concepts.models.target import resolve_target
from concepts.report import ReportSettings, build_report
from concepts.report.class_names import ORDER
from concepts.report.pipeline.labelled_photos import label_photos
from concepts.report.request import Request
from pages.report import provenance
from tests.support.tiny import CLASSES, FACTORY, write_photos
from tests.test_class_order import classifier

SETTINGS = ReportSettings(n_concepts=3, sample=500, n_crops=1)


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """own/red and others/green of twelve photos each; plain/ holds the green ones under a name that is no class."""
    root = tmp_path_factory.mktemp("folders")
    write_photos(root / "own", n=12)
    (root / "others").mkdir()
    shutil.move(root / "own" / "green", root / "others" / "green")
    shutil.copytree(root / "others" / "green", root / "plain")
    return root


@pytest.fixture
def both(folders):
    return WithOthers(open_photos(folders / "own"), open_photos(folders / "others"))


def labelled(own, others, target="red", names=CLASSES):
    photos = WithOthers(open_photos(own), open_photos(others))
    return label_photos(photos, resolve_target(target, names, len(names)), names)


def test_both_are_one_dataset_with_names_of_their_own(both, folders):
    assert len(both) == len(set(both.names)) == 24
    assert both.names[:1] == ("red/000.png",)
    assert both.names[12] == "others/green/000.png"
    assert both.is_other == (False,) * 12 + (True,) * 12
    assert both.source_name == "own"
    assert both.labels(CLASSES) == [0] * 12 + [1] * 12
    other = open_photos(folders / "others")
    assert list(both.open(15).getdata()) == list(other.open(3).getdata())
    assert both.preview(15) == other.preview(3)
    for i in (-1, 24):
        with pytest.raises(IndexError, match="0 to 23"):
            both.open(i)


def test_a_subset_of_a_subset_is_in_the_given_order(both):
    chosen = both.subset([23, 3, 12]).subset([2, 0])
    assert chosen.names == ("others/green/000.png", "others/green/011.png")
    assert chosen.labels(CLASSES) == [1, 1]
    assert chosen.groups == ("green", "green")


def test_names_differ_also_where_a_folder_is_called_like_the_others(folders, tmp_path):
    shutil.copytree(folders / "own", tmp_path / "others")
    shutil.copytree(folders / "own" / "red", tmp_path / "own" / "others" / "red")
    both = WithOthers(open_photos(tmp_path / "own"), open_photos(tmp_path / "others"))
    assert len(set(both.names)) == 24


def test_the_fingerprint_is_that_of_the_own_photos_until_others_are_chosen(both):
    assert both.subset(range(12)).fingerprint() == both.own.fingerprint()
    prints = {both.subset(chosen).fingerprint() for chosen in (range(12), range(24), range(13), [12], [12, 0], [0, 12])}
    assert len(prints) == 6


def test_photos_of_the_target_are_no_others(folders):
    write_photos(folders / "mixed", n=4, seed=1)
    found = labelled(folders / "own", folders / "mixed")
    assert found.labels == (0,) * 12 + (1,) * 4
    assert [(each.name, each.reason) for each in found.left_out] == [
        ("mixed", "4 photos of red by folder: not among those of other classes")
    ]


def test_a_photo_in_both_is_counted_once(folders, tmp_path):
    shutil.copytree(folders / "plain", tmp_path / "plain")
    shutil.copy(folders / "own" / "red" / "003.png", tmp_path / "plain" / "elsewhere.png")
    found = labelled(folders / "own", tmp_path / "plain")
    assert sum(found.is_other) == 12
    assert "plain/elsewhere.png" not in found.photos.names
    assert [each.reason for each in found.left_out] == ["1 photo also among the photos themselves: counted once"]


@pytest.mark.parametrize(
    ("names", "target", "label"),
    [(["red", "green"], "red", 1), (["green", "red"], "red", 0), (CLASSES, "red", None), (CLASSES, "red, blue", 1)],
)
def test_the_class_of_others_is_known_where_one_remains(names, target, label, folders):
    assert labelled(folders / "own", folders / "plain", target, names).labels[12:] == (label,) * 12


@pytest.mark.parametrize("others", ["others", "plain"])
def test_with_others_swapped_names_show_also_for_one_class(others, folders):
    swapped = split_model(classifier(0, 1, names=["green", "red"]), layer="features")
    photos = WithOthers(open_photos(folders / "own"), open_photos(folders / others))
    report = build_report(swapped, photos, "red", SETTINGS)
    (check,) = (check for check in report.data.checks if check.name == ORDER)
    assert (check.value, check.control) == (0, 1)
    assert len(report.data.images) == 12
    assert report.data.dataset.others.n_photos == 12
    assert report.data.dataset.others.n_used == 0
    shown = dict(provenance._model_and_data(report.data))
    assert shown["class names"] == "the model's own"
    assert shown["photos of other classes"] == f"{others}: 12, asked for the order of class names alone"


def test_names_guessed_from_both_folders_in_another_order_are_refused(folders):
    swapped = split_model(classifier(0, 1), layer="features")
    photos = WithOthers(open_photos(folders / "own" / "red"), open_photos(folders / "others" / "green"))
    with pytest.raises(ValueError, match=r"right on 0 of 16 photos .*--classes 'red, green'"):
        build_report(swapped, photos, "red", SETTINGS)


def test_all_photos_hold_the_others(folders):
    split = split_model(classifier(0, 1, 2, names=CLASSES), layer="features")
    settings = ReportSettings(n_concepts=3, sample=500, n_crops=1, photos="all")
    known = build_report(split, WithOthers(open_photos(folders / "own"), open_photos(folders / "others")), 0, settings)
    assert [row.label for row in known.data.images] == ["red"] * 12 + ["green"] * 12
    assert known.data.accuracy.value == 1
    assert known.data.dataset.others.n_used == 12
    unknown = build_report(split, WithOthers(open_photos(folders / "own"), open_photos(folders / "plain")), 0, settings)
    assert [row.label for row in unknown.data.images] == ["red"] * 12 + ["another class"] * 12
    assert not unknown.data.dataset.labels_known
    assert unknown.data.accuracy.value == 0.5


def arguments(folders, out, **changes):
    options = {
        "model": FACTORY, "images": folders / "own", "others": folders / "others", "target": "red", "layer": "features",
        "concepts": 3, "sample": 500, "out": out,
    }  # fmt: skip
    return ["report", *(text for name, value in (options | changes).items() for text in (f"--{name}", str(value)))]


@pytest.fixture
def classes(tmp_path):
    file = tmp_path / "classes.txt"
    file.write_text("\n".join(CLASSES))
    return str(file)


def test_the_command_with_others_makes_the_report_again(folders, classes, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(folders)
    assert main(arguments(folders, tmp_path / "red", photos="all", classes=classes)) == 0
    said = capsys.readouterr().out
    assert "class names: given with the model (--classes)" in said
    assert "order of class names: With these class names, the model is right on 16 of 16 photos of 2 classes" in said
    assert "photos of other classes: others: 12, 12 of them used" in said
    first = json.loads((tmp_path / "red" / "report.json").read_text(encoding="utf-8"))
    page = (tmp_path / "red" / "report.html").read_text(encoding="utf-8")
    assert "given with the model (--classes)" in page
    assert "others: 12, 12 of them used" in page
    program = shlex.split(first["command"])[3:-1]
    assert "--others=others" in program
    assert main([*program, f"--out={tmp_path / 'again'}"]) == 0
    again = json.loads((tmp_path / "again" / "report.json").read_text(encoding="utf-8"))
    assert again["data"] == first["data"]
    assert again["images"] == first["images"]


def test_a_wrong_path_of_others_is_told_before_the_model_is_opened(folders, tmp_path, capsys):
    assert main(arguments(folders, tmp_path / "red", model="resnet5", others="no/such/folder")) == 2
    said = capsys.readouterr().err.strip()
    assert "no/such/folder" in said
    assert "\n" not in said


def test_a_request_with_others_is_another_request_and_opens_both(folders):
    alone = Request(FACTORY, str(folders / "own"))
    both = Request(FACTORY, str(folders / "own"), others=str(folders / "others"))
    assert alone.key != both.key
    assert len(open_request_photos(both, None)) == 24
    assert len(open_request_photos(alone, None)) == 12


def test_a_look_counts_the_others_apart(folders, classes):
    found = inspect(Request(FACTORY, str(folders / "own"), classes=classes, others=str(folders / "others")))
    assert found.photos_per_class == {"red": 12}
    assert (found.n_photos, found.n_others, found.n_tried) == (12, 12, 16)
    alone = inspect(Request(FACTORY, str(folders / "own"), classes=classes))
    assert (alone.n_photos, alone.n_others, alone.n_tried) == (12, 0, 0)
