"""Notes that leave a database as JSON and come back, here or elsewhere."""

import json
from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import UTC, datetime, timedelta
from typing import Any

from concepts.notes.note import Note, stamp_of
from concepts.notes.notebook import Notebook

FORMAT = 1
MOST, LONGEST = 100_000, 200 * 2**20  # notes and characters of an import
EARLY = timedelta(days=1)  # so far may another machine's clock be ahead


def notes_json(notes: Sequence[Note]) -> dict[str, Any]:
    """Notes as a JSON object; under the same two names they lie in a report's JSON."""
    return {"notes_format": FORMAT, "notes": [asdict(note) for note in notes]}


def export_notes(notebook: Notebook, *subjects: str) -> str:
    """All notes of these subjects as JSON, their history with them."""
    return json.dumps(notes_json(notebook.all(*subjects)), indent=1, ensure_ascii=False)


def import_notes(notebook: Notebook, text: str) -> int:
    """Adds the notes of an export, or of a report's JSON that holds them; how many were new.

    Once or twice is the same. All are added or none: raises ValueError for what is no such JSON, for a note that this
    program would not have written, and for one that is here already with another content.
    """
    return notebook.add(read_notes(text))


def read_notes(text: str) -> list[Note]:
    """The notes of an export. Raises ValueError as `import_notes` does."""
    if len(text) > LONGEST:
        raise ValueError(f"the notes have {len(text):,} characters, at most {LONGEST:,} are read")
    try:
        value = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise ValueError(f"this is no JSON: {error}") from error
    if not isinstance(value, dict) or value.get("notes_format") != FORMAT or not isinstance(value.get("notes"), list):
        raise ValueError(f"this JSON holds no notes in format {FORMAT}: import what the export wrote")
    if len(value["notes"]) > MOST:
        raise ValueError(f"{len(value['notes']):,} notes, at most {MOST:,} are imported at once")
    return [_read(row, place) for place, row in enumerate(value["notes"])]


def _read(row: Any, place: int) -> Note:
    names = {field.name for field in fields(Note)}
    if not isinstance(row, dict) or row.keys() != names or not isinstance(row["flags"], list):
        raise ValueError(f"note {place} of the import is damaged: expected {', '.join(sorted(names))}")
    try:
        note = Note(**(row | {"flags": tuple(row["flags"])}))
    except (ValueError, TypeError) as error:
        raise ValueError(f"note {place} of the import: {error}") from error
    if note.created > stamp_of(datetime.now(UTC) + EARLY):
        raise ValueError(f"note {place} of the import was written in the future ({note.created}): see to that clock")
    return note
