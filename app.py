"""The Streamlit entry: navigation and theme, nothing else."""

from pathlib import Path

import streamlit as st

ASSETS = Path(__file__).parent / "assets"
PAGES = [
    st.Page("pages/views/gallery.py", title="Gallery", icon=":material/grid_view:", default=True),
    st.Page("pages/views/report.py", title="Class report", icon=":material/scatter_plot:", url_path="report"),
    st.Page("pages/views/analysis.py", title="New analysis", icon=":material/add_circle:", url_path="analysis"),
]

st.set_page_config(page_title="Concepts", page_icon=str(ASSETS / "icon.svg"), layout="wide")
page = st.navigation(PAGES, position="top")
st.html(ASSETS / "pages.css")
page.run()
