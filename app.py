"""The Streamlit entry: navigation, theme and the link to what is seen, nothing else.

`streamlit run app.py` reads this file twice. First as a module, for `app`: that the navigation is declared before
anybody visits keeps Streamlit from taking the folder pages/ for its old kind of pages, in which the first visit to a
link into the app would meet "Page not found". Then as the script of every visit.
"""

import logging
from pathlib import Path

import streamlit as st

from pages.components.link import link_button
from pages.components.styles import style_sheet
from pages.serving.options import checked_access, lifespan, middleware
from pages.serving.trouble import show_trouble
from pages.state.libraries import Stage, libraries

ASSETS = Path(__file__).parent / "assets"
NEEDS = {
    "": Stage.SHELF, "compare": Stage.STATISTICS, "language": Stage.STATISTICS, "similarity": Stage.MODEL,
    "words": Stage.MODEL,
}  # fmt: skip


def navigation():
    """The page that the address means."""
    gallery = st.Page("pages/views/gallery.py", title="Gallery", icon=":material/grid_view:", default=True)
    report = st.Page("pages/views/report.py", title="Class report", icon=":material/scatter_plot:", url_path="report")
    atlas = st.Page("pages/views/atlas.py", title="Atlas", icon=":material/map:", url_path="atlas")
    analysis = st.Page("pages/views/analysis.py", title="New analysis", icon=":material/add:", url_path="analysis")
    compare = st.Page("pages/views/compare.py", title="Compare", icon=":material/compare_arrows:", url_path="compare")
    similarity = st.Page(
        "pages/views/similarity.py", title="Similarity", icon=":material/center_focus_strong:", url_path="similarity"
    )
    words = st.Page("pages/views/words.py", title="Words", icon=":material/text_fields:", url_path="words")
    language = st.Page("pages/views/language.py", title="Language", icon=":material/translate:", url_path="language")
    tour = st.Page("pages/views/tour.py", title="Tour", icon=":material/tour:", url_path="tour")
    exercises = st.Page("pages/views/exercises.py", title="Exercises", icon=":material/quiz:", url_path="exercises")
    glossary = st.Page("pages/views/glossary.py", title="Glossary", icon=":material/menu_book:", url_path="glossary")
    pages = [gallery, report, atlas, compare, similarity, words, language, analysis, tour, exercises, glossary]
    return st.navigation(pages, position="top")


def wait_for_libraries(stage: Stage) -> None:
    """Shows a line while the server, just started, still imports what the page needs."""
    if not libraries.is_loaded(stage):
        with st.spinner("The server has just started …"):
            libraries.wait_for(stage)


if st.runtime.exists():
    st.set_page_config(page_title="Concepts", page_icon=str(ASSETS / "icon.svg"), layout="wide")
    page = navigation()
    st.html(style_sheet())
    link_button()
    with libraries.visit():
        wait_for_libraries(NEEDS.get(page.url_path, Stage.REPORT))
        page.run()
else:
    logging.getLogger("streamlit.runtime.scriptrunner_utils.script_run_context").disabled = True  # no visit, no context
    navigation()
    app = st.App(__file__, lifespan=lifespan, middleware=middleware(checked_access()), on_script_error=show_trouble)
    logging.getLogger("streamlit.runtime.scriptrunner_utils.script_run_context").disabled = False
