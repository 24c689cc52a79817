"""The strategies: what each rests on, how common and how reliable it is, whether it looks like a shortcut."""

from html import escape

import numpy as np
import streamlit as st

from concepts.report.class_report import ClassReport
from concepts.report.drawing import colour_of
from concepts.report.names import Names
from concepts.report.rows import StrategyRow
from concepts.report.schema import ReportData
from concepts.report.words import (
    good_word,
    interval,
    percent,
    strategy_sentence,
    strategy_title,
    suspicion_sentence,
)
from pages.figures.cards import suspicion_badge
from pages.figures.crops import picture_row
from pages.figures.tables import table_html
from pages.sections import naming
from pages.ui.pictures import crop_picture, link_to, photo_picture
from pages.ui.terms import with_terms

N_PHOTOS, N_CONCEPTS, N_CROPS, N_OUTLIERS = 7, 3, 2, 60


def show(report: ClassReport) -> None:
    """A table of all, then each with its crops and photos, then the outliers."""
    data = report.data
    st.header("The strategies", anchor="strategies")
    st.html(_table(data, report.names))
    for row in data.strategies:
        st.html(strategy_html(report, row))
        naming.show(report, "strategy", row.label)
    outliers = [i for i, image in enumerate(data.images) if image.strategy < 0]
    if outliers:
        st.html(_outliers(data, outliers))


def _table(data: ReportData, names: Names) -> str:
    header = ("Strategy", "Photos", "Prevalence", good_word(data).capitalize(), "95% interval", "Rests on", "Suspicion")
    rows = [
        (
            names.strategy(row.label),
            f"{row.n:,}",
            percent(row.prevalence),
            "–" if row.reliability is None else percent(row.reliability),
            interval(row.reliability_low, row.reliability_high) or "–",
            ", ".join(names.concept(j) for j in row.concepts[:N_CONCEPTS]),
            "–" if row.suspicion is None else f"{row.suspicion:.2f}",
        )
        for row in data.strategies
    ]
    return table_html(header, rows, caption="All strategies")


def strategy_html(report: ClassReport, row: StrategyRow) -> str:
    """One strategy: its sentence, the crops of its concepts, its most typical photos, the suspicion."""
    data = report.data
    crops = [
        crop_picture(report, j, crop, caption=True)
        for j in row.concepts[:N_CONCEPTS]
        for crop in data.concepts[j].crops[:N_CROPS]
    ]
    photos = [photo_picture(report, i) for i in typical(report, row)]
    rests = f"<div><h4>What it rests on</h4>{picture_row(crops, size=104)}</div>" if crops else ""
    return (
        f'<section class="cx-strategy" style="--colour:{colour_of(row.label)}">'
        f'<h3><a class="cx-link" href="{escape(link_to(strategy=row.label, image=row.medoid))}" target="_self">'
        f"{escape(strategy_title(row, data, report.names))}</a> {suspicion_badge(row.suspicion)}</h3>"
        f'<p class="cx-text">{escape(strategy_sentence(row, data, report.names))}</p>'
        f'<p class="cx-text">{with_terms(suspicion_sentence(row.suspicion), "shortcut suspicion")}</p>'
        f'<div class="cx-two">{rests}<div><h4>Its most typical photos</h4>{picture_row(photos, size=104)}</div></div>'
        "</section>"
    )


def typical(report: ClassReport, row: StrategyRow) -> list[int]:
    """The strategy's photos that lie nearest to its medoid, the medoid first."""
    embedding, labels = report.array("embedding"), report.array("labels")
    members = np.flatnonzero(labels == row.label)
    distance = np.linalg.norm(embedding[members] - embedding[row.medoid], axis=1)
    return [int(i) for i in members[np.argsort(distance, kind="stable")][:N_PHOTOS]]


def _outliers(data: ReportData, outliers: list[int]) -> str:
    links = ", ".join(
        f'<a class="cx-link" href="{escape(link_to(strategy=-1, image=i))}" target="_self">'
        f"{escape(data.images[i].name)}</a>"
        for i in outliers[:N_OUTLIERS]
    )
    more = f" and {len(outliers) - N_OUTLIERS:,} more" if len(outliers) > N_OUTLIERS else ""
    return (
        f"<h3>Outliers</h3><p class='cx-text'>{len(outliers):,} photos belong to no strategy: the model recognises, or "
        f"misses, them for reasons of their own. {links}{more}.</p>"
    )
