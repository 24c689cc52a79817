"""What people call concepts and strategies: written down with author and time, never rubbed out."""

from concepts.annotations.import_export import export_notes, import_notes
from concepts.annotations.note import FLAGS, KINDS, Note
from concepts.annotations.note_store import Notebook, Written
from concepts.annotations.subject import names_of, subject_of, subjects_of

__all__ = [
    "FLAGS", "KINDS", "Note", "Notebook", "Written", "export_notes", "import_notes", "names_of", "subject_of",
    "subjects_of",
]  # fmt: skip
