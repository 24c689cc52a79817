"""`notes`: users' notes on a report's concepts and strategies, exported to JSON and imported."""

import argparse
import os
from pathlib import Path

from concepts.annotations import NoteStore, export_notes, import_notes, note_subjects
from concepts.annotations.import_export import read_notes
from concepts.report.class_report import ClassReport
from concepts.storage.store import write_text


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    option = parser.add_argument
    option("--report", required=True, type=Path, metavar="FOLDER", help="the report that the notes are about")
    way = parser.add_mutually_exclusive_group(required=True)
    way.add_argument("--export", type=Path, metavar="FILE", help="write all notes on it, with their history")
    way.add_argument("--import", type=Path, metavar="FILE", dest="import_from", help="add the notes of an export")
    option(
        "--database",
        default=os.environ.get("CONCEPTS_NOTES") or "sqlite:///workspace/notes.sqlite",
        metavar="URL",
        help="sqlite:////folder/notes.sqlite or postgresql+psycopg://user@host/database (default: CONCEPTS_NOTES, "
        "else notes.sqlite in ./workspace)",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Writes or reads the file and prints the number of notes."""
    subjects = note_subjects(ClassReport.load(options.report))
    note_store = NoteStore(options.database)
    if options.export is not None:
        found = note_store.all(*subjects)
        write_text(options.export, export_notes(note_store, *subjects))
        print(f"wrote {options.export}: {len(found):,} notes on {options.report}")
        return 0
    try:
        text = options.import_from.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"{options.import_from} is no text in UTF-8: import what the export wrote") from error
    notes, new = read_notes(text), import_notes(note_store, text)
    about = sum(note.subject in subjects for note in notes)
    print(
        f"read {options.import_from}: {len(notes):,} notes, {new:,} of them new; {about:,} are about {options.report}"
    )
    if notes and not about:
        print("they are about other dictionaries: the pages show them with the reports that hold these")
    return 0
