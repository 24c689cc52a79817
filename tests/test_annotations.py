"""What people call concepts: written in SQLite and in PostgreSQL, by several at once, exported and imported."""

import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise, permutations
from pathlib import Path

import numpy as np
import pytest

from concepts.annotations import (
    FLAGS,
    Note,
    NoteStore,
    current_names,
    export_notes,
    import_notes,
    note_subject,
    note_subjects,
)
from concepts.annotations.note import now, stamp_of
from concepts.cli.main import main
from concepts.report import ClassReport
from tests.support.made_up_report import made_up_report, renamed
from tests.support.places import ROOT
from tests.support.postgres import postgres

SUBJECT, OTHER = "0" * 23 + "a", "0" * 23 + "b"
HOSTILE = (
    "<script>alert(1)</script>", "../../etc/passwd", "'; DROP TABLE concept_notes; --", "%s %(name)s {0}",
    "👩‍👩‍👧‍👦 é é",
    "\u202eתג מחיר\u202c", "مرحبا", "  spaces  ", "\\x00 \\u0000",
    "\ufeff\u200b", "𒀱" * 120, "=1+1", '"quoted"', "null",
)  # fmt: skip
WRITER = """
import sys
from concepts.annotations import Note, NoteStore
url, author, subject = sys.argv[1:]
book, seen = NoteStore(url), None
for turn in range(12):
    written = book.write(Note(subject, "concept", 3, f"{author} {turn}", author=author, replaces=seen))
    seen = written.note.id
    print(seen, written.crossed.id if written.crossed else "", flush=True)
"""


@pytest.fixture(scope="session")
def server():
    with postgres() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    """A database that nobody has opened yet."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'new' / 'notes.sqlite'}"
        return
    url = request.getfixturevalue("server")
    yield url
    from sqlalchemy import create_engine

    with create_engine(url).begin() as connection:
        connection.exec_driver_sql("DROP TABLE IF EXISTS concept_notes")


@pytest.fixture
def book(url):
    found = NoteStore(url)
    yield found
    found.close()


def note(name: str = "price tag", **changes) -> Note:
    return Note(**({"subject": SUBJECT, "kind": "concept", "index": 3, "name": name, "author": "Ann"} | changes))


def test_nothing_is_there_before_anything_is_written(book, tmp_path):
    assert book.current(SUBJECT) == {}
    assert book.history(SUBJECT, "concept", 3) == []
    assert list(tmp_path.iterdir()) == [], "reading makes no file"


def test_what_is_written_is_read_in_another_process_of_its_own(book, url):
    written = book.write(note(description="in a corner\nof the photo", flags=("duplicate", "artefact"))).note
    book.write(note("cap", index=4))
    book.write(note("left", kind="strategy"))
    again = NoteStore(url)
    found = again.current(SUBJECT)
    assert found["concept", 3] == written
    assert {place: note.name for place, note in found.items()} == {
        ("concept", 3): "price tag", ("concept", 4): "cap", ("strategy", 3): "left",
    }  # fmt: skip
    assert again.current(OTHER) == {}
    again.close()


def test_a_name_that_is_replaced_stays_in_the_history(book):
    first = book.write(note()).note
    second = book.write(note("sticker", author="Bob", replaces=first.id))
    third = book.write(note("", author="Cem", replaces=second.note.id)).note
    assert second.crossed is None
    assert [each.name for each in book.history(SUBJECT, "concept", 3)] == ["", "sticker", "price tag"]
    assert book.current(SUBJECT)["concept", 3] == third
    assert current_names(book.current(SUBJECT).values()).concept(3) == "Concept 4", "an empty name takes the name away"
    back = book.write(replace(note(), replaces=third.id)).note
    assert current_names(book.current(SUBJECT).values()).concept(3) == "Concept 4 · price tag"
    assert len(book.history(SUBJECT, "concept", 3)) == 4
    assert back.id not in (first.id, third.id)


def test_who_crosses_another_is_told_whom_and_loses_nothing(book):
    seen = book.write(note("old")).note
    ann = book.write(note("Ann's", replaces=seen.id))
    bob = book.write(note("Bob's", author="Bob", replaces=seen.id))
    assert ann.crossed is None
    assert bob.crossed == ann.note
    assert [each.name for each in book.history(SUBJECT, "concept", 3)] == ["Bob's", "Ann's", "old"]
    assert book.write(note("first of all", index=7)).crossed is None
    assert book.write(note("second", index=7)).crossed.name == "first of all"


def test_a_clock_that_is_behind_does_not_hide_the_newest(book):
    book.write(note("ahead", created=stamp_of(datetime.now(UTC) + timedelta(hours=5))))
    book.write(note("newest", created=now()))
    assert book.current(SUBJECT)["concept", 3].name == "newest"


@pytest.mark.slow
def test_processes_that_write_at_once_lose_nothing(url):
    """Three of them open a database that is not there yet, and write to one concept."""
    command = [sys.executable, "-c", WRITER, url]
    writers = [
        subprocess.Popen([*command, author, SUBJECT], cwd=ROOT, stdout=subprocess.PIPE, text=True) for author in "ABC"
    ]
    said = [line.split() for writer in writers for line in writer.communicate(timeout=60)[0].splitlines()]
    assert [writer.returncode for writer in writers] == [0] * 3
    book = NoteStore(url)
    history = book.history(SUBJECT, "concept", 3)
    assert {note.name for note in history} == {f"{author} {turn}" for author in "ABC" for turn in range(12)}
    before = {later.id: earlier.id for later, earlier in pairwise(history)}
    told = dict(words for words in said if len(words) == 2)
    crossing = {later.id: before[later.id] for later in history[:-1] if later.replaces != before[later.id]}
    assert len(told) >= 2, "of three who saw nothing there, two met somebody else's"
    assert told == crossing, "every crossing is told to who crossed, with the note before, and no other is"
    book.close()


@pytest.mark.parametrize("text", HOSTILE)
def test_any_text_comes_back_byte_for_byte(book, text):
    book.write(note(text, description=text * 10, author=text[:80]))
    export = export_notes(book, SUBJECT)
    (found,) = book.history(SUBJECT, "concept", 3)
    assert (found.name, found.description, found.author) == (text, text * 10, text[:80])
    assert json.loads(export)["notes"][0]["name"].encode() == text.encode()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": "x" * 1_000_000}, "1,000,000 characters, at most 120"),
        ({"description": "x" * 2_001}, "at most 2,000"),
        ({"author": "x" * 81}, "at most 80"),
        ({"author": " "}, "say who you are"),
        ({"name": "a\x00b"}, "U+0000"),
        ({"name": "a\nb"}, "U+000A"),
        ({"name": "a\x1b[31mb"}, "U+001B"),
        ({"name": "a\u2028b"}, "U+2028"),
        ({"name": "\ud800"}, "U+D800"),
        ({"name": None}, "expected a text"),
        ({"kind": "class"}, "concept, strategy"),
        ({"index": -1}, "expected the number of a concept"),
        ({"index": True}, "expected the number of a concept"),
        ({"flags": ("wrong",)}, "polysemantic, duplicate, artefact"),
        ({"flags": ("duplicate", "duplicate")}, "at most once"),
        ({"subject": "../x"}, "subject"),
        ({"id": "1"}, "never writes"),
        ({"created": "yesterday"}, "expected a time such as"),
        ({"created": "2025-03-01T09:30:00"}, "expected a time such as"),
    ],
)
def test_what_cannot_be_kept_is_refused_in_one_short_line(changes, words):
    with pytest.raises(ValueError, match=r".") as refused:
        note(**changes)
    assert words in str(refused.value)
    assert len(str(refused.value)) < 200
    assert "\n" not in str(refused.value)


def test_an_import_twice_is_an_import_once_and_brings_the_history(book, tmp_path):
    first = book.write(note()).note
    book.write(note("sticker", replaces=first.id, flags=FLAGS[:4]))
    book.write(note("elsewhere", subject=OTHER))
    export = export_notes(book, SUBJECT)
    other = NoteStore(f"sqlite:///{tmp_path / 'other.sqlite'}")
    assert (import_notes(other, export), import_notes(other, export)) == (2, 0)
    assert other.history(SUBJECT, "concept", 3) == book.history(SUBJECT, "concept", 3)
    assert other.current(OTHER) == {}
    assert export_notes(other, SUBJECT) == export


def test_databases_agree_in_whatever_order_notes_came(url, tmp_path):
    time = datetime(2025, 3, 1, tzinfo=UTC)
    notes = [note(name, created=stamp_of(time + timedelta(seconds=s))) for name, s in (("a", 0), ("b", 5), ("c", 5))]
    found = set()
    for place, order in enumerate(permutations(notes)):
        book = NoteStore(f"sqlite:///{tmp_path / str(place)}.sqlite")
        assert [book.add([each]) for each in order] == [1, 1, 1]
        found.add(book.current(SUBJECT)["concept", 3].id)
        book.close()
    book = NoteStore(url)
    book.add(notes)
    assert found == {book.current(SUBJECT)["concept", 3].id}
    book.close()


def test_an_older_import_does_not_hide_a_newer_name(book):
    book.write(note("newer"))
    old = note("older", created="2020-01-01T00:00:00.000000+00:00")
    assert import_notes(book, json.dumps({"notes_format": 1, "notes": [vars(old)]})) == 1
    assert [each.name for each in book.history(SUBJECT, "concept", 3)] == ["newer", "older"]


def damaged(**changes) -> str:
    return json.dumps({"notes_format": 1, "notes": [vars(note()), vars(note()) | changes]})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "the import is not a readable JSON file"),
        ("[" * 100_000, "the import is not a readable JSON file"),
        ("[]", "import what the export wrote"),
        ('{"notes": []}', "notes_format: Field required: import what the export wrote"),
        ('{"notes_format": 2, "notes": []}', "notes_format is 2, this program reads format 1: import what"),
        ('{"notes_format": 1, "notes": [1]}', "the import: notes.0: "),
        (damaged(extra=1), "the import: notes.1.extra: there is no such field"),
        (damaged(name=["x"]), "the import: notes.1.name: "),
        (damaged(flags="artefact"), "the import: notes.1.flags: "),
        (damaged(flags=[["artefact"]]), "the import: notes.1.flags.0: "),
        (damaged(flags=["blue"]), "note 1 of the import: flags are"),
        (damaged(name="a\tb"), "note 1 of the import: the name holds the control character U+0009"),
        (damaged(name="\ud800"), "the import is not a readable JSON file"),
        (damaged(created=stamp_of(datetime.now(UTC) + timedelta(days=400))), "in the future"),
    ],
)
def test_a_bad_import_is_one_line_and_leaves_nothing(book, text, words):
    with pytest.raises(ValueError, match=r".") as refused:
        import_notes(book, text)
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)
    assert book.all(SUBJECT) == []


def test_an_import_cannot_rewrite_the_past(book):
    kept = book.write(note()).note
    forged = vars(kept) | {"name": "forged"}
    with pytest.raises(ValueError, match="says something else"):
        import_notes(book, json.dumps({"notes_format": 1, "notes": [vars(note("new")), forged]}))
    assert book.all(SUBJECT) == [kept]


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("nonsense", "cannot be read"),
        ("mysql://host/x", "'mysql'"),
        ("sqlite://", "in memory"),
        ("sqlite:///:memory:", "in memory"),
        ("sqlite:////proc/nowhere/notes.sqlite", "cannot be used"),
        (f"sqlite:///{ROOT / 'README.md'}", "not a database"),
        ("postgresql://me:secret@127.0.0.1:9/x", "cannot be used"),
    ],
)
def test_a_database_that_cannot_be_used_is_one_line_without_its_password(url, words):
    with pytest.raises(ValueError, match=r".") as refused:
        NoteStore(url).write(note())
    assert words in str(refused.value)
    assert "secret" not in str(refused.value)
    assert "\n" not in str(refused.value)


def test_after_a_failure_readers_are_answered_at_once_until_it_works_again(book, monkeypatch):
    book.write(note())
    asked = []

    def broken(*arguments):
        asked.append(1)
        raise OSError("gone")

    with monkeypatch.context() as patch:
        patch.setattr(NoteStore, "_latest", broken)
        for _ in range(3):
            with pytest.raises(ValueError, match="gone"):
                book.current(SUBJECT)
    assert len(asked) == 1
    book.write(note("back"))
    assert book.current(SUBJECT)["concept", 3].name == "back"


@pytest.fixture(scope="module")
def report():
    return made_up_report(n=12)


def with_arrays(report: ClassReport, **arrays: np.ndarray) -> ClassReport:
    return ClassReport(report.data, arrays=report._arrays | arrays)


def test_a_subject_follows_the_dictionary_and_not_the_folder(report, tmp_path):
    subjects = note_subjects(report)
    assert note_subjects(made_up_report(n=12)) == subjects, "built again with the same result"
    assert note_subjects(renamed(report, title="other", created="2031-01-01 00:00:00")) == subjects
    saved = report.save(tmp_path / "a")
    saved.rename(tmp_path / "b")
    assert note_subjects(ClassReport.load(tmp_path / "b")) == subjects
    turned = with_arrays(report, components=np.asfortranarray(report.array("components").astype(">f4")))
    assert note_subjects(turned) == subjects, "the same numbers, however they lie in memory"


def test_a_subject_never_sticks_to_another_dictionary(report):
    components = report.array("components").copy()
    components[3, 5] = np.nextafter(components[3, 5], 2)
    others = [
        with_arrays(report, components=components),
        with_arrays(report, components=report.array("components")[::-1]),
        with_arrays(report, components=report.array("components").reshape(4, 32)),
        renamed(report, layer=replace(report.data.layer, path="earlier")),
        renamed(report, model=replace(report.data.model, fingerprint="0")),
    ]
    found = [subject for each in (report, *others) for subject in note_subjects(each)]
    assert len(set(found)) == len(found)


def test_other_groups_are_other_strategies_of_the_same_concepts(report):
    labels = report.array("labels").copy()
    labels[0] += 1
    other = with_arrays(report, labels=labels)
    assert note_subject(other) == note_subject(report)
    assert note_subject(other, "strategy") != note_subject(report, "strategy")


def test_the_command_takes_notes_along_and_brings_them_back(report, url, tmp_path, capsys):
    folder, file = report.save(tmp_path / "report"), tmp_path / "notes.json"
    book, (concepts, strategies) = NoteStore(url), note_subjects(report)
    book.write(note(subject=concepts))
    book.write(note("left", subject=strategies, kind="strategy", index=0))
    book.write(note(subject=OTHER))
    assert main(["notes", "--report", str(folder), "--export", str(file), "--database", url]) == 0
    home = f"sqlite:///{tmp_path / 'home.sqlite'}"
    for new in (2, 0):
        assert main(["notes", "--report", str(folder), "--import", str(file), "--database", home]) == 0
        assert f"2 notes, {new} of them new; 2 are about" in capsys.readouterr().out
    assert NoteStore(home).current(concepts, strategies) == book.current(concepts, strategies)
    file.write_bytes(b"\xff\xfe")
    assert main(["notes", "--report", str(folder), "--import", str(file), "--database", home]) == 2
    assert "no text in UTF-8" in capsys.readouterr().err
    book.close()


def test_all_that_a_person_wrote_is_removed_for_good_and_nothing_of_others(book, url, capsys):
    ann = [book.write(note(f"SECRET {turn}", index=turn % 2)).note for turn in range(3)]
    bob = book.write(note("belt", author="Bob", index=1, replaces=ann[1].id)).note
    early = book.write(note("early", author="Ännchen", index=0)).note
    book.write(note("SECRET again", index=0, replaces=early.id))
    assert main(["notes", "--remove", "Ann", "--database", url]) == 0
    assert "on 2 of the concepts and strategies. Nothing is removed yet: add --yes" in capsys.readouterr().out
    assert len(book.all_by("Ann")) == 4, "only shown"
    assert main(["notes", "--remove", "Ann", "--yes", "--database", url]) == 0
    assert capsys.readouterr().out.startswith("removed 4 notes: ")
    assert book.all(SUBJECT) == [early, bob]
    assert book.current(SUBJECT) == {("concept", 0): early, ("concept", 1): bob}
    assert main(["notes", "--remove", "Ann", "--yes", "--database", url]) == 2
    assert "no note is by 'Ann', letter by letter; there are notes by 'Bob', 'Ännchen'" in capsys.readouterr().err
    if url.startswith("sqlite"):
        files = Path(url.removeprefix("sqlite:///")).parent.iterdir()
        assert not any(b"SECRET" in file.read_bytes() for file in files)
    assert export_notes(book, SUBJECT).count('"author"') == 2


def test_a_report_is_asked_for_where_notes_are_about_one(tmp_path, capsys):
    database = f"sqlite:///{tmp_path / 'notes.sqlite'}"
    assert main(["notes", "--export", str(tmp_path / "notes.json"), "--database", database]) == 2
    assert "give --report FOLDER" in capsys.readouterr().err
