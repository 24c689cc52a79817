"""What people say of the findings of all reports: whether the model may rest on what it leans on."""

from contextlib import suppress
from pathlib import Path

import streamlit as st

from concepts.annotations import note_subject
from concepts.report import ClassReport, ReportCard
from concepts.report.verdict import LEANS
from pages.state.libraries import Stage, libraries
from pages.state.notes import note_store
from pages.state.reports import stamp
from pages.state.server_settings import server_settings


def judgement_of(card: ReportCard) -> str | None:
    """The current judgement of what its verdict names, one of `JUDGEMENTS`; None where nobody has judged, where the
    model leans on nothing, where the report or the notes cannot be read, and while the server has just started."""
    if card.verdict != LEANS or not libraries.is_loaded(Stage.REPORT) or not _may_be_judged():
        return None
    with suppress(ValueError, OSError):
        subject, concept = _found(str(card.folder), stamp(card.folder / "report.json"))
        note = note_store().current(subject).get(("concept", concept))
        return None if note is None else note.judgement
    return None


def _may_be_judged() -> bool:
    """False where nobody has ever written a note: the gallery then needs no library of databases."""
    _, is_file, path = server_settings().notes.partition("sqlite:///")
    return not is_file or Path(path).exists()


@st.cache_data(max_entries=1_000, show_spinner=False)
def _found(folder: str, stamp: int) -> tuple[str, int]:
    """The subject of notes on the report's concepts, and the concept that its verdict names."""
    report = ClassReport.load(Path(folder))
    verdict = report.data.verdict
    if verdict is None or verdict.concept is None:
        raise ValueError("the report's card names a finding that the report does not")
    return note_subject(report), verdict.concept
