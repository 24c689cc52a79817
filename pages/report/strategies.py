"""The strategies: the concepts each rests on, its prevalence and reliability."""

import streamlit as st
from markupsafe import Markup

from concepts.report.class_report import ClassReport
from concepts.report.queries.strategy_photos import typical_photos
from concepts.report.rendering.graph_geometry import colour_of
from concepts.report.rendering.sentences import (
    good_word,
    interval_text,
    percent,
    strategy_sentence,
    strategy_title,
)
from concepts.report.rows import StrategyRow
from concepts.report.schema import ReportData
from concepts.report.verdict import LEANS
from pages.components import report as components
from pages.components.cards import verdict_badge
from pages.components.once import html_once
from pages.components.tables import table
from pages.components.texts import link
from pages.report import naming
from pages.state.address import PHOTOS, ReportView
from pages.state.report_pictures import examples, item_tile
from pages.state.selection import view

BESIDE = 3  # strategies in a row
N_PHOTOS, N_TEXTS, N_CONCEPTS, N_CROPS, N_OUTLIERS = 8, 4, 3, 1, 12


def show(report: ClassReport) -> None:
    """Shows each with its crops and photos side by side, the outliers, and all of them as a table."""
    data, at = report.data, view()
    st.header("The strategies", anchor="strategies")
    with st.container(key="strategies"):
        for first in range(0, len(data.strategies), BESIDE):
            rows = data.strategies[first : first + BESIDE]
            for row, place in zip(rows, st.columns(min(BESIDE, len(data.strategies)), gap="large"), strict=False):
                with place:
                    st.html(html_once(strategy_html, report, row, at))
                    naming.show(report, "strategy", row.label)
    if any(image.strategy < 0 for image in data.items):
        st.html(html_once(_outliers, report, at))
    with st.expander("All strategies as a table, with intervals"):
        st.html(html_once(_table, report))


def _table(report: ClassReport) -> Markup:
    data, names = report.data, report.names
    good = good_word(data).capitalize()
    header = ("Strategy", f"{data.noun}s".capitalize(), "Prevalence", good, "95% interval", "Rests on")
    rows = [
        (
            names.strategy(row.label),
            f"{row.n:,}",
            percent(row.prevalence),
            "–" if row.reliability is None else percent(row.reliability),
            interval_text(row.reliability_low, row.reliability_high) or "–",
            ", ".join(names.concept(j) for j in row.concepts[:N_CONCEPTS]),
        )
        for row in data.strategies
    ]
    return table(header, rows, caption="All strategies")


def strategy_html(report: ClassReport, row: StrategyRow, at: ReportView) -> Markup:
    """One strategy: its sentence, the crops of its concepts, its most typical photos.

    at: the state of the page that links lead on from.
    """
    data = report.data
    crops = [tile for j in row.concepts[:N_CONCEPTS] for tile in examples(report, j, at, most=N_CROPS, caption=True)]
    most = N_PHOTOS if data.kind == "images" else N_TEXTS
    photos = [item_tile(report, i, at) for i in typical_photos(report, row, most)]
    return components.strategy(
        title=strategy_title(row, data, report.names), href=at.href(strategy=row.label, image=None, tab=PHOTOS),
        colour=colour_of(row.label), badge=_badge(data, row),
        sentences=[strategy_sentence(row, data, report.names)], crops=crops, photos=photos, noun=data.noun,
    )  # fmt: skip


def _badge(data: ReportData, row: StrategyRow) -> Markup:
    """The verdict's badge at the strategy that it is about; nothing elsewhere."""
    verdict = data.verdict
    leans = verdict is not None and verdict.kind == LEANS and verdict.strategy == row.label
    return verdict_badge(LEANS, verdict.phrase) if verdict is not None and leans else Markup("")


def _outliers(report: ClassReport, at: ReportView) -> Markup:
    data = report.data
    outliers = [i for i, image in enumerate(data.items) if image.strategy < 0]
    links = [link(data.items[i].name, at.href(strategy=-1, image=i, tab=PHOTOS)) for i in outliers[:N_OUTLIERS]]
    more = f"{len(outliers) - N_OUTLIERS:,}" if len(outliers) > N_OUTLIERS else ""
    return components.outliers(f"{len(outliers):,}", links, more, data.noun)
