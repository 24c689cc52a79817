"""One line on what the visitor has used of what they may."""

from pathlib import Path

import streamlit as st

from concepts import service
from concepts.engine.quotas import GB, Quotas
from concepts.engine.usage import Usage
from pages.components.safe_text import paragraph
from pages.state.server_settings import ServerSettings
from pages.state.visitor import visitor
from pages.state.workplace import workplace

KEPT = 10  # seconds that the sums are kept: an upload of 5,000 photos is as many files


def show_own_usage(server: ServerSettings) -> None:
    """Shows the line; nothing without a login."""
    found = visitor().person
    if found is not None and found.is_known and (used := _used(server.workspace, found.name, server)) is not None:
        paragraph(used_words(used, server.quotas), "cx-note")


def used_words(used: Usage, quotas: Quotas) -> str:
    """Such as "3 of 60 minutes of work in 24 hours, 0.4 of 5 GB of uploads used."."""
    minutes = f"{used.seconds / 60:.0f}" + ("" if quotas.minutes is None else f" of {quotas.minutes:g}")
    disk = f"{used.n_bytes / GB:.1f}" + ("" if quotas.disk is None else f" of {quotas.disk:g}")
    return f"You have used {minutes} minutes of work in 24 hours, and {disk} GB for uploads."


@st.cache_data(max_entries=256, ttl=KEPT, show_spinner=False)
def _used(workspace: Path, name: str, _server: ServerSettings) -> Usage | None:
    found = visitor().person
    return None if found is None else service.own_usage(workplace(_server), found)
