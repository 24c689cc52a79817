"""The choice of what colours the points of the graph."""

import streamlit as st

from concepts.report.class_report import ClassReport
from concepts.report.queries.local_importance import strongest_concepts
from pages.figures.graph import Colours
from pages.state.reports import amounts, report_key
from pages.state.selection import choose, sync_widget, view

PLAIN = {"strategy": "strategy", "first": "strongest concept", "answer": "the model's answer",
         "confidence": "probability of the answer", "score": "score of the class"}  # fmt: skip


def show(report: ClassReport) -> None:
    """Shows the list of colourings."""
    k = len(report.data.concepts)
    options = [*_plain(report), *map(str, range(k))]

    def said(name: str) -> str:
        return PLAIN.get(name) or f"how much of {report.names.concept(int(name))}"

    chosen = view().colour if view().colour in options else "strategy"
    sync_widget("colour", chosen, said(str(chosen)))
    st.selectbox(f"Colour the {report.data.noun}s by", options, key="colour", format_func=said, on_change=_choose)


def _plain(report: ClassReport) -> list[str]:
    """The colourings that are no concept; quantities have no probability."""
    return [name for name in PLAIN if name != "confidence" or report.data.model.output != "regression"]


def _choose() -> None:
    name = st.session_state["colour"]
    choose(colour=None if name == "strategy" else name)


def colours(report: ClassReport, name: str | None) -> Colours | None:
    """The values of the colouring with that name; None for strategies and for an unknown name."""
    rows = report.data.items
    if name == "confidence":
        return Colours(PLAIN[name], [row.probability or 0.0 for row in rows])
    if name == "score":
        return Colours(PLAIN[name], [row.score for row in rows])
    if name == "answer":
        return Colours(PLAIN[name], [row.predicted for row in rows])
    if name == "first":
        first = strongest_concepts(report.array("phi"))
        return Colours(PLAIN[name], [report.names.short.concept(j) for j in first])
    if name is not None and name.isdecimal() and int(name) < len(report.data.concepts):
        return Colours(report.names.short.concept(int(name)), amounts(report_key(report), report)[:, int(name)])
    return None
