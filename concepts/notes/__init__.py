"""What people call concepts and strategies: written down with author and time, never rubbed out."""

from concepts.notes.note import FLAGS, KINDS, Note
from concepts.notes.notebook import Notebook, Written
from concepts.notes.subject import names_of, subject_of, subjects_of
from concepts.notes.travel import export_notes, import_notes

__all__ = [
    "FLAGS", "KINDS", "Note", "Notebook", "Written", "export_notes", "import_notes", "names_of", "subject_of",
    "subjects_of",
]  # fmt: skip
