"""The command line, as a user runs it."""

import json
import subprocess
import sys

import pytest
from conftest import ROOT
from tiny import FACTORY, write_photos

from concepts.cli import main


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    return write_photos(tmp_path_factory.mktemp("photos"), n=20)


def arguments(photos, out, **changes):
    options = {"model": FACTORY, "images": photos, "target": "red", "layer": "features", "concepts": 3, "out": out}
    return ["report", *(text for name, value in (options | changes).items() for text in (f"--{name}", str(value)))]


def test_a_report_in_one_command(photos, tmp_path, capsys):
    assert main(arguments(photos, tmp_path / "red")) == 0
    said = capsys.readouterr().out
    for word in ("activations", "concepts", "importance", "strategies", "bare forward pass", "whole", "wrote"):
        assert word in said
    data = json.loads((tmp_path / "red" / "report.json").read_text(encoding="utf-8"))
    assert data["target"]["label"] == "red"
    assert len(data["concepts"]) == 3
    assert {"report.json", "arrays.safetensors", "report.html", "thumbnails", "crops"} <= {
        entry.name for entry in (tmp_path / "red").iterdir()
    }


def test_the_second_run_starts_from_the_store(photos, tmp_path, capsys):
    main(arguments(photos, tmp_path / "red"))
    capsys.readouterr()
    assert main(arguments(photos, tmp_path / "red")) == 0
    assert capsys.readouterr().out.count("(from the store)") == 3


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"images": "no/such/folder"}, "no/such/folder"),
        ({"target": "rde"}, "did you mean red"),
        ({"model": "resnet5"}, "resnet50"),
        ({"layer": "feature"}, "features"),
        ({"method": "nfm"}, "nmf, semi_nmf"),
        ({"importance": "gradient"}, "gradient_input"),
        ({"concepts": 0}, "at least 1"),
        ({"concepts": 21}, "fewer"),
    ],
)
def test_wrong_input_is_one_line_and_exit_code_2(change, words, photos, tmp_path, capsys):
    assert main(arguments(photos, tmp_path / "red", **change)) == 2
    said = capsys.readouterr().err.strip()
    assert words in said
    assert "\n" not in said
    assert not (tmp_path / "red").exists()


def test_interrupted_is_130_and_keeps_what_is_finished(photos, tmp_path, capsys, monkeypatch):
    import concepts.report.build as build

    def interrupt(*arguments, **options):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(build, "weigh_concepts", interrupt)
        assert main(arguments(photos, tmp_path / "red")) == 130
    assert not (tmp_path / "red").exists()
    assert main(arguments(photos, tmp_path / "red")) == 0
    assert capsys.readouterr().out.count("(from the store)") == 2


def test_layers_lists_where_the_model_can_be_split(capsys):
    assert main(["layers", "--model", FACTORY]) == 0
    said = capsys.readouterr().out
    assert "features" in said
    assert "default: features" in said


def test_the_module_runs_as_a_program():
    run = subprocess.run(
        [sys.executable, "-m", "concepts", "report", "--model", "x"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 2
    assert "Traceback" not in run.stderr
