"""Page: runs over many classes, how far they are, what failed; stop, go on, try again."""

import streamlit as st

from pages.components.safe_text import paragraph
from pages.runs.run_list import show_runs
from pages.runs.workspace_run import show_workspace_run
from pages.state.server_settings import server_settings

st.title("Runs")
server = server_settings()
paragraph("A run makes a report for each of many classes. It goes on when you close this page.")
shown = [show_workspace_run(server), show_runs(server)]
if not any(shown):
    paragraph("None yet. On New analysis, in its last step, choose “These classes” or “All classes”.")
    st.page_link("pages/views/analysis.py", label="New analysis", icon=":material/add_circle:")
