"""A report in a cell of a notebook: what it tells, small and escaped."""

import re
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from concepts.data.images.jpeg import jpeg_bytes
from concepts.report import ClassReport
from concepts.report.names import Names
from concepts.report.rendering.summary import summary
from concepts.storage.app_folder import DEMO
from tests.support.made_up_report import made_up_report
from tests.test_report_html import HOSTILE, Reader

MOST = 300_000  # bytes


@pytest.fixture(scope="module")
def report():
    return made_up_report(n=50, names=[HOSTILE], label="<b>mush</b>")


def test_a_cell_tells_the_class_its_photos_concepts_and_strategies():
    report = made_up_report(n=50)
    names = Names({0: "price tag"})
    cell = report.called(names)._repr_html_()
    assert "<bdi>mushroom</bdi>" in cell
    assert "<dt>photos</dt><dd>50<" in cell
    assert summary(report.data, names) in cell
    assert "The first 5 of 8 concepts, by importance" in cell
    assert re.findall(r"<b>(Concept \d)", cell) == [f"Concept {j}" for j in range(1, 6)]
    assert re.findall(r"<b>(Strategy \w)", cell) == [f"Strategy {s}" for s in "ABC"]
    assert "price tag" in cell
    pictures = Reader(cell).all("img")
    assert len(pictures) == 30
    assert all(picture["src"].startswith("data:image/jpeg;base64,") and picture["alt"] for picture in pictures)


def test_hostile_names_are_text_in_a_cell(report):
    cell = report.called(Names({0: "<i>tag"}, {1: "<i>way"}))._repr_html_()
    read = Reader(cell)
    assert not {"script", "b/", "link", "iframe"} & {name for name, _ in read.tags}
    assert "<b>mush" not in cell
    assert "&lt;b&gt;mush" in cell
    assert "<i>tag" not in cell
    assert not re.search(r"(?:src|href)=\"(?!data:)", cell)


def test_styles_of_a_cell_hold_inside_of_it_only(report):
    sheet = re.search(r"<style>(.*?)</style>", report._repr_html_(), re.DOTALL)[1]
    selectors = re.findall(r"([^{}]+)\{", sheet)
    assert len(selectors) > 10
    assert all(selector.strip().startswith(".cx-cell") for selector in selectors)


@pytest.mark.parametrize("n_photos", [30, 2000])
def test_a_cell_is_small_whatever_the_pictures_and_texts(n_photos):
    report = made_up_report(n=40)
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (160, 160, 3), dtype=np.uint8))
    rows = tuple(replace(row, name="x" * 10_000) for row in report.data.images) * (n_photos // 30)
    pictures = dict.fromkeys(report._pictures, jpeg_bytes(noise))
    loud = ClassReport(replace(report.data, images=rows), arrays=report._arrays, pictures=pictures)
    assert MOST / 10 < len(loud._repr_html_().encode()) < MOST


def test_a_report_without_pictures_has_a_cell(report):
    bare = ClassReport(report.data)
    assert Reader(bare._repr_html_()).all("img") == []


@pytest.mark.parametrize("folder", sorted((DEMO / "reports").iterdir())[::3], ids=lambda folder: folder.name)
def test_a_stored_report_shows_itself(folder):
    report = ClassReport.load(folder)
    cell = report._repr_html_()
    assert report.data.target.label in cell
    assert len(cell.encode()) < MOST


@pytest.mark.parametrize("changes", [{"grid": False}, {"n_strategies": 1}, {"labels_known": False}])
def test_any_report_has_a_cell(changes):
    assert "The strategies" in made_up_report(n=40, **changes)._repr_html_()
