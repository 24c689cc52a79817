"""The tabs of a report's page: one is drawn, the one in the address."""

import streamlit as st

from concepts.report.class_report import ClassReport
from pages.report import concepts, method, mistakes, overview, photos, what_if
from pages.state.address import CONCEPTS, METHOD, MISTAKES, OVERVIEW, PHOTOS, WHAT_IF
from pages.state.selection import choose, sync_widget, view

KEY = "report_tab"
SHOWN = {
    OVERVIEW: ("Overview", overview.show), CONCEPTS: ("Concepts", concepts.show), PHOTOS: ("Photos", photos.show),
    WHAT_IF: ("What if", what_if.show), MISTAKES: ("Mistakes", mistakes.show), METHOD: ("Method", method.show),
}  # fmt: skip
NAMES = {title: name for name, (title, _) in SHOWN.items()} | {"Texts": PHOTOS}


def show(report: ClassReport) -> None:
    """Shows the tabs, and the content of the open one."""
    open_tab = view().open_tab
    titles = {name: title for name, (title, _) in SHOWN.items()} | {PHOTOS: f"{report.data.noun}s".capitalize()}
    sync_widget(KEY, titles[open_tab])
    places = st.tabs(list(titles.values()), key=KEY, on_change=_open)
    with places[list(SHOWN).index(open_tab)]:
        SHOWN[open_tab][1](report)


def _open() -> None:
    choose(tab=NAMES[st.session_state[KEY]])
