"""Rows as tables, ranks, findings, settings, and what is read back: worked by hand."""

import csv
import json
import subprocess
import sys
from dataclasses import asdict, replace

import numpy as np
import pytest

from attribution.methods import IMPORTANCES
from concepts.evaluation import Evaluation, LabSettings, list_evaluations
from concepts.evaluation.about import About, MeasuredLayer, MeasuredModel, MeasuredPhotos, MeasuredTarget, Seconds
from concepts.evaluation.arrays import Curve, Curves, DictionaryArrays, read_curves, write_arrays, write_curves
from concepts.evaluation.cell import Cell
from concepts.evaluation.evaluation import CURVES, FILE, FORMAT
from concepts.evaluation.findings import COINCIDE, Finding, findings
from concepts.evaluation.html import render_evaluation_html
from concepts.evaluation.measure import DICTIONARY, IMPORTANCE
from concepts.evaluation.measures import MEASURES, faithfulness, ranked
from concepts.evaluation.ranks import dictionary_rank_table, importance_rank_table
from concepts.evaluation.settings import DictionaryName
from concepts.evaluation.table import Row, frame, means, records, write_tables
from concepts.extraction.methods import EXTRACTIONS
from concepts.storage.typed_json import to_json, write_typed
from tests.support.damage import refuses_damage
from tests.support.places import ROOT

NAN = float("nan")


def row(method, measure, value, *, k=5, seed=0, importance="", **more):
    return Row(method, k, seed, importance, measure, value, **more)


def importances(values, measure="C-Deletion", *, method="nmf", k=5, control=1.0, **more):
    return [row(method, measure, v, k=k, importance=name, control=control, **more) for name, v in values.items()]


def claims(rows):
    return {finding.claim.split(" ")[0]: finding for finding in findings(rows)}


def test_lower_and_higher_are_ranked_each_its_own_way():
    figures = {"nmf": (0.3, 0.5), "kmeans": (0.6, 0.9), "pca": (0.1, 0.0)}
    rows = [row(m, name, v) for m, pair in figures.items() for name, v in zip(("relative ℓ2", "sparsity"), pair)]  # noqa: B905
    table = dictionary_rank_table(rows)
    assert table.names == ("nmf, 5", "kmeans, 5", "pca, 5")
    assert table.measures == ("relative ℓ2", "sparsity")
    np.testing.assert_array_equal(table.values, [[0.3, 0.5], [0.6, 0.9], [0.1, 0.0]])
    np.testing.assert_array_equal(table.ranks, [[2, 2], [3, 1], [1, 3]])
    assert table.texts[0] == ("0.3", "0.5")


def test_equals_share_the_better_rank_and_what_is_missing_has_none():
    values = {"a": 0.2, "b": 0.1, "c": 0.1 * (1 + 1e-14), "d": None, "e": 0.3}
    table = importance_rank_table(importances(values) + importances({"d": 4.0}, "C-Insertion"), "nmf", 5)
    np.testing.assert_array_equal(table.ranks[:, 0], [3, 1, 1, NAN, 4])
    np.testing.assert_array_equal(table.ranks[:, 1], [NAN, NAN, NAN, 1, NAN])
    assert table.texts[3] == ("–", "4")
    assert table.details[3][0] == "not measured"


def test_what_rounding_left_of_zero_is_shown_as_zero():
    assert importance_rank_table(importances({"a": 3e-17, "b": -3e-17, "c": 3e-5}), "nmf", 5).texts == (
        ("0",), ("0",), ("0.00003",)
    )  # fmt: skip


def test_negative_figures_are_ranked_as_numbers():
    table = dictionary_rank_table([row("a", "kept score (R²)", -3.0), row("b", "kept score (R²)", -0.5)])
    np.testing.assert_array_equal(table.ranks[:, 0], [2, 1])


def test_details_tell_interval_control_note_and_chance():
    rows = [
        row("a", "C-Deletion", 1.5, importance="x", low=1.25, high=2.0, control=1.0, note="2 images"),
        row("a", "C-Deletion", 0.5, importance="y", control=1.0),
        row("a", "C-Insertion", 1.0, importance="x", control=1.0),
        row("a", "C-Insertion", 2.0, importance="y", control=1.0),
    ]
    table = importance_rank_table(rows, "a", 5)
    assert table.details[0][0] == (
        "1.5 (95% interval 1.25 to 2), chance gives 1: no better than chance; 2 images"
    )  # fmt: skip
    assert table.details[1][0] == "0.5, chance gives 1"
    np.testing.assert_array_equal(table.chance, [[True, True], [False, False]])


def test_importances_are_those_of_one_kind_of_dictionary_only():
    rows = importances({"x": 1.0}) + importances({"x": 9.0, "z": 3.0}, k=7) + importances({"y": 4.0}, method="pca")
    table = importance_rank_table(rows, "nmf", 5)
    assert table.names == ("x",)
    np.testing.assert_array_equal(table.values, [[1.0]])
    seconds = [row("nmf", "seconds", 5.0), row("nmf", "seconds", 2.0, importance="x")]
    assert importance_rank_table(seconds, "nmf", 5).values.item() == 2
    assert dictionary_rank_table(seconds).values.item() == 5


@pytest.mark.parametrize("rows", [[], [row("nmf", "completeness gap", 0.1, importance="x")]])
def test_tables_without_a_figure_keep_their_shape(rows):
    table = dictionary_rank_table(rows)
    assert table.values.shape == table.ranks.shape == table.chance.shape == (len(rows), 0)
    assert table.texts == ((),) * len(rows)
    assert importance_rank_table(rows, "pca", 3).values.shape == (0, 0)


def test_means_are_over_seeds_with_the_widest_interval():
    rows = [
        row("nmf", "relative ℓ2", 0.2, seed=0, low=0.1, high=0.3, control=0.5),
        row("nmf", "relative ℓ2", 0.4, seed=1, low=0.35, high=0.45, control=0.7),
        row("nmf", "relative ℓ2", None, seed=2),
        row("nmf", "relative ℓ2", 9.0, k=6, seed=0),
        row("nmf", "sparsity", 0.9, seed=0),
    ]
    found = means(rows, "relative ℓ2")
    assert found.keys() == {("nmf", 5, ""), ("nmf", 6, "")}
    mean = found["nmf", 5, ""]
    assert (mean.value, mean.low, mean.high, mean.control) == pytest.approx((0.3, 0.1, 0.45, 0.6))
    assert mean.seed is None
    assert found["nmf", 6, ""].low is None


@pytest.mark.parametrize(
    ("measure", "value", "control", "worse"),
    [
        ("C-Deletion", 0.5, 1.0, False), ("C-Deletion", 1.0, 1.0, True), ("C-Insertion", 0.5, 1.0, True),
        ("C-Insertion", 1.5, 1.0, False), ("C-Insertion", None, 1.0, False), ("C-Insertion", -1.0, None, False),
        ("C-μFidelity", 0.0, 0.0, True), ("stability (seeds)", 0.9, 0.4, True),
    ],
)  # fmt: skip
def test_chance(measure, value, control, worse):
    assert row("nmf", measure, value, control=control).worse_than_chance is worse


def test_tables_lose_no_digit_and_know_their_types(tmp_path):
    rows = [
        row("nmf", "sampling error", 1.23456789012345e-13, importance="rise", note='a, "b"\nc'),
        row("nmf", "stability (seeds)", None, seed=None),
    ]
    write_tables(rows, tmp_path)
    data = json.loads((tmp_path / "table.json").read_text(encoding="utf-8"))
    assert data == records(rows)
    assert data[0]["value"] == 1.23456789012345e-13
    assert data[1]["value"] is None
    assert str(frame(rows)["low"].dtype) == "float64"  # though no row has one
    assert str(frame([])["seed"].dtype) == "Int64"


def test_no_cell_of_the_csv_starts_a_formula(tmp_path):
    write_tables([row("=1+1", "relative ℓ2", 0.5, note="a\r=1"), row("nmf", "relative ℓ2", -0.5)], tmp_path)
    with (tmp_path / "table.csv").open(newline="", encoding="utf-8") as file:
        first, second = csv.DictReader(file)
    assert (first["method"], first["note"], second["method"], second["value"]) == ("'=1+1", "a\n'=1", "nmf", "-0.5")


def between(kmeans, nmf, pca):
    figures = zip(("kmeans", "nmf", "pca"), (kmeans, nmf, pca), strict=True)
    return [r for m, (e, z) in figures for r in (row(m, "relative ℓ2", e), row(m, "sparsity", z))]


@pytest.mark.parametrize(
    ("figures", "holds"),
    [
        (((0.6, 0.9), (0.4, 0.5), (0.2, 0.0)), True),
        (((0.4, 0.5), (0.4, 0.5), (0.4, 0.5)), True),
        (((0.6, 0.9), (0.4, 0.5), (0.5, 0.0)), False),
        (((0.3, 0.9), (0.4, 0.5), (0.2, 0.0)), False),
        (((0.6, 0.4), (0.4, 0.5), (0.2, 0.0)), False),
        (((0.6, 0.9), (0.4, 0.5), (0.2, 0.7)), False),
    ],
)
def test_nmf_lies_between(figures, holds):
    finding = claims(between(*figures))["NMF"]
    assert finding.holds is holds
    assert f"{figures[1][0]:.3f} (NMF)" in finding.measured


def test_nmf_lies_between_is_not_told_without_all_three():
    rows = between((0.6, 0.9), (0.4, 0.5), (0.2, 0.0))
    assert "NMF" not in claims([r for r in rows if r.method != "pca"])
    assert "NMF" not in claims([r for r in rows if (r.method, r.measure) != ("nmf", "sparsity")])
    assert "NMF" not in claims([*rows[:1], row("kmeans", "sparsity", None), *rows[2:]])


def test_every_number_of_concepts_has_its_own_findings():
    rows = between((0.6, 0.9), (0.4, 0.5), (0.2, 0.0))
    more = [Row(**(asdict(r) | {"n_concepts": 9, "value": -r.value})) for r in rows]
    found = findings(more + rows)
    assert [(f.measured.split(":")[0], f.holds) for f in found] == [("k = 5", True), ("k = 9", False)]


@pytest.mark.parametrize(
    ("values", "control", "holds"),
    [
        ((2.0, 2.0, 2.0), 3.0, True),
        ((2.0, 2.0, 2.009), 3.0, True),  # 0.9% of the distance 1
        ((2.0, 2.0, 2.02), 3.0, False),
        ((200.0, 200.0, 200.02), 201.0, False),  # 2% of the distance, though 0.01% of the figures
        ((0.0, 0.0, 0.0), 0.0, True),  # nothing to divide by
        ((3.0, 3.0, 3.0), 3.0, True),
        ((3.0, 3.0, 3.0 + 1e-7), 3.0, True),  # what float32 rounds away
        ((0.0, 0.0, 0.5), 1.0, False),  # 0 is a figure, not a missing one
        ((1.0, 1.0, 1.005), 0.0, True),  # and 0 is a control
    ],
)
def test_three_importances_coincide(values, control, holds):
    finding = claims(importances(dict(zip(COINCIDE, values, strict=True)), control=control))["In"]
    assert finding.holds is holds


def test_coincide_is_the_worst_over_extractions_and_both_curves():
    same = importances(dict.fromkeys(COINCIDE, 2.0))
    apart = importances(dict(zip(COINCIDE, (2.0, 2.0, 2.5), strict=True)), "C-Insertion", method="pca")
    finding = claims(same + apart)["In"]
    assert finding.holds is False
    assert "over 2 curves they differ by at most 33.3%" in finding.measured  # 0.5 of the 1.5 from a random order


def test_coincide_cannot_be_told_without_a_random_order_nor_without_all_three():
    finding = claims(importances(dict.fromkeys(COINCIDE, 2.0), control=None))["In"]
    assert finding.holds is None
    assert "In" not in claims(importances(dict.fromkeys(COINCIDE[:2], 2.0)))
    assert "In" not in claims(importances(dict(zip(COINCIDE, (2.0, 2.0, None), strict=True))))


@pytest.mark.parametrize(
    ("other", "high", "holds", "said"),
    [
        (1.5, 1.6, True, "no other importance"),
        (1.0, 1.1, True, "no other importance"),
        (0.9, 1.1, None, "within its interval: saliency on nmf"),
        (0.9, None, None, "within its interval: saliency on nmf"),
        (0.5, 0.6, False, "beaten by saliency on nmf"),
        (-0.5, -0.4, False, "beaten by saliency on nmf"),
    ],
)
def test_they_are_the_best(other, high, holds, said):
    rows = importances({"occlusion": 1.0, "gradient_input": 1.2}, high=1.3) + importances(
        {"saliency": other}, high=high
    )
    finding = claims(rows)["…"]
    assert finding.holds is holds
    assert said in finding.measured


def test_the_best_are_asked_for_each_extraction_apart():
    rows = importances({"occlusion": 1.0, "rise": 2.0}) + importances(
        {"occlusion": 5.0, "rise": 3.0}, method="pca", high=4
    )
    finding = claims(rows)["…"]
    assert finding.holds is False
    assert "2 extractions: beaten by rise on pca" in finding.measured
    assert "…" not in claims(importances({"occlusion": 1.0, "gradient_input": 2.0}))
    assert "…" not in claims(importances({"saliency": 1.0, "rise": 2.0}))
    zero = importances({"occlusion": 0.0}) + importances({"rise": -1.0}, high=-0.5)
    assert claims(zero)["…"].holds is False


def test_no_rows_give_no_findings():
    assert findings([]) == ()


def test_settings_know_all_and_drop_duplicates():
    settings = LabSettings(methods=("all",), importances=("all",), n_concepts=(10, 5, 10), n_seeds=2, seed=3)
    assert settings.methods == tuple(EXTRACTIONS)
    assert "auto" not in settings.methods
    assert settings.importances == tuple(IMPORTANCES)
    assert settings.n_concepts == (10, 5)
    assert LabSettings(methods=("pca", "nmf", "pca")).methods == ("pca", "nmf")
    assert LabSettings(methods="pca", importances="all").methods == ("pca",)
    assert LabSettings(methods=("nmf", "all")).methods == tuple(EXTRACTIONS)
    assert settings.dictionaries[:4] == [("nmf", 10, 3), ("nmf", 10, 4), ("nmf", 5, 3), ("nmf", 5, 4)]
    assert len(settings.dictionaries) == 11 * 2 * 2


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"methods": ("nfm",)}, "unknown methods: nfm; choose from nmf"),
        ({"methods": ("auto",)}, "unknown methods: auto"),
        ({"importances": ("occlusion", "gradient")}, "unknown importances: gradient; choose from"),
        ({"methods": ()}, "name a method"),
        ({"n_concepts": ()}, "at least 2 concepts"),
        ({"n_concepts": (10, 1)}, "at least 2 concepts"),
        ({"n_seeds": 0}, "0 seeds"),
        ({"images": 1}, "1 images"),
        ({"folds": 1}, "1 folds"),
        ({"folds": -1}, "-1 folds"),
        ({"sample": 0}, "sample is 0"),
        ({"sample": 50, "n_concepts": (10, 51)}, "sample is 50"),
        ({"seed": -1}, "seed is -1"),
        ({"seed": 2**32 - 1, "n_seeds": 2}, f"seed is {2**32}"),
        ({"batch_size": 0}, "batch size is 0"),
        ({"photos": "some"}, "photos is 'some'"),
    ],
)
def test_nonsense_settings_are_told(change, words):
    with pytest.raises(ValueError, match=words.replace("(", r"\(")):
        LabSettings(**change)


HOSTILE = About(
    created="2026-01-01",
    model=MeasuredModel("<b>model</b>", "w & w", "f"),
    layer=MeasuredLayer("<i>layer</i>", (8, 8), ">= 0", 4),
    target=MeasuredTarget("<script>alert(1)</script>", (0,)),
    photos=MeasuredPhotos('a "quoted" <folder>', 20, 12, "p"),
    settings=LabSettings(),
    versions={"torch": "2<3"},
    seconds=Seconds(1.5, 0.5),
)
FIGURES = (
    row("nmf", "relative ℓ2", 0.25, note="n"),
    row("nmf", "C-Deletion", 1.0, importance="x", low=0.5, high=1.5, control=2.0),
)
DATA = Evaluation(HOSTILE, FIGURES, (Finding("a claim", "measured", True),), ("nmf: no",), FORMAT)


def written(folder, **changes):
    folder.mkdir(parents=True)
    (folder / FILE).write_text(json.dumps(to_json(DATA) | changes), encoding="utf-8")


def test_an_evaluation_is_read_as_it_was_written(tmp_path):
    (tmp_path / "one").mkdir()
    write_typed(tmp_path / "one" / FILE, DATA)
    loaded = Evaluation.load(tmp_path / "one")
    assert loaded == DATA
    assert (loaded.id, loaded.folder) == ("one", tmp_path / "one")
    assert "folder" not in to_json(loaded)


def test_one_from_before_names_and_folds_were_kept_is_read(tmp_path):
    old = to_json(HOSTILE)
    del old["photos"]["names"], old["settings"]["folds"]
    written(tmp_path / "old", about=old)
    about = Evaluation.load(tmp_path / "old").about
    assert (about.photos.names, about.settings.folds) == ((), LabSettings().folds)


def test_what_is_damaged_is_told_with_the_file_and_the_field(tmp_path):
    def read(content):
        (tmp_path / FILE).write_bytes(content)
        return Evaluation.load(tmp_path)

    optional = ("about.photos.names", "about.versions.*", "about.settings.*", *(
        f"rows.0.{field}" for field in ("low", "high", "control", "note")
    ))  # fmt: skip
    about = replace(HOSTILE, photos=replace(HOSTILE.photos, names=("a.jpg",)))
    refuses_damage(
        read, to_json(replace(DATA, about=about, rows=FIGURES[::-1])), source=str(tmp_path / FILE), optional=optional
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"format": 99}, "an? evaluation of format 99"),
        (
            {"rows": [to_json(FIGURES[0]) | {"measure": "beauty"}]},
            "rows.0: measure is 'beauty': choose one of relative",
        ),
        ({"about": to_json(HOSTILE) | {"settings": {"methods": ["nfm"]}}}, "about.settings: unknown methods: nfm"),
    ],
)
def test_what_is_no_evaluation_is_refused(change, words, tmp_path):
    written(tmp_path / "one", **change)
    with pytest.raises(ValueError, match=words):
        Evaluation.load(tmp_path / "one")


@pytest.mark.parametrize("text", ["", "[]", "3", "null", '{"format": 1}', "{", '{"format": {}}'])
def test_a_file_of_something_else_is_refused(text, tmp_path):
    (tmp_path / FILE).write_text(text)
    with pytest.raises(ValueError, match=FILE):
        Evaluation.load(tmp_path)
    with pytest.raises(ValueError, match=f"holds no {FILE}"):
        Evaluation.load(tmp_path / "missing")


def test_finished_evaluations_are_listed_newest_first(tmp_path):
    written(tmp_path / "old")
    written(tmp_path / "new", about=to_json(replace(HOSTILE, created="2026-05-05")))
    written(tmp_path / ".hidden.1234.part")
    written(tmp_path / "foreign", format=99)
    for name, text in (("list", "[]"), ("cut", '{"format": 1, "ab'), ("binary", "\x00\xff")):
        (tmp_path / name).mkdir()
        (tmp_path / name / FILE).write_bytes(text.encode("latin-1"))
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("x")
    assert [each.id for each in list_evaluations(tmp_path)] == ["new", "old"]
    assert list_evaluations(tmp_path / "nowhere") == []
    assert list_evaluations(tmp_path / "file") == []


def test_every_name_in_the_page_is_escaped(tmp_path):
    rows = (
        row("<img src=x>", "relative ℓ2", 0.25),
        row("<img src=x>", "C-Deletion", 1.0, importance="<svg onload=1>", control=2.0, note='" onclick="x'),
    )
    curves = {"<svg onload=1>": Curve.of(np.arange(24, dtype=np.float32).reshape(4, 6))}
    write_curves(tmp_path / CURVES, {"<img src=x>-5-0": Curves(curves, curves)})
    page = render_evaluation_html(Evaluation(HOSTILE, rows, findings(rows), ("<marquee>",), FORMAT, tmp_path))
    for tag in ("<script", "<img", "<svg onload", "<marquee", "<b>model", "<i>layer", "<folder>", 'onclick="x'):
        assert tag not in page
    assert "&lt;script&gt;alert(1)" in page
    assert page.count('class="mean"') == 2
    assert "gradient_input, integrated_gradients" in page  # the settings
    assert "0.5 s" in page


def test_curves_come_back_each_to_its_dictionary(tmp_path):
    curve = Curve.of(np.arange(12, dtype=np.float32).reshape(4, 3))
    other = Curve.of(curve.rows + 1)
    write_curves(tmp_path / CURVES, {"nmf-2-0": Curves({"rise": curve}, {}), "nmf-12-0": Curves({}, {"rise": other})})
    found = read_curves(tmp_path / CURVES)
    assert found.keys() == {"nmf-2-0", "nmf-12-0"}
    np.testing.assert_array_equal(found["nmf-2-0"].deletion["rise"].mean, [0, 1, 2])
    np.testing.assert_array_equal(found["nmf-12-0"].insertion["rise"].control, [10, 11, 12])
    assert not found["nmf-2-0"].insertion


@pytest.mark.parametrize("content", [None, b"", b"junk"])
def test_arrays_that_cannot_be_read_are_told_with_the_file(tmp_path, content):
    if content is not None:
        (tmp_path / CURVES).write_bytes(content)
    with pytest.raises(ValueError, match=f"{CURVES} cannot be read"):
        read_curves(tmp_path / CURVES)


def test_arrays_of_another_shape_are_told(tmp_path):
    write_arrays(tmp_path / CURVES, {"nmf-2-0 rise deletion": np.zeros((3, 3))})
    with pytest.raises(ValueError, match=rf"{CURVES}: a curve of shape \(3, 3\)"):
        read_curves(tmp_path / CURVES)
    with pytest.raises(ValueError, match="no activity"):
        DictionaryArrays.of({"components": np.zeros((2, 3))})
    with pytest.raises(ValueError, match=r"components \(2, 3\) and activity \(5, 3\)"):
        DictionaryArrays(np.zeros((2, 3)), np.zeros((5, 3)))


def test_a_cell_comes_back_whole_and_a_damaged_one_is_told(tmp_path):
    curve = Curve.of(np.arange(12, dtype=np.float32).reshape(4, 3))
    dictionary = DictionaryArrays(np.eye(2, 3, dtype=np.float32), np.ones((5, 2), np.float32))
    cell = Cell(list(FIGURES), dictionary, Curves({"x": curve}, {"x": curve}), {"concept_000_0.jpg": b"picture"})
    cell.write(tmp_path)
    found = Cell.read(tmp_path)
    assert (found.rows, found.crops) == (cell.rows, cell.crops)
    np.testing.assert_array_equal(found.dictionary.components, dictionary.components)
    np.testing.assert_array_equal(found.dictionary.activity, dictionary.activity)
    np.testing.assert_array_equal(found.curves.insertion["x"].rows, curve.rows)
    (tmp_path / "rows.json").write_text('[{"method": "nmf"}]')
    with pytest.raises(ValueError, match=r"rows.json: 0.n_concepts: Field required"):
        Cell.read(tmp_path)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("nmf-10-0", ("nmf", 10, 0)), ("topk_sae-5-12", ("topk_sae", 5, 12)), ("a-b-3-1", ("a-b", 3, 1)),
     ("nmf-10", None), ("nmf-x-0", None), ("nmf-1-²", None), ("", None), ("nmf-10-0/..", None)],
)  # fmt: skip
def test_a_dictionary_is_named_by_its_text(text, expected):
    name = DictionaryName.parse(text)
    assert name == expected
    assert name is None or str(name) == text


def test_results_are_read_without_heavy_libraries():
    code = (
        "import sys; from concepts.evaluation import Evaluation, LabSettings, list_evaluations;"
        "import concepts.evaluation.ranks, concepts.evaluation.findings, concepts.evaluation.table;"
        "print([m for m in ('torch', 'sklearn', 'captum', 'scipy', 'pandas') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_all_columns_of_the_tables_are_measures():
    columns = {of: ranked(of) for of in (DICTIONARY, IMPORTANCE)}
    assert set().union(*columns.values()) == MEASURES.keys() - {"kept order (Spearman)"}
    assert [each[-1] for each in columns.values()] == ["seconds", "seconds"]
    assert faithfulness() == ["C-Deletion", "C-Insertion", "C-μFidelity"]
