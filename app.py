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

ASSETS = Path(__file__).parent / "assets"


def navigation():
    """The page that the address means."""
    gallery = st.Page("pages/views/gallery.py", title="Gallery", icon=":material/grid_view:", default=True)
    report = st.Page("pages/views/report.py", title="Class report", icon=":material/scatter_plot:", url_path="report")
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
    pages = [gallery, report, compare, similarity, words, language, analysis, tour, exercises, glossary]
    return st.navigation(pages, position="top")


if st.runtime.exists():
    st.set_page_config(page_title="Concepts", page_icon=str(ASSETS / "icon.svg"), layout="wide")
    page = navigation()
    st.html(style_sheet())
    link_button()
    page.run()
else:
    logging.getLogger("streamlit.runtime.scriptrunner_utils.script_run_context").disabled = True  # no visit, no context
    navigation()
    app = st.App(__file__)
    logging.getLogger("streamlit.runtime.scriptrunner_utils.script_run_context").disabled = False
