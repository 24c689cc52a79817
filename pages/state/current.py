"""The report chosen last in this visit, which goes along from page to page. An address that names one comes first."""

from collections.abc import Collection

import streamlit as st

from concepts.report import ReportCard
from pages.state.reports import cards

KEPT = "current_report"  # in the session: its id


def keep(id: str) -> None:
    """Makes a report the one chosen last."""
    st.session_state[KEPT] = id


def current_id(offered: Collection[str]) -> str | None:
    """The id of the report chosen last if it is among those offered."""
    id = st.session_state.get(KEPT)
    return id if id in offered else None


def current_card() -> ReportCard | None:
    """The report chosen last if it is still there."""
    found = {card.id: card for card in cards()}
    id = current_id(found)
    return None if id is None else found[id]
