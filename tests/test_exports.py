"""A report as JSON, CSV, Parquet and a notebook: the same numbers in each, and nothing that runs."""

import ast
import base64
import csv
import io
import json
import subprocess
import sys
import zipfile
from dataclasses import replace

import nbformat
import numpy as np
import pyarrow.parquet as pq
import pytest
from nbclient import NotebookClient

from concepts.publishing.tables import (
    TABLES,
    columns_of,
    notebook_of,
    parquet_zip,
    report_json,
    table_csv,
    tables,
    write_parquet,
)
from concepts.publishing.tables.notebook import TEMPLATE
from concepts.report import ClassReport
from concepts.report.rendering.sentences import amount, importance_unit
from concepts.report.rows import ArtefactRow, PropertyRow
from concepts.report.schema import REPORTS, ReportData
from concepts.storage.csv_cells import csv_text
from concepts.storage.typed_json import from_json
from tests.support.made_up_report import made_up_report, renamed
from tests.support.places import ROOT

HOSTILE = ["=cmd|calc.jpg", 'a,"b".jpg', "<script>alert(1)</script>.jpg", "../../up.jpg", "\u202eturned \U0001f344.jpg"]
PLOTLY = "application/vnd.plotly.v1+json"


@pytest.fixture(scope="module")
def report():
    tried = (ArtefactRow("blur", 60, 15, 0.16, 0.37, 20, True), ArtefactRow("flip", 60, 0, 0.0, 0.06, 0, False))
    row = PropertyRow("sharpness", "answers", None, 0.4, 0.3, 0.5, 0.001, "r")
    return renamed(made_up_report(n=24, names=HOSTILE), artefacts=tried, properties=(row,))


def read_csv(report, table: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(table_csv(report, table))))


def test_every_format_holds_the_numbers_of_the_report(report):
    found = tables(report)
    names = {"concepts", "strategies", "photos", "properties", "checks", "artefacts"}
    assert found.keys() == set(TABLES) == names
    for table, arrow in found.items():
        rows = read_csv(report, table)
        assert arrow.num_rows == len(rows)
        assert arrow.column_names == list(rows[0])
    assert found["concepts"]["share"].to_pylist() == [row.share for row in report.data.concepts]
    assert found["strategies"]["concepts"].to_pylist() == [list(row.concepts) for row in report.data.strategies]
    assert found["properties"]["index"].to_pylist() == [None]
    assert found["checks"]["value"].to_pylist() == [check.value for check in report.data.checks]
    assert found["photos"]["name"].to_pylist() == [row.name for row in report.data.images]
    assert [float(row["share"]) for row in read_csv(report, "concepts")] == [row.share for row in report.data.concepts]


def test_importances_and_mean_codes_of_every_photo(report):
    photos, phi, maps = tables(report)["photos"], report.array("phi"), report.array("maps")
    for j in range(phi.shape[1]):
        np.testing.assert_allclose(photos[f"importance_{j}"].to_numpy(), phi[:, j])
        np.testing.assert_allclose(photos[f"code_{j}"].to_numpy(), maps[..., j].mean(axis=(1, 2)), rtol=1e-5)


def test_a_layer_without_places_has_no_codes():
    names = tables(made_up_report(n=12, grid=False))["photos"].column_names
    assert "importance_0" in names
    assert not [name for name in names if name.startswith("code_")]


def test_what_is_unknown_is_empty_and_not_zero():
    report = made_up_report(n=12, labels_known=False)
    assert tables(report)["photos"]["right"].null_count == 12
    assert tables(report)["strategies"]["reliability"].null_count == len(report.data.strategies)
    assert {row["right"] for row in read_csv(report, "photos")} == {""}


def test_a_spreadsheet_runs_no_name_and_parquet_keeps_it(report):
    shown = [row["name"] for row in read_csv(report, "photos")][: len(HOSTILE)]
    assert shown == ["'=cmd|calc.jpg", *HOSTILE[1:]]
    assert tables(report)["photos"]["name"].to_pylist()[: len(HOSTILE)] == HOSTILE


def test_no_line_of_a_text_starts_a_formula():
    for text, shown in {
        "=1": "'=1", "+1": "'+1", "-1": "'-1", "@a": "'@a", "\t=1": "'\t=1", "  =1": "'  =1", "＝1": "'＝1",
        "a\r=1": "a\n'=1", "a\n@b": "a\n'@b", "a\r\n+1": "a\n'+1", "a\u2028-1": "a\n'-1", "\r=1": "\n'=1",
        "a=1": "a=1", "a\nb": "a\nb", "": "", "e-mail@x": "e-mail@x",
    }.items():  # fmt: skip
        assert csv_text(text) == shown


def test_a_row_of_a_table_stays_one_row():
    report = made_up_report(n=12, names=["a\r=1", "b\n=1,c", 'd"\r\n@x'])
    assert [row["name"] for row in read_csv(report, "photos")][:3] == ["a\n'=1", "b\n'=1,c", "d\"\n'@x"]
    assert len(read_csv(report, "photos")) == 12
    assert "\r" not in table_csv(report, "photos")


def test_every_column_says_what_it_means(report):
    for table in TABLES:
        schema = tables(report)[table].schema
        assert all(field.metadata[b"meaning"] for field in schema)
        assert schema.metadata[b"model hash"].decode() == report.data.model.fingerprint
        assert len({column.name for column in columns_of(report, table)}) == len(schema)


@pytest.mark.parametrize(
    ("method", "unit"),
    [("gradient_input", "logits"), ("saliency", "logits per unit of code"), ("tcav", "no unit")],
)
def test_importances_are_in_the_unit_of_their_method(report, monkeypatch, method, unit):
    data = replace(report.data, settings=replace(report.data.settings, importance=method))
    monkeypatch.setattr(report, "data", data)
    for table, column in (("concepts", "importance"), ("photos", "importance_0")):
        (meaning,) = [each.meaning for each in columns_of(report, table) if each.name == column]
        assert meaning.endswith(f"in {unit}")
    assert importance_unit(data) == unit
    assert amount(-0.5, unit) == ("−0.50" if unit == "no unit" else f"−0.50 {unit}")


def test_parquet_files_and_their_zip(report, tmp_path):
    place = write_parquet(report, tmp_path / "tables")
    with zipfile.ZipFile(io.BytesIO(parquet_zip(report))) as archive:
        assert set(archive.namelist()) == {file.name for file in place.iterdir()}
        about = json.loads(archive.read("tables.json"))
        zipped = pq.read_table(io.BytesIO(archive.read("photos.parquet")))
    assert pq.read_table(place / "photos.parquet").equals(zipped)
    assert zipped.equals(tables(report)["photos"])
    assert about["tables"]["photos"].keys() == set(zipped.column_names)
    write_parquet(report, place)  # again: its own are replaced
    (place / "mine.txt").write_text("mine")
    with pytest.raises(ValueError, match=r"mine\.txt"):
        write_parquet(report, place)


def test_json_is_the_report(report):
    read = from_json(ReportData, report_json(report), source="the export", form=REPORTS)
    for part in ("images", "concepts", "strategies", "checks", "settings", "clustering"):
        assert getattr(read, part) == getattr(report.data, part)


def test_a_table_that_is_none_is_told_with_those_there_are(report):
    with pytest.raises(ValueError, match="concepts, strategies, photos, properties, checks"):
        columns_of(report, "photo")


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    folder = tmp_path_factory.mktemp("exports") / 'it\'s "a" <b>'
    made_up_report(n=24, names=HOSTILE, label="<script>alert(1)</script>").save(folder)
    return ClassReport.load(folder)


def test_the_notebook_is_one_and_holds_no_text_of_others(saved):
    text = notebook_of(saved)
    nbformat.validate(nbformat.reads(text, as_version=4))
    assert "alert" not in text
    assert text == notebook_of(saved)


def test_the_notebook_is_the_template_with_the_name_of_the_folder(saved):
    template, notebook = (
        nbformat.reads(each, as_version=4) for each in (TEMPLATE.read_text("utf-8"), notebook_of(saved))
    )
    assert [place for place, cell in enumerate(template.cells) if cell != notebook.cells[place]] == [1]
    (name,) = (
        statement.value.value
        for statement in ast.parse(notebook.cells[1].source).body
        if isinstance(statement, ast.Assign) and statement.targets[0].id == "NAME"
    )
    assert name == saved.folder.name
    assert not [cell for cell in template.cells if cell.cell_type == "code" and (cell.outputs or cell.execution_count)]


@pytest.mark.slow
def test_the_notebook_makes_every_figure_from_top_to_bottom(saved, monkeypatch):
    monkeypatch.setenv("CONCEPTS_PROJECT", str(ROOT))
    monkeypatch.setenv("PLOTLY_RENDERER", "plotly_mimetype")
    notebook = nbformat.reads(notebook_of(saved), as_version=4)
    place = str(saved.folder.parent)
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": place}}).execute()
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    figures = {cell.source: figure for cell in code for figure in figures_of(cell)}
    graph, ways, bars, crops, local, maps, times = figures.values()
    data, phi = saved.data, saved.array("phi")[saved.data.strategies[0].medoid]
    assert sum(len(values(t["x"])) for t in graph["data"] if "customdata" in t) == len(data.images)
    np.testing.assert_allclose(values(ways["data"][0]["y"]), [row.prevalence for row in data.strategies])
    np.testing.assert_allclose(values(bars["data"][0]["x"]), [row.share for row in data.concepts])
    widths = [row.share_high - row.share for row in data.concepts]
    np.testing.assert_allclose(values(bars["data"][0]["error_x"]["array"]), widths)
    assert len(crops["data"]) == sum(len(row.crops[:4]) for row in data.concepts)
    np.testing.assert_allclose(sorted(values(local["data"][0]["x"])), sorted(phi), rtol=1e-6)
    assert len(maps["data"]) == 1 + min(7, len(phi))
    assert dict(zip(times["data"][0]["y"], values(times["data"][0]["x"]), strict=True)) == data.seconds
    shown = [
        output["data"]["text/html"] for cell in code for output in cell.outputs if "text/html" in output.get("data", {})
    ]
    assert not [text for text in shown if "<script>alert" in text]
    for table, rows in (("concepts", data.concepts), ("strategies", data.strategies), ("checks", data.checks)):
        (cell,) = (cell for cell in code if cell.source.endswith(f'found["{table}"]'))
        assert cell.outputs[0]["data"]["text/html"].count("<tr") == 1 + len(rows)


def figures_of(cell) -> list[dict]:
    return [output["data"][PLOTLY] for output in cell.outputs if PLOTLY in output.get("data", {})]


def values(column) -> list:
    """A list, or an array as Plotly writes it."""
    if isinstance(column, dict):
        return np.frombuffer(base64.b64decode(column["bdata"]), dtype=column["dtype"]).tolist()
    return list(column)


@pytest.mark.parametrize(
    "lines",
    [
        ("concepts.report import ClassReport", "concepts.exports.files import provenance",
         "concepts.exports import tables", "concepts.report.words import answer, good_word, part_name, part_sentence",
         "concepts.report.drawing import data_uri, picture_or_none", "concepts.report.overlay import overlay_bytes",
         "concepts.report.result import ClassReport, thumbnail_name"),
        ("concepts.exports import APP, DEMO, default_workspace", "concepts.report import ClassReport",
         "concepts.exports.files import provenance", "pages.figures.graph import graph_figure",
         "concepts.report.words import amount, answer, good_word, importance_unit, part_name, part_sentence",
         "pages.figures.importance import importance_figure, local_figure",
         "concepts.report.class_report import thumbnail_name"),
    ],
    ids=["before November 2026", "before the rooms"],
)  # fmt: skip
def test_notebooks_that_people_have_exported_find_what_they_import(lines):
    code = "\n".join(f"from {line}" for line in lines)
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert run.stderr == ""
