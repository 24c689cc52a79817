"""A damaged or hostile folder among others is left out and named; the others are listed as before."""

import json
import os
import shutil

import pytest

from concepts.engine import jobs
from concepts.engine.jobs import JobState
from concepts.engine.jobs.job import JobRequest
from concepts.evaluation.evaluation import read_evaluations
from concepts.lexicon.collections.collection import read_collections
from concepts.report.card import list_cards, read_cards
from concepts.storage.app_folder import DEMO
from concepts.storage.listing import LeftOut, left_out_line
from concepts.storage.reading import file_inside, read_file
from concepts.storage.store import read_json
from concepts.storage.typed_json import write_typed
from tests.support.hostile import NAMES, hostile_folders
from tests.test_engine_analysis import FULL
from tests.test_stored_files import COLLECTION, INFO


@pytest.fixture
def job(tmp_path):
    write_typed(tmp_path / "job" / "request.json", JobRequest("report", FULL))
    write_typed(tmp_path / "job" / "state.json", JobState("done", "", 1.0, 1.0, 1.5e9, 1.6e9))
    return tmp_path / "job"


def kinds(tmp_path):
    """(kind, a valid folder, the file in it that is damaged, what lists the root)."""
    yield "report", next((DEMO / "reports").iterdir()), "card.json", lambda root: read_cards([root])
    yield "evaluation", next((DEMO / "evaluations").iterdir()), "evaluation.json", lambda root: read_evaluations([root])


@pytest.mark.parametrize("kind", [0, 1], ids=["reports", "evaluations"])
def test_damaged_folders_are_left_out_and_named_and_the_others_stay(kind, tmp_path):
    _, good, file, read = list(kinds(tmp_path))[kind]
    light = tmp_path / "light"  # without its pictures
    light.mkdir()
    shutil.copy(good / file, light / file)
    damaged = hostile_folders(light, file, tmp_path / "root")
    for name in NAMES:
        shutil.copytree(light, tmp_path / "root" / name)
    (tmp_path / "root" / ".hidden").mkdir()
    (tmp_path / "root" / "a file").write_text("x")
    found = read(tmp_path / "root")
    assert {each.id for each in found.found} == set(NAMES)
    assert len(found.left_out) == len(damaged)
    _say_what_and_why(found.left_out, tmp_path)


def _say_what_and_why(left_out, tmp_path):
    for each in left_out:
        assert each.reason
        assert each.reason.isprintable()
        assert each.name.isprintable()
        assert str(tmp_path) not in each.reason, "a page would show a path of the server"
        assert len(each.reason) <= 200


def test_a_damaged_job_is_left_out_and_starts_anew(job, tmp_path):
    root = tmp_path / "space" / "jobs"
    root.mkdir(parents=True)
    shutil.copytree(job, root / "report-good")
    for file in ("request.json", "state.json"):
        for name in hostile_folders(job, file, tmp_path / file):
            os.rename(tmp_path / file / name, root / f"report-{file}-{name}")
    listing = jobs.read_jobs(tmp_path / "space")
    no_state = {f"report-state.json-{name}" for name in ("missing", "dangling", "circle")}
    assert {each.job.id for each in listing.found} == {"report-good"} | no_state
    assert {each.state.status for each in listing.found} == {"done", "interrupted"}
    _say_what_and_why(listing.left_out, tmp_path)
    assert [each.job.id for each in jobs.read_jobs(tmp_path / "space", most=1).found] == ["report-good"]


class Nobody:
    """An executor that runs nothing."""

    def start(self, job):
        (job.folder / "started").touch()

    def lost(self, job, state):
        return state.updated == 0


@pytest.mark.parametrize("damage", ["half", "folder", "missing", "huge", "deep"])
def test_the_analysis_of_a_damaged_job_can_be_asked_again(damage, job, tmp_path):
    for file in ("request.json", "state.json"):
        space = tmp_path / file
        (space / "jobs").mkdir(parents=True)
        hostile_folders(job, file, space / "made")
        os.rename(space / "made" / damage, space / "jobs" / f"report-{FULL.key}")
        again = jobs.submit(FULL, space, executor=Nobody())
        assert (again.folder / "started").exists() or not again.state.finished
        assert again.request == FULL
        assert again.state.status == "waiting"


def test_damaged_collections_are_left_out(tmp_path):
    store, good = tmp_path / "store", tmp_path / "good"
    (store / COLLECTION["tokens"]).mkdir(parents=True)
    (store / COLLECTION["tokens"] / "info.json").write_text(json.dumps(INFO))
    good.mkdir()
    (good / "collection.json").write_text(json.dumps(COLLECTION))
    root = tmp_path / "root"
    damaged = hostile_folders(good, "collection.json", root)
    shutil.copytree(good, root / "good")
    for name, tokens in (
        ("up", "../store"),
        ("away", "/etc"),
        ("nul", "a\0b"),
        ("gone", "activations-0"),
        ("dot", "."),
    ):
        (root / name).mkdir()
        (root / name / "collection.json").write_text(json.dumps(COLLECTION | {"tokens": tokens}))
    listing = read_collections([root], store)
    assert [each.id for each in listing.found] == ["good"]
    assert len(listing.left_out) == len(damaged) + 5
    _say_what_and_why(listing.left_out, tmp_path)


def test_a_root_that_is_not_there_is_empty_and_one_that_is_a_file_too(tmp_path):
    (tmp_path / "file").write_text("x")
    (tmp_path / "loop").symlink_to("loop")
    for root in ("nowhere", "file"):
        assert read_cards([tmp_path / root]).left_out == ()
    assert list_cards([tmp_path / "loop"]) == []


def test_the_line_about_what_is_left_out():
    one = LeftOut("a", "half")
    assert left_out_line([], "report") == ""
    assert left_out_line([one], "report") == "1 folder holds no report that can be read and is left out: a (half)"
    assert left_out_line([one] * 5, "report") == (
        "5 folders hold no report that can be read and are left out: a (half); a (half); a (half); and 2 more"
    )


@pytest.mark.parametrize(
    "name",
    [
        "link.jpg",
        "folder/secret.jpg",
        "../secret.jpg",
        "/etc/passwd",
        "",
        ".",
        "a/../../secret.jpg",
        "a\0b",
        "..",
        "a\\b",
    ],
)
def test_no_name_leads_out_of_a_folder(name, tmp_path):
    (tmp_path / "secret.jpg").write_text("secret")
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "link.jpg").symlink_to(tmp_path / "secret.jpg")
    (inside / "folder").symlink_to(tmp_path)
    (tmp_path / "entry").symlink_to(inside)
    for folder in (inside, tmp_path / "entry"):
        with pytest.raises(ValueError, match=r"no name of a file|symbolic link"):
            file_inside(folder, name)
        assert file_inside(folder, "crops/1.jpg") == folder / "crops" / "1.jpg"


def test_only_files_of_some_size_are_read(tmp_path):
    (tmp_path / "a").write_bytes(b"123")
    os.mkfifo(tmp_path / "pipe")
    assert read_file(tmp_path / "a", 3) == b"123"
    for name, said in (("a", "has 3 bytes: at most 2"), ("pipe", "no regular file"), ("", "is a folder")):
        with pytest.raises(ValueError, match=said):
            read_file(tmp_path / name, 2)


def test_json_too_deep_is_no_json(tmp_path):
    (tmp_path / "a.json").write_text("[" * 100_000)
    with pytest.raises(ValueError, match=r"a\.json is not a readable JSON file"):
        read_json(tmp_path / "a.json")
