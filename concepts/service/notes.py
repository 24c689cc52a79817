"""Names that persons give: signed with their identity, where there is a login."""

from collections.abc import Sequence
from dataclasses import replace

from concepts.access import Act, Person
from concepts.annotations import Note, NoteStore, StoredNote, import_notes
from concepts.numerics.counted import listed
from concepts.service.acting import acting
from concepts.service.workplace import Workplace

SHOWN = 3  # subjects that the record names: each photo that is flagged is one


def write_note(place: Workplace, person: Person, notes: NoteStore, note: Note) -> StoredNote:
    """Writes a note, by the person whatever author it names; without a login by the author that it names.

    Raises NotAllowed, and ValueError as `NoteStore.write`.
    """
    signed = replace(note, author=person.name) if person.is_known else note
    with acting(place, person, Act.NAME, of=f"{note.kind} {note.index} of {note.subject}"):
        return notes.write(signed)


def write_notes(place: Workplace, person: Person, notes: NoteStore, written: Sequence[Note]) -> None:
    """Writes several notes at once, signed as `write_note` does. Raises NotAllowed, and ValueError as the store."""
    signed = [replace(note, author=person.name) if person.is_known else note for note in written]
    subjects = listed(sorted({note.subject for note in signed}), SHOWN)
    with acting(place, person, Act.NAME, of=f"{len(signed)} of {subjects}"):
        notes.write_all(signed)


def bring_names(place: Workplace, person: Person, notes: NoteStore, text: str) -> int:
    """Imports an export of notes, which others have signed; returns the number of new ones.

    Raises NotAllowed, and ValueError as `import_notes`.
    """
    with acting(place, person, Act.IMPORT_NAMES):
        return import_notes(notes, text)
