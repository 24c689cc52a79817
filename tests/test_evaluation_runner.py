"""The grid on the tiny model: every cell, the figures themselves, going on, what is left out, memory, known parts."""

import json
import math
from collections import Counter
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image

from attribution.faithfulness import c_deletion, c_insertion, c_mu_fidelity
from attribution.importance import checked_importance
from concepts.activations import rows as row_reading
from concepts.activations.collect import collect_activations
from concepts.data.images import open_photos
from concepts.evaluation import Evaluation, LabSettings, dictionary_scores, measurement_data, runner
from concepts.evaluation.evaluate import evaluate
from concepts.evaluation.measure import DICTIONARY as OF_DICTIONARY
from concepts.evaluation.measure import IMPORTANCE as OF_IMPORTANCE
from concepts.evaluation.measures import MEASURES
from concepts.evaluation.table import Row
from concepts.extraction import make_extractor
from concepts.metrics import compare_fits, frechet_distance, ood_score, part_coherence, relative_l2, sparsity
from concepts.models import load_model, split_model
from concepts.models.target import resolve_target
from concepts.report.pipeline.selection import choose_photos
from tests.support.tiny import CLASSES, FACTORY, to_tensor, write_photos

pytestmark = pytest.mark.slow

SETTINGS = LabSettings(
    methods=("nmf", "kmeans", "pca"), importances=("gradient_input", "occlusion", "rise"), n_concepts=(2, 3),
    n_seeds=2, folds=3, images=12, sample=500,
)  # fmt: skip
SMALL = LabSettings(
    methods=("nmf", "pca"), importances=("gradient_input",), n_concepts=(3,), n_seeds=2, folds=2, images=8
)
DICTIONARY = {
    "relative ℓ2", "sparsity", "FID", "OOD", "dead concepts", "kept answers", "kept score (R²)",
    "kept order (Spearman)", "seconds",
}  # fmt: skip
IMPORTANCE = {"C-Deletion", "C-Insertion", "C-μFidelity", "seconds", "head passes"}


@pytest.fixture(scope="module")
def model():
    return load_model(FACTORY, class_names=CLASSES)


@pytest.fixture(scope="module")
def split(model):
    return split_model(model, layer="features")


@pytest.fixture(scope="module")
def signed(model):
    return split_model(model, layer="features.0")


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    return open_photos(str(write_photos(tmp_path_factory.mktemp("photos"), n=20)))


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("evaluation")


@pytest.fixture(scope="module")
def found(split, photos, place):
    return evaluate(split, photos, "red", SETTINGS, out=place / "red", store=place / "store")


def timeless(rows):
    return [row for row in rows if row.measure != "seconds"]


def stored(split, photos, store):
    target = resolve_target("red", CLASSES, 3)
    selection = choose_photos(photos, target, CLASSES, SETTINGS.report_settings("nmf", 2, 0))
    return target, selection.photos, collect_activations(split, selection.photos, store)


def a_bench(split, photos, store, **options):
    target, _, activations = stored(split, photos, store)
    return measurement_data.open_measurement_data(split, target, activations, **({"images": 8, "seed": 0} | options))


def test_every_combination_has_its_rows(found):
    cells = Counter((row.method, row.n_concepts, row.seed, row.importance) for row in found.rows)
    for method, k, seed in SETTINGS.dictionaries:
        rows = [row for row in found.rows if (row.method, row.n_concepts, row.seed) == (method, k, seed)]
        assert {row.measure for row in rows if not row.importance} == DICTIONARY
        for importance in SETTINGS.importances:
            extra = {"sampling error"} if importance == "rise" else {"completeness gap"}
            assert {row.measure for row in rows if row.importance == importance} == IMPORTANCE | extra
        for k in SETTINGS.n_concepts:
            assert cells[method, k, None, ""] == 2
    assert len({(r.method, r.n_concepts, r.seed, r.importance, r.measure) for r in found.rows}) == len(found.rows)
    assert found.left_out == ()


def test_every_measure_is_measured_and_as_it_states(found):
    assert {row.measure for row in found.rows} | {"best IoU", "pointing game"} == MEASURES.keys()
    for row in found.rows:
        measure = MEASURES[row.measure]
        assert row.better == measure.better
        assert (OF_IMPORTANCE if row.importance else OF_DICTIONARY) in measure.of
        assert (row.control is not None) == bool(measure.control)
        assert measure.lowest is None or row.value >= measure.lowest
        assert measure.highest is None or row.value <= measure.highest


def test_the_figures_are_those_of_the_pieces(split, photos, found, tmp_path):
    _, _, activations = stored(split, photos, tmp_path)
    images = np.sort(np.random.default_rng(0).permutation(20)[:12])
    whole = torch.from_numpy(activations.rows(0, 20)).float()
    A = whole[images.tolist()]
    fitted = make_extractor("nmf", 3, seed=1, sample=500).fit(whole.flatten(0, -2))
    U, V = fitted.transform(A.flatten(0, -2)).reshape(12, 8, 8, 3), fitted.components_
    A_hat = U @ V
    true, kept = torch.from_numpy(activations.logits[images]), split.head(A_hat)
    rest = ((true[:, 0] - kept[:, 0]) ** 2).sum() / ((true[:, 0] - true[:, 0].mean()) ** 2).sum()
    phi = checked_importance(split.head, U, V, 0, "occlusion", seed=1).phi
    arguments = (split.head, U, V, 0, phi)
    expected = {
        ("", "relative ℓ2"): relative_l2(A, A_hat),
        ("", "sparsity"): sparsity(U),
        ("", "FID"): frechet_distance(A, A_hat),
        ("", "OOD"): ood_score(A, A_hat, seed=1).value,
        ("", "kept answers"): (true.argmax(dim=1) == kept.argmax(dim=1)).double().mean().item(),
        ("", "kept score (R²)"): 1 - rest.item(),
        ("occlusion", "C-Deletion"): c_deletion(*arguments, seed=1).auc,
        ("occlusion", "C-Insertion"): c_insertion(*arguments, seed=1).auc,
        ("occlusion", "C-μFidelity"): c_mu_fidelity(*arguments, seed=1).value,
    }
    rows = {(r.importance, r.measure): r.value for r in found.rows if (r.method, r.n_concepts, r.seed) == ("nmf", 3, 1)}
    for cell, value in expected.items():
        assert rows[cell] == pytest.approx(value, rel=1e-4, abs=1e-6), cell
    fits = [make_extractor("nmf", 3, seed=s, sample=500).fit(whole.flatten(0, -2)) for s in range(2)]
    (row,) = [r for r in found.rows if (r.method, r.n_concepts, r.measure) == ("nmf", 3, "stability (seeds)")]
    assert row.value == pytest.approx(compare_fits(fits).value, abs=1e-6)


def test_folds_are_fitted_as_the_dictionaries_are(split, photos, tmp_path, monkeypatch):
    """With the sample of the settings, and from the images of `for_folds`."""
    seen = []
    real = runner.extractor_for
    monkeypatch.setattr(runner, "extractor_for", lambda s, settings: seen.append(settings) or real(s, settings))
    evaluate(split, photos, "red", replace(SMALL, sample=77), out=tmp_path / "out", store=tmp_path / "store")
    assert [(each.method, each.sample, each.seed) for each in seen] == [
        ("nmf", 77, 0), ("nmf", 77, 1), ("pca", 77, 0), ("pca", 77, 1),
    ]  # fmt: skip


def test_controls_and_intervals_are_there(found):
    for row in found.rows:
        if row.measure.startswith(("C-", "stability")):
            assert row.control is not None
        if row.measure == "stability (seeds)":
            assert row.low is row.high is None  # two fits are one pair
        elif not MEASURES[row.measure].interval:
            assert row.low is row.high is None
        else:
            assert row.low <= row.value + 1e-6
            assert row.high >= row.value - 1e-6
    at_random = {r.control for r in found.rows if (r.method, r.n_concepts, r.measure) == ("nmf", 3, "C-Deletion")}
    assert len(at_random) == 2  # one a seed, the same for all importances


def test_the_curves_are_those_of_the_table(found):
    assert found.curves.keys() == set(map(str, SETTINGS.dictionaries))
    for curves in found.curves.values():
        assert curves.deletion.keys() == curves.insertion.keys() == set(SETTINGS.importances)
    for row in found.rows:
        if row.measure in ("C-Deletion", "C-Insertion"):
            kind = row.measure.removeprefix("C-").lower()
            curve = found.curves[f"{row.method}-{row.n_concepts}-{row.seed}"].of_kind(kind)[row.importance]
            assert curve.rows.shape == (4, row.n_concepts + 1)
            area = np.trapezoid if hasattr(np, "trapezoid") else np.trapz
            assert area(curve.mean) / row.n_concepts == pytest.approx(row.value, abs=1e-5)
            assert area(curve.control) / row.n_concepts == pytest.approx(row.control, abs=1e-5)


def test_the_three_tables_hold_the_same_figures(found, place):
    frames = [
        pd.read_csv(place / "red" / "table.csv", keep_default_na=False, na_values={"value": "", "low": "", "high": "",
                    "control": "", "seed": ""}),
        pd.read_parquet(place / "red" / "table.parquet"),
        pd.DataFrame(json.loads((place / "red" / "table.json").read_text(encoding="utf-8"))),
    ]  # fmt: skip
    for table in frames:
        assert len(table) == len(found.rows)
        for name in Row.__dataclass_fields__:
            given = [None if pd.isna(value) else value for value in table[name]]
            expected = [getattr(row, name) for row in found.rows]
            if name in ("value", "low", "high", "control"):
                assert [g is None for g in given] == [e is None for e in expected]
                assert [g for g in given if g is not None] == pytest.approx(
                    [e for e in expected if e is not None], rel=1e-12, abs=0
                )
            else:
                assert given == expected
        assert list(table["better"]) == [row.better for row in found.rows]
        assert list(table["worse_than_chance"]) == [row.worse_than_chance for row in found.rows]


def test_what_is_written_is_read_back(found, place):
    loaded = Evaluation.load(place / "red")
    assert loaded.rows == found.rows
    assert loaded.findings == found.findings
    assert loaded.about == found.about
    assert {entry.name for entry in (place / "red").iterdir()} == {
        "evaluation.json", "table.csv", "table.parquet", "table.json", "curves.safetensors", "dictionaries",
        "evaluation.html",
    }  # fmt: skip
    names = {f"{method}-{k}-{seed}" for method, k, seed in SETTINGS.dictionaries}
    assert {entry.name for entry in (place / "red" / "dictionaries").iterdir()} == names
    assert len(list((place / "red" / "dictionaries" / "nmf-3-0").glob("*.jpg"))) >= 4


def test_two_runs_give_the_same_table_but_for_seconds(split, photos, tmp_path):
    runs = [evaluate(split, photos, "red", SMALL, out=tmp_path / f"{i}", store=tmp_path / f"s{i}") for i in range(2)]
    assert timeless(runs[0].rows) == timeless(runs[1].rows)
    other = replace(SMALL, seed=5)
    assert timeless(evaluate(split, photos, "red", other, out=tmp_path / "o", store=tmp_path / "s0").rows) != timeless(
        runs[0].rows
    )


class Counting:
    """A split that counts the images that it encodes."""

    def __init__(self, split):
        self.split, self.encoded = split, 0

    def __getattr__(self, name):
        return getattr(self.split, name)

    def encode(self, images):
        self.encoded += len(images)
        return self.split.encode(images)


def test_a_stopped_run_goes_on_and_the_activations_are_read_once(split, photos, tmp_path, monkeypatch):
    counting, calls, fits = Counting(split), [], []

    def stop_in_the_third(*arguments):
        calls.append(arguments)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return real_rows(*arguments)

    def count(given, settings):
        fits.append((settings.method, settings.seed))
        return real_fit(given, settings)

    real_rows, real_fit = dictionary_scores.importance_rows, dictionary_scores.fit
    with monkeypatch.context() as patch:
        patch.setattr(dictionary_scores, "importance_rows", stop_in_the_third)
        with pytest.raises(KeyboardInterrupt):
            evaluate(counting, photos, "red", SMALL, out=tmp_path / "out", store=tmp_path / "store")
    assert not (tmp_path / "out").exists()
    names, each_run = 16, 2  # class names are tried on 8 photos a class once a model, the behaviour on 2 pictures
    assert counting.encoded == 20 + names + each_run
    assert not list((tmp_path / "store").glob(".lab-*"))
    monkeypatch.setattr(dictionary_scores, "fit", count)
    went_on = evaluate(counting, photos, "red", SMALL, out=tmp_path / "out", store=tmp_path / "store")
    assert fits == [("pca", 0), ("pca", 1)]
    assert counting.encoded == 20 + names + 2 * each_run
    again = evaluate(counting, photos, "red", SMALL, out=tmp_path / "out", store=tmp_path / "store")
    assert len(fits) == 2
    assert again.rows == went_on.rows
    fresh = evaluate(split, photos, "red", SMALL, out=tmp_path / "fresh", store=tmp_path / "other")
    assert timeless(went_on.rows) == timeless(fresh.rows)


@pytest.mark.slow
def test_damaged_cells_are_computed_again(split, photos, tmp_path, caplog):
    first = evaluate(split, photos, "red", SMALL, out=tmp_path / "out", store=tmp_path / "store")
    cells = sorted(entry for entry in (tmp_path / "store").iterdir() if not entry.name.startswith("activations"))
    for number, cell in enumerate(cells):
        rows = cell / "rows.json"
        rows.write_bytes(rows.read_bytes()[: -10 * (number % 2 + 1)])
        if number % 2:
            (cell / "seal.json").unlink()  # as from before seals
    again = evaluate(split, photos, "red", SMALL, out=tmp_path / "out", store=tmp_path / "store")
    assert timeless(again.rows) == timeless(first.rows)
    assert sum("computed again" in record.getMessage() for record in caplog.records) == len(cells) > 1


def test_folds_are_kept_too(split, photos, tmp_path, monkeypatch):
    evaluate(split, photos, "red", SMALL, out=tmp_path / "out", store=tmp_path / "store")
    monkeypatch.setattr(runner, "stability", lambda *a, **o: pytest.fail("computed again"))
    evaluate(split, photos, "red", SMALL, out=tmp_path / "out", store=tmp_path / "store")
    with pytest.raises(pytest.fail.Exception):
        evaluate(split, photos, "red", replace(SMALL, folds=4), out=tmp_path / "out", store=tmp_path / "store")


@pytest.mark.parametrize(
    "change",
    [{"n_concepts": (2,)}, {"seed": 7}, {"images": 9}, {"sample": 99}, {"importances": ("occlusion",)}],
)
def test_a_cell_is_not_taken_for_one_of_other_settings(change, split, photos, tmp_path):
    settings = LabSettings(methods=("pca",), importances=("gradient_input",), n_concepts=(3,), n_seeds=1, folds=0)
    store = tmp_path / "store"
    evaluate(split, photos, "red", settings, out=tmp_path / "out", store=store)
    changed = replace(settings, **change)
    shared = evaluate(split, photos, "red", changed, out=tmp_path / "out", store=store)
    alone = evaluate(split, photos, "red", changed, out=tmp_path / "alone", store=tmp_path / "other")
    assert timeless(shared.rows) == timeless(alone.rows)


def test_a_half_written_result_is_never_seen(split, photos, tmp_path, monkeypatch):
    import concepts.evaluation.evaluate as module

    def fails(*arguments):
        raise OSError("no space left on device")

    evaluate(split, photos, "red", SMALL, out=tmp_path / "out", store=tmp_path / "store")
    before = (tmp_path / "out" / "evaluation.json").read_bytes()
    monkeypatch.setattr(module, "write_evaluation_html", fails)
    for name in ("out", "new"):
        with pytest.raises(OSError, match="no space"):
            evaluate(split, photos, "red", SMALL, out=tmp_path / name, store=tmp_path / "store")
    assert (tmp_path / "out" / "evaluation.json").read_bytes() == before
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["out", "store"]


def test_nmf_on_a_signed_layer_is_left_out_with_the_reason(signed, photos, tmp_path):
    settings = replace(SMALL, methods=("nmf", "kmeans"))
    found = evaluate(signed, photos, "red", settings, out=tmp_path / "out", store=tmp_path / "store")
    (said,) = found.left_out
    assert said.startswith("nmf with 3 concepts: nmf needs activations ≥ 0")
    assert {row.method for row in found.rows} == {"kmeans"}
    assert "needs activations" in (tmp_path / "out" / "evaluation.html").read_text(encoding="utf-8")
    with pytest.raises(ValueError, match="nothing could be measured: nmf with 3"):
        evaluate(signed, photos, "red", replace(SMALL, methods=("nmf",)), out=tmp_path / "no", store=tmp_path / "store")
    assert not (tmp_path / "no").exists()


def test_more_concepts_than_channels_leave_out_only_what_cannot(split, photos, tmp_path):
    settings = replace(SMALL, methods=("pca", "neurons", "kmeans"), n_concepts=(2, 6), n_seeds=1, folds=0)
    found = evaluate(split, photos, "red", settings, out=tmp_path / "out", store=tmp_path / "store")
    assert [text.split(":")[0] for text in found.left_out] == ["pca with 6 concepts", "neurons with 6 concepts"]
    assert {(row.method, row.n_concepts) for row in found.rows} == {
        ("pca", 2), ("neurons", 2), ("kmeans", 2), ("kmeans", 6)
    }  # fmt: skip


@pytest.mark.parametrize("name", ["dictionary_rows", "importance_rows"])
def test_a_mistake_of_ours_is_not_taken_for_an_unsuitable_method(name, split, photos, tmp_path, monkeypatch):
    def wrong(*arguments):
        raise ValueError("class 7 was asked for, there are 3")

    monkeypatch.setattr(dictionary_scores, name, wrong)
    with pytest.raises(ValueError, match="class 7"):
        evaluate(split, photos, "red", SMALL, out=tmp_path / "out", store=tmp_path / "store")


def test_a_target_outside_the_classes_is_not_swallowed(split, photos, tmp_path):
    given = replace(a_bench(split, photos, tmp_path), target=resolve_target(7, None, 9))
    _, _, activations = stored(split, photos, tmp_path)
    with pytest.raises(ValueError, match="7") as caught:
        runner.EvaluationRunner(given, activations, SMALL, tmp_path, lambda stage, share: None).run()
    assert "nothing could be measured" not in str(caught.value)


@pytest.mark.parametrize(
    ("target", "change", "words"),
    [
        ("rde", {}, "did you mean red"),
        ("blue", {}, "no photo lies in"),
        ("red", {"n_concepts": (21,)}, "fewer than the 21 concepts"),
        ("red", {"folds": 21}, "for 21 folds"),
    ],
)
def test_wrong_requests_are_told_before_anything_is_fitted(target, change, words, split, photos, tmp_path, monkeypatch):
    monkeypatch.setattr(dictionary_scores, "fit", lambda *arguments: pytest.fail("it fits first"))
    with pytest.raises(ValueError, match=words):
        evaluate(split, photos, target, replace(SMALL, **change), out=tmp_path / "out", store=tmp_path / "store")
    assert not (tmp_path / "out").exists()


def test_a_pooled_layer_is_measured_without_maps_and_too_small_folds_are_left_out(model, photos, tmp_path):
    pooled = split_model(model, layer="flatten")
    settings = replace(SMALL, methods=("kmeans",), n_concepts=(3, 8), folds=4)
    found = evaluate(pooled, photos, "red", settings, out=tmp_path / "out", store=tmp_path / "store")
    (said,) = found.left_out  # five photos a fold are five rows
    assert said.startswith("stability over folds of kmeans with 8 concepts: 5 activations cannot give 8")
    kinds = {(row.n_concepts, row.measure) for row in found.rows}
    assert {(3, "stability (folds)"), (3, "stability (seeds)"), (8, "stability (seeds)"), (8, "C-Deletion")} <= kinds
    assert (8, "stability (folds)") not in kinds
    assert not list((tmp_path / "out").rglob("*.jpg"))


def test_without_importances_the_dictionaries_alone_are_measured(split, photos, tmp_path):
    settings = replace(SMALL, importances=(), methods=("pca",), n_seeds=1, folds=0)
    found = evaluate(split, photos, "red", settings, out=tmp_path / "out", store=tmp_path / "store")
    assert {row.measure for row in found.rows} == DICTIONARY
    assert found.curves == {}


def test_a_group_is_a_target(split, photos, tmp_path):
    settings = replace(SMALL, methods=("pca",), n_seeds=1, folds=0)
    found = evaluate(split, photos, ["red", "green"], settings, out=tmp_path / "out", store=tmp_path / "store")
    assert found.about.photos.n == 40
    assert found.about.photos.measured == 8


def test_cells_in_use_are_marked_so_that_pruning_takes_others(split, photos, tmp_path):
    import os

    settings = replace(SMALL, methods=("pca",))
    evaluate(split, photos, "red", settings, out=tmp_path / "out", store=tmp_path / "store")
    entries = [e for e in (tmp_path / "store").iterdir() if e.name.startswith(("lab-", "folds-"))]
    assert len(entries) == 3
    for entry in entries:
        os.utime(entry, (1, 1))
    evaluate(split, photos, "red", settings, out=tmp_path / "out", store=tmp_path / "store")
    assert min(entry.stat().st_mtime for entry in entries) > 1e9


def test_what_is_held_stays_as_stored_and_within_its_bytes(split, photos, tmp_path, monkeypatch):
    whole = a_bench(split, photos, tmp_path)
    assert whole.held.dtype == torch.float16
    assert whole.held.shape == (20, 8, 8, 4)
    assert whole.A.dtype == torch.float32
    _, _, activations = stored(split, photos, tmp_path)
    np.testing.assert_array_equal(whole.held.numpy(), activations.rows(0, 20))
    np.testing.assert_array_equal(whole.A.numpy(), activations.rows(0, 20)[whole.measured].astype(np.float32))
    np.testing.assert_array_equal(whole.logits.numpy(), activations.logits[whole.measured])
    monkeypatch.setattr(measurement_data, "MOST_BYTES", 7 * 8 * 8 * 4 * 2 + 3)
    assert len(a_bench(split, photos, tmp_path).held) == 7
    wide = replace(activations.info, dtype="float32")  # twice the bytes an image
    monkeypatch.setitem(vars(activations), "info", wide)
    monkeypatch.setattr(type(activations), "rows", lambda self, i, j: np.zeros((j - i, 8, 8, 4), np.float32))
    assert len(measurement_data.open_measurement_data(split, whole.target, activations, images=4, seed=0).held) == 3


def test_folds_take_a_seeded_draw_of_bounded_size(split, photos, tmp_path, monkeypatch):
    whole = a_bench(split, photos, tmp_path)
    torch.testing.assert_close(whole.for_folds(0), whole.held.float())
    monkeypatch.setattr(measurement_data, "FOLD_BYTES", 9 * 8 * 8 * 4 * 4)
    drawn = whole.for_folds(3)
    assert drawn.shape == (9, 8, 8, 4)
    assert drawn.dtype == torch.float32
    torch.testing.assert_close(drawn, whole.for_folds(3))
    assert not torch.equal(drawn, whole.for_folds(4))
    images = {each.numpy().tobytes() for each in whole.held.float()}
    assert len({each.numpy().tobytes() for each in drawn} & images) == 9


def test_no_fit_turns_all_activations_into_float32(split, photos, tmp_path, monkeypatch):
    given, sizes = a_bench(split, photos, tmp_path), []
    real = measurement_data.MemoryRows.read
    monkeypatch.setattr(row_reading, "BLOCK", 100)
    monkeypatch.setattr(measurement_data.MemoryRows, "read", lambda self, i, j: sizes.append(j - i) or real(self, i, j))
    dictionary_scores.fit(given, replace(SMALL, sample=200).report_settings("nmf", 3, 0))
    assert max(sizes) <= 8 * 64  # the codes of the eight images measured; all positions would be 1280


def test_out_of_distribution_keeps_an_image_apart_from_itself(split, photos, tmp_path):
    """Positions of one image are alike: counted as neighbours of each other they would flatter the activations."""
    given = a_bench(split, photos, tmp_path)
    fitted = dictionary_scores.fit(given, SMALL.report_settings("kmeans", 3, 0))
    row = next(row for row in dictionary_scores.dictionary_rows(given, fitted) if row.measure == "OOD")
    A_hat = (fitted.codes.flatten(0, -2) @ fitted.V).reshape(given.A.shape)
    assert row.value == ood_score(given.A, A_hat).value
    assert row.value != ood_score(given.A.flatten(0, -2), A_hat.flatten(0, -2)).value


def true_masks(photos):
    """The red squares and blue corners of the tiny photos, read off their pixels."""
    pixels = np.stack([np.asarray(photos.open(i)).astype(int) for i in range(len(photos))])
    colours = {"square": (250, 20, 20), "corner": (20, 20, 250), "nowhere": (1, 2, 3)}
    return {part: (pixels == colour).all(axis=-1) for part, colour in colours.items()}


def test_coherence_is_that_of_the_known_parts(split, photos, tmp_path):
    masks = true_masks(photos)
    settings = replace(SMALL, methods=("nmf", "random"), n_seeds=1, folds=0)
    found = evaluate(split, photos, "red", settings, out=tmp_path / "out", store=tmp_path / "store", masks=masks)
    rows = {(row.method, row.measure): row for row in found.rows}
    given = a_bench(split, photos, tmp_path / "store")
    reds = [i for i, name in enumerate(photos.names) if name.startswith("red/")]
    chosen = {part: masks[part][reds][given.measured] for part in ("square", "corner")}
    codes = dictionary_scores.fit(given, settings.report_settings("nmf", 3, 0)).codes
    parts = part_coherence(codes, chosen, seed=0).values()
    for measure, name in (("best IoU", "iou"), ("pointing game", "pointing")):
        row = rows["nmf", measure]
        assert row.value == pytest.approx(np.mean([getattr(part, name) for part in parts]))
        assert row.control == pytest.approx(np.mean([getattr(part, f"{name}_control") for part in parts]))
        assert row.low == pytest.approx(np.mean([getattr(part, name).low for part in parts]))
        assert row.low <= row.value <= row.high
        assert not row.worse_than_chance
        assert row.note == "2 parts: square, corner"
    assert rows["nmf", "pointing game"].value > 0.9
    plain = evaluate(split, photos, "red", settings, out=tmp_path / "out", store=tmp_path / "store")
    assert not {"best IoU", "pointing game"} & {row.measure for row in plain.rows}  # other cells, not the ones above


def test_masks_follow_their_photos_past_one_that_cannot_be_read(split, tmp_path, monkeypatch):
    import concepts.evaluation.evaluate as module

    folder = write_photos(tmp_path / "photos", n=10)
    masks = true_masks(open_photos(str(folder)))
    (folder / "red" / "002.png").write_bytes(b"not a picture")
    asked = []
    real = module.parts_seen
    monkeypatch.setattr(module, "parts_seen", lambda *arguments: asked.append(arguments[3]) or real(*arguments))
    settings = replace(SMALL, methods=("pca",), n_seeds=1, folds=0, images=10)
    evaluate(
        split, open_photos(str(folder)), "red", settings, out=tmp_path / "out", store=tmp_path / "store", masks=masks
    )
    assert asked == [[f"red/{i:03d}.png" for i in range(10) if i != 2]]


def test_a_signed_concept_may_show_a_part_by_either_sign(split, photos, tmp_path):
    given = replace(a_bench(split, photos, tmp_path))
    shown = measurement_data.parts_seen(split, true_masks(photos), photos, [f"red/{i:03d}.png" for i in given.measured])
    given = replace(given, parts=shown)
    fitted = dictionary_scores.fit(given, SMALL.report_settings("pca", 3, 0))
    flipped = replace(fitted, codes=-fitted.codes, V=-fitted.V)
    values = [[row.value for row in dictionary_scores.coherence_rows(given, each)] for each in (fitted, flipped)]
    assert values[0] == pytest.approx(values[1])


def test_masks_go_the_way_of_the_photos(split, photos):
    masks = true_masks(photos)
    names = ["red/003.png", "green/001.png"]
    seen = measurement_data.parts_seen(split, masks, photos, names)
    assert seen.keys() == {"square", "corner"}  # "nowhere" is seen in none
    index = list(photos.names).index("red/003.png")
    np.testing.assert_array_equal(seen["square"][0], masks["square"][index])
    assert not seen["square"][1].any()
    cropped = replace(split.card, transform=lambda photo: to_tensor(photo.crop((0, 0, 16, 16))))
    near = measurement_data.parts_seen(replace(split, card=cropped), masks, photos, names)["corner"][0]
    large = Image.fromarray(masks["corner"][index][:16, :16]).convert("RGB").resize((32, 32))
    np.testing.assert_array_equal(near, np.asarray(large)[..., 0] > 127)
    with pytest.raises(ValueError, match=r"40 photos of the set; got square \(39, 32, 32\)"):
        measurement_data.parts_seen(split, {"square": masks["square"][1:]}, photos, names)


def test_the_demo_world_knows_its_parts(tmp_path):
    from concepts.demo.names import SHAPES
    from concepts.demo.pictures import demo_masks, demo_pictures
    from concepts.demo.world import draw

    pictures = open_photos(demo_pictures(SHAPES, tmp_path, n=2))
    masks = demo_masks(pictures.names, {"fish"})
    assert masks.keys() == {"body", "fins"}
    for row, name in enumerate(pictures.names):
        folder, number = name.removesuffix(".png").split("/")[-2:]
        truth = draw(folder, 300 + int(number))
        np.testing.assert_array_equal(np.asarray(pictures.open(row)), truth.image)
        for part, mask in masks.items():
            np.testing.assert_array_equal(
                mask[row], truth.masks.get(part, False) if folder == "fish" else mask[row] & 0
            )
    assert masks["body"].any()


def test_the_photos_measured_are_named_in_the_order_of_the_activity(found, place):
    from safetensors.numpy import load_file

    names = found.about.photos.names
    assert names == tuple(f"red/{i:03d}.png" for i in np.sort(np.random.default_rng(0).permutation(20)[:12]))
    activity = load_file(place / "red" / "dictionaries" / "nmf-3-0" / "arrays.safetensors")["activity"]
    assert activity.shape == (len(names), 3)


def test_no_value_is_nan(found):
    for row in found.rows:
        for name in ("value", "low", "high", "control"):
            assert getattr(row, name) is None or math.isfinite(getattr(row, name))
