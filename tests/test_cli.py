"""The command line, as a user runs it."""

import json
import os
import shlex
import signal
import subprocess
import sys
import threading

import pytest

from concepts.cli.main import main
from tests.support.places import ROOT
from tests.support.tiny import FACTORY, write_photos


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    return write_photos(tmp_path_factory.mktemp("photos"), n=20)


def arguments(photos, out, **changes):
    options = {"model": FACTORY, "images": photos, "target": "red", "layer": "features", "concepts": 3, "out": out}
    return ["report", *(text for name, value in (options | changes).items() for text in (f"--{name}", str(value)))]


def test_the_app_is_served_on_a_port_with_streamlit_s_own_options(monkeypatch, capsys):
    became = []
    monkeypatch.setattr(os, "execv", lambda program, command: became.append(command))
    main(["app", "--port", "8600", "--", "--server.address", "127.0.0.1"])
    assert "http://localhost:8600" in capsys.readouterr().out
    ((*streamlit, app), options) = became[0][:6], " ".join(became[0][6:])
    assert streamlit == [sys.executable, "-P", "-m", "streamlit", "run"]
    assert app == str(ROOT / "app.py")
    assert options == "--server.port 8600 --server.headless true --server.address 127.0.0.1"


def test_a_report_in_one_command(photos, tmp_path, capsys):
    assert main(arguments(photos, tmp_path / "red")) == 0
    said = capsys.readouterr().out
    for word in (
        "activations",
        "concepts",
        "importance",
        "strategies",
        "forward pass",
        "photos read",
        "whole",
        "wrote",
    ):
        assert word in said
    data = json.loads((tmp_path / "red" / "report.json").read_text(encoding="utf-8"))
    assert data["target"]["label"] == "red"
    assert len(data["concepts"]) == 3
    assert {"report.json", "arrays.safetensors", "report.html", "thumbnails", "crops"} <= {
        entry.name for entry in (tmp_path / "red").iterdir()
    }


def test_the_report_s_command_makes_it_again(photos, tmp_path, monkeypatch):
    monkeypatch.chdir(photos.parent)
    assert main(arguments(photos, tmp_path / "red", seed=3)) == 0
    first = json.loads((tmp_path / "red" / "report.json").read_text(encoding="utf-8"))
    *program, out = shlex.split(first["command"])
    assert program[:3] == ["python", "-m", "concepts"]
    assert f"--images={photos.name}" in program
    assert main([*program[3:], f"--out={tmp_path / 'again'}"]) == 0
    again = json.loads((tmp_path / "again" / "report.json").read_text(encoding="utf-8"))
    assert out == "--out=report-again"
    for part in ("model", "data", "layer", "settings", "concepts", "images"):
        assert again[part] == first[part]
    assert again["command"] == first["command"]


def test_the_second_run_starts_from_the_store(photos, tmp_path, capsys):
    main(arguments(photos, tmp_path / "red"))
    capsys.readouterr()
    assert main(arguments(photos, tmp_path / "red")) == 0
    assert capsys.readouterr().out.count("(from the store)") == 3


@pytest.mark.parametrize(
    "change", [{"method": "nfm"}, {"importance": "x"}, {"sample": 0}, {"batch-size": 0}, {"seed": -1}]
)
def test_wrong_settings_are_told_before_anything_runs(change, photos, tmp_path, capsys, monkeypatch):
    refused(photos, tmp_path / "red", capsys, monkeypatch, **change)


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
        ({"sample": 0}, "sample is 0"),
        ({"batch-size": -1}, "batch size is -1"),
        ({"seed": -1}, "seed is -1"),
        ({"device": "meta"}, "cpu or cuda"),
    ],
)
def test_wrong_input_is_one_line_and_exit_code_2(change, words, photos, tmp_path, capsys):
    assert main(arguments(photos, tmp_path / "red", **change)) == 2
    said = capsys.readouterr().err.strip()
    assert words in said
    assert "\n" not in said
    assert not (tmp_path / "red").exists()


def refused(photos, out, capsys, monkeypatch, **changes):
    """What the command says when it refuses before anything is computed."""
    import concepts.cli.report as command

    with monkeypatch.context() as patch:
        patch.setattr(command, "analyse", lambda *arguments: pytest.fail("it computes first"))
        assert main(arguments(photos, out, **changes)) == 2
    said = capsys.readouterr().err.strip()
    assert "\n" not in said
    return said


def test_nobodys_files_are_replaced_by_a_report(photos, tmp_path, capsys, monkeypatch):
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "thesis.txt").write_text("mine")
    assert "thesis.txt" in refused(photos, tmp_path / "work", capsys, monkeypatch)
    monkeypatch.chdir(tmp_path / "work")
    assert "thesis.txt" in refused(photos, ".", capsys, monkeypatch)
    (tmp_path / "work" / "report.json").write_text("{}")  # another program's
    assert "report.json" in refused(photos, tmp_path / "work", capsys, monkeypatch)
    assert (tmp_path / "work" / "thesis.txt").read_text() == "mine"
    assert "is a file" in refused(photos, tmp_path / "work" / "thesis.txt", capsys, monkeypatch)


def test_a_report_replaces_a_report_but_not_what_was_put_beside_it(photos, tmp_path, capsys, monkeypatch):
    (tmp_path / "red").mkdir()  # empty: taken
    assert main(arguments(photos, tmp_path / "red")) == 0
    assert main(arguments(photos, tmp_path / "red")) == 0
    (tmp_path / "red" / "notes.txt").write_text("mine")
    capsys.readouterr()
    assert "(notes.txt)" in refused(photos, tmp_path / "red", capsys, monkeypatch)


def test_a_store_inside_the_report_and_a_place_without_rights_are_refused(photos, tmp_path, capsys, monkeypatch):
    out = tmp_path / "red"
    assert "store" in refused(photos, out, capsys, monkeypatch, store=out / "store")
    assert "store" in refused(photos, out, capsys, monkeypatch, store=out)
    (tmp_path / "file").write_text("")
    assert "nothing can be written" in refused(photos, tmp_path / "file" / "red", capsys, monkeypatch)


def test_the_store_is_pruned_after_a_report(photos, tmp_path, monkeypatch):
    import concepts.cli.report as command

    pruned = []
    monkeypatch.setattr(command, "prune_store", pruned.append)
    main(arguments(photos, tmp_path / "red"))
    assert pruned == [tmp_path / ".concepts-store"]


def test_interrupted_is_130_and_keeps_what_is_finished(photos, tmp_path, capsys, monkeypatch):
    import concepts.report.pipeline.build as build

    def interrupt(*arguments, **options):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(build, "estimate_importances", interrupt)
        assert main(arguments(photos, tmp_path / "red")) == 130
    assert not (tmp_path / "red").exists()
    assert main(arguments(photos, tmp_path / "red")) == 0
    assert capsys.readouterr().out.count("(from the store)") == 2


@pytest.mark.parametrize(("stream", "sign"), [("stderr", "argparse"), ("stdout", "activations")])
def test_ctrl_c_is_130_whether_it_comes_during_imports_or_during_the_work(stream, sign, photos, tmp_path):
    run = subprocess.Popen(
        [sys.executable, "-X", "importtime", "-m", "concepts", *arguments(photos, tmp_path / "red")],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, bufsize=1,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # a background job ignores it
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    seen = {"stdout": [], "stderr": []}

    def follow(name):
        for line in getattr(run, name):
            seen[name].append(line)
            if name == stream and sign in line and not sent:
                sent.append(run.send_signal(signal.SIGINT))

    sent = []
    readers = [threading.Thread(target=follow, args=[name]) for name in seen]
    for reader in readers:
        reader.start()
    assert run.wait(300) == 130
    for reader in readers:
        reader.join()
    assert sent
    assert "interrupted" in "".join(seen["stderr"])
    assert "Traceback" not in "".join(seen["stderr"])
    assert not (tmp_path / "red").exists()


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
