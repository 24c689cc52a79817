"""Names, notes and flags, stored with author and time; only a person's all are ever removed."""

from concepts.annotations.import_export import export_notes, import_notes
from concepts.annotations.note import FLAGS, JUDGEMENTS, KINDS, PHOTO, Note
from concepts.annotations.note_store import NoteStore, StoredNote
from concepts.annotations.subject import current_names, note_subject, note_subjects

__all__ = [
    "FLAGS",
    "JUDGEMENTS",
    "KINDS",
    "PHOTO",
    "Note",
    "NoteStore",
    "StoredNote",
    "current_names",
    "export_notes",
    "import_notes",
    "note_subject",
    "note_subjects",
]  # fmt: skip
