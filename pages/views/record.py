"""Page: what persons did on this server, for admins."""

import streamlit as st

from concepts import service
from concepts.access import NotAllowed
from pages.components.safe_text import paragraph
from pages.components.tables import table
from pages.record.listing import SHOWN, choose_entries, file_of, rows_of
from pages.state.messages import sentence_of, told
from pages.state.visitor import person
from pages.state.workplace import workplace

st.title("Record")
paragraph("Who did what, when, and what came of it. Nothing of it can be changed here. Times are UTC.")
try:
    entries = service.read_record(workplace(), person())
except (NotAllowed, ValueError) as error:
    st.warning(sentence_of(error) if isinstance(error, NotAllowed) else told(error))
    st.stop()
chosen = choose_entries(entries)
if not chosen:
    paragraph("Nothing is recorded yet." if not entries else "No entry is of that kind.")
    st.stop()
st.download_button(
    "Download (CSV)", file_of(chosen), "record.csv", "text/csv", icon=":material/download:", key="record_csv",
    on_click="ignore",
)  # fmt: skip
st.html(table(("When", "Who", "What", "Of", "Result"), rows_of(chosen[:SHOWN]), caption="The latest first"))
if len(chosen) > SHOWN:
    paragraph(f"{len(chosen) - SHOWN:,} earlier ones are in the download.", "cx-note")
