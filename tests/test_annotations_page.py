"""Names on the pages: given in a window, seen everywhere and by everybody, text whatever they hold."""

import json

import pytest
from markupsafe import escape

from concepts.annotations import Note, NoteStore, import_notes, note_subject, note_subjects
from concepts.lexicon.naming import ConceptName, write_names
from concepts.publishing.tables import report_json
from concepts.report.names import NUMBERS, Names, strategy_letter
from concepts.report.rendering.html import render_report_html
from pages.similarity.directions import concept_query
from tests.support.asked_page import sent
from tests.support.made_up_report import made_up_report
from tests.support.screen import open_page, shown
from tests.test_pages_screen import report, saved, workspace  # noqa: F401 - fixtures  # noqa: F401 - fixtures

pytestmark = pytest.mark.slow

HOSTILE = '<script>alert(1)</script>"><img src=x> **b** :red[c] ../../x $y$'


@pytest.fixture
def book(workspace):  # noqa: F811
    return NoteStore(f"sqlite:///{workspace / 'notes.sqlite'}")


def write(book: NoteStore, report, name: str, *, kind: str = "concept", index: int = 0, **changes) -> Note:  # noqa: F811
    return book.write(Note(note_subject(report, kind), kind, index, name, author="Ann", **changes)).note


def named(app, kind: str, index: int, name: str, *, author: str = "Ann", flags: tuple[str, ...] = ()):
    """Opens the window, fills it in and saves."""
    app.button(key=f"name_{kind}_{index}").click().run()
    fill(app, name, author=author, flags=flags)
    return app


def fill(app, name: str, *, author: str, flags: tuple[str, ...] = ()) -> None:
    app.text_input(key="note_author").set_value(author)
    app.text_input(key="note_name").set_value(name)
    app.button_group(key="note_flags").set_value(list(flags))
    app.button(key="note_save").click().run()
    assert not app.exception


def drawn(app) -> dict:
    """The one chart of an open tab."""
    (chart,) = app.get("plotly_chart")
    return json.loads(chart.proto.spec)


def test_people_read_concepts_from_1_and_strategies_from_a():
    labels = (0, 1, 25, 26, 51, 52, 701, 702)
    assert [strategy_letter(label) for label in labels] == ["A", "B", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]
    assert (NUMBERS.concept(0), NUMBERS.strategy(0), NUMBERS.strategy(-1)) == ("Concept 1", "Strategy A", "Outlier")


def test_a_name_that_is_given_shows_everywhere_and_to_everybody(workspace):  # noqa: F811
    mine = named(open_page("report", id="first", concept=0), "concept", 0, "price  tag ", flags=("artefact",))
    yours = open_page("report", id="first", concept=0)
    assert "Kept" in mine.success[0].value
    overview, photos = (open_page("report", id="first", tab=tab) for tab in ("overview", "photos"))
    assert "Concept 1 · price tag" in photos.selectbox(key="photo_concept").options
    assert "Concept 1<br>price tag" in drawn(photos)["data"][0]["y"]
    assert "strongest: Concept 1 · price tag" in sent(overview, "cluster_graph_pointer")["lines"][3]["texts"]
    assert "recognised mainly by Concept 1 · price tag" in shown(overview)
    for app in (mine, yours):
        page = shown(app)
        assert "<bdi>Concept 1 · price tag</bdi>" in page
        assert "Concept 1 · price tag: crop of" in page
        assert '<span class="cx-flag">artefact</span>' in page
        assert "by Ann, " in page


def test_a_strategy_has_a_name_of_its_own(workspace):  # noqa: F811
    app = named(open_page("report", id="first"), "strategy", 1, "red caps")
    photos = open_page("report", id="first", tab="photos")
    assert "Strategy B · red caps · " in shown(app)
    assert "Strategy B · red caps" in photos.selectbox(key="which").options
    graph = json.dumps(drawn(app), ensure_ascii=False)
    assert "<br>red caps" in graph
    assert "Concept 2 · red caps" not in shown(app)


def test_the_other_pages_say_it_too(workspace, report, book):  # noqa: F811
    write(book, report, "price tag")
    made_up_report(n=12, seed=1).save(workspace / "reports" / "second")
    language = open_page("language", id="first", concept=0)
    assert "Concept 1 · price tag in the report" in shown(language)
    assert "Concept 1 · price tag" in language.selectbox(key="company_of").options
    assert "price tag" in json.dumps(json.loads(language.get("plotly_chart")[0].proto.spec))
    compare = open_page("compare", show="dictionaries", first="first", second="second")
    assert ">Concept 1 · price tag</a>" in shown(compare)
    assert [
        option for option in compare.selectbox(key="pair").options if "Concept 1 · price tag and Concept " in option
    ]
    assert concept_query(report.called(Names({0: "price tag"})), 0).name.startswith("Concept 1 · price tag of ")


def test_a_hostile_name_is_text(workspace, report, book):  # noqa: F811
    for kind in ("concept", "strategy"):
        write(book, report, HOSTILE, kind=kind, description=HOSTILE, flags=("duplicate",))
    made_up_report(n=12, seed=1).save(workspace / "reports" / "second")
    pages = [open_page("report", id="first", concept=0), open_page("language", id="first", concept=0)]
    pages.append(open_page("compare", show="dictionaries", first="first", second="second"))
    for app in pages:
        assert escape(HOSTILE) in shown(app)
        charts = json.dumps([json.loads(element.proto.spec) for element in app.get("plotly_chart")])
        for markup in ("<script", "<img src=x"):
            assert markup not in shown(app)
            assert markup not in charts
    assert f"Concept 1 · {escape(HOSTILE)}" in shown(pages[0])
    called = report.called(Names({0: HOSTILE}, {0: HOSTILE}))
    assert "<script>alert" not in render_report_html(called)
    assert escape(HOSTILE).split("&#34;")[0] in render_report_html(called)


def test_a_name_from_right_to_left_turns_nothing_around_it():
    names = Names({0: "תג", 1: "\u202eevil\u202c", 2: "a\u2069b", 3: "🙂 é"})
    assert [names.concept(j) for j in range(4)] == [
        "Concept 1 · \u2068תג\u2069", "Concept 2 · evil", "Concept 3 · ab", "Concept 4 · 🙂 é",
    ]  # fmt: skip
    assert Names({0: "x" * 120}).short.concept(0) == "Concept 1 · " + "x" * 19 + "…"


def test_who_crosses_another_is_told_and_can_take_the_other_name_again(workspace, report, book):  # noqa: F811
    mine, yours = (open_page("report", id="first", concept=0) for _ in range(2))
    for app in (mine, yours):
        app.button(key="name_concept_0").click().run()
    fill(mine, "Ann's **name**", author="Ann")
    fill(yours, "Bob's", author="Bob")
    assert [element.value for element in mine.success] == ["Kept, with your name and the time."]
    (told,) = yours.warning
    assert told.value.startswith(
        "Ann named it “Ann's \\*\\*name\\*\\*” while you were writing: both are in the history"
    )
    ann = book.history(note_subject(report), "concept", 0)[1]
    yours.button(key="name_concept_0").click().run()
    assert "History: 2" in shown(yours)
    yours.button(key=f"again_{ann.id}").click().run()
    assert not yours.warning, "Bob had seen the name that he replaced"
    assert "Concept 1 · Ann&#39;s **name**" in shown(yours)
    assert [note.author for note in book.history(note_subject(report), "concept", 0)] == ["Bob", "Bob", "Ann"]


def test_the_window_starts_from_what_is_there_and_knows_its_writer(workspace, report, book):  # noqa: F811
    app = named(open_page("report", id="first", concept=0), "concept", 0, "first", author="Ann")
    write(book, report, "second", description="seen later")
    app.button(key="name_concept_0").click().run()
    fields = {key: app.text_input(key=key).value for key in ("note_author", "note_name")}
    assert fields == {"note_author": "Ann", "note_name": "second"}
    assert app.text_area(key="note_description").value == "seen later"


def test_what_cannot_be_kept_is_not(workspace, report, book):  # noqa: F811
    app = named(open_page("report", id="first", concept=0), "concept", 0, "price tag", author="  ")
    assert "say who you are" in app.session_state["note_trouble"]
    assert book.all(*note_subjects(report)) == []


def test_a_suggestion_comes_with_its_score_and_its_runner_up(workspace):  # noqa: F811
    write_names(workspace / "reports" / "first" / "names.json", [ConceptName(0, "cap", 4.25, "stalk", 3.5, 2.0)])
    app = open_page("report", id="first", concept=0)
    app.button(key="name_concept_0").click().run()
    assert "The program&#39;s suggestion: cap (4.25), then stalk (3.50)." in shown(app)
    app.button(key="take_stalk").click().run()
    assert app.session_state["note_name"] == "stalk"


def test_the_download_carries_the_notes_home(report, tmp_path):  # noqa: F811
    books = [NoteStore(f"sqlite:///{tmp_path / name}.sqlite") for name in "ab"]
    write(books[0], report, HOSTILE)
    subjects = note_subjects(report)
    content = report_json(report, books[0].all(*subjects))
    assert json.loads(content)["title"] == report.data.title
    assert import_notes(books[1], content) == 1
    assert books[1].current(*subjects) == books[0].current(*subjects)


@pytest.mark.parametrize(
    "url", ["postgresql://me:secret@127.0.0.1:9/x", "nonsense", "sqlite:////proc/nowhere/n.sqlite"]
)
def test_without_its_database_a_page_shows_all_but_names_and_says_so(workspace, monkeypatch, url):  # noqa: F811
    monkeypatch.setenv("CONCEPTS_NOTES", url)
    app = open_page("report", id="first", concept=0)
    assert "<bdi>Concept 1</bdi>" in shown(app)
    assert "secret" not in shown(app)
    unreadable = not url.startswith("sqlite")  # what nobody ever wrote to has no names, and that is no trouble
    assert shown(app).count("Without the names that people gave") == unreadable
    named(app, "concept", 0, "price tag")
    assert "names" in app.session_state["note_trouble"]
    for page in ("compare", "similarity", "words") if url == "nonsense" else ():
        assert shown(open_page(page)).count("Without the names that people gave") == unreadable


def test_names_come_back_by_the_page(workspace, report, tmp_path, monkeypatch):  # noqa: F811
    elsewhere = NoteStore(f"sqlite:///{tmp_path / 'elsewhere.sqlite'}")
    write(elsewhere, report, "price tag")
    taken = report_json(report, elsewhere.all(*note_subjects(report))).encode()
    app = open_page("report", id="first")
    assert "price tag" not in shown(app)
    for new in (1, 0):
        app.file_uploader(key="notes_file").set_value(("report.json", taken, "application/json")).run()
        assert app.success[0].value == f"1 note read, {new} of them new; 1 are about this report."
        assert "recognised mainly by Concept 1 · price tag" in shown(app)
        app.file_uploader(key="notes_file").set_value(("report.json", b"", "application/json"))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff\xfe", "no text in UTF"),
        (b"<script>", "not a readable JSON file"),
        (b'{"notes": 3}', "notes_format: Field required"),
    ],
)
def test_a_file_without_notes_is_one_line_and_leaves_nothing(workspace, content, words):  # noqa: F811
    app = open_page("report", id="first")
    app.file_uploader(key="notes_file").set_value(("x.json", content, "application/json")).run()
    assert words in app.warning[0].value.replace("\\", "")
    assert not app.success
