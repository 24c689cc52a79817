"""The battery of artefacts: what each does to a photo, which are named, and where they are shown."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

from concepts.cli.report import print_summary
from concepts.data.images import open_photos
from concepts.models.outputs import Outputs
from concepts.models.target import Target
from concepts.numerics.intervals import wilson
from concepts.publishing.tables import columns_of
from concepts.report import ClassReport, ReportSettings, build_report
from concepts.report.pipeline.evidence.artefacts import BATTERY, reduced
from concepts.report.pipeline.evidence.battery import artefact_row, is_named
from concepts.report.rendering.artefact_sentences import artefact_sentences, artefact_table
from concepts.report.rows import ArtefactRow
from tests.support.added_mark import colours, pictures
from tests.support.made_up_report import made_up_report, renamed
from tests.support.screen import open_page, shown, without_demo

NAMES = [each.name for each in BATTERY]


def photo(size: tuple[int, int] = (120, 90), seed: int = 0) -> Image.Image:
    """Coarse colours with fine noise, and a bright left half."""
    rng = np.random.default_rng(seed)
    coarse = Image.fromarray(rng.integers(40, 200, (6, 8, 3), dtype=np.uint8)).resize(size)
    pixels = np.asarray(coarse, dtype=np.float64) + rng.normal(0, 8, (size[1], size[0], 3))
    pixels[:, : size[0] // 2] += 30
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


def with_artefact(name: str, of: Image.Image, seed: int = 0) -> np.ndarray:
    """(h, w, 3) float: the pixels of the photo with this artefact."""
    changed = BATTERY[NAMES.index(name)].apply(of, np.random.default_rng(seed))
    assert (changed.mode, changed.size) == ("RGB", of.size)
    return np.asarray(changed, dtype=np.float64)


def fineness(pixels: np.ndarray) -> float:
    """The mean step between neighbours in a row."""
    return float(np.abs(np.diff(pixels, axis=1)).mean())


def test_every_artefact_does_what_its_name_says():
    own = np.asarray(photo(), dtype=np.float64)
    changed = {name: with_artefact(name, photo()) for name in NAMES}
    assert len(set(NAMES)) == 11
    assert fineness(changed["blur"]) < 0.6 * fineness(own) < fineness(changed["noise"])
    assert abs((changed["noise"] - own).mean()) < 1
    assert np.ptp(changed["grey"], axis=2).max() == 0
    red, green, blue = changed["sepia"].mean(axis=(0, 1))
    assert red > green > blue
    assert (
        np.ptp(changed["sepia"] / np.maximum(changed["sepia"].sum(axis=2, keepdims=True), 1), axis=(0, 1)).max() < 0.1
    )
    assert 3 < np.abs(changed["jpeg"] - own).mean() < 30
    assert changed["frame"][:9].max() == changed["frame"][:, :24].max() == 0  # 9 pixels around the centre square
    assert np.array_equal(changed["frame"][9:81, 24:96], own[9:81, 24:96])
    lighter = (changed["watermark"] - own).max(axis=2) > 30
    assert 0.02 < lighter.mean() < 0.3
    assert lighter[30:60].sum() == lighter.sum()
    assert changed["dark"].mean() == pytest.approx(0.4 * own.mean(), abs=1)
    assert changed["bright"].mean() > 1.3 * own.mean()
    assert fineness(changed["crop"]) < 0.8 * fineness(own)  # the middle, enlarged
    assert np.array_equal(changed["flip"], own[:, ::-1])


@pytest.mark.parametrize("size", [(2, 1), (700, 3)])
def test_artefacts_are_repeatable_and_hold_for_any_photo(size):
    for name in NAMES:
        assert np.array_equal(with_artefact(name, photo(size), 3), with_artefact(name, photo(size), 3))
    assert not np.array_equal(with_artefact("noise", photo()), with_artefact("noise", photo(), 1))


def test_a_photo_is_reduced_to_what_the_model_sees_and_never_enlarged():
    assert reduced(photo((1200, 900)), 224).size == (341, 256)
    assert reduced(photo((300, 256)), 224).size == (300, 256)
    assert reduced(photo((64, 64)), 224).size == (64, 64)


def test_one_in_five_is_named_and_one_in_fifty_never_is():
    """By arithmetic, at every number of photos on which the battery is tried."""
    for n in range(8, 61):
        assert all(is_named(turned, n) for turned in range(n + 1) if turned >= 0.2 * n)
        assert not any(is_named(turned, n) for turned in range(n + 1) if turned < 0.02 * n)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A report with a store, and the function that builds it again. The model calls grey things green."""
    folder = tmp_path_factory.mktemp("artefacts")
    pictures(folder / "all")

    def build(n_concepts: int) -> ClassReport:
        settings = ReportSettings(n_concepts=n_concepts)
        return build_report(colours(1.0), open_photos(str(folder / "all")), "green", settings, store=folder / "store")

    return build(3), build, folder / "all"


def test_the_counts_are_those_of_the_artefacts_applied_by_hand(built):
    report, _, folder = built
    split = colours(1.0)
    others = [Image.open(file).convert("RGB") for file in sorted((folder / "blue").iterdir())]
    rows = {row.artefact: row for row in report.data.artefacts}
    assert list(rows) == NAMES
    for name in ("grey", "sepia", "jpeg", "frame", "watermark", "dark", "bright", "crop", "flip"):
        changed = [Image.fromarray(with_artefact(name, each).astype(np.uint8)) for each in others]
        logits = split.head(split.encode(torch.stack([split.card.prepare(each) for each in changed])))
        n = int((logits.argmax(dim=1) == 0).sum())
        assert (rows[name].turned, rows[name].any_class, rows[name].others) == (n, n, 40), name
    assert rows["grey"].named
    assert rows["grey"].turned == 40
    assert not rows["flip"].named
    assert (rows["flip"].turned, rows["flip"].turned_low) == (0, 0.0)


def test_photos_that_are_the_class_before_do_not_count():
    target = Target((1,), ("moss",), "moss")
    base = np.eye(3)[[0] * 20 + [1] * 5 + [2] * 10]
    after = np.eye(3)[[1] * 6 + [2] * 4 + [0] * 10 + [1] * 5 + [2] * 10]  # six become moss, four stone, five remain
    row = artefact_row("blur", Outputs(), target, base, after)
    assert (row.others, row.turned, row.any_class, row.named) == (30, 6, 10, True)
    assert (row.turned_low, row.turned_high) == pytest.approx(wilson(6, 30))


def test_the_answers_are_kept_and_serve_any_number_of_concepts(built):
    report, build, _ = built
    assert "artefacts" not in report.data.reused
    again = build(2)
    assert again.data.artefacts == report.data.artefacts
    assert "artefacts" in again.data.reused


def test_it_is_shown_on_the_command_line_in_the_file_and_in_tables(built, tmp_path, capsys):
    report = built[0]
    again = ClassReport.load(report.save(tmp_path / "report"))
    assert again.data.artefacts == report.data.artefacts
    first, *_ = sentences = artefact_sentences(again.data)
    assert first.startswith("Photos of other classes become “green” when they are ")
    assert "40 of 40 (100%, 95% interval 91% to 100%); 40 change their answer at all." in first
    print_summary(again, tmp_path)
    assert all(f"artefacts: {sentence}" in capsys.readouterr().out for sentence in sentences[:1])
    html = (tmp_path / "report" / "report.html").read_text()
    assert all(sentence in html for sentence in sentences)
    assert "Photos of other classes with each artefact" in html
    named = columns_of(again, "artefacts")[-1]
    assert named.values == [row.named for row in report.data.artefacts]


def test_the_report_page_shows_sentence_and_table(tmp_path, monkeypatch):
    without_demo(monkeypatch, tmp_path)
    tried = (ArtefactRow("blur", 60, 15, 0.16, 0.37, 20, True), ArtefactRow("flip", 60, 0, 0.0, 0.06, 1, False))
    renamed(made_up_report(n=12), artefacts=tried).save(tmp_path / "reports" / "first")
    assert artefact_sentences(renamed(made_up_report(n=12), artefacts=tried).data)[0] in shown(
        open_page("report", id="first")
    )
    app = open_page("report", id="first", tab="method")
    page, (sentence,) = shown(app), artefact_sentences(renamed(made_up_report(n=12), artefacts=tried).data)
    assert f">{sentence}</p>" in page
    assert sentence.startswith("Photos of other classes become “mushroom” when they are blurred: 15 of 60 (25%,")
    assert "Artefacts of the whole photo that were tried" in [each.label for each in app.expander]
    assert page.index(sentence) < page.index('<th scope="row">blur</th>') < page.index('<th scope="row">flip</th>')


def test_where_none_is_named_one_line_says_so(built):
    calm = tuple(replace(row, turned=0, turned_low=0.0, named=False) for row in built[0].data.artefacts)
    (sentence,) = artefact_sentences(replace(built[0].data, artefacts=calm))
    assert sentence.startswith(
        "None of 11 artefacts, applied to 40 photos of other classes, clearly turns them into “green”"
    )
    assert [row[1] for row in artefact_table(replace(built[0].data, artefacts=calm))] == ["0 of 40"] * 11
