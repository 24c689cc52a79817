"""The run over many classes whose folder is this workspace: its classes by their state, and those that failed."""

import streamlit as st

from concepts.runs.run import TABLE
from concepts.runs.table import Table, read_table
from concepts.storage.listing import reason_of
from pages.analysis.amounts import duration
from pages.components.safe_text import paragraph
from pages.components.tables import table
from pages.state.messages import public
from pages.state.server_settings import ServerSettings

EVERY = 2.0  # seconds
SHOWN = 50  # failed classes


def show_run(server: ServerSettings) -> None:
    """Shows the run, where the workspace is the folder of one; redrawn while it has classes to do."""
    if not (server.workspace / TABLE).is_file():
        return
    try:
        found = read_table(server.workspace)
    except (ValueError, OSError) as error:
        paragraph(f"The run over many classes cannot be shown: {reason_of(error, server.workspace)}.", "cx-note")
        return
    st.fragment(_show, run_every=EVERY if found.is_under_way else None)(server)


def _show(server: ServerSettings) -> None:
    found = read_table(server.workspace)
    header = ("Classes done", "Running", "Failed", "Waiting", "Time left")
    counts = [f"{n:,}" for n in (found.done, found.running, found.failed, found.waiting)]
    st.html(table(header, [(*counts, _left(found))], caption="All classes in one run"))
    if found.failures:
        rows = [(each.label, public(each.line, server)) for each in found.failures[:SHOWN]]
        st.html(table(("Class", "Why it has no report"), rows, caption="Failed classes"))
        paragraph("The same command with --retry tries them again.", "cx-note")
        if len(found.failures) > SHOWN:
            paragraph(f"{len(found.failures) - SHOWN:,} more are in table.json.", "cx-note")


def _left(found: Table) -> str:
    if not found.is_under_way:
        return "ended"
    return "not known yet" if found.seconds_left is None else f"about {duration(found.seconds_left)}"
