"""The seam of datasets: rows of numbers go the way of photos, from activations to a report."""

import io

import numpy as np
import pytest
from PIL import Image

from concepts.activations.collect import collect_activations
from concepts.data.dataset import Skipped
from concepts.data.images import open_photos
from concepts.models import load_model, split_model
from concepts.report import ClassReport, ReportSettings, build_report
from tests.support.rows import Rows, RowSplit
from tests.support.tiny import FACTORY, write_photos

SETTINGS = ReportSettings(n_concepts=2, method="nmf")


@pytest.fixture(scope="module")
def rows() -> Rows:
    """60 rows, one of which lacks a number."""
    values = np.random.default_rng(0).random((60, 6))
    values[:30, :3] += 0.5
    values[4, :3] = (2, 2, np.nan)
    return Rows.of(values)


def test_rows_are_stored_by_the_same_pass_as_photos(rows, tmp_path):
    stored = collect_activations(RowSplit(), rows, tmp_path, batch_size=7)
    readable = [i for i in range(60) if i != 4]
    assert list(stored.indices) == readable
    assert stored.skipped == (Skipped("row 4", "a number is missing"),)
    np.testing.assert_allclose(stored.rows(0, 59), rows.values[readable], atol=1e-3)
    assert stored.thumbnail(4).read_bytes() == rows.preview(5)
    assert collect_activations(RowSplit(), rows, tmp_path).reused
    assert not collect_activations(RowSplit(), rows.subset(readable), tmp_path).reused


def test_every_item_is_opened_once_its_preview_included(tmp_path, monkeypatch):
    photos, opened = open_photos(write_photos(tmp_path / "photos", n=3)), []
    split = split_model(load_model(FACTORY))
    once = photos.open
    monkeypatch.setattr(photos, "open", lambda i: opened.append(i) or once(i))
    stored = collect_activations(split, photos, tmp_path / "store")
    assert sorted(opened) == list(range(6))
    seen = np.asarray(Image.open(stored.thumbnail(0)), dtype=float)
    far = [np.abs(seen - np.asarray(photos.open(i), dtype=float)).mean() for i in range(6)]
    assert np.argmin(far) == 0, "a preview is of its own photo, JPEG aside"


def test_rows_are_reported_on_as_photos_are(rows, tmp_path):
    report = build_report(RowSplit(), rows, "high", SETTINGS)
    data = report.data
    assert data.dataset.skipped == (Skipped("line 7", "five numbers"), Skipped("row 4", "a number is missing"))
    high = {name for name, kind in zip(rows.names, rows.kinds, strict=True) if kind == "high"}
    assert {row.name for row in data.images} == high - {"row 4"}
    assert data.accuracy.value == 1, "a row is high where the model says so"
    assert report.array("phi").shape == (len(data.images), 2)
    again = ClassReport.load(report.save(tmp_path / "report"))
    assert again.data == data
    assert data.images[0].name in (tmp_path / "report" / "report.html").read_text(encoding="utf-8")


def test_a_photo_set_shows_its_photos_small(tmp_path):
    photos = open_photos(write_photos(tmp_path, n=2))
    assert photos.groups == ("green", "green", "red", "red")
    assert photos.reading_limits == {"max_pixels": 80_000_000}
    Image.new("RGB", (1200, 600), (250, 20, 20)).save(tmp_path / "wide.png")
    photos = open_photos(tmp_path)
    shown = Image.open(io.BytesIO(photos.preview(photos.names.index("wide.png"))))
    assert (shown.format, shown.size) == ("JPEG", (256, 128))
    np.testing.assert_allclose(shown.getpixel((128, 64)), (250, 20, 20), atol=4)
