"""The report as one file: whole, small, escaped, without a network."""

import re
import shlex
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser

import pytest

from concepts.report.rendering import html
from concepts.report.rendering.html import MOST_PHOTOS, chosen_photos, render_report_html, write_report_html
from concepts.report.rendering.sentences import is_wrong
from tests.support.made_up_report import made_up_report

HOSTILE = "<script>alert(1)</script>&\"'.jpg"


class Reader(HTMLParser):
    """Tags with their attributes, ids, open elements."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def all(self, tag: str) -> list[dict]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module")
def report():
    return made_up_report(n=50, names=[HOSTILE], label="<b>mush</b>")


@pytest.fixture(scope="module")
def page(report):
    return render_report_html(report)


def test_nothing_is_loaded_from_elsewhere(page):
    read = Reader(page)
    sources = [tag.get("src", "") for tag in read.all("img")] + [tag["href"] for tag in read.all("image")]
    assert len(sources) > 50
    assert all(source.startswith("data:image/") for source in sources)
    assert not read.all("link")
    assert not re.search(r"(?:src|href)=\"(?!data:|#)", page)


def test_hostile_names_are_text(page):
    read = Reader(page)
    assert len(read.all("script")) == 1
    assert "<script>alert" not in page
    assert "<b>mush" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_every_link_has_its_target_and_every_picture_its_text(page):
    read = Reader(page)
    ids = {attributes["id"] for _, attributes in read.tags if "id" in attributes}
    links = [tag["href"][1:] for tag in read.all("a")]
    assert set(links) <= ids
    assert all(tag.get("alt") for tag in read.all("img"))


def test_there_is_a_point_and_a_photo_for_every_image(page, report):
    assert page.count('class="point"') == 50
    assert len(re.findall(r'<figure id="photo-\d+"', page)) == 50
    assert page.count('r="8.5" class="wrong"') == 1 + sum(is_wrong(row) for row in report.data.images)  # one in the key


def test_all_that_makes_the_numbers_is_there(page, report):
    for text in ("ab12cd34", "gradient_input", "2.15.0", "forward pass", "cut off after 2,048 bytes", "taken from the"):
        assert text in page
    for check in report.data.checks:
        assert check.name in page


def test_what_it_was_made_from_is_there_with_hashes(page, report):
    cells = dict(re.findall(r'<th scope="row">([^<]*)</th><td[^>]*>(.*?)</td>', page))
    assert report.data.model.fingerprint in cells["hash of the model"]
    assert report.data.dataset.fingerprint in cells["hash of the photos"]
    assert cells["seed"] == "0"
    listed = re.findall(r"<li><bdi>(.*?)</bdi></li>", page)
    assert [unescape(name) for name in listed] == [row.name for row in report.data.images]


def test_the_command_that_makes_it_again_can_be_pasted(report):
    command = shlex.join(["python", "-m", "concepts", "report", "--images=it's <b>here</b> & $HOME"])
    page = render_report_html(report.with_data(replace(report.data, command=command)))
    (shown,) = re.findall(r"<pre[^>]*><code>(.*?)</code></pre>", page, flags=re.S)
    assert shlex.split(unescape(shown)) == shlex.split(command)
    assert "No command is kept" in render_report_html(report)


def test_texts_without_end_are_cut_and_those_with_one_are_not(report):
    long, short = "<i>" * 400_000, "\u202eright to left \U0001f344"
    rows = (replace(report.data.images[0], name=long), replace(report.data.images[1], name=short))
    data = replace(report.data, target=replace(report.data.target, label=long), images=rows + report.data.images[2:])
    page = render_report_html(report.with_data(data))
    assert len(page) < len(render_report_html(report)) + 200_000
    assert "<i>" not in page
    assert f"<bdi>{short}</bdi>" in page  # turned text ends where its name ends


def test_on_paper_it_is_dark_on_white_with_every_picture(page):
    assert re.search(r"@media print \{ :root \{ color-scheme: light; --ink: #1f2733; --paper: #fff", page)
    assert 'loading="lazy"' not in page  # what was not scrolled to would be printed empty


def test_a_large_report_stays_small_and_says_so(monkeypatch, tmp_path):
    monkeypatch.setattr(html, "MOST_PHOTOS", 40)
    report = made_up_report(n=90, seed=1)
    chosen = chosen_photos(report)
    assert len(chosen) == 40
    assert {row.medoid for row in report.data.strategies} <= set(chosen)
    page = render_report_html(report)
    assert "40 of the 90 photos are in this file" in page
    assert page.count('class="point"') == 90


@pytest.mark.slow
def test_three_hundred_photos_stay_under_two_megabytes():
    assert MOST_PHOTOS == 300
    assert len(render_report_html(made_up_report(n=300)).encode()) < 2e6


def test_the_file_is_whole_or_not_there(tmp_path, report, monkeypatch):
    path = write_report_html(report, tmp_path / "report.html")
    assert path.read_text(encoding="utf-8").rstrip().endswith("</html>")
    assert [file.name for file in tmp_path.iterdir()] == ["report.html"]
    monkeypatch.setattr(html, "render_report_html", lambda report: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_report_html(report, tmp_path / "other.html")
    assert not (tmp_path / "other.html").exists()


@pytest.mark.parametrize("options", [{"n_strategies": 1}, {"grid": False}, {"labels_known": False}])
def test_every_kind_of_report_is_shown(options):
    page = render_report_html(made_up_report(n=20, **options))
    assert page.rstrip().endswith("</html>")
    assert "None" not in re.sub(r"<script>.*</script>", "", page, flags=re.S)


def test_a_missing_picture_is_said_to_be_missing():
    report = made_up_report(n=12)
    del report._pictures["thumbnails/000003.jpg"]
    assert "picture missing" in render_report_html(report)
