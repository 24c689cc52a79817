"""The Streamlit entry: navigation, theme and the link to what is seen, nothing else.

`streamlit run app.py` reads this file twice. First as a module, for `app`: that the navigation is declared before
anybody visits keeps Streamlit from taking the folder pages/ for its old kind of pages, in which the first visit to a
link into the app would meet "Page not found". Then as the script of every visit.
"""

import logging
from pathlib import Path

import streamlit as st

from concepts.access import Act, allowed
from pages.components.link import link_button
from pages.components.styles import marked_section, style_sheet
from pages.components.terms import explanations
from pages.components.theme import follow_theme
from pages.serving.entry import account, ask_to_log_in
from pages.serving.options import checked_access, lifespan, middleware, routes
from pages.serving.trouble import show_trouble
from pages.state.libraries import Stage, libraries
from pages.state.visitor import Visitor, visitor

ASSETS = Path(__file__).parent / "assets"
NEEDS = {
    "": Stage.SHELF, "compare": Stage.STATISTICS, "language": Stage.STATISTICS, "similarity": Stage.MODEL,
    "photos": Stage.MODEL, "words": Stage.MODEL,
}  # fmt: skip
SECTIONS = {  # page, title, icon; the bar shows those without a section as links of their own, before the others
    "": (("analysis", "New analysis", "add"),),
    "Reports": (
        ("gallery", "Gallery", "grid_view"), ("report", "Class report", "scatter_plot"), ("atlas", "Atlas", "map"),
        ("runs", "Runs", "checklist"),
    ),
    "Explore": (
        ("similarity", "Similarity", "center_focus_strong"), ("photos", "Photo map", "bubble_chart"),
        ("words", "Words", "text_fields"), ("language", "Language", "translate"),
    ),
    "Methods": (("compare", "Compare", "compare_arrows"),),
    "Learn": (("tour", "Tour", "tour"), ("exercises", "Exercises", "quiz"), ("glossary", "Glossary", "menu_book")),
    "Server": (("record", "Record", "history"), ("usage", "Usage", "data_usage")),
}  # fmt: skip


def navigation(entrant: Visitor | None = None) -> st.Page:
    """The page that the address means, with the bar of those that the visitor may see; None: nobody visits yet.

    Without a login there are no pages of the server. With one they have addresses for all, which say who may read them.
    """
    person = None if entrant is None else entrant.person
    gone = {"Server"} if person is None or not person.is_known else set()
    hidden = {"Server"} if person is None or not allowed(person, Act.READ_RECORD) else set()
    sections = {
        name: [_page(*each, shown=name not in hidden) for each in pages]
        for name, pages in SECTIONS.items() if name not in gone
    }  # fmt: skip
    return st.navigation(sections, position="hidden" if entrant is not None and person is None else "top")


def _page(name: str, title: str, icon: str, *, shown: bool = True) -> st.Page:
    """The page of pages/views/NAME.py; its address is its name, that of the gallery nothing. shown: in the bar."""
    first = name == "gallery"
    path = None if first else name
    return st.Page(
        f"pages/views/{name}.py", title=title, icon=f":material/{icon}:", url_path=path, default=first,
        visibility="visible" if shown else "hidden",
    )  # fmt: skip


def place_of(page: st.Page) -> int:
    """The place of the page's section in the bar, from 1."""
    name = page.url_path or "gallery"
    return next(i for i, pages in enumerate(SECTIONS.values(), 1) if name in (each[0] for each in pages))


def wait_for_libraries(stage: Stage) -> None:
    """Shows a line while the server, just started, still imports what the page needs."""
    if not libraries.is_loaded(stage):
        with st.spinner("The server has just started …"):
            libraries.wait_for(stage)


if st.runtime.exists():
    st.set_page_config(page_title="Concepts", page_icon=str(ASSETS / "icon.svg"), layout="wide")
    entrant = visitor()
    page = navigation(entrant)
    st.html(style_sheet())
    if entrant.person is None:
        ask_to_log_in(entrant)
        st.stop()
    st.html(explanations())
    st.html(marked_section(place_of(page)))
    link_button()
    follow_theme()
    account(entrant.person)
    with libraries.visit():
        wait_for_libraries(NEEDS.get(page.url_path, Stage.REPORT))
        page.run()
else:
    logging.getLogger("streamlit.runtime.scriptrunner_utils.script_run_context").disabled = True  # no visit, no context
    navigation()
    access = checked_access()  # first: what is wrong with a setting is said in one line
    app = st.App(
        __file__,
        routes=routes(),
        middleware=middleware(access),
        lifespan=lifespan,
        on_script_error=show_trouble,
    )
    logging.getLogger("streamlit.runtime.scriptrunner_utils.script_run_context").disabled = False
