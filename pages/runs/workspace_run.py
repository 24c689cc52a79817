"""The run that a command makes in a folder which is this workspace."""

import streamlit as st

from concepts.runs.run import TABLE
from concepts.runs.table import read_table
from concepts.storage.listing import reason_of
from pages.components.safe_text import paragraph
from pages.runs.numbers import show_counts, show_failures
from pages.state.server_settings import ServerSettings

EVERY = 2.0  # seconds


def show_workspace_run(server: ServerSettings) -> bool:
    """Whether the workspace is the folder of a run, which is shown; redrawn while it has classes to do."""
    if not (server.workspace / TABLE).is_file():
        return False
    try:
        found = read_table(server.workspace)
    except (ValueError, OSError) as error:
        paragraph(f"The run over many classes cannot be shown: {reason_of(error, server.workspace)}.", "cx-note")
        return True
    with st.container(border=True):
        st.fragment(_show, run_every=EVERY if found.is_under_way else None)(server)
    return True


def _show(server: ServerSettings) -> None:
    found = read_table(server.workspace)
    st.markdown("**All classes in one run** · started by the command `reports`")
    show_counts(found, active=found.is_under_way)
    show_failures(found.failures, server)
    if found.failures:
        paragraph("The same command with --retry tries them again.", "cx-note")
