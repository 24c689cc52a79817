"""Page: what each person uses of this server, what they may use, and where that is changed; for admins."""

import streamlit as st

from concepts import service
from concepts.access import NotAllowed
from pages.components.safe_text import paragraph
from pages.components.tables import table
from pages.record.usage import LIMITS, PEOPLE, UPLOADS, limit_rows, offer_cancelling, people_rows, upload_rows
from pages.state.messages import sentence_of, told
from pages.state.server_settings import server_settings
from pages.state.visitor import person
from pages.state.workplace import workplace

st.title("Usage")
try:
    found = service.read_usage(workplace(), person())
except (NotAllowed, ValueError) as error:
    st.warning(sentence_of(error) if isinstance(error, NotAllowed) else told(error))
    st.stop()
quotas = server_settings().quotas
paragraph("What each person uses at this moment: jobs of all kinds, their work in the last 24 hours, and uploads.")
if found:
    st.html(table(PEOPLE, people_rows(found, quotas), caption="By person"))
    offer_cancelling(found)
else:
    paragraph("Nobody uses anything: there are no jobs under way, no work of today, and no uploads.")
rows = upload_rows(found, quotas)
if rows:
    st.header("Uploads", anchor="uploads")
    st.html(table(UPLOADS, rows, caption="The oldest of each person first"))
st.header("Limits", anchor="limits")
paragraph(
    "They are environment variables of the server: change them where it is started (the unit or the compose file), and "
    "restart it. Jobs at work keep those they began with."
)
st.html(table(LIMITS, limit_rows(quotas), caption="What each person may use"))
