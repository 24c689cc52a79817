"""What the chosen photos have in common, beside the others."""

import numpy as np
import streamlit as st
from markupsafe import Markup

from concepts.report.class_report import ClassReport
from concepts.report.tables import share_right
from concepts.report.words import good_word, importance_unit, interval, is_wrong, percent
from concepts.statistics import bootstrap_means
from concepts.statistics import interval as middle
from pages.components import texts
from pages.components.pictures import picture_row
from pages.components.tables import table
from pages.sections.choosing import NOTHING, chosen_images
from pages.ui.pictures import photo_picture
from pages.ui.selection import choose, everything_next_time, view
from pages.ui.text import paragraph

N_PHOTOS, N_CONCEPTS = 24, 5


def show(report: ClassReport) -> None:
    """Figures, telling concepts and photos; nothing where all photos are meant."""
    if not view().wanted.anything:
        return
    images = chosen_images(report)
    if not images:
        return
    left, right = st.columns([5, 1], vertical_alignment="bottom")
    left.html(texts.heading(3, f"The {len(images):,} chosen photos", kind="cx-flat"))
    right.button("All photos", key="all_again", icon=":material/clear_all:", on_click=_all, width="stretch")
    paragraph(_sentence(report, images))
    st.html(picture_row([photo_picture(report, i) for i in images[:N_PHOTOS]], size=84))
    if len(images) > N_PHOTOS:
        st.caption(f"The first {N_PHOTOS} of them; the list beside the graph holds all.")
    if len(images) < len(report.data.images):
        st.html(_telling(report, images))


def _all() -> None:
    choose(image=None, **NOTHING)
    everything_next_time()


def _sentence(report: ClassReport, images: list[int]) -> str:
    """How many, how often right, of which strategies."""
    rows = report.data.images
    good = np.array([not is_wrong(row) for row in rows])
    members = np.isin(np.arange(len(rows)), images)
    share, low, high = share_right(good, members)
    rest, *_ = share_right(good, ~members)
    counts = {s: sum(rows[i].strategy == s for i in images) for s in sorted({rows[i].strategy for i in images})}
    named = ", ".join(f"{report.names.strategy(s) if s >= 0 else 'outliers'} ({n:,})" for s, n in counts.items())
    beside = "" if rest is None else f", of the others {percent(rest)}"
    word = good_word(report.data)
    whole = percent(len(images) / len(rows))
    return (
        f"{len(images):,} of {len(rows):,} photos ({whole}); {percent(share)} of them {word} "
        f"(95% interval {interval(low, high)}){beside}. They belong to {named}."
    )


def _telling(report: ClassReport, images: list[int]) -> Markup:
    """The concepts that count more, or less, in the chosen photos than in the others, by the size of the gap."""
    phi = report.array("phi")
    members = np.isin(np.arange(len(phi)), images)
    inside, outside = phi[members], phi[~members]
    gap = inside.mean(axis=0) - outside.mean(axis=0)
    draws = bootstrap_means(inside, seed=0) - bootstrap_means(outside, seed=1)
    low, high = middle(draws)
    order = np.argsort(-np.abs(gap), kind="stable")[:N_CONCEPTS]
    rows = [
        (report.names.concept(int(j)), f"{inside[:, j].mean():+.2f}", f"{outside[:, j].mean():+.2f}", f"{gap[j]:+.2f}",
         f"{low[j]:+.2f} to {high[j]:+.2f}")
        for j in order
    ]  # fmt: skip
    header = (
        "Concept",
        "Mean importance here",
        "In the others",
        f"Difference ({importance_unit(report.data)})",
        "95% interval",
    )
    return table(header, rows, caption="What sets them apart: where the interval holds 0, perhaps nothing")
