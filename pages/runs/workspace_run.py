"""The run that a command makes in a folder which is this workspace, and whether the command still works on it."""

import streamlit as st

from concepts.runs.on_disk import halted, is_silent
from concepts.runs.run import TABLE
from concepts.runs.table import read_table
from concepts.storage.listing import reason_of
from pages.components.safe_text import paragraph
from pages.runs.numbers import show_counts, show_failures
from pages.state.server_settings import ServerSettings

EVERY = 2.0  # seconds
STOPPED = (
    "The command has told nothing for more than a minute: it has stopped, or was started again and is still opening "
    "its photos or texts. What was finished is kept: the same command goes on from there."
)


def show_workspace_run(server: ServerSettings) -> bool:
    """Whether the workspace is the folder of a run, which is shown; redrawn while it has classes to do."""
    if not (server.workspace / TABLE).is_file():
        return False
    with st.container(border=True):
        st.fragment(_show, run_every=EVERY if _has_classes_to_do(server) else None)(server)
    return True


def _has_classes_to_do(server: ServerSettings) -> bool:
    try:
        return read_table(server.workspace).is_under_way
    except (ValueError, OSError):  # `_show` says why
        return False


def _show(server: ServerSettings) -> None:
    """Shows the table of this moment; one line where it cannot be read."""
    try:
        found = read_table(server.workspace)
        stopped = found.is_under_way and is_silent(server.workspace)
    except (ValueError, OSError) as error:
        paragraph(f"The run over many classes cannot be shown: {reason_of(error, server.workspace)}.", "cx-note")
        return
    st.markdown("**All classes in one run** · started by the command `reports`")
    show_counts(halted(found) if stopped else found, active=found.is_under_way and not stopped)
    if stopped:
        paragraph(STOPPED, "cx-note")
    show_failures(found.failures, server)
    if found.failures:
        paragraph("The same command with --retry tries them again.", "cx-note")
