"""Requests: their keys never change, what lies on disk opens, the command that makes a report again."""

import json
import shlex
from dataclasses import replace

import pytest

from concepts.engine.jobs import PROCESSES, Job
from concepts.engine.jobs.job import JobRequest
from concepts.report.request import Request, command_again
from concepts.report.settings import ReportSettings
from concepts.storage.typed_json import from_json, to_json, write_typed

SHORT = Request("m.py:build", "photos")
FULL = Request(
    model="demo/shapes", images="/data/Bilder é", target="cat, dog", weights="w.safetensors", layer="features.3",
    classes="c.txt", n_classes=10, resize=256, crop=224, device="cuda",
    settings=ReportSettings(
        method="nmf", n_concepts=3, importance="tcav", seed=7, photos="all", sample=2000, n_crops=4, batch_size=16,
        sub_concepts=2, split_concepts=2, depth=2,
    ),
)  # fmt: skip
OF_NOVEMBER = {  # as the first jobs wrote it, before there were sub-concepts
    "task": "report",
    "request": {
        "model": "m.py:build", "images": "photos", "target": "red", "weights": None, "layer": "features",
        "classes": None, "n_classes": None, "resize": None, "crop": None, "device": "cpu",
        "settings": {
            "method": "auto", "n_concepts": 3, "importance": "gradient_input", "seed": 0, "photos": "class",
            "sample": 2000, "n_crops": 8, "batch_size": 32,
        },
    },
}  # fmt: skip


@pytest.mark.parametrize(("request_", "key"), [(SHORT, "24dbee5e4332e11df0196efd"), (FULL, "ea15a6145ee0c674ffe5abfe")])
def test_the_key_of_a_request_is_the_one_that_jobs_on_disk_have(request_, key):
    assert request_.key == key


def test_another_choice_is_another_key():
    assert len({SHORT.key, replace(SHORT, layer="a").key, replace(SHORT, settings=ReportSettings(seed=1)).key}) == 3


@pytest.mark.parametrize("request_", [SHORT, FULL])
def test_a_job_s_request_comes_back_from_disk(request_, tmp_path):
    write_typed(tmp_path / "request.json", JobRequest("inspect", request_))
    assert Job(tmp_path, PROCESSES).request == request_
    assert Job(tmp_path, PROCESSES).task == "inspect"
    assert Job(tmp_path, PROCESSES).request.key == request_.key


def test_a_job_of_before_there_were_sub_concepts_opens(tmp_path):
    (tmp_path / "request.json").write_text(json.dumps(OF_NOVEMBER))
    settings = ReportSettings(n_concepts=3, sample=2000)
    wanted = Request("m.py:build", "photos", "red", layer="features", settings=settings)
    assert Job(tmp_path, PROCESSES).request == wanted


WRONG = {
    "an unknown field": ({"colour": "red"}, "colour: there is no such field"),
    "an unknown setting": ({"settings": {"colour": "red"}}, "settings.colour: there is no such field"),
    "a missing field": ({"model": None}, "model: .*not None"),
    "a text for a number": ({"n_classes": "10"}, "n_classes: .*not '10'"),
    "a number below 0": ({"crop": -1}, "crop: .*not -1"),
    "a method that nobody knows": ({"settings": {"method": "magic"}}, "settings: method is 'magic'"),
    "a fraction for a seed": ({"settings": {"seed": 0.5}}, "settings.seed: .*not 0.5"),
}


@pytest.mark.parametrize(("changes", "message"), WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_is_one_line_with_the_field(changes, message):
    with pytest.raises(ValueError, match=f"^request.json: {message}"):
        from_json(Request, json.dumps(to_json(FULL) | changes), source="request.json")


def test_the_command_spells_out_what_was_left_to_the_program(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    asked = replace(SHORT, images=f"{tmp_path}/my photos", target="red")
    words = shlex.split(command_again(asked, method="nmf", layer="features.3"))
    assert words[:4] == ["python", "-m", "concepts", "report"]
    assert {"--method=nmf", "--layer=features.3", "--images=my photos", "--target=red", "--seed=0"} <= set(words)
    assert not [word for word in words if word.startswith(("--weights", "--n-classes", "--crop"))]
