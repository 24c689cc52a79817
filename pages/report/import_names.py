"""Import of names from a report's JSON or an export of notes."""

import streamlit as st

from concepts import service
from concepts.access import Act, NotAllowed
from concepts.annotations import note_subjects
from concepts.annotations.import_export import read_notes
from concepts.report.class_report import ClassReport
from pages.state.messages import sentence_of
from pages.state.notes import note_store
from pages.state.visitor import may, person
from pages.state.workplace import workplace

FILE, TOLD, MOST = "notes_file", "notes_told", 64  # megabytes


def show(report: ClassReport) -> None:
    """Shows the upload field and the result of the import; nothing where the visitor may not import."""
    if not may(Act.IMPORT_NAMES):
        return
    st.file_uploader(
        "Bring names back", ["json"], key=FILE, max_upload_size=MOST, on_change=_bring, args=(report,),
        help="A report's JSON, or what `python -m concepts notes --export` wrote: its names are added, with authors, "
        "times and history. Nothing is overwritten.",
    )  # fmt: skip
    told = st.session_state.get(TOLD)
    if told is not None and st.session_state.get(FILE) is not None:
        (st.success if told[0] else st.warning)(told[1])


def _bring(report: ClassReport) -> None:
    """Imports before the rerun of the page, so that all of it shows the names."""
    file = st.session_state.get(FILE)
    if file is not None:
        st.session_state[TOLD] = brought(file.getvalue(), report)


def brought(content: bytes, report: ClassReport) -> tuple[bool, str]:
    """Adds the notes; returns whether that worked, and a message."""
    try:
        text = content.decode("utf-8")
        notes, new = read_notes(text), service.bring_names(workplace(), person(), note_store(), text)
    except UnicodeDecodeError:
        return False, "The file is no text in UTF-8: give a report's JSON, or an export of notes."
    except (ValueError, NotAllowed) as error:
        return False, sentence_of(error)
    about = sum(note.subject in note_subjects(report) for note in notes)
    read = "1 note read" if len(notes) == 1 else f"{len(notes):,} notes read"
    text = f"{read}, {new:,} of them new; {about:,} are about this report."
    if notes and not about:
        text += " They are about other dictionaries: the pages show them with the reports that hold these."
    return True, text
