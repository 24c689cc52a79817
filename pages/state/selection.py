"""What the reader has chosen on a report's page or on Compare: it lives in the address, nowhere else."""

import streamlit as st

from pages.state.address import NAMES, CompareView, ReportView


def view() -> ReportView:
    """What the address says now."""
    return ReportView.of(st.query_params.to_dict())


def comparison() -> CompareView:
    """The same of the page Compare."""
    return CompareView.of(st.query_params.to_dict())


def choose(**changes: str | int | None) -> None:
    """Writes a choice into the address; None takes it out."""
    for name, value in changes.items():
        key = NAMES.get(name, name)
        if value is not None:
            st.query_params[key] = str(value)
        elif key in st.query_params:
            del st.query_params[key]


def sync_widget(key: str, value: object, label: str = "") -> None:
    """The widget with that key shows what the address says; call it before the widget.

    label: what the choice is called; one that got another name is chosen anew, since the browser keeps the old text.
    """
    said = f"{key} is called"
    if st.session_state.get(key) != value or st.session_state.get(said, label) != label:
        st.session_state[key] = value
    st.session_state[said] = label


def rerun_page() -> None:
    """The next run of a fragment becomes one of the whole page: others show this choice as well."""
    st.session_state["run_everything"] = True


def rerun_rest() -> None:
    """This run of a fragment answers first; the rest of the page is run after it (`rerun_rest_if_asked`)."""
    st.session_state["run_rest"] = True


def rerun_rest_if_asked() -> None:
    """Call it last in a fragment."""
    if st.session_state.pop("run_rest", False):
        st.rerun()


def rerun_page_if_asked() -> None:
    """Call it first in a fragment."""
    if st.session_state.pop("run_everything", False):
        st.rerun()
