"""All classes in one run: each report is the one that `report` makes; what is finished is kept; what fails is named."""

import json
import shutil
import zipfile
from dataclasses import replace

import pytest

from concepts.engine.executors.in_process import InProcess
from concepts.publishing.site import build_site
from concepts.runs import class_report, conduct, disk, finish, planning, work
from concepts.runs import whole as run_whole
from concepts.runs.class_report import make_report
from concepts.runs.disk import DiskNeed, check_disk
from concepts.runs.planning import Planned
from concepts.runs.run import RunFolder
from concepts.runs.site_part import site_parts
from concepts.runs.table import read_table
from concepts.runs.whole import Telling, make_reports
from concepts.storage.store import NoRoomError
from tests.support.kills import contents_of
from tests.support.runs import SETTINGS, comparable, run_all, single_report, tiny_request
from tests.support.tiny import write_photos


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    monkeypatch.setattr(planning, "PART", 8)  # two batches: three parts a class
    monkeypatch.setattr(planning, "LOOKED", 20)
    monkeypatch.setattr(finish, "lay_out", lambda folder: None)  # takes seconds; `whole` has it


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    return write_photos(tmp_path_factory.mktemp("photos") / "photos", n=20)


@pytest.fixture(scope="module")
def whole(photos, tmp_path_factory):
    """A run over both classes, made once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(planning, "PART", 8)
        patch.setattr(planning, "LOOKED", 20)
        return run_all(tiny_request(photos), tmp_path_factory.mktemp("whole") / "out")


def without(request):
    return replace(request, settings=replace(request.settings, evidence="off"))


def made(run, name):
    return (run.folder / "reports" / name / "report.json").stat().st_mtime_ns


@pytest.mark.parametrize("label", ["red-0", "green-1"])
def test_each_report_is_the_one_that_the_command_report_makes(whole, photos, tmp_path, label):
    alone = single_report(replace(tiny_request(photos), target=label[:-2]), tmp_path / "alone")
    found = json.loads((whole.folder / "reports" / label / "report.json").read_text())
    assert found["request"]["target"] == label[:-2]
    assert comparable(whole.folder / "reports" / label) == comparable(alone)


def test_the_stages_of_a_class_are_gone_when_its_report_stands(whole):
    assert whole.n_done == 2
    assert not whole.failures
    assert not list((whole.folder.parent / "store").iterdir())
    assert (whole.folder / "site" / "index.html").is_file()
    assert list((whole.folder / "store").glob("plane-*"))
    assert not list((whole.folder / "work").glob("attempts-*"))


def test_what_the_site_shows_of_a_class_alone_its_process_has_written(whole, tmp_path):
    folder = RunFolder(whole.folder)
    parts = site_parts(folder, folder.run.classes)
    assert {path.split("/")[0] for path in parts} == {"classes", "pictures"}
    assert sum(path.startswith("classes/") for path in parts) == whole.site.n_classes == 2
    written = whole.site.written
    assert (written.unchanged, written.changed, written.new) == (len(parts), 0, whole.site.n_concepts + 2)
    build_site([whole.folder / "reports"], tmp_path / "site")
    assert contents_of(tmp_path / "site", tmp_path) == contents_of(whole.folder / "site", whole.folder)


def test_the_same_command_makes_nothing_again(whole, photos):
    before = made(whole, "red-0")
    said = []
    again = run_all(tiny_request(photos), whole.folder, telling=Telling(said=said.append))
    assert made(again, "red-0") == before
    assert again.n_done == 2
    assert said[0].startswith("0 classes to do")


def test_another_request_takes_no_run_of_an_earlier_one(whole, photos):
    with pytest.raises(ValueError, match="other options: choose another folder"):
        run_all(without(tiny_request(photos)), whole.folder)


def test_a_class_without_photos_is_named_and_the_others_come_out(photos, tmp_path):
    (tmp_path / "targets.txt").write_text("# two of three\nblue\n\nred\n")
    run = run_all(without(tiny_request(photos)), tmp_path / "out", targets=str(tmp_path / "targets.txt"))
    assert run.n_done == 1
    assert [each.label for each in run.failures] == ["blue"]
    assert "no photo lies in a folder called 'blue'" in run.failures[0].line
    assert (tmp_path / "out" / "reports" / "red-0" / "report.html").is_file()


def test_failed_classes_are_tried_again_only_where_that_is_asked_for(photos, tmp_path, monkeypatch):
    tries = []

    def fails_once(bench, each, progress):
        tries.append(each.label)
        if tries.count(each.label) == 1 and each.label == "green":
            raise RuntimeError("no luck\ntoday")
        make_report(bench, each, progress)

    monkeypatch.setattr(work, "make_report", fails_once)
    request = without(tiny_request(photos))
    first = run_all(request, tmp_path / "out")
    assert [each.text for each in first.failures] == ["green: unexpected RuntimeError: no luck today"]
    second = run_all(request, tmp_path / "out")
    assert second.failures == first.failures
    assert tries == ["red", "green"]
    third = run_all(request, tmp_path / "out", retry=True)
    assert tries == ["red", "green", "green"]
    assert (third.n_done, third.failures) == (2, ())


def test_a_full_disk_ends_the_run_in_one_line_and_what_is_finished_stays(photos, tmp_path, monkeypatch):
    full = []

    def room_for_one(bench, each, progress):
        if full:
            raise NoRoomError("nothing can be written in there (no space left on device): make room on the disk")
        make_report(bench, each, progress)
        full.append(each.label)

    monkeypatch.setattr(work, "make_report", room_for_one)
    request = without(tiny_request(photos))
    with pytest.raises(ValueError, match="no space left on device"):
        run_all(request, tmp_path / "out")
    before = (tmp_path / "out" / "reports" / "red-0" / "report.json").stat().st_mtime_ns
    monkeypatch.undo()
    again = run_all(request, tmp_path / "out")
    assert again.n_done == 2
    assert made(again, "red-0") == before


def test_photos_without_folders_go_to_the_class_that_the_model_answers(photos, tmp_path):
    flat = tmp_path / "flat"
    flat.mkdir()
    for colour in ("red", "green"):
        for file in (photos / colour).iterdir():
            shutil.copy(file, flat / f"{file.stem}-{colour}.png")
    run = run_all(tiny_request(flat), tmp_path / "out")
    assert run.n_done == 2
    listed = (tmp_path / "out" / "lists" / "red-0.csv").read_text().splitlines()
    assert listed[0] == "path"
    assert len(listed) == 21
    assert all(line.endswith("-red.png") for line in listed[1:])
    request = tiny_request(tmp_path / "out" / "lists" / "red-0.csv", target="red", others=str(flat))
    alone = single_report(request, tmp_path / "alone")
    assert comparable(tmp_path / "out" / "reports" / "red-0") == comparable(alone)
    data = json.loads((alone / "report.json").read_text())
    assert data["images"][0]["right"] is None  # an answer is not known to be right


def test_photos_of_a_zip_without_folders_go_to_the_class_that_the_model_answers(photos, tmp_path):
    flat = tmp_path / "flat.zip"
    with zipfile.ZipFile(flat, "w") as packed:
        for colour in ("red", "green"):
            for file in sorted((photos / colour).iterdir()):
                packed.write(file, f"{file.stem}-{colour}.png")
    run = run_all(tiny_request(flat), tmp_path / "out")
    assert run.n_done == 2, run.failures
    listed = (tmp_path / "out" / "lists" / "red-0.csv").read_text().splitlines()
    assert listed == ["zip,member", *(f"{flat},{i:03d}-red.png" for i in range(20))]
    request = tiny_request(tmp_path / "out" / "lists" / "red-0.csv", target="red", others=str(flat))
    alone = single_report(request, tmp_path / "alone")
    assert comparable(tmp_path / "out" / "reports" / "red-0") == comparable(alone)
    made_of = {each["name"] for each in json.loads((alone / "report.json").read_text())["images"]}
    assert made_of == {f"{i:03d}-red.png" for i in range(20)}
    assert not list((tmp_path / "out").rglob("*-red.png"))  # nothing is unpacked


def test_a_class_that_fails_leaves_nothing_behind_and_the_others_have_its_room(photos, tmp_path, monkeypatch):
    def fails(request, *more):
        raise RuntimeError("no memory")

    monkeypatch.setattr(class_report, "report_of", fails)
    run = run_all(tiny_request(photos), tmp_path / "out")
    assert [failure.label for failure in run.failures] == ["red", "green"]
    assert not list((tmp_path / "store").glob("class-*"))


class Two(InProcess):
    """As if two processes were there."""

    slots = 2


def test_beside_others_a_class_is_begun_where_the_disk_has_room_for_all_of_them(photos, tmp_path, monkeypatch):
    asked = []

    def has_room(run, classes, split, reports):
        asked.append([each.label for each in classes])
        return len(asked) > 3

    monkeypatch.setattr(run_whole, "has_room", has_room)
    assert run_all(tiny_request(photos), tmp_path / "out", executor=Two()).n_done == 2
    assert asked[0] == ["red", "green"], "the first one is begun in any case"
    assert len(asked) > 3, "the second one waits while there is no room, or the first is done"


def test_classes_that_share_their_stages_need_no_room_of_their_own_beside_that_for_reports(
    photos, tmp_path, monkeypatch
):
    for request, is_enough in ((on_all(tiny_request(photos)), True), (tiny_request(photos), False)):
        planned = Planned(request, "all", tmp_path / str(is_enough), tmp_path / "store")
        run = planned.add_classes(planned.labels)
        need = disk.disk_need(run, run.classes, planned.split, 2)
        rooms = {need.most: True, need.for_good: is_enough, need.for_good - 1: False}
        for free, expected in rooms.items():
            monkeypatch.setattr(disk, "free_bytes", lambda folder, free=free: free)
            assert disk.has_room(run, run.classes, planned.split, planned.folder.reports) is expected


def test_where_the_answers_decide_the_disk_is_said_before_the_pass_and_the_look_has_a_table(
    photos, tmp_path, monkeypatch
):
    flat = tmp_path / "flat"
    flat.mkdir()
    for colour in ("red", "green"):
        for file in (photos / colour).iterdir():
            shutil.copy(file, flat / f"{file.stem}-{colour}.png")
    with monkeypatch.context() as patch:
        patch.setattr(disk, "free_bytes", lambda folder: 4_000_000)  # a class takes as much, beside its photos
        patch.setattr(work, "look", None)
        with pytest.raises(ValueError, match=r"the run needs \d\.\d MB in"):
            run_all(tiny_request(flat), tmp_path / "full")
    said, tables = [], []

    def seen(table):
        tables.append(read_table(tmp_path / "out"))

    monkeypatch.setattr(conduct, "EVERY", 0.0)
    run_all(without(tiny_request(flat)), tmp_path / "out", telling=Telling(said=said.append, table=seen))
    assert said[0].startswith("disk: 5.0 MB or more for reports and site")
    assert tables[0].looked == 0.0


def test_another_store_is_used_by_processes_that_live_on(photos, tmp_path, monkeypatch):
    """The advice on a full disk is another --store."""
    stores = []

    def full(bench, each, progress):
        stores.append(bench.folder.store_of(each).parent)
        raise NoRoomError("nothing can be written (no space left on device): make room on the disk")

    monkeypatch.setattr(work, "make_report", full)
    for name in ("first", "second"):
        with pytest.raises(ValueError, match="no space left"):
            make_reports(without(tiny_request(photos)), "all", tmp_path / "out", store=tmp_path / name,
                         executor=lambda log: InProcess())  # fmt: skip
    assert stores == [tmp_path / "first", tmp_path / "second"]


def test_stages_that_an_earlier_command_left_need_no_room_again(tmp_path):
    need = DiskNeed(at_a_time=10**18, for_good=0)
    with pytest.raises(ValueError, match="the run needs"):
        check_disk(need, tmp_path, tmp_path / "store")
    check_disk(need, tmp_path, tmp_path / "store", there=10**18)


def on_all(request):
    return replace(request, settings=replace(request.settings, photos="all"))


def test_on_all_photos_the_classes_share_one_pass_and_one_dictionary(photos, tmp_path, monkeypatch):
    parts, passed = [], class_report.encode_part
    monkeypatch.setattr(work, "encode_part", lambda *order: (parts.append(order[2]), passed(*order)))
    said = []
    run = run_all(on_all(tiny_request(photos)), tmp_path / "out", telling=Telling(said=said.append))
    assert (run.n_done, run.failures) == (2, ())
    assert said[0] == "2 classes to do of 40 photos each"
    assert parts == [0, 1, 2, 3, 4]  # of eight photos, by the first class alone
    assert not list((tmp_path / "store").iterdir())
    reports = [
        json.loads((tmp_path / "out" / "reports" / name / "report.json").read_text()) for name in ("red-0", "green-1")
    ]
    assert [each["reused"] for each in reports] == [["activations"], ["activations", "concepts"]]
    assert [len(each["images"]) for each in reports] == [40, 40]
    for label in ("red-0", "green-1"):
        alone = single_report(replace(on_all(tiny_request(photos)), target=label[:-2]), tmp_path / "alone" / label)
        assert comparable(tmp_path / "out" / "reports" / label) == comparable(alone)


def test_on_all_photos_no_folder_need_name_a_class(photos, tmp_path):
    shutil.copytree(photos / "red", tmp_path / "unnamed" / "one")
    shutil.copytree(photos / "green", tmp_path / "unnamed" / "two")
    (tmp_path / "targets.txt").write_text("blue")
    request = on_all(without(tiny_request(tmp_path / "unnamed")))
    named = run_all(request, tmp_path / "named", targets=str(tmp_path / "targets.txt"))
    assert (named.n_done, named.failures) == (1, ())
    answered = run_all(request, tmp_path / "answered")
    assert {folder.name for folder in (answered.folder / "reports").iterdir()} == {"red-0", "green-1"}
    assert not (answered.folder / "lists").exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"targets": "nowhere.txt"}, "give all, or a text file"),
        ({"settings": replace(SETTINGS, photos="all"), "others": "nowhere"}, "leave --others out"),
        ({"images": "nowhere"}, "no such folder or file"),
    ],
)
def test_wrong_input_is_one_line_before_anything_is_computed(photos, tmp_path, change, said):
    targets = change.pop("targets", "all")
    with pytest.raises(ValueError, match=said) as error:
        run_all(tiny_request(photos, **change), tmp_path / "out", targets=targets)
    assert "\n" not in str(error.value)
    assert not (tmp_path / "out").exists()


def test_a_file_in_place_of_the_folder_and_a_line_that_is_no_class_are_refused(photos, tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(ValueError, match="is a file, and a run over many classes is a folder"):
        run_all(tiny_request(photos), tmp_path / "file")
    (tmp_path / "targets").write_text("red\nreed\n")
    with pytest.raises(ValueError, match="line 2: no class is called 'reed'"):
        run_all(tiny_request(photos), tmp_path / "out", targets=str(tmp_path / "targets"))


def test_a_site_that_is_none_of_ours_is_refused_before_anything_is_computed(photos, tmp_path, monkeypatch):
    Planned(tiny_request(photos), "all", tmp_path / "out", tmp_path / "store")
    (tmp_path / "out" / "site").mkdir()
    (tmp_path / "out" / "site" / "mine.html").write_text("mine")
    monkeypatch.setattr(work, "make_report", None)
    with pytest.raises(ValueError, match=r"no site of ours \(mine\.html\)"):
        run_all(tiny_request(photos), tmp_path / "out")


def test_a_disk_with_too_little_room_is_said_before_the_start(photos, tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: type("Usage", (), {"free": 1000}))
    with pytest.raises(ValueError, match=r"the run needs \d\.\d MB in .*: make room"):
        run_all(tiny_request(photos), tmp_path / "out")
