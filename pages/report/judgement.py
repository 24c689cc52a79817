"""What people say of a concept: whether the model may rest on it."""

import streamlit as st

from concepts.annotations import JUDGEMENTS, Note
from concepts.report.class_report import ClassReport
from concepts.report.names import in_line
from pages.components.safe_text import paragraph
from pages.report import naming
from pages.state.notes import notes_on
from pages.state.reports import report_key

PART, SHOULD_NOT = JUDGEMENTS
ICONS = {PART: ":material/check:", SHOULD_NOT: ":material/block:"}
HELP = "Your judgement is signed with your name and kept like names are; said again, it is taken back."


def judgement_on(report: ClassReport, concept: int) -> str | None:
    """The current judgement of a concept, one of `JUDGEMENTS`; None where nobody has judged it."""
    note = _note(report, concept)
    return None if note is None else note.judgement


def _note(report: ClassReport, concept: int) -> Note | None:
    return notes_on(report_key(report), report).get(("concept", concept))


def show(report: ClassReport, concept: int) -> None:
    """Shows the two buttons, and who said what."""
    note = _note(report, concept)
    said = None if note is None else note.judgement
    with st.container(horizontal=True, vertical_alignment="center"):
        for flag in JUDGEMENTS:
            st.button(
                flag.capitalize(), key=f"judge_{flag.split()[0]}", icon=ICONS[flag], help=HELP, on_click=naming.judge,
                args=(report, concept, flag), type="primary" if said == flag else "secondary",
            )  # fmt: skip
        if said is not None and note is not None:
            paragraph(f"“{said.capitalize()}”, says {in_line(note.author)}.")
