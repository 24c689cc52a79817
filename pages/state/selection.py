"""The reader's choices on a report's page and on Compare, which are stored in the address only."""

from collections.abc import Sequence
from urllib.parse import parse_qsl

import streamlit as st

from pages.state.address import NAMES, CompareView, ReportView


def view() -> ReportView:
    """The state in the address of a report's page."""
    return ReportView.of(st.query_params.to_dict())


def comparison() -> CompareView:
    """The state in the address of the page Compare."""
    return CompareView.of(st.query_params.to_dict())


def choose(**changes: str | int | None) -> None:
    """Writes choices into the address, one step of the browser's Back; None removes one.

    What stands there is not written again: the browser may have gone back to another page meanwhile, and would take it
    for that page's. Nor is what widgets are bound to.
    """
    wanted = {NAMES.get(name, name): None if value is None else str(value) for name, value in changes.items()}
    now = st.query_params.to_dict()
    for key in (key for key, value in wanted.items() if value is None and key in now):
        del st.query_params[key]
    new = {key: value for key, value in wanted.items() if value is not None and now.get(key) != value}
    if new:
        st.query_params.update(new)  # in one message


def choose_in_report(**changes: str | int | None) -> None:
    """Writes choices on a report's page; the tab that is open stays open, unless they name another."""
    choose(**({"tab": view().open_tab} | changes))


def follow(query: str) -> None:
    """Goes to another place of the same report's page. query: that of its address."""
    st.query_params.from_dict(ReportView.of(dict(parse_qsl(query))).params())


def sync_widget(key: str, value: object, label: str = "") -> None:
    """Sets the widget with that key to the value in the address; call it before the widget.

    label: the label of the choice, where the same value can be called differently. When it has changed, the value is
    set anew: the browser knows a choice by its label, and the old one would be taken for another choice.
    """
    said = f"{key} is called"
    if st.session_state.get(key) != value or st.session_state.get(said, label) != label:
        st.session_state[key] = value
    st.session_state[said] = label


def renew_widget(key: str, labels: Sequence[str]) -> None:
    """Keeps what was chosen in a widget whose options are now labelled differently; call it before the widget.

    For widgets whose choice is not read from the address by us (`sync_widget`). labels: of all options. The browser
    knows a choice by its label: it would show the old one, and the run after this would not know the choice.
    """
    said = f"{key} is called"
    if key in st.session_state and st.session_state.get(said, labels) != labels:
        st.session_state[key] = st.session_state[key]
    st.session_state[said] = labels


def rerun_page() -> None:
    """Turns the next run of a fragment into one of the whole page, because other parts show this choice as well."""
    st.session_state["run_everything"] = True


def rerun_rest() -> None:
    """Runs the rest of the page after this run of a fragment (`rerun_rest_if_asked`)."""
    st.session_state["run_rest"] = True


def rerun_rest_if_asked() -> None:
    """Reruns the page if `rerun_rest` was called. Call it last in a fragment."""
    if st.session_state.pop("run_rest", False):
        st.rerun()


def rerun_page_if_asked() -> None:
    """Reruns the page if `rerun_page` was called. Call it first in a fragment."""
    if st.session_state.pop("run_everything", False):
        st.rerun()
