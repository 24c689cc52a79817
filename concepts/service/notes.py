"""Names that persons give: signed with their identity, where there is a login."""

from dataclasses import replace

from concepts.access import Act, Person
from concepts.annotations import Note, NoteStore, StoredNote, import_notes
from concepts.service.acting import acting
from concepts.service.workplace import Workplace


def write_note(place: Workplace, person: Person, notes: NoteStore, note: Note) -> StoredNote:
    """Writes a note, by the person whatever author it names; without a login by the author that it names.

    Raises NotAllowed, and ValueError as `NoteStore.write`.
    """
    signed = replace(note, author=person.name) if person.is_known else note
    with acting(place, person, Act.NAME, of=f"{note.kind} {note.index} of {note.subject}"):
        return notes.write(signed)


def bring_names(place: Workplace, person: Person, notes: NoteStore, text: str) -> int:
    """Imports an export of notes, which others have signed; returns the number of new ones.

    Raises NotAllowed, and ValueError as `import_notes`.
    """
    with acting(place, person, Act.IMPORT_NAMES):
        return import_notes(notes, text)
