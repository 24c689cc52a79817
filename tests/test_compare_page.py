"""The page Compare, through the app's entry: what is drawn for an address, and what is said where nothing can be."""

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from concepts.cli.main import _parser
from pages.compare.methods import COMMAND
from tests.support.made_up_evaluation import DELETIONS, ERRORS, K, made_up_evaluation
from tests.support.made_up_report import made_up_report, renamed
from tests.support.places import ROOT
from tests.support.screen import charts, open_page, said, shown, without_demo

pytestmark = pytest.mark.slow

HOSTILE = '<script>alert(1)</script>"><img src=x>'


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A workspace with an evaluation and three reports: two of one place, one of another layer without its photos."""
    root = tmp_path_factory.mktemp("saved")
    made_up_evaluation(root / "evaluations" / "lab", left_out=("ica with 5 concepts: needs more photos",))
    report = made_up_report(n=24)
    report.save(root / "reports" / "first")
    other = made_up_report(n=24, seed=1, label="alder")
    other._arrays["components"] = report.array("components")[::-1].copy()
    other.save(root / "reports" / "second")
    layer = renamed(made_up_report(n=24), layer=replace(report.data.layer, path="earlier"))
    layer.save(root / "reports" / "earlier")
    renamed(layer, dataset=replace(report.data.dataset, source="elsewhere")).save(root / "reports" / "elsewhere")
    return root


@pytest.fixture
def workspace(tmp_path, monkeypatch, saved):
    without_demo(monkeypatch, tmp_path)
    shutil.copytree(saved, tmp_path, dirs_exist_ok=True)
    return tmp_path


def test_nothing_yet_says_how_to_make_one(tmp_path, monkeypatch):
    without_demo(monkeypatch, tmp_path)
    app = open_page("compare")
    assert "No evaluation yet" in shown(app)
    assert "python -m concepts evaluate" in app.code[0].value
    assert not charts(app)
    app = open_page("compare", show="dictionaries")
    assert "Nothing to compare yet" in shown(app)


def test_the_command_of_the_empty_page_is_one():
    words = COMMAND.replace("\\\n", " ").split()
    assert words[:3] == ["python", "-m", "concepts"]
    assert _parser().parse_args(words[3:]).out == Path("workspace/evaluations/toadstool")


def test_methods_are_shown_whole(workspace):
    app = open_page("compare")
    page = shown(app)
    for text in ("one claim", "another claim", "✓", "does not hold", "cannot be told", "it did not &lt;b&gt;"):
        assert text in page
    assert "3 ways to extract concepts and 4 ways to weigh them" in page
    assert "ica with 5 concepts: needs more photos" in page
    assert "/somewhere/private" not in page
    ranks, _ = charts(app)
    assert ranks["layout"]["yaxis"]["ticktext"] == [f"{method}, {K}" for method in ERRORS]
    assert [button.label for button in app.get("download_button")] == ["CSV", "JSON", "Parquet", "One page (HTML)"]
    assert len(app.dataframe[0].value) == len(ERRORS) * (3 + 3 * len(DELETIONS))
    app.segmented_control(key="methods_part").set_value("importances").run()
    assert app.query_params["part"] == "importances"
    importances, deletion, insertion, cost = charts(app)
    assert importances["layout"]["yaxis"]["ticktext"] == list(DELETIONS)
    assert len(importances["layout"]["shapes"]) == 1  # saliency's C-Deletion is worse than chance
    for curves in (deletion, insertion):
        assert [t["name"] for t in curves["data"] if t.get("showlegend") is not False] == [
            *sorted(DELETIONS), "random order (control)",
        ]  # fmt: skip
    assert cost["layout"]["xaxis"]["type"] == "log"
    assert [button.label for button in app.get("download_button")] == ["CSV", "JSON", "Parquet", "One page (HTML)"]


def test_an_address_restores_extraction_and_measure(workspace):
    app = open_page("compare", evaluation="lab", extraction=f"pca-{K}", measure="C-μFidelity")
    assert app.selectbox(key="extraction").value == f"pca-{K}"
    assert "C-μFidelity" in charts(app)[-1]["layout"]["yaxis"]["title"]["text"]
    app.selectbox(key="measure").set_value("C-Deletion").run()
    assert app.query_params["measure"] == "C-Deletion"
    assert "C-Deletion" in charts(app)[-1]["layout"]["yaxis"]["title"]["text"]


def test_nonsense_in_the_address_is_told(workspace):
    app = open_page("compare", evaluation="nope", extraction="x-y", measure=HOSTILE)
    assert "There is no evaluation nope here" in said(app)
    assert "no extraction x-y" in said(app)
    assert "no measure" in said(app)
    assert len(charts(app)) == 4
    for side in ("nope", "lab/nmf-99-0", "../reports/first", "lab/../../reports/first", HOSTILE):
        app = open_page("compare", first="first", second=side)
        assert "cannot be shown" in said(app)
        assert not charts(app)
        assert "<script" not in shown(app)


def test_damaged_evaluations_and_arrays_are_told(workspace):
    (workspace / "evaluations" / "lab" / "curves.safetensors").write_bytes(b"no")
    (workspace / "evaluations" / "lab" / "dictionaries" / f"nmf-{K}-0" / "arrays.safetensors").write_bytes(b"no")
    app = open_page("compare", part="importances")
    assert "curves cannot be read" in said(app)
    assert len(charts(app)) == 2
    assert "arrays.safetensors cannot be read" in said(open_page("compare", first="first", second=f"lab/nmf-{K}-0"))
    (workspace / "evaluations" / "lab" / "evaluation.json").write_text("{}")
    assert "No evaluation yet" in shown(open_page("compare"))


def test_two_that_can_be_compared_are_chosen_first(workspace):
    app = open_page("compare", show="dictionaries")
    places = {"first": "features", "second": "features", "earlier": "earlier", "elsewhere": "earlier"}
    assert len({places[app.query_params[key]] for key in ("first", "second")}) == 1
    assert charts(app)
    assert open_page("compare", second="second").query_params["first"] == "first"


def test_two_classes_at_one_place_share_concepts(workspace):
    app = open_page("compare", first="first", second="second", pair=2)
    assert "Concepts shared between the classes “mushroom” and “alder”: 8 of 8" in said(app)
    page = shown(app)
    chosen = page[page.index("cx-chosen") : page.index("cx-matches")]
    assert "Concept 3<" in chosen
    assert "Concept 6<" in chosen  # its dictionary is the first one's in reverse
    assert page.count("1.00") == 1 + 8
    assert "the same" in chosen
    assert "% of the evidence" in chosen
    assert 'href="report?id=second&amp;concept=5"' in chosen
    assert page.count("<img") == page.count("<img src=") == page.count(' alt="Concept')
    (matrix,) = charts(app)
    assert np.diag(np.array(heat(matrix))) == pytest.approx(np.ones(8), abs=1e-6)
    app.selectbox(key="pair").set_value(7).run()
    page = shown(app)
    assert "Concept 1<" in page[page.index("cx-chosen") : page.index("cx-matches")]


def heat(figure: dict) -> np.ndarray:
    z = figure["data"][0]["z"]
    if isinstance(z, dict):
        import base64

        shape = [int(n) for n in z["shape"].split(",")]
        return np.frombuffer(base64.b64decode(z["bdata"]), np.dtype(z["dtype"])).reshape(shape)
    return np.array(z)


def test_dictionaries_of_an_evaluation_are_matched_and_leftovers_listed(workspace):
    app = open_page("compare", first=f"lab/nmf-{K}-0", second=f"lab/pca-{K}-0")
    assert "whatever its sign" in shown(app)
    assert shown(app).count("enlarge") == K
    app = open_page("compare", first=f"lab/nmf-{K}-0", second="first")  # 12 channels and 16, no photo in both
    assert "cannot be compared" in said(app)
    assert "no photo is in both" in said(app)


def test_another_layer_is_compared_by_its_photos(workspace):
    app = open_page("compare", first="first", second="earlier")
    assert "24 photos that both have" in shown(app)
    assert "Concepts that both have: 8 of 8" in said(app)
    assert "no photo is in both" in said(open_page("compare", first="first", second="elsewhere"))


def test_concepts_without_a_partner_are_listed(workspace):
    root = workspace / "evaluations" / "lab" / "dictionaries"
    source, target = root / f"nmf-{K}-0", root / "nmf-2-0"
    shutil.copytree(source, target)
    arrays = load_file(source / "arrays.safetensors")
    save_file({"components": arrays["components"][:2].copy(), "activity": arrays["activity"][:, :2].copy()},
              target / "arrays.safetensors")  # fmt: skip
    app = open_page("compare", first=f"lab/nmf-{K}-0", second="lab/nmf-2-0", pair=4)
    assert "Concept 5 of the first has no partner" in said(app)
    page = shown(app)
    left = page[page.rindex("cx-concepts") :]
    assert [f"Concept {j + 1}<" in left for j in range(K)] == [False, False, True, True, True]


def test_opening_the_page_loads_no_heavy_library():
    code = (
        "import sys; import pages.compare.methods, pages.compare.dictionaries, pages.compare.pooling;"
        "import pages.compare.ensembles;"
        "print([m for m in ('torch', 'torchvision', 'sklearn', 'umap', 'captum') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip().endswith("[]")
