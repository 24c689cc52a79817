"""What a reader of a site or of a report's file meets: names by people, folded photos, figures as people write them."""

import re

import pytest

from concepts.annotations import Note, NoteStore, note_subject
from concepts.cli.main import main
from concepts.report import ClassReport
from concepts.report.rendering.html import render_report_html
from tests.support.atlas_reports import atlas_report

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder as that in which the app was started: two reports, and a name that somebody gave."""
    root = tmp_path_factory.mktemp("started")
    for seed, label in enumerate(("boat", "gnome")):
        atlas_report(label, seed).save(root / "workspace" / "reports" / label)
    subject = note_subject(ClassReport.load(root / "workspace" / "reports" / "boat"))
    store = NoteStore(f"sqlite:///{root / 'workspace' / 'notes.sqlite'}")
    store.write(Note(subject, "concept", 0, name="sail", author="Ada"))
    return root


@pytest.fixture(scope="module")
def site(folder, tmp_path_factory):
    out = tmp_path_factory.mktemp("www") / "site"
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.delenv("CONCEPTS_NOTES", raising=False)
        assert main(["site", "--reports", "workspace/reports", "--out", str(out)]) == 0
    return out


def test_names_that_people_gave_in_the_app_stand_on_the_site_by_themselves(site):
    map_page = (site / "map.html").read_text(encoding="utf-8")
    assert "Concept 1 · sail of boat" in map_page
    (page,) = (site / "concepts").glob("boat-*-0.html")
    assert "<h1>Concept 1 · sail</h1>" in page.read_text(encoding="utf-8")
    (report,) = (site / "classes").glob("boat-*.html")
    assert "Concept 1 · sail" in report.read_text(encoding="utf-8")


def test_without_a_database_there_are_numbers_and_none_is_made(folder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CONCEPTS_NOTES", raising=False)
    assert main(["site", "--reports", str(folder / "workspace" / "reports"), "--out", "site"]) == 0
    assert "Concept 1 of boat" in (tmp_path / "site" / "map.html").read_text(encoding="utf-8")
    assert not (tmp_path / "workspace").exists()


def test_photos_are_folded_and_figures_have_a_true_minus(site):
    (page,) = (site / "classes").glob("gnome-*.html")
    text = page.read_text(encoding="utf-8")
    folded = text[text.index('<details id="all-photos">') :].partition("</details>")[0]
    assert folded.count('<figure id="photo-') == text.count('<figure id="photo-') == 10
    figures = re.compile(r"(?<![\w/.-])-\d+\.\d")
    shown = re.sub(r"<(script|style|svg).*?</\1>|<[^>]*>", "", text, flags=re.S)
    assert "−" in shown
    assert not figures.search(shown)
    for concept in (site / "concepts").glob("*.html"):
        shown = re.sub(r"<(script|style).*?</\1>|<[^>]*>", "", concept.read_text(encoding="utf-8"), flags=re.S)
        assert not figures.search(shown), concept.name


def test_a_link_to_a_photo_opens_the_list_that_holds_it():
    text = render_report_html(atlas_report("boat", 1))
    assert "list.open = true" in text
