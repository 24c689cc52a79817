"""Concepts that some photos show and others do not: is one of them a shortcut?"""

from html import escape

import streamlit as st

from concepts.report.result import ClassReport, SuspicionRow
from concepts.report.words import good_word, interval, percent, suspicion_word
from pages.figures.cards import suspicion_badge
from pages.figures.crops import picture_row
from pages.ui.pictures import crop_picture, link_to
from pages.ui.terms import with_terms

N_CROPS = 6
TERMS = ("suspicion",)
HELP = (
    "Most concepts are in every photo, more or less. These are in some and not in others: something was added there, "
    "or is a part that only some have. A mark lies at one place, sets its photos apart cleanly, and nothing of the "
    "others is missing beside it."
)
NONE = (
    "No concept has two populations of photos: each is there more or less everywhere. A mark on all photos would not "
    "show here: it cannot be told from the thing itself."
)


def show(report: ClassReport) -> None:
    """Each with its figures, its crops and the way to its photos; the most suspicious first."""
    st.header("Present here, absent there", anchor="suspicion")
    rows = report.data.suspicions
    st.html(f'<p class="cx-text">{HELP if rows else NONE}</p>' + "".join(suspicion_html(report, row) for row in rows))


def suspicion_html(report: ClassReport, row: SuspicionRow) -> str:
    """One concept: how suspicious, in which photos, what rides on it."""
    crops = [crop_picture(report, row.concept, crop) for crop in report.data.concepts[row.concept].crops[:N_CROPS]]
    href = escape(link_to(concept=row.concept, has=str(row.concept), lacks=None, image=None))
    name = escape(report.names.concept(row.concept))
    said = with_terms(sentence(row, good_word(report.data)), *TERMS)
    return (
        f'<section class="cx-part"><h3><a class="cx-link" href="{href}" target="_self">{name}</a> '
        f"{suspicion_badge(row.suspicion)}</h3>"
        f'<p class="cx-text">{said}</p>{picture_row(crops, size=84)}</section>'
    )


def sentence(row: SuspicionRow, good: str) -> str:
    """All figures of a concept in words."""
    parts = [
        f"{row.n:,} photos show it ({percent(row.share)}), the others do not. There it is {percent(row.evidence)} of "
        f"the evidence and raises the score by {row.effect:+.2f} logits beside photos without it."
    ]
    if row.place is not None:
        control = "" if row.place_control is None else f" (other concepts, in the middle: {percent(row.place_control)})"
        parts.append(f"In {percent(row.place)} of them it is strongest in one and the same small window{control}.")
    if row.without is not None:
        parts.append(
            f"The model gets {percent(row.accuracy)} of these {good}; with the concept taken out of the layer "
            f"{percent(row.without)} (95% interval {interval(row.without_low, row.without_high)})."
        )
    parts.append(f"Suspicion {row.suspicion:.2f} of 1: {MEANS[suspicion_word(row.suspicion)]}.")
    return " ".join(parts)


MEANS = {
    "look closely": "cleanly added, look closely at the crops",
    "some": "a glance at the crops is worth it",
    "low": "other parts are missing where it is, or it only shades off: more likely a part that some have",
}
