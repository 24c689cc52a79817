"""What went wrong: the photos that the model did not recognise, by the strategy that misled them."""

from html import escape

import numpy as np
import streamlit as st

from concepts.report.result import ClassReport
from concepts.report.words import good_word, is_wrong
from pages.figures.crops import picture_row
from pages.ui.pictures import photo_picture

N_PHOTOS, N_CONCEPTS = 8, 3


def show(report: ClassReport) -> None:
    """A part for each strategy with mistakes; one line where there is none."""
    wrong = [i for i, row in enumerate(report.data.images) if is_wrong(row)]
    good = good_word(report.data)
    st.header("What went wrong", anchor="mistakes")
    if not wrong:
        st.html(f'<p class="cx-text">Nothing: all {len(report.data.images):,} photos are {good}.</p>')
        return
    st.html(
        f'<p class="cx-text">{len(wrong):,} of {len(report.data.images):,} photos are not {good}. A strategy misleads '
        "where its concepts are there and the answer is another class all the same. Beside each group: the concepts "
        "of the class that they lack, against the photos of the same strategy that went well.</p>"
    )
    for label in sorted({report.data.images[i].strategy for i in wrong}, key=lambda s: (s < 0, s)):
        st.html(group_html(report, label, [i for i in wrong if report.data.images[i].strategy == label]))


def group_html(report: ClassReport, label: int, wrong: list[int]) -> str:
    """The mistakes of one strategy: for what they were taken, what they hold, what they lack."""
    name = "Outliers" if label < 0 else report.names.strategy(label)
    photos = [photo_picture(report, i) for i in wrong[:N_PHOTOS]]
    return (
        f'<section class="cx-part"><h3>{escape(name)}: {len(wrong):,} photos</h3>'
        f'<p class="cx-text">{escape(sentence(report, label, wrong))}</p>{picture_row(photos, size=104)}</section>'
    )


def sentence(report: ClassReport, label: int, wrong: list[int]) -> str:
    """Taken for what; led by which concepts; lacking which."""
    rows, phi = report.data.images, report.array("phi")
    taken = sorted({rows[i].predicted for i in wrong}, key=lambda n: -sum(rows[i].predicted == n for i in wrong))
    counts = ", ".join(f"{name} ({sum(rows[i].predicted == name for i in wrong):,})" for name in taken[:N_CONCEPTS])
    led = np.argsort(-phi[wrong].mean(axis=0), kind="stable")[:N_CONCEPTS]
    text = f"Taken for {counts}. What speaks most for the class in them: {_list(report, led)}."
    well = [i for i, row in enumerate(rows) if row.strategy == label and not is_wrong(row)]
    if not well:
        return f"{text} No photo of this group went well."
    gap = phi[well].mean(axis=0) - phi[wrong].mean(axis=0)
    lacking = [int(j) for j in np.argsort(-gap, kind="stable")[:N_CONCEPTS] if gap[j] > 0]
    return f"{text} Beside the {len(well):,} of the same group that went well they lack {_list(report, lacking, gap)}."


def _list(report: ClassReport, concepts: "list[int] | np.ndarray", gap: np.ndarray | None = None) -> str:
    names = [
        report.names.concept(int(j)) + ("" if gap is None else f" ({gap[int(j)]:.2f} logits less)") for j in concepts
    ]
    return ", ".join(names) or "nothing"
