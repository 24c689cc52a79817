"""The numbers of a run as tables: its classes by their state, and those that failed, each with its line."""

from collections.abc import Sequence

import streamlit as st

from concepts.numerics.counted import counted
from concepts.runs.failures import Failure
from concepts.runs.table import Table
from pages.analysis.amounts import duration
from pages.components.safe_text import paragraph
from pages.components.tables import table
from pages.state.messages import public, without_options
from pages.state.server_settings import ServerSettings

HEADER = ("In all", "Done", "Running", "Waiting", "Failed", "Time left")
SHOWN = 50  # failed classes


def show_counts(found: Table, *, active: bool) -> None:
    """Shows how many classes are in which state, and the time that is left. active: whether somebody works on them."""
    counts = (found.done, found.running, found.waiting, found.failed)
    row = (counted(sum(counts), "class"), *(f"{n:,}" for n in counts), time_left(found, active=active))
    st.html(table(HEADER, [row], caption="Classes of the run by their state"))


def time_left(found: Table, *, active: bool) -> str:
    """The time left in words."""
    if not active:
        return "stopped" if found.is_under_way else "ended"
    return "not known yet" if found.seconds_left is None else f"about {duration(found.seconds_left)}"


def show_failures(failures: Sequence[Failure], server: ServerSettings) -> None:
    """Shows the classes without a report, each with its line."""
    if not failures:
        return
    rows = [(each.label, without_options(public(each.line, server))) for each in failures[:SHOWN]]
    st.html(table(("Class", "Why it has no report"), rows, caption="Failed classes"))
    if len(failures) > SHOWN:
        paragraph(f"{len(failures) - SHOWN:,} more failed.", "cx-note")
