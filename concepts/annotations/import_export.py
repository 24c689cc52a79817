"""Export of notes from a database as JSON, and import into the same or another database."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from concepts.annotations.note import Note, stamp_of
from concepts.annotations.note_store import NoteStore
from concepts.storage.typed_json import NO_OTHERS, Count, Json, from_json, to_json

FORMAT = 1
MOST, LONGEST = 100_000, 200 * 2**20  # notes and characters of an import
EARLY = timedelta(days=1)  # tolerance for another machine's clock that is ahead


@dataclass(frozen=True)
class NoteRow:
    """A note in an export. No field has a default: a note without its id would be new at every import."""

    __pydantic_config__: ClassVar = NO_OTHERS

    subject: str
    kind: str
    index: Count
    name: str
    description: str
    flags: tuple[str, ...]
    author: str
    created: str
    id: str
    replaces: str | None


@dataclass(frozen=True)
class NoteExport:
    """The content of an export; a report's JSON holds it, too. Raises ValueError for another format."""

    notes_format: Count
    notes: tuple[NoteRow, ...]

    def __post_init__(self) -> None:
        if self.notes_format != FORMAT:
            raise ValueError(f"notes_format is {self.notes_format}, this program reads format {FORMAT}")


def notes_json(notes: Sequence[Note]) -> Json:
    """Notes as a JSON object; a report's JSON holds them under the same two keys."""
    return to_json(NoteExport(FORMAT, tuple(NoteRow(**vars(note)) for note in notes)))


def export_notes(note_store: NoteStore, *subjects: str) -> str:
    """All notes of these subjects as JSON, including their history."""
    return json.dumps(notes_json(note_store.all(*subjects)), indent=1, ensure_ascii=False)


def import_notes(note_store: NoteStore, text: str) -> int:
    """Adds the notes of an export, or of a report's JSON that holds them; returns the number of new notes.

    A second import adds nothing. All notes are added or none: raises ValueError for JSON of another kind, for a note
    that this program would not have written, and for an id that is stored already with other content.
    """
    return note_store.add(read_notes(text))


def read_notes(text: str) -> list[Note]:
    """The notes of an export. Raises ValueError as `import_notes` does."""
    if len(text) > LONGEST:
        raise ValueError(f"the notes have {len(text):,} characters, at most {LONGEST:,} are read")
    try:
        rows = from_json(NoteExport, text, source="the import").notes
    except ValueError as error:
        raise ValueError(f"{error}: import what the export wrote") from error
    if len(rows) > MOST:
        raise ValueError(f"{len(rows):,} notes, at most {MOST:,} are imported at once")
    return [_note(row, place) for place, row in enumerate(rows)]


def _note(row: NoteRow, place: int) -> Note:
    try:
        note = Note(**vars(row))
    except ValueError as error:
        raise ValueError(f"note {place} of the import: {error}") from error
    if note.created > stamp_of(datetime.now(UTC) + EARLY):
        raise ValueError(f"note {place} of the import was written in the future ({note.created}): see to that clock")
    return note
