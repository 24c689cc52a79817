"""Page: definitions of all figures in plain words, with formula and source."""

import streamlit as st

from concepts.glossary import ENTRIES, entry_of, search_entries
from pages.components import glossary
from pages.components.safe_text import paragraph, plain, shortened

st.title("Glossary")
paragraph("What the figures on these pages mean, how they are computed, and where that comes from.")
wanted = st.query_params.get("term")
entry = entry_of(wanted) if wanted else None
if wanted and entry is None:
    st.info(f"No entry is called {plain(shortened(wanted))}. Search for it, or look through the list.")
if entry is not None:
    st.html(glossary.entry(entry, chosen=True))
query = st.text_input(
    "Search", key="find", bind="query-params", icon=":material/search:", placeholder="a name or a word"
)
found = [each for each in search_entries((query or "")[:200]) if each is not entry or query]
if not found:
    paragraph(f"None of the {len(ENTRIES)} entries holds that.")
st.html(glossary.entries(found, is_open=bool(query)))
