"""A comparison of codes started from the page: the job, what it writes, and what the page shows of it."""

from dataclasses import replace
from functools import partial
from types import SimpleNamespace

import pytest
import torch

from concepts.cli.main import main
from concepts.engine import jobs, word_namings, words_of_reports
from concepts.engine.analysis import analyse, load_model_of, open_request_items
from concepts.engine.compressions import compare_report_codes, request_again
from concepts.engine.jobs import comparisons
from concepts.engine.word_namings import NamedConcepts
from concepts.engine.words_of_reports import words_of_report
from concepts.evaluation.compression.notes import how_sentences
from concepts.evaluation.compression.rebuilt import RebuiltReports
from concepts.evaluation.compression.stored import StoredCompression, read_compressions
from concepts.lexicon import Lexicon, classes, save_lexicon
from concepts.lexicon.collections import Collection, record_collection
from concepts.lexicon.naming.report_tokens import report_places
from concepts.report import ClassReport
from concepts.report.request import Request
from concepts.report.settings import ReportSettings
from pages.state.server_settings import ServerSettings
from tests.support.inline import Inline
from tests.support.made_up_report import made_up_report
from tests.support.screen import open_page, said, shown, without_demo
from tests.support.tiny import CLASSES, FACTORY, write_photos

CODES = ("float16", "int8")


@pytest.fixture(scope="module")
def report(tmp_path_factory) -> ClassReport:
    """A small report of a request, as `report` makes it."""
    place = tmp_path_factory.mktemp("place")
    request = Request(
        model=FACTORY, images=str(write_photos(place / "photos", n=12)), target="red", classes=", ".join(CLASSES),
        layer="features", settings=ReportSettings(n_concepts=3, evidence="off"),
    )  # fmt: skip
    return analyse(request, place / "store")


@pytest.fixture(autouse=True)
def _fewer_codes(monkeypatch):
    """Two codes: each makes the report once more."""
    monkeypatch.setattr(comparisons, "compare_report_codes", partial(compare_report_codes, names=CODES))
    monkeypatch.setattr(ServerSettings, "executor", property(lambda self: Inline()))


def test_the_page_starts_one_and_shows_what_the_job_wrote(report, tmp_path, monkeypatch):
    without_demo(monkeypatch, tmp_path)
    report.save(tmp_path / "reports" / "red")
    app = open_page("compare", show="compression")
    assert app.selectbox(key="compressed_report").value == "red"
    app.button(key="compression_start").click().run()
    assert not app.exception
    (job,) = jobs.list_jobs(tmp_path, task="compression", executor=Inline())
    assert (job.state.status, job.state.message) == ("done", "")
    (stored,) = read_compressions([tmp_path / "compressions"]).found
    assert stored.id == job.state.result == app.query_params["compression"]
    found = stored.comparison
    assert (found.title, found.report) == (report.data.title, report.data.title)
    assert [row.code for row in found.rows] == list(CODES)
    assert found.rows[0].report is not None
    assert found.rows[0].report.agreement == 1  # the tokens are float16 already
    assert "No comparison of codes yet" not in shown(app)


def test_it_asks_for_the_report_as_it_was_made(report):
    again = request_again(report.data)
    assert (again.layer, again.settings) == (report.data.layer.path, report.data.settings)
    assert replace(again, layer="features", settings=report.data.request.settings) == report.data.request


def test_a_report_without_a_request_is_told_in_one_line(tmp_path, monkeypatch):
    without_demo(monkeypatch, tmp_path)
    made_up_report().save(tmp_path / "reports" / "one")
    app = open_page("compare", show="compression")
    app.button(key="compression_start").click().run()
    assert "was built by code" in said(app)
    assert jobs.list_jobs(tmp_path, task="compression", executor=Inline()) == []


def test_photos_that_are_gone_end_it_with_one_line(report, tmp_path):
    request = replace(request_again(report.data), images=str(tmp_path / "gone"))
    job = jobs.submit(request, tmp_path, task="compression", executor=Inline())
    assert job.state.status == "failed"
    assert "gone" in job.state.message
    assert "\n" not in job.state.message
    assert not (tmp_path / "compressions").exists()


@pytest.fixture(scope="module")
def thirty():
    """More words than a table of recall needs, in the space of the tiny model's four channels."""
    vectors = torch.randn(30, 4, generator=torch.Generator().manual_seed(0))
    return Lexicon(tuple(f"word{i}" for i in range(30)), vectors, name="thirty")


def words_kept(found):
    return {row.code: row.words for row in found.rows if row.of == "words"}


def test_the_concepts_of_a_report_are_named_again_with_the_vectors_of_each_code(report, thirty, tmp_path, monkeypatch):
    """By the words that are given, else by the model's classes, of which there must be enough."""
    request, store = request_again(report.data), tmp_path / "store"
    given = compare_report_codes(request, store, names=CODES, lexicon=thirty)
    kept = words_kept(given)
    assert list(kept) == [*CODES, "hashed pieces"]
    assert given.words_control.of == "concepts"
    assert 0 < kept["float16"].n == given.words_control.n <= 3
    assert kept["float16"].kept == kept["float16"].n
    assert (given.lexicon, given.n_words) == ("thirty", 30)
    names = NamedConcepts(*report_places(report, *of_report(request, store)), thirty, seed=0).words(
        lambda start, end: thirty.vectors[start:end]
    )
    assert kept["float16"].n == (names.word >= 0).sum()
    monkeypatch.setattr(classes, "find_class_lexicon", lambda split: thirty)
    assert words_kept(compare_report_codes(request, store, names=CODES)) == kept


def lexicon_of(n, channels=4, name="made up"):
    vectors = torch.randn(n, channels, generator=torch.Generator().manual_seed(0))
    return Lexicon(tuple(f"word{i}" for i in range(n)), vectors, name=name)


@pytest.fixture
def no_names(monkeypatch):
    """Fails where concepts are named, or about to be."""
    monkeypatch.setattr(word_namings, "concepts_of", lambda *given, **options: pytest.fail("names were compared"))


def test_classes_that_are_too_few_or_no_words_are_said_and_the_rest_goes_on(report, tmp_path, monkeypatch, no_names):
    request, store = request_again(report.data), tmp_path / "store"

    def last_of(find):
        monkeypatch.setattr(classes, "find_class_lexicon", find)
        found = compare_report_codes(request, store, names=CODES[:1])
        assert [row.of for row in found.rows] == ["tokens"]
        return how_sentences(found)[-1]

    def raises(split):
        raise ValueError("1 words have a vector of zeros (red)")

    own = classes.find_class_lexicon
    assert "has 3 words, fewer than 20: codes of words are not compared." in last_of(own)
    assert last_of(lambda split: None).endswith("the model's classes are no words at features.")
    assert last_of(raises).endswith("the model's classes cannot be words: 1 words have a vector of zeros (red).")


def test_names_that_would_take_too_much_memory_are_not_compared(report, thirty, tmp_path, monkeypatch, no_names):
    monkeypatch.setattr(words_of_reports, "MOST_BYTES", 30 * (8 * 1000 + 30 * 4) - 1)
    found = compare_report_codes(request_again(report.data), tmp_path / "store", names=CODES[:1], lexicon=thirty)
    assert [(row.code, row.words) for row in found.rows if row.of == "words"] == [
        ("float16", None), ("hashed pieces", None),
    ]  # fmt: skip
    assert how_sentences(found)[-1].startswith("Names of concepts are not compared: naming by 30 words of 4 channels")


def test_memory_for_naming_allows_the_bound_itself(thirty, monkeypatch):
    monkeypatch.setattr(words_of_reports, "MOST_BYTES", 30 * (8 * 1000 + 30 * 4))
    found = words_of_report(SimpleNamespace(n_channels=4, layer="features"), thirty)
    assert (found.named, found.left_out) == (True, None)


def test_words_of_another_width_are_told_before_a_report_is_made(report, tmp_path, monkeypatch):
    monkeypatch.setattr(RebuiltReports, "reference", property(lambda self: pytest.fail("a report was made")))
    with pytest.raises(ValueError, match="have 5 channels, the tokens at features 4"):
        compare_report_codes(request_again(report.data), tmp_path / "store", lexicon=lexicon_of(30, 5))


def of_report(request, store):
    photos = open_request_items(request, store)
    return load_model_of(request, photos), photos, store


def test_the_command_names_them_by_the_words_of_a_collection(report, thirty, tmp_path, capsys):
    split, photos, store = of_report(request_again(report.data), tmp_path / "store")
    record_collection(split, photos, tmp_path / "collections" / "mine", store=store, lexicons=[thirty])
    record_collection(split, photos, tmp_path / "collections" / "wordless", store=store)
    record_collection(split, photos, tmp_path / "collections" / "few", store=store, lexicons=[lexicon_of(19)])
    report.save(tmp_path / "reports" / "red")
    given = ["compress", "--report", str(tmp_path / "reports" / "red"), "--workspace", str(tmp_path), "--codes", "int8"]
    assert main([*given, "--words", "mine", "--out", str(tmp_path / "out")]) == 0
    printed = capsys.readouterr().out
    assert "names of concepts kept" in printed
    assert "The words are those of “thirty”." in printed
    (row,) = [each for each in StoredCompression.load(tmp_path / "out").comparison.rows if each.code == "hashed pieces"]
    assert row.words.of == "concepts"
    assert main([*given, "--words", "wordless", "--out", str(tmp_path / "other")]) == 2
    assert "--words wordless: it was recorded without words\n" in capsys.readouterr().err
    few, wide = (Collection.load(tmp_path / "collections" / name, store) for name in ("few", "wordless"))
    assert main([*given, "--words", few.id, "--out", str(tmp_path / "other")]) == 2
    assert "--words few: it has 19 words, fewer than 20: name another" in capsys.readouterr().err
    save_lexicon(lexicon_of(30, 5), wide.folder / "lexicons" / "wide")
    assert main([*given, "--words", wide.id, "--out", str(tmp_path / "other")]) == 2
    assert "recorded without words of 4 channels, as its tokens have\n" in capsys.readouterr().err
