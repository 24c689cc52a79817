"""The command `reports`: what it prints, its exit codes, the table and the disk in words; texts by the same way."""

import json
from argparse import Namespace

import pytest

from concepts.cli import reports
from concepts.cli.main import main
from concepts.engine.executors.in_process import InProcess
from concepts.report.request import Request
from concepts.report.settings import ReportSettings
from concepts.runs import finish, planning
from concepts.runs.disk import disk_need, written
from concepts.runs.failures import Failure
from concepts.runs.paths import absolute
from concepts.runs.planning import Planned
from concepts.runs.table import Table, duration
from concepts.runs.targets import target_lines
from tests.support.runs import comparable, run_all, single_report, tiny_request
from tests.support.tiny import FACTORY, write_photos
from tests.support.tiny_texts import classifier_folder


@pytest.fixture(autouse=True)
def here(monkeypatch):
    monkeypatch.setattr(finish, "lay_out", lambda folder: None)
    monkeypatch.setattr(reports, "executor_of", lambda options: lambda log: InProcess())


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    return write_photos(tmp_path_factory.mktemp("photos") / "photos", n=8)


def command(photos, out, *more):
    model = ["--model", FACTORY, "--classes", "red, green, blue", "--layer", "features", "--concepts", "3"]
    return main(["reports", *model, "--images", str(photos), "--evidence", "off", "--out", str(out), *more])


def test_the_command_prints_a_table_and_names_what_failed(photos, tmp_path, capsys):
    (tmp_path / "targets").write_text("red\nblue\n")
    code = command(photos, tmp_path / "out", "--targets", str(tmp_path / "targets"))
    said = capsys.readouterr().out
    assert code == 1
    assert "2 classes to do of 8 photos by their folders or labels" in said
    assert "disk: about 0.1 MB at a time" in said
    assert "    done  running  failed  waiting   time left" in said
    assert "  no report of blue: no photo lies in a folder called 'blue'" in said
    assert "1 report, 1 failed" in said
    table = json.loads((tmp_path / "out" / "table.json").read_text())
    assert (table["done"], table["failed"], table["running"]) == (1, 1, 0)
    assert table["failures"][0]["label"] == "blue"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--targets", "none.txt"], "--targets none.txt: give all, or a text file with a class a line"),
        (["--target", "red"], "--targets red: give all, or a text file with a class a line"),
    ],
)
def test_wrong_targets_are_one_line(photos, tmp_path, capsys, more, said):
    assert command(photos, tmp_path / "out", *more) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


def test_workers_here_and_a_scheduler_exclude_each_other(photos, tmp_path, capsys):
    with pytest.raises(SystemExit):
        command(photos, tmp_path / "out", "--targets", "all", "--workers", "1", "--scheduler", "x")
    assert "not allowed with argument --workers" in capsys.readouterr().err


def test_several_workers_here_do_not_share_a_gpu(monkeypatch):
    monkeypatch.undo()
    with pytest.raises(ValueError, match="start a Dask worker for each GPU"):
        reports.executor_of(Namespace(scheduler=None, workers=2, device="cuda:0"))


def test_an_address_that_is_not_encrypted_is_refused_before_a_model_is_loaded(monkeypatch):
    monkeypatch.undo()
    with pytest.raises(ValueError, match="is not encrypted"):
        reports.executor_of(Namespace(scheduler="tcp://10.0.0.1:8786", workers=None, device="cpu"))


def test_texts_have_runs_alike(tmp_path, monkeypatch):
    monkeypatch.setattr(planning, "PART", 8)
    texts = tmp_path / "texts.csv"
    rows = [f"A {label} film with number {i} of many,{label}" for i in range(12) for label in ("good", "bad")]
    texts.write_text("\n".join(["text,label", *rows]))
    settings = ReportSettings(n_concepts=3, batch_size=8, evidence="off")
    request = Request(
        model=str(classifier_folder(tmp_path / "model")), texts=str(texts), classes="bad, good, odd", settings=settings
    )
    (tmp_path / "targets").write_text("good")
    run = run_all(request, tmp_path / "out", targets=str(tmp_path / "targets"))
    assert (run.n_done, run.failures) == (1, ())
    alone = single_report(Request(**vars(request) | {"target": "good"}), tmp_path / "alone")
    assert comparable(run.folder / "reports" / "good-1") == comparable(alone)


@pytest.mark.parametrize(("seconds", "said"), [(4, "4 s"), (600, "10 min"), (3 * 3600 + 1200, "3 h 20 min")])
def test_durations_are_short_words(seconds, said):
    assert duration(seconds) == said


def test_a_row_says_what_is_known():
    assert Table(3, 2, 1, 1000).line.split() == ["3", "2", "1", "1,000", "not", "known", "yet"]
    assert Table(0, 0, 0, 5, looked=0.25).line == "a first look at the photos: 25%"
    assert Table(0, 1, 0, 0, workers=0).line.endswith(" (no worker is there yet)   not known yet")
    with_gpu = Table(0, 1, 0, 0, workers=0, needs_gpu=True).state
    assert with_gpu.endswith(" (no worker with a GPU, that is started with --resources GPU=1, is there yet)")
    assert Failure("red", "why").text == "red: why"


def test_a_row_is_printed_where_something_has_happened_and_a_failure_once(capsys):
    printer, failure = reports.TablePrinter(), Failure("red", "why")
    looking = [Table(0, 0, 0, 3, looked=0.0, workers=0), Table(0, 0, 0, 3, looked=0.0), Table(0, 0, 0, 3, looked=0.5)]
    rest = [Table(0, 2, 0, 1), Table(0, 2, 0, 1, seconds_left=9), Table(1, 1, 1, 0, failures=(failure,))]
    for table in (*looking, *rest, rest[-1]):
        printer(table)
    assert [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()] == [
        "a first look at the photos: 0% (no worker is there yet)",
        "a first look at the photos: 0%",
        "a first look at the photos: 50%",
        "done running failed waiting time left",
        "0 2 0 1 not known yet",
        "failed: red: why",
        "1 1 1 0 not known yet",
    ]


def test_bytes_are_written_in_the_unit_that_fits():
    assert [written(n) for n in (10, 1_540_000, 1_340_000_000)] == ["0.0 MB", "1.5 MB", "1.3 GB"]


def test_the_disk_is_bounded_by_the_largest_classes_under_way(photos, tmp_path):
    planned = Planned(tiny_request(photos), "all", tmp_path / "out", tmp_path / "store")
    run = planned.add_classes([0] * 100 + [1] * 10 + [2] * 50)
    one, two, all_three = (disk_need(run, run.classes, planned.split, window).at_a_time for window in (1, 2, 3))
    assert two - one == one // 2
    assert all_three - two == one // 10
    assert disk_need(run, run.classes[:1], planned.split, 3).at_a_time == one


def test_paths_are_absolute_and_names_stay(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "model.py").touch()
    (tmp_path / "photos").mkdir()
    found = absolute(Request(model="model.py:build", images="photos", weights="DEFAULT", classes="cat, dog"))
    assert found.model == f"{tmp_path}/model.py:build"
    assert (found.images, found.weights, found.classes) == (str(tmp_path / "photos"), "DEFAULT", "cat, dog")


def test_targets_are_lines_without_remarks(tmp_path):
    (tmp_path / "targets").write_text("\ufeff# mine\n\n red \n151-268\n")
    assert target_lines(tmp_path / "targets") == [(3, "red"), (4, "151-268")]
    (tmp_path / "targets").write_text("grün\nred\n", encoding="utf-16")
    assert target_lines(tmp_path / "targets") == [(1, "grün"), (2, "red")]


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"# none\n", "it names no class"), (b"", "it names no class"), (b"gr\xfcn\n", "save it as UTF-8"),
     (b"red\n\0\0\0", "save it as UTF-8"), (None, "give all, or a text file")],
)  # fmt: skip
def test_a_file_that_names_no_class_is_one_line(content, said, tmp_path):
    if content is not None:
        (tmp_path / "targets").write_bytes(content)
    with pytest.raises(ValueError, match=said) as error:
        target_lines(tmp_path / ("targets" if content is not None else ""))
    assert "\n" not in str(error.value)


def test_a_class_that_is_named_twice_has_one_report(photos, tmp_path):
    (tmp_path / "targets").write_text("red\n0\nred\n")
    planned = Planned(tiny_request(photos), str(tmp_path / "targets"), tmp_path / "out", tmp_path / "store")
    assert [each.label for each in planned.add_classes(planned.labels).classes] == ["red"]
