"""`evaluate` and `advise` as a user runs them, and the page that `evaluate` writes."""

import functools
import json
import re

import pandas as pd
import pytest

from concepts.cli.main import main
from concepts.evaluation import Evaluation
from concepts.evaluation.ranks import dictionary_rank_table, importance_rank_table
from tests.support.tiny import FACTORY, write_photos

pytestmark = pytest.mark.slow

QUICK = {
    "methods": "nmf,pca", "importances": "gradient_input,integrated_gradients,occlusion", "concepts": "2,3",
    "seeds": 2, "folds": 2, "measured": 8,
}  # fmt: skip


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    return write_photos(tmp_path_factory.mktemp("photos"), n=12)


def arguments(command, photos, out, **changes):
    options = {"model": FACTORY, "images": photos, "target": "red", "layer": "features", "out": out} | changes
    return [command, *(text for name, value in options.items() for text in (f"--{name}", str(value)))]


@pytest.fixture(scope="module")
def done(photos, tmp_path_factory):
    """An evaluation's folder, written by the command."""
    out = tmp_path_factory.mktemp("lab") / "red"
    assert main(arguments("evaluate", photos, out, **QUICK)) == 0
    return out


def test_a_table_in_one_command(photos, done, capsys):
    capsys.readouterr()
    assert main(arguments("evaluate", photos, done, **QUICK)) == 0  # again: replaced, from the store
    said = capsys.readouterr().out
    found = Evaluation.load(done)
    assert f"{len(found.rows):,} figures" in said
    assert "coincide: holds (k = 2" in said
    assert "forward pass" in said
    assert len(pd.read_csv(done / "table.csv")) == len(found.rows)
    assert found.about.settings.n_concepts == (2, 3)
    assert found.about.settings.images == 8
    assert (done.parent / ".concepts-store").is_dir()


def test_the_page_holds_the_figures_and_the_curves_and_needs_no_network(done):
    page = (done / "evaluation.html").read_text(encoding="utf-8")
    assert not re.search(r"https?:|//[a-z]|<script|<link|@import|url\(|src=", page)
    found = Evaluation.load(done)
    tables = [
        dictionary_rank_table(found.rows),
        *(importance_rank_table(found.rows, m, k) for m in ("nmf", "pca") for k in (2, 3)),
    ]
    for table in tables:
        for name, texts in zip(table.names, table.texts, strict=True):
            assert f'<th scope="row">{name}</th>' in page
            for text in texts:
                assert f">{text}</td>" in page
    for finding in found.findings:
        assert finding.measured in page
    assert page.count("<svg") == 4 * 2  # kinds of dictionary, deletion and insertion
    assert page.count('class="mean"') == page.count('class="band"') == 4 * 2 * 3
    assert page.count('class="random"') == 4 * 2
    assert "nan" not in page.lower()


def test_a_curve_is_drawn_where_its_figures_lie(done):
    from concepts.evaluation.html import HEIGHT, MARGIN, WIDTH, curve_charts

    found = Evaluation.load(done)
    drawing = curve_charts(found, "nmf", 3)[0]
    assert drawing.title == "C-Deletion"
    names = [name for name, *_ in drawing.lines]
    assert sorted(names) == ["gradient_input", "integrated_gradients", "occlusion"]
    curves = found.curves["nmf-3-0"].deletion
    low, high = (function([function(curve.rows.ravel()) for curve in curves.values()]) for function in (min, max))
    for name, _, mean, band in drawing.lines:
        points = [tuple(map(float, each.split(","))) for each in mean.removeprefix("M").split("L")]
        assert len(points) == 4
        assert points[0][0] == pytest.approx(MARGIN, abs=0.1)
        assert points[-1][0] == pytest.approx(WIDTH - 6, abs=0.1)
        for (_, y), value in zip(points, curves[name].mean, strict=True):
            assert y == pytest.approx(8 + (high - value) / (high - low) * (HEIGHT - 32), abs=0.1)
        assert band.startswith("M")
        assert band.endswith("Z")
        ends = [tuple(map(float, each.split(","))) for each in band[1:-1].split("L")]
        assert [x for x, _ in ends] == [x for x, _ in points] + [x for x, _ in points[::-1]]


@pytest.mark.parametrize("command", ["evaluate", "advise"])
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"images": "no/such/folder"}, "no/such/folder"),
        ({"target": "rde"}, "did you mean red"),
        ({"model": "resnet5"}, "resnet50"),
        ({"layer": "feature"}, "features"),
        ({"concepts": "x"}, "--concepts 'x'"),
        ({"concepts": "2,x"}, "--concepts '2,x'"),
        ({"concepts": "2,-3"}, "--concepts '2,-3'"),
        ({"concepts": "2,²"}, "--concepts '2,²'"),
        ({"concepts": ","}, "--concepts ','"),
        ({"concepts": "2,13"}, "fewer than the 13"),
        ({"seed": -1}, "seed is -1"),
        ({"device": "meta"}, "cpu or cuda"),
    ],
)
def test_wrong_input_is_one_line_and_exit_code_2(command, change, words, photos, tmp_path, capsys):
    out = tmp_path / "red.json" if command == "advise" else tmp_path / "red"
    assert main(arguments(command, photos, out, **change)) == 2
    said = capsys.readouterr().err.strip()
    assert words in said
    assert "\n" not in said
    assert not out.exists()


def refused(photos, out, capsys, monkeypatch, **changes):
    """What `evaluate` says when it refuses before anything is computed."""
    import concepts.cli.evaluate as command

    with monkeypatch.context() as patch:
        patch.setattr(command, "open_model_and_photos", lambda *arguments: pytest.fail("it loads first"))
        assert main(arguments("evaluate", photos, out, **changes)) == 2
    said = capsys.readouterr().err.strip()
    assert "\n" not in said
    return said


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"methods": "nmf,nfm"}, "unknown methods: nfm; choose from nmf"),
        ({"methods": "auto"}, "unknown methods: auto"),
        ({"methods": ""}, "name a method"),
        ({"importances": "gradient"}, "unknown importances: gradient"),
        ({"concepts": "1"}, "at least 2 concepts"),
        ({"seeds": 0}, "0 seeds"),
        ({"folds": 1}, "1 folds"),
        ({"measured": 1}, "1 images"),
        ({"sample": 1}, "sample is 1"),
        ({"batch-size": 0}, "batch size is 0"),
    ],
)
def test_wrong_settings_are_told_before_anything_runs(change, words, photos, tmp_path, capsys, monkeypatch):
    assert words in refused(photos, tmp_path / "red", capsys, monkeypatch, **change)


def test_nobodys_files_are_replaced_by_an_evaluation(photos, done, tmp_path, capsys, monkeypatch):
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "thesis.txt").write_text("mine")
    assert "no evaluation (thesis.txt)" in refused(photos, tmp_path / "work", capsys, monkeypatch)
    assert "is a file" in refused(photos, tmp_path / "work" / "thesis.txt", capsys, monkeypatch)
    (done / "notes.txt").write_text("mine")
    assert "(notes.txt)" in refused(photos, done, capsys, monkeypatch)
    (done / "notes.txt").unlink()
    assert (tmp_path / "work" / "thesis.txt").read_text() == "mine"
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "report.json").write_text("{}")
    assert "report.json" in refused(photos, tmp_path / "report", capsys, monkeypatch)


def test_a_store_inside_the_evaluation_is_refused(photos, tmp_path, capsys, monkeypatch):
    out = tmp_path / "red"
    assert "store" in refused(photos, out, capsys, monkeypatch, store=out / "store")
    assert "store" in refused(photos, out, capsys, monkeypatch, store=out)


def test_a_stopped_evaluation_is_130_and_goes_on(photos, tmp_path, capsys, monkeypatch):
    import concepts.evaluation.dictionary_scores as desk

    def stop(*arguments):
        raise KeyboardInterrupt

    quick = QUICK | {"methods": "pca", "concepts": "2"}
    with monkeypatch.context() as patch:
        patch.setattr(desk, "importance_rows", stop)
        assert main(arguments("evaluate", photos, tmp_path / "red", **quick)) == 130
    assert "goes on from there" in capsys.readouterr().err
    assert not (tmp_path / "red").exists()
    assert main(arguments("evaluate", photos, tmp_path / "red", **quick)) == 0


def test_what_is_left_out_is_printed(photos, tmp_path, capsys):
    quick = QUICK | {"layer": "features.0", "importances": "occlusion", "concepts": "2", "folds": 0}
    assert main(arguments("evaluate", photos, tmp_path / "red", **quick)) == 0
    assert "left out: nmf with 2 concepts: nmf needs activations ≥ 0" in capsys.readouterr().out
    assert main(arguments("evaluate", photos, tmp_path / "no", **quick | {"methods": "nmf"})) == 2
    assert "nothing could be measured" in capsys.readouterr().err


def test_the_demos_pictures_are_measured_against_their_true_parts(tmp_path, monkeypatch):
    import concepts.demo.pictures as pictures

    monkeypatch.setattr(pictures, "demo_pictures", functools.partial(pictures.demo_pictures, n=12))
    quick = QUICK | {
        "model": "demo/shapes",
        "images": "demo/shapes",
        "target": "fish",
        "concepts": "6",
        "folds": 0,
        "seeds": 1,
    }
    options = arguments(
        "evaluate", "demo/shapes", tmp_path / "fish", **quick | {"methods": "nmf,random", "importances": "occlusion"}
    )
    layer = options.index("--layer")
    assert main(options[:layer] + options[layer + 2 :]) == 0
    rows = [r for r in Evaluation.load(tmp_path / "fish").rows if r.measure in ("best IoU", "pointing game")]
    assert len(rows) == 2 * 2
    for row in rows:
        assert row.note == "2 parts: body, fins"
        assert 0 <= row.low <= row.value <= row.high <= 1
        assert 0 <= row.control <= 1
    found = [row for row in rows if row.method == "nmf"]
    assert not any(row.worse_than_chance for row in found)


def test_other_photos_have_no_true_parts(done):
    measures = {row.measure for row in Evaluation.load(done).rows}
    assert "best IoU" not in measures


def test_advice_is_printed_and_written(photos, tmp_path, capsys):
    options = arguments("advise", photos, tmp_path / "new" / "advice.json", concepts="3,2", layers="features,flatten")
    assert main(options) == 0
    said = capsys.readouterr().out
    data = json.loads((tmp_path / "new" / "advice.json").read_text(encoding="utf-8"))
    assert data.keys() == {"n_concepts", "layer"}
    for advice in data.values():
        assert advice["reason"] in said
        assert advice["recommended"] in advice["choices"]
    assert [choice["n_concepts"] for choice in data["n_concepts"]["choices"]] == [2, 3]
    assert [choice["layer"] for choice in data["layer"]["choices"]] == ["features", "flatten"]
    k = data["n_concepts"]["recommended"]["n_concepts"]
    assert {choice["n_concepts"] for choice in data["layer"]["choices"]} == {k}


@pytest.mark.parametrize("name", ["advice", "advice.txt", ""])
def test_advice_goes_to_a_json_file(name, photos, tmp_path, capsys):
    assert main(arguments("advise", photos, tmp_path / name)) == 2
    assert "give the name of a .json file" in capsys.readouterr().err


def test_an_unknown_extraction_to_advise_on_is_wrong_usage(photos, tmp_path):
    with pytest.raises(SystemExit) as stopped:
        main(arguments("advise", photos, tmp_path / "a.json", method="nfm"))
    assert stopped.value.code == 2
