"""A report from a stranger: every array is checked before it is used, no link is followed, a site goes on."""

import io
import json
import os
import shutil
import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from safetensors.numpy import load_file, save_file

from concepts.evaluation.side_by_side import of_report
from concepts.publishing.site.build import build_site
from concepts.publishing.tables import notebook_of, report_json
from concepts.rendering.pictures import check_picture
from concepts.report import ClassReport
from concepts.report.array_file import DamagedReportError
from concepts.report.queries.array_checks import check_arrays
from concepts.report.rendering.html import render_report_html
from tests.support.made_up_report import made_up_report

SECRET = b"\xff\xd8 what only the server may read"


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    return made_up_report(n=12).save(tmp_path_factory.mktemp("strange") / "report")


@pytest.fixture
def own(saved, tmp_path):
    return Path(shutil.copytree(saved, tmp_path / "own"))


def damaged_arrays(arrays):
    """(what is wrong, arrays)."""
    n, k = arrays["phi"].shape
    changes = {
        "phi without a concept": {"phi": arrays["phi"][:, 1:]},
        "phi of text": {"phi": arrays["phi"].astype(np.uint8)},
        "phi of whole numbers": {"phi": arrays["phi"].astype(np.int64)},
        "phi of complex numbers": {"phi": arrays["phi"].astype(np.complex64)},
        "phi with NaN": {"phi": np.where(arrays["phi"] == arrays["phi"].max(), np.nan, arrays["phi"])},
        "phi endless": {"phi": np.full((n, k), np.inf, np.float32)},
        "no components": {"components": np.zeros((k, 0), np.float32)},
        "components flat": {"components": arrays["components"].ravel()},
        "components with NaN": {"components": arrays["components"] * np.float32("nan")},
        "embedding in space": {"embedding": np.zeros((n, 3), np.float32)},
        "labels of floats": {"labels": arrays["labels"].astype(np.float32)},
        "labels too large": {"labels": arrays["labels"] + 1_000},
        "labels below": {"labels": arrays["labels"] - 10},
        "labels too few": {"labels": arrays["labels"][1:]},
        "maps of another grid": {"maps": arrays["maps"][:, 1:]},
        "maps of fewer photos": {"maps": arrays["maps"][1:]},
        "maps of NaN": {"maps": arrays["maps"] * np.float32("nan")},
        "maps of numbers": {"maps": arrays["maps"].astype(np.int32)},
    }
    for what, change in changes.items():
        yield what, {name: np.ascontiguousarray(value) for name, value in (arrays | change).items()}
    for name in ("phi", "components", "embedding", "labels"):
        yield f"no {name}", {other: value for other, value in arrays.items() if other != name}


def test_every_array_is_checked_before_it_is_used(own):
    arrays = load_file(own / "arrays.safetensors")
    check_arrays(ClassReport.load(own))
    for what, wrong in damaged_arrays(arrays):
        save_file(wrong, own / "arrays.safetensors")
        report = ClassReport.load(own)
        with pytest.raises(DamagedReportError) as error:
            check_arrays(report)
        assert "\n" not in str(error.value), what
    save_file(arrays | {"maps": np.where(np.arange(12)[:, None, None, None] == 7, np.nan, arrays["maps"])},
              own / "arrays.safetensors")  # fmt: skip
    report = ClassReport.load(own)
    report.concept_map(0, 6)
    for use in (lambda: report.concept_map(0, 7), report.activity, report.mean_codes, lambda: of_report(report)):
        with pytest.raises(DamagedReportError, match="maps hold values that are no numbers"):
            use()


def headers():
    """Heads of files of arrays that promise what is not there."""
    for entry in (
        {"dtype": "F32", "shape": [10**12], "data_offsets": [0, 4]},
        {"dtype": "F32", "shape": [10**30], "data_offsets": [0, 4]},
        {"dtype": "F32", "shape": [12, 8], "data_offsets": [0, 10**15]},
        {"dtype": "BF16", "shape": [12, 8], "data_offsets": [0, 192]},
        {"dtype": "F8_E4M3", "shape": [12, 8], "data_offsets": [0, 96]},
        {"dtype": "O", "shape": [12, 8], "data_offsets": [0, 96]},
        {"dtype": "F32", "shape": [0, 10**12], "data_offsets": [0, 0]},
    ):
        head = json.dumps({"phi": entry}).encode()
        yield struct.pack("<Q", len(head)) + head + bytes(min(entry["data_offsets"][1], 192))


def test_files_of_arrays_that_are_none_are_one_line(own):
    file = own / "arrays.safetensors"
    for content in (*headers(), b"", b"\x80\x04\x95", file.read_bytes()[:-1], file.read_bytes()[:500], bytes(8)):
        file.write_bytes(content)
        with pytest.raises(DamagedReportError) as error:
            check_arrays(ClassReport.load(own))
        assert "\n" not in str(error.value)
    file.unlink()
    for make in (file.mkdir, lambda: os.mkfifo(file), lambda: file.symlink_to("nowhere")):
        make()
        with pytest.raises(DamagedReportError):
            check_arrays(ClassReport.load(own))
        file.rmdir() if file.is_dir() else file.unlink()


@pytest.fixture
def with_links(own, tmp_path):
    """A report whose pictures are links: to a file of the server, to a folder of the server, to nowhere."""
    (tmp_path / "secrets").mkdir()
    Image.new("RGB", (8, 8), "red").save(tmp_path / "secrets" / "picture.jpg")
    (tmp_path / "secrets" / "system").write_bytes(SECRET)
    crops = sorted((own / "crops").iterdir())
    for file, target in zip(crops, ("picture.jpg", "system", "nowhere"), strict=False):
        file.unlink()
        file.symlink_to(tmp_path / "secrets" / target)
    shutil.move(own / "thumbnails", tmp_path / "secrets" / "thumbnails")
    (own / "thumbnails").symlink_to(tmp_path / "secrets" / "thumbnails")
    return own


def test_pictures_that_are_links_are_not_followed(with_links, tmp_path):
    report = ClassReport.load(with_links)
    for file in ("thumbnails/000000.jpg", *(f"crops/{name}" for name in sorted(os.listdir(with_links / "crops"))[:3])):
        with pytest.raises(ValueError, match="symbolic link"):
            report.picture(file)
    secret = "base64"
    page = render_report_html(report)
    assert "photo_0000" in page
    assert page.count(secret) < render_report_html(made_up_report(n=12)).count(secret)
    notebook_of(report)
    report_json(report)


@pytest.mark.slow
def test_a_site_leaves_a_bad_folder_out_and_copies_no_linked_file(with_links, saved, tmp_path):
    reports = tmp_path / "reports"
    reports.mkdir()
    shutil.copytree(saved, reports / "good")
    shutil.copytree(with_links, reports / "linked", symlinks=True)
    for name, damage in (("half", "report.json"), ("arrays", "arrays.safetensors")):
        shutil.copytree(saved, reports / name)
        content = (reports / name / damage).read_bytes()
        (reports / name / damage).write_bytes(content[: len(content) // 2])
    (reports / "nothing").mkdir()
    (reports / "circle").symlink_to("circle")
    (reports / "nowhere").symlink_to("nothing there")
    built = build_site([reports], tmp_path / "site")
    assert built.n_classes == 2
    assert [line.split(":")[0] for line in built.left_out] == ["arrays", "circle", "half", "nothing", "nowhere"]
    assert str(tmp_path) not in " ".join(built.left_out)
    for file in (tmp_path / "site").rglob("*"):
        assert not file.is_symlink()
        assert file.is_dir() or SECRET not in file.read_bytes()
    pictures = [file for file in (tmp_path / "site" / "pictures").iterdir() if len(list(file.iterdir())) < 40]
    assert (tmp_path / "secrets" / "picture.jpg").read_bytes() not in [
        file.read_bytes() for folder in pictures for file in folder.iterdir()
    ]


def test_pictures_that_are_none_are_missing(own):
    report = ClassReport.load(own)
    file = report.data.concepts[0].crops[0].file
    assert report.picture(file)
    bomb = io.BytesIO()
    Image.new("1", (5_000, 5_000)).save(bomb, "PNG")
    for content in (b"", b"<svg/>", b"%!PS-Adobe", bomb.getvalue(), b"\xff\xd8\xff"):
        (own / file).write_bytes(content)
        with pytest.raises(ValueError, match=file):
            report.picture(file)
    (own / file).unlink()
    for name in (file, "../report.json", "/etc/passwd", "a\0b", "x" * 5_000, "crops", ""):
        with pytest.raises(ValueError, match=r"has no picture|no name of a file|is a folder"):
            report.picture(name)
    for kind in ("JPEG", "PNG", "WEBP"):
        picture = io.BytesIO()
        Image.new("RGB", (4, 4)).save(picture, kind)
        check_picture(picture.getvalue(), "a")


def test_an_open_report_stays_what_it_was_when_another_replaces_it(own):
    report, before = ClassReport.load(own), load_file(own / "arrays.safetensors")
    first = report.array("phi")
    other = made_up_report(n=12, seed=1)
    other.save(own)
    np.testing.assert_array_equal(first, before["phi"])
    np.testing.assert_array_equal(report.array("components"), before["components"])
    np.testing.assert_array_equal(report.concept_map(0, 3), before["maps"][3, ..., 0])
    with pytest.raises(ValueError, match="was replaced after it was opened"):
        report.thumbnail(0)
    again = ClassReport.load(own)
    np.testing.assert_array_equal(again.array("phi"), other.array("phi"))
    assert again.thumbnail(0) == other.thumbnail(0)
    assert replace(again.data, title="") == replace(other.data, title="")
