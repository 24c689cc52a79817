"""Files of jobs, collections, activations, names: each damaged field is one line that names the file and the field."""

import json
from functools import partial

import pytest

from concepts.activations.collect import ActivationsInfo
from concepts.annotations import Note
from concepts.annotations.import_export import notes_json, read_notes
from concepts.engine.inspection import Inspection
from concepts.engine.jobs import JobState
from concepts.engine.jobs.job import JobRequest
from concepts.lexicon.collections import Collection
from concepts.storage.typed_json import from_json, read_typed, to_json, write_typed
from tests.support.damage import refuses_damage
from tests.test_engine_analysis import FULL

INSPECTION = {
    "class_names": ["red", "green"],
    "layers": [
        {"path": "features", "kind": "map", "shape": [8, 8, 4], "grid": [8, 8], "sign": ">= 0", "traced": True},
        {"path": "flatten", "kind": "vector", "shape": [4], "grid": None, "sign": "signed", "traced": False},
    ],
    "default_layer": "flatten", "reason": "it is small", "n_photos": 23, "skipped": 1,
    "photos_per_class": {"red": 13, "green": 10}, "seconds_per_photo": 0.003, "model_bytes": 844,
    "n_others": 2, "n_tried": 16, "n_folders": 3, "n_in_table": 0,
    "kind": "images", "words_per_text": 0.0,
}  # fmt: skip
COLLECTION = {
    "title": "photos · tiny", "created": "2026-11-28 19:44:03", "space": "309ebde419aeca328edc2bf2",
    "encoder": {"name": "tiny.py:build", "weights": "the factory's own", "layer": "features", "text": "demo/pair"},
    "source": "photos", "tokens": "activations-351197c17ccbb50d38de9a6c", "names": ["a.png", "b.png"],
    "labels": ["red", None],
}  # fmt: skip
INFO = {
    "indices": [0, 2], "dtype": "float16", "shape": [8, 8, 4], "grid": [8, 8], "named": ["class"],
    "skipped": [{"name": "broken.png", "reason": "no picture"}], "split_check": 1e-6,
    "seconds": {"forward": 0.05, "all": 0.06}, "previews": True,
}  # fmt: skip
STATE = JobState("running", "importance", 0.5, 0.75, 1.5e9, 1.6e9, "a message", "an-id", 12)
SETTINGS = ("request.settings", "request.settings.*")
KINDS = {
    "a job's request": (
        JobRequest, to_json(JobRequest("report", FULL)),
        tuple(f"request.{name}" for name in vars(FULL) if name != "model") + SETTINGS + ("owner", "many", "views"),
    ),
    "a job's state": (JobState, to_json(STATE), ("*",)),
    "an inspection": (
        Inspection, INSPECTION,
        ("photos_per_class.*", "n_others", "n_tried", "n_folders", "n_in_table", "kind", "words_per_text"),
    ),
    "a collection": (Collection, COLLECTION, ("encoder.text",)),
    "activations": (ActivationsInfo, INFO, ("previews",)),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "value", "optional"), KINDS.values(), ids=KINDS.keys())
def test_every_damaged_field_is_one_line_with_the_file_and_the_field(kind, value, optional):
    refuses_damage(partial(from_json, kind, source="a.json"), value, source="a.json", optional=optional)


@pytest.mark.parametrize(("kind", "value", "optional"), KINDS.values(), ids=KINDS.keys())
def test_what_is_written_is_what_was_read(kind, value, optional, tmp_path):
    write_typed(tmp_path / "a.json", from_json(kind, json.dumps(value), source="a.json"))
    assert json.loads((tmp_path / "a.json").read_text("utf-8")) == value
    assert read_typed(kind, tmp_path / "a.json") == from_json(kind, json.dumps(value), source="a.json")


def test_every_damaged_field_of_an_import_is_one_line():
    note = Note("0" * 24, "concept", 3, "sail", "white\ncloth", ("artefact",), "Ada", replaces="f" * 32)
    refuses_damage(lambda text: read_notes(text.decode()), notes_json([note]), source="the import")


OUT_OF_RANGE = {
    "a status that there is not": (JobState, to_json(STATE) | {"status": "asleep"}, "status: .*not 'asleep'"),
    "a share above 1": (JobState, to_json(STATE) | {"done": 1.5}, "done: .*not 1.5"),
    "a time before 1970": (JobState, to_json(STATE) | {"started": -1.0}, "started: .*not -1.0"),
    "a task that there is not": (JobRequest, to_json(JobRequest("report", FULL)) | {"task": "tidy"}, "task: .*'tidy'"),
    "a default layer that is not there": (Inspection, INSPECTION | {"default_layer": "x"}, ".*'x' is none of the 2"),
    "photos without a label": (Collection, COLLECTION | {"labels": ["red"]}, ".*2 names of photos and 1 labels"),
    "another type of number": (ActivationsInfo, INFO | {"dtype": "int8"}, "dtype: .*not 'int8'"),
    "a grid of three sides": (ActivationsInfo, INFO | {"grid": [2, 2, 2]}, "grid: "),
}


@pytest.mark.parametrize(("kind", "value", "message"), OUT_OF_RANGE.values(), ids=OUT_OF_RANGE.keys())
def test_what_cannot_be_is_one_line(kind, value, message):
    with pytest.raises(ValueError, match=rf"^a\.json: {message}") as error:
        from_json(kind, json.dumps(value), source="a.json")
    assert "\n" not in str(error.value)
