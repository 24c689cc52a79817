"""`notes`: users' notes on a report's concepts and strategies: exported to JSON, imported, a person's all removed."""

import argparse
import os
from pathlib import Path

from concepts.annotations import NoteStore, export_notes, import_notes, note_subjects
from concepts.annotations.import_export import read_notes
from concepts.numerics.counted import counted
from concepts.report.class_report import ClassReport
from concepts.storage.store import write_text

SHOWN = 20  # names of people in an error
IN_WORKSPACE = "sqlite:///workspace/notes.sqlite"  # the app's own database, from the folder that it was started in


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    option = parser.add_argument
    option("--report", type=Path, metavar="FOLDER", help="the report that the notes are about (not for --remove)")
    way = parser.add_mutually_exclusive_group(required=True)
    way.add_argument("--export", type=Path, metavar="FILE", help="write all notes on it, with their history")
    way.add_argument("--import", type=Path, metavar="FILE", dest="import_from", help="add the notes of an export")
    way.add_argument(
        "--remove", metavar="NAME", help="delete all notes that this person wrote, on whatever report; says how many"
    )
    option("--yes", action="store_true", help="with --remove: delete them; without it they are only counted")
    option(
        "--database",
        default=os.environ.get("CONCEPTS_NOTES") or IN_WORKSPACE,
        metavar="URL",
        help="sqlite:////folder/notes.sqlite or postgresql+psycopg://user@host/database (default: CONCEPTS_NOTES, "
        "else notes.sqlite in ./workspace)",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Writes or reads the file, or removes a person's notes, and prints the number of notes."""
    note_store = NoteStore(options.database)
    if options.remove is not None:
        return _remove(note_store, options.remove, sure=options.yes)
    if options.report is None:
        raise ValueError("--export and --import need the report that the notes are about: give --report FOLDER")
    subjects = note_subjects(ClassReport.load(options.report))
    if options.export is not None:
        found = note_store.all(*subjects)
        write_text(options.export, export_notes(note_store, *subjects))
        print(f"wrote {options.export}: {len(found):,} notes on {options.report}")
        return 0
    return _import(note_store, options.import_from, subjects, options.report)


def _import(note_store: NoteStore, file: Path, subjects: tuple[str, str], report: Path) -> int:
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"{file} is no text in UTF-8: import what the export wrote") from error
    notes, new = read_notes(text), import_notes(note_store, text)
    about = sum(note.subject in subjects for note in notes)
    print(f"read {file}: {len(notes):,} notes, {new:,} of them new; {about:,} are about {report}")
    if notes and not about:
        print("they are about other dictionaries: the pages show them with the reports that hold these")
    return 0


def _remove(note_store: NoteStore, author: str, *, sure: bool) -> int:
    """Shows how much a person wrote, and removes it where that is sure. Raises ValueError where there is nothing."""
    notes = note_store.all_by(author)
    if not notes:
        others = ", ".join(map(repr, note_store.authors()[:SHOWN])) or "nobody"
        raise ValueError(f"no note is by {author!r}, letter by letter; there are notes by {others}")
    first, last = notes[-1].created[:10], notes[0].created[:10]
    places = len({(note.subject, *note.place) for note in notes})
    words = (
        f"{counted(len(notes), 'note')} by {author!r}, {first} to {last}, on {places:,} of the concepts and strategies"
    )
    if not sure:
        print(f"{words}. Nothing is removed yet: add --yes. There is no way back but an export.")
        return 0
    print(f"removed {counted(note_store.remove_all_by(author), 'note')}: {words}")
    return 0
