"""The service's places, from the operator's settings."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from concepts.access import NotAllowed
from concepts.record import RecordStore
from concepts.service import Workplace
from pages.state.login import login_settings
from pages.state.messages import sentence_of
from pages.state.server_settings import ServerSettings, server_settings


def workplace(server: ServerSettings | None = None) -> Workplace:
    """The places that acts change; with a login, and the record of them.

    Raises ValueError where the URL of the database is not valid.
    """
    server = server or server_settings()
    return Workplace(
        server.workspace,
        record=_record(server.notes) if login_settings().is_asked else None,
        executor=server.executor,
        most_waiting=server.jobs_waiting,
        models=server.models,
        quotas=server.quotas,
    )


@contextmanager
def refusals_shown() -> Iterator[None]:
    """Ends the block where somebody may not do what they asked for, and shows why."""
    try:
        yield
    except NotAllowed as error:
        st.error(sentence_of(error))


@st.cache_resource(max_entries=4, show_spinner=False)
def _record(url: str) -> RecordStore:
    return RecordStore(url)
