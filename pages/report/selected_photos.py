"""A summary of the selected photos in comparison with the others."""

import streamlit as st
from markupsafe import Markup

from concepts.numerics.written import with_sign
from concepts.report.class_report import ClassReport
from concepts.report.queries.selected_photos import (
    DistinctiveConcept,
    distinctive_concepts,
    selection_summary,
)
from concepts.report.rendering.sentences import good_word, importance_unit, interval_text, percent
from pages.components import texts
from pages.components.once import html_once
from pages.components.pictures import picture_row
from pages.components.safe_text import paragraph
from pages.components.tables import table
from pages.report.photo_search import ICONS, chosen_images
from pages.state.address import PHOTOS
from pages.state.report_pictures import item_tile
from pages.state.reports import report_key
from pages.state.selection import choose, rerun_page, view

N_PHOTOS, N_CONCEPTS = 12, 5


def show(report: ClassReport) -> None:
    """Shows figures, distinctive concepts and photos; nothing where no photos are selected."""
    if not view().wanted.anything:
        return
    images = chosen_images(report)
    if not images:
        return
    st.html(texts.heading(3, f"The {len(images):,} chosen {report.data.noun}s", kind="cx-flat"))
    paragraph(_sentence(report, images))
    at = view()
    st.html(html_once(picture_row, [item_tile(report, i, at) for i in images[:N_PHOTOS]], size=84))
    if len(images) > N_PHOTOS:
        label = f"Show all {len(images):,} {report.data.noun}s"
        st.button(label, icon=ICONS[report.data.kind], key="show_chosen", on_click=_show_all)
    if len(images) < len(report.data.items):
        st.html(_telling(report, images))


def _show_all() -> None:
    choose(tab=PHOTOS, image=None)
    rerun_page()


def _sentence(report: ClassReport, images: list[int]) -> str:
    """A sentence: the number of photos, the share that is right, their strategies."""
    found, word = selection_summary(report, images), good_word(report.data)
    named = ", ".join(
        f"{report.names.strategy(label) if label >= 0 else 'outliers'} ({n:,})" for label, n in found.strategies.items()
    )
    beside = "" if found.rest is None else f", of the others {percent(found.rest)}"
    noun = report.data.noun
    return (
        f"{found.n:,} of {found.of:,} {noun}s ({percent(found.n / found.of)}); {percent(found.share)} of them {word} "
        f"(95% interval {interval_text(found.low, found.high)}){beside}. They belong to {named}."
    )


def telling_concept(report: ClassReport) -> int | None:
    """The concept that sets the chosen photos apart most; None where all are chosen, or none is."""
    images = chosen_images(report) if view().wanted.anything else []
    if not 0 < len(images) < len(report.data.items) or not report.data.concepts:
        return None
    return _apart(report_key(report), tuple(images), report)[0].concept


@st.cache_data(max_entries=64, show_spinner=False)
def _apart(key: tuple[str, int], images: tuple[int, ...], _report: ClassReport) -> list[DistinctiveConcept]:
    """Cached, since several parts of the page ask for it."""
    return distinctive_concepts(_report, images, N_CONCEPTS)


def _telling(report: ClassReport, images: list[int]) -> Markup:
    """The concepts that count more, or less, in the selected photos than in the others, by the size of the gap."""
    rows = [
        (
            report.names.concept(each.concept),
            with_sign(each.here),
            with_sign(each.elsewhere),
            with_sign(each.gap),
            f"{with_sign(each.low)} to {with_sign(each.high)}",
        )
        for each in _apart(report_key(report), tuple(images), report)
    ]
    header = (
        "Concept",
        "Mean importance here",
        "In the others",
        f"Difference ({importance_unit(report.data)})",
        "95% interval",
    )
    return table(header, rows, caption="What sets them apart: where the interval holds 0, perhaps nothing")
