"""The main job on a tiny model: what it finds, what it reuses, what it writes, what it refuses."""

import json
import re
import shutil
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image
from torchvision.datasets import ImageFolder

from concepts.activations.collect import collect_activations
from concepts.data.images import open_photos
from concepts.metrics import sparsity
from concepts.models import load_model, split_model
from concepts.report import ClassReport, ReportSettings, build_report, find_report, list_cards
from concepts.report.card import ReportCard
from concepts.report.pipeline.dictionary import _Codes, _peaks
from concepts.report.rendering.sentences import no_mistakes, photos_line
from tests.support import tiny
from tests.support.tiny import CLASSES, FACTORY, write_photos

SETTINGS = ReportSettings(n_concepts=4, sample=2000)


@pytest.fixture(scope="module")
def split():
    return split_model(load_model(FACTORY, class_names=CLASSES), layer="features")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_photos(tmp_path_factory.mktemp("photos"), n=30)


@pytest.fixture(scope="module")
def photos(folder):
    return open_photos(str(folder))


@pytest.fixture(scope="module")
def report(split, photos):
    return build_report(split, photos, "red", SETTINGS)


@pytest.mark.parametrize("names", [(), ("x", "green", "red")], ids=["as in the folder", "in another order"])
def test_a_report_of_a_dataset_is_that_of_its_files(report, split, folder, names):
    """The names of its labels count, in whatever order the dataset has them."""
    dataset = ImageFolder(folder)
    if names:
        items = [(path, names.index(dataset.classes[label])) for path, label in dataset.samples]
        dataset = type("Named", (list,), {"classes": list(names)})(items)
    of_dataset = build_report(split, open_photos(dataset), "red", SETTINGS)
    assert of_dataset.data.images[0].name.startswith("red/0000")
    np.testing.assert_array_equal(of_dataset.array("phi"), report.array("phi"))
    assert of_dataset.data.dataset.labels_known
    assert of_dataset.data.accuracy == report.data.accuracy
    assert of_dataset.data.command == ""


def test_the_report_is_about_the_photos_of_the_class(report, folder):
    assert len(report.data.images) == 30
    assert {row.label for row in report.data.images} == {"red"}
    assert report.data.accuracy.value == 1.0
    assert report.data.dataset.labels_known
    assert photos_line(report.data) == f"{folder.name}: 30 of 30 used; their classes from folder names"
    assert report.array("phi").shape == (30, 4)
    assert report.array("maps").shape == (30, 8, 8, 4)


def test_the_marked_photos_are_a_strategy_of_their_own(report):
    marked = np.array([int(row.name.split("/")[-1][:3]) < 15 for row in report.data.images])
    labels = report.array("labels")
    assert len(report.data.strategies) == 2
    assert max(np.mean((labels == s) == marked) for s in set(labels) - {-1}) > 0.95


def test_importance_adds_up_to_the_score_and_is_ordered(report, split):
    phi = report.array("phi")
    assert (np.diff(np.abs(phi.mean(axis=0))) <= 1e-6).all()
    gap = next(check for check in report.data.checks if check.name == "completeness gap")
    assert gap.value < 0.01
    assert sum(row.share for row in report.data.concepts) == pytest.approx(1)
    for row in report.data.concepts:
        assert row.low <= row.importance <= row.high
        assert row.share_low <= row.share <= row.share_high


def test_codes_times_components_give_the_activations(report, split, photos):
    images = torch.stack([split.card.transform(photos.open(i)) for i in range(30, 60)])
    A = split.encode(images)  # red/ comes after green/
    A_hat = torch.from_numpy(report.array("maps")).float() @ torch.from_numpy(report.array("components"))
    measured = next(check for check in report.data.checks if check.name == "relative ℓ2").value
    assert ((A - A_hat).norm() / A.norm()).item() == pytest.approx(measured, abs=0.01)
    assert measured < 0.2


def test_prototypes_lie_where_the_codes_are_largest(report):
    maps = report.array("maps").astype(float)
    for concept in report.data.concepts:
        assert len({crop.image for crop in concept.crops}) == len(concept.crops)
        values = [crop.value for crop in concept.crops]
        assert values == sorted(values, reverse=True)
        assert values[0] == pytest.approx(maps[..., concept.index].max())
        for crop in concept.crops:
            row, column = np.unravel_index(maps[crop.image, ..., concept.index].argmax(), (8, 8))
            left, top, right, bottom = crop.box
            assert left <= (column + 0.5) / 8 <= right
            assert top <= (row + 0.5) / 8 <= bottom
            assert report.picture(crop.file)[:3] == b"\xff\xd8\xff"


def test_a_report_survives_the_disk(report, tmp_path):
    report.save(tmp_path / "reports" / "red")
    loaded = ClassReport.load(tmp_path / "reports" / "red")
    assert json.dumps(loaded.data.concepts, default=vars) == json.dumps(report.data.concepts, default=vars)
    assert loaded.data.clustering == report.data.clustering
    for name in ("phi", "maps", "labels", "embedding", "components"):
        np.testing.assert_array_equal(loaded.array(name), report.array(name))
    np.testing.assert_array_equal(loaded.concept_map(2, 5), report.concept_map(2, 5))
    assert loaded.thumbnail(3) == report.thumbnail(3)
    assert "<html" in (tmp_path / "reports" / "red" / "report.html").read_text(encoding="utf-8")
    card = find_report([tmp_path / "reports"], target="red", layer="features")
    assert card.id == "red"
    assert card.n_strategies == len(report.data.strategies)


def test_pictures_are_read_from_inside_the_report_only(report, tmp_path):
    report.save(tmp_path / "red")
    (tmp_path / "secret").write_text("x")
    with pytest.raises(ValueError, match="no picture"):
        ClassReport.load(tmp_path / "red").picture("../secret")


def test_half_written_and_foreign_folders_are_not_listed(report, tmp_path):
    report.save(tmp_path / "good")
    (tmp_path / ".red.1234.part").mkdir()
    (tmp_path / ".red.1234.part" / "card.json").write_text("{}")
    (tmp_path / "damaged").mkdir()
    (tmp_path / "damaged" / "card.json").write_text('{"title": ')
    assert [card.id for card in list_cards([tmp_path])] == ["good"]
    with pytest.raises(ValueError, match=r"report\.json"):
        ClassReport.load(tmp_path / "damaged")
    (tmp_path / "damaged" / "report.json").write_text('{"format": 99}')
    with pytest.raises(ValueError, match="format 99"):
        ClassReport.load(tmp_path / "damaged")


def test_the_same_request_gives_the_same_report_and_reuses_every_stage(split, photos, report, tmp_path):
    first = build_report(split, photos, "red", SETTINGS, store=tmp_path)
    again = build_report(split, photos, "red", SETTINGS, store=tmp_path)
    assert first.data.reused == ()
    assert set(again.data.reused) == {"activations", "concepts", "importance", "artefacts", "properties"}
    for name in ("phi", "labels", "embedding"):
        np.testing.assert_array_equal(again.array(name), report.array(name))


@pytest.mark.slow
def test_another_choice_reuses_only_what_it_may(split, photos, tmp_path):
    build_report(split, photos, "red", SETTINGS, store=tmp_path)
    other = ReportSettings(n_concepts=4, sample=2000, importance="occlusion")
    always = {"activations", "artefacts", "properties"}
    assert set(build_report(split, photos, "red", other, store=tmp_path).data.reused) == {*always, "concepts"}
    more = ReportSettings(n_concepts=3, sample=2000)
    assert set(build_report(split, photos, "red", more, store=tmp_path).data.reused) == always
    assert build_report(split, photos, "green", SETTINGS, store=tmp_path).data.reused == ()


def test_a_job_killed_in_a_stage_goes_on_from_the_one_before(split, photos, tmp_path):
    def kill(stage, share):
        if stage == "importance":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_report(split, photos, "red", SETTINGS, store=tmp_path, progress=kill)
    assert set(build_report(split, photos, "red", SETTINGS, store=tmp_path).data.reused) == {"activations", "concepts"}


def test_changed_photos_are_not_taken_for_the_old_ones(split, tmp_path):
    folder = write_photos(tmp_path / "photos", n=8)
    first = collect_activations(split, open_photos(str(folder)), tmp_path / "store")
    assert collect_activations(split, open_photos(str(folder)), tmp_path / "store").reused
    (folder / "red" / "000.png").write_bytes((folder / "green" / "000.png").read_bytes())
    second = collect_activations(split, open_photos(str(folder)), tmp_path / "store")
    assert not second.reused
    assert second.folder != first.folder


def test_activations_on_disk_are_those_of_the_model_one_by_one(split, photos, tmp_path):
    stored = collect_activations(split, photos, tmp_path, batch_size=7)
    for i in (0, 6, 7, 59):
        A = split.encode(split.card.transform(photos.open(i))[None])
        np.testing.assert_allclose(stored.rows(i, i + 1), A.numpy(), atol=2e-3)
        np.testing.assert_allclose(stored.logits[i], split.head(A)[0].numpy(), atol=1e-3)


def test_the_batch_halves_when_memory_runs_out(split, photos, tmp_path):
    class Narrow:
        """A split with room for two images."""

        def __getattr__(self, name):
            return getattr(split, name)

        def encode(self, images):
            if len(images) > 2:
                raise torch.OutOfMemoryError("out of memory")
            return split.encode(images)

    narrow = collect_activations(Narrow(), photos, tmp_path / "narrow", batch_size=16)
    wide = collect_activations(split, photos, tmp_path / "wide", batch_size=16)
    np.testing.assert_allclose(narrow.rows(0, 60), wide.rows(0, 60), atol=1e-3)
    np.testing.assert_allclose(narrow.logits, wide.logits, atol=1e-3)


def test_unreadable_photos_are_named_and_skipped(split, tmp_path):
    folder = write_photos(tmp_path / "photos", n=12)
    (folder / "red" / "005.png").write_bytes(b"not a picture")
    report = build_report(split, open_photos(str(folder)), "red", SETTINGS)
    assert report.data.dataset.n_used == 11
    assert [entry.name for entry in report.data.dataset.skipped] == ["red/005.png"]
    assert "red/005.png" not in {row.name for row in report.data.images}
    assert report.array("maps").shape[0] == 11


class Scaled:
    """A split whose activations from the fourth batch on are so many times as large; its head undoes that."""

    def __init__(self, split, factor, *, calm=0):
        self.split, self.factor, self.calm = split, factor, calm
        self.seen = 0  # batches of photos; the behaviour is asked one picture at a time

    def __getattr__(self, name):
        return getattr(self.split, name)

    def encode(self, images):
        self.seen += len(images) > 1
        return self.split.encode(images) * (1 if self.seen <= self.calm else self.factor)

    def head(self, activations):
        return self.split.head(activations / self.factor)


@pytest.mark.parametrize(("factor", "calm", "dtype"), [(1, 0, "float16"), (1e6, 3, "float32"), (1e-7, 0, "float32")])
def test_activations_are_float16_only_where_nothing_is_lost(factor, calm, dtype, split, photos, tmp_path):
    stored = collect_activations(Scaled(split, factor, calm=calm), photos, tmp_path, batch_size=8)
    assert stored.info.dtype == dtype
    for i in (0, 23, 24, 59):
        A = split.encode(split.card.transform(photos.open(i))[None]) * (1 if i < 8 * calm else factor)
        np.testing.assert_allclose(stored.rows(i, i + 1), A.numpy(), atol=1e-3 * A.max().item())


@pytest.mark.parametrize(("factor", "dtype"), [(1, np.float16), (1e6, np.float32), (1e-7, np.float32)])
def test_codes_keep_their_digits_whatever_the_unit(factor, dtype, split, photos, report):
    scaled = build_report(Scaled(split, factor), photos, "red", replace(SETTINGS, method="pca"))
    plain = build_report(split, photos, "red", replace(SETTINGS, method="pca"))
    assert scaled.array("maps").dtype == dtype
    np.testing.assert_allclose(scaled.array("maps") / factor, plain.array("maps"), atol=2e-3)
    np.testing.assert_allclose(scaled.array("phi"), plain.array("phi"), atol=2e-2)


def test_codes_filled_in_grow_to_float32_when_a_later_batch_needs_it(rng):
    U = torch.rand(30, 4, 3, generator=rng)
    U[20:, :, 1] *= 1e7
    codes = _Codes((30, 4, 3), _peaks(U[:2]))
    for batch in U.split(8):
        codes.add(batch)
    assert codes.values.dtype == np.float32
    np.testing.assert_allclose(codes.values, U.numpy(), rtol=1e-3)
    assert codes.sparsity() == pytest.approx(sparsity(U), abs=1e-3)


def test_sparsity_is_that_of_all_codes(report):
    check = next(check for check in report.data.checks if check.name == "sparsity")
    assert check.value == pytest.approx(sparsity(report.array("maps")))


@pytest.mark.slow
def test_the_figures_of_the_fit_are_not_those_of_the_first_images_only(split, tmp_path):
    """Half of the photos are noise that three concepts cannot describe; the names put them last."""
    folder, generator = write_photos(tmp_path / "photos", n=70, marked=0), np.random.default_rng(0)
    for i in range(70, 140):  # each 64 positions, of which the figures are taken on 4096
        noise = generator.integers(0, 256, (32, 32, 3), dtype=np.uint8)
        Image.fromarray(noise).save(folder / "red" / f"{i:03d}.png")
    report = build_report(split, open_photos(str(folder)), "red", ReportSettings(n_concepts=2))
    found = {check.name: check for check in report.data.checks}
    fitted = float(re.search(r"fitted to it is (\d+)%", found["relative ℓ2"].sentence)[1]) / 100
    assert fitted == pytest.approx(found["relative ℓ2"].value, rel=0.3)


def test_a_picture_of_a_few_bytes_does_not_take_all_memory(split, tmp_path):
    folder = write_photos(tmp_path / "photos", n=12)
    Image.new("RGB", (90_000, 1)).save(folder / "red" / "line.png")
    report = build_report(split, open_photos(str(folder)), "red", SETTINGS)
    assert report.data.dataset.n_used == 12
    (skipped,) = report.data.dataset.skipped
    assert skipped.name == "red/line.png"
    assert skipped.reason.startswith("90000 × 1 is too narrow")


def test_skipped_files_are_those_of_now_and_not_of_the_stored_run(split, tmp_path):
    folder = write_photos(tmp_path / "photos", n=12)
    (folder / "red" / "005.png").write_bytes(b"not a picture")
    (folder / "red" / "a.jxl").write_bytes(b"x")

    def skipped():
        report = build_report(split, open_photos(str(folder)), "red", SETTINGS, store=tmp_path / "store")
        return [entry.name for entry in report.data.dataset.skipped], report.data.reused

    assert skipped() == (["red/a.jxl", "red/005.png"], ())
    (folder / "red" / "a.jxl").rename(folder / "red" / "b.jxl")
    names, reused = skipped()
    assert names == ["red/b.jxl", "red/005.png"]
    assert "activations" in reused


def test_a_reason_does_not_repeat_the_name(split, tmp_path):
    folder = write_photos(tmp_path / "photos", n=4)
    (folder / "red" / "000.png").write_bytes(b"not a picture")
    (skipped,) = collect_activations(split, open_photos(str(folder)), tmp_path / "store").skipped
    assert skipped.name == "red/000.png"
    assert "000.png" not in skipped.reason


def test_a_transform_that_gives_two_sizes_is_told_with_both(split, photos, tmp_path):
    wide = replace(split.card, transform=lambda photo: torch.zeros(3, 32, 32 + (photo.getpixel((15, 15))[0] > 150)))
    with pytest.raises(ValueError, match=r"\(3, 32, 33\) for .*\(3, 32, 32\)"):
        collect_activations(replace(split, card=wide), photos, tmp_path)


def test_the_split_is_checked_on_the_users_own_photos(split, photos, report, tmp_path):
    check = next(check for check in report.data.checks if check.name == "split check")
    assert check.value == report.data.layer.check <= 1e-4
    with pytest.raises(ValueError, match="max"):
        collect_activations(replace(split, _f=lambda x: split._f(x) * 1.01), photos, tmp_path)


def test_folders_of_which_none_names_a_class_are_not_all_taken(split, folder, tmp_path):
    shutil.copytree(folder / "red", tmp_path / "crimson")
    shutil.copytree(folder / "green", tmp_path / "lime")
    photos = open_photos(str(tmp_path))
    with pytest.raises(ValueError, match=r"crimson, lime.*--photos all"):
        build_report(split, photos, "red", SETTINGS)
    assert len(build_report(split, photos, "red", replace(SETTINGS, photos="all")).data.images) == 60


@pytest.mark.parametrize("n_folders", [2, 4])
@pytest.mark.parametrize("target", ["colour 1", 1])
def test_folders_for_some_of_the_classes_of_a_model_without_names(target, n_folders, folder, tmp_path):
    for i in range(n_folders):
        shutil.copytree(folder / "red", tmp_path / f"colour {i}")
    unnamed = split_model(tiny.build(), layer="features")
    line = rf"3 classes without names.* {n_folders} folders \(colour 0, .*--classes"
    with pytest.raises(ValueError, match=line) as caught:
        build_report(unnamed, open_photos(str(tmp_path)), target, SETTINGS)
    assert "\n" not in str(caught.value)


def test_wrong_requests_say_what_to_do(split, photos, folder, tmp_path):
    with pytest.raises(ValueError, match=r"green \(30\), red \(30\)|red \(30\), green \(30\)"):
        build_report(split, photos, "blue", SETTINGS)
    with pytest.raises(ValueError, match="30 photos, fewer than the 31 concepts"):
        build_report(split, photos, "red", ReportSettings(n_concepts=31))
    with pytest.raises(ValueError, match="did you mean red"):
        build_report(split, photos, "redd", SETTINGS)


def test_a_group_takes_the_photos_of_all_its_classes(split, photos):
    report = build_report(split, photos, ["red", "green"], SETTINGS)
    assert len(report.data.images) == 60
    scores = np.array([row.score for row in report.data.images])
    images = torch.stack([split.card.transform(photos.open(i)) for i in range(60)])
    logits = split.head(split.encode(images))
    np.testing.assert_allclose(scores, logits[:, :2].logsumexp(dim=1).numpy(), atol=1e-2)


def test_photos_without_classes_are_all_taken_and_said_to_be_unknown(split, folder, tmp_path):
    for file in (folder / "red").iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    report = build_report(split, open_photos(str(tmp_path)), "red", SETTINGS)
    assert len(report.data.images) == 30
    assert not report.data.dataset.labels_known
    assert "recognises" in report.data.accuracy.means
    assert report.data.images[0].right is None


def test_where_no_class_is_known_nothing_is_called_wrong(split, folder, tmp_path):
    for file in (*(folder / "red").iterdir(), *sorted((folder / "green").iterdir())[:5]):
        (tmp_path / f"{file.parent.name}-{file.name}").write_bytes(file.read_bytes())
    data = build_report(split, open_photos(str(tmp_path)), "red", SETTINGS).data
    assert sum(not row.recognised for row in data.images) == 5
    assert data.mistakes == ()
    assert "5 of 35 photos are not recognised as “red”" in no_mistakes(data)
    assert not ReportCard.of(data).labels_known


@pytest.mark.parametrize("method", ["semi_nmf", "kmeans", "pca"])
@pytest.mark.parametrize("importance", ["integrated_gradients", "saliency", "occlusion"])
def test_every_method_gives_a_report(split, photos, method, importance):
    settings = ReportSettings(n_concepts=3, method=method, importance=importance, sample=2000)
    report = build_report(split, photos, "red", settings)
    assert report.data.settings.method == method
    assert np.isfinite(report.array("phi")).all()
    assert len(report.data.strategies) >= 1


def test_a_pooled_layer_has_a_report_without_maps(photos, tmp_path):
    split = split_model(load_model(FACTORY, class_names=CLASSES), layer="flatten")
    report = build_report(split, photos, "red", ReportSettings(n_concepts=3))
    assert not report.has_maps
    report.save(tmp_path / "red")
    assert ClassReport.load(tmp_path / "red").array("phi").shape == (30, 3)
