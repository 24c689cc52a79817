"""The tabs of a report's page: one is drawn, the one in the address."""

from collections.abc import Callable

import streamlit as st

from concepts.report.class_report import ClassReport
from pages.report import concepts, method, mistakes, overview, photos, probes, what_if
from pages.state.address import CONCEPTS, METHOD, MISTAKES, OVERVIEW, PHOTOS, PROBES, WHAT_IF
from pages.state.selection import choose, sync_widget, view

KEY = "report_tab"
Tab = tuple[str, Callable[[ClassReport], None]]
SHOWN: dict[str, Tab] = {
    OVERVIEW: ("Overview", overview.show), CONCEPTS: ("Concepts", concepts.show), PHOTOS: ("Photos", photos.show),
    WHAT_IF: ("What if", what_if.show), PROBES: ("Probes", probes.show), MISTAKES: ("Mistakes", mistakes.show),
    METHOD: ("Method", method.show),
}  # fmt: skip
NAMES = {title: name for name, (title, _) in SHOWN.items()} | {"Texts": PHOTOS}


def show(report: ClassReport) -> None:
    """Shows the tabs, and the content of the open one."""
    tabs = tabs_of(report)
    open_tab = view().open_tab if view().open_tab in tabs else OVERVIEW
    sync_widget(KEY, tabs[open_tab][0])
    places = st.tabs([title for title, _ in tabs.values()], key=KEY, on_change=_open)
    with places[list(tabs).index(open_tab)]:
        tabs[open_tab][1](report)


def tabs_of(report: ClassReport) -> dict[str, Tab]:
    """The tabs that the report has something for: probes are of texts alone, and photos or texts bear their name."""
    tabs: dict[str, Tab] = {n: tab for n, tab in SHOWN.items() if n != PROBES or probes.has_probes(report.data)}
    return tabs | {PHOTOS: (f"{report.data.noun}s".capitalize(), SHOWN[PHOTOS][1])}


def _open() -> None:
    choose(tab=NAMES[st.session_state[KEY]])
