"""The mistakes: photos that the model did not recognise, by the strategy that misled them."""

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st
from markupsafe import Markup

from concepts.numerics.written import two_decimals, with_sign
from concepts.rendering.excerpts import Tile
from concepts.report.class_report import ClassReport
from concepts.report.queries.local_importance import mean_importance
from concepts.report.rendering.excerpts import top_words
from concepts.report.rendering.help_texts import mistakes_help
from concepts.report.rendering.sentences import (
    good_word,
    importance_unit,
    is_wrong,
    lacked,
    mistake_sentence,
    mistake_title,
    most,
    no_mistakes,
)
from concepts.report.rows import MistakeRow
from pages.components.once import html_once
from pages.components.pictures import picture_row
from pages.components.report import TwoSided, part, two_sided
from pages.components.safe_text import paragraph
from pages.components.texts import heading
from pages.state.address import CONCEPTS, ReportView
from pages.state.asking import about, asking
from pages.state.computing import ASKING
from pages.state.messages import sentence_of
from pages.state.models import model_of, photos_of
from pages.state.report_pictures import examples, item_tile
from pages.state.reports import cards, load, report_key
from pages.state.selection import view
from pages.state.server_settings import server_settings

if TYPE_CHECKING:
    import numpy as np

    from concepts.models.splitting.base import SplitModel

N_PHOTOS, N_CONCEPTS, N_CROPS, N_BARS, N_WORDS = 8, 2, 3, 5, 4


@st.fragment
def show(report: ClassReport) -> None:
    """Shows one part per strategy and class with mistakes; one line where there are none."""
    wrong = [i for i, row in enumerate(report.data.items) if is_wrong(row)]
    rows = report.data.mistakes
    st.header("What went wrong", anchor="mistakes")
    if not rows:
        paragraph(no_mistakes(report.data))
        if not report.data.dataset.labels_known:
            return
        st.html(picture_row([item_tile(report, i, view()) for i in wrong[:N_PHOTOS]], size=104))
        return
    good, n = good_word(report.data), len(report.data.items)
    noun = report.data.noun
    paragraph(f"{len(wrong):,} of {n:,} {noun}s are not {good}. {mistakes_help(noun)}")
    others = {
        taken: other for taken in dict.fromkeys(row.predicted for row in rows) if (other := report_of(report, taken))
    }
    asked = bool(others) and st.toggle(
        "Look at them with the concepts of the classes they were taken for", key="mistakes_asked",
        help=f"There are reports of {', '.join(others)} by the same model, with concepts of their own.",
    )  # fmt: skip
    for row in rows:
        st.html(html_once(group_html, report, row, view()))
        if asked and row.predicted in others:
            _with_theirs(report, others[row.predicted], row)


def group_html(report: ClassReport, row: MistakeRow, at: ReportView) -> Markup:
    """The mistakes of one strategy taken for one class: the photos, the concepts in them, the concepts they lack.

    at: the state of the page that links lead on from.
    """
    photos = [item_tile(report, i, at) for i in row.photos[:N_PHOTOS]]
    said = mistake_sentence(row, report.data, report.names)
    title = heading(3, mistake_title(row, report.names, report.data.noun))
    return part(title, said, photos, size=88, more=two_sided(_sides(report, row), *_headings(report, row)))


def _headings(report: ClassReport, row: MistakeRow) -> tuple[str, str]:
    return f"speaks for “{row.predicted}”", f"speaks for “{report.data.target.label}”"


def _sides(report: ClassReport, row: MistakeRow) -> list[TwoSided]:
    """The concepts that speak most for the predicted class, and those that are lacking, with a bar to either side."""
    shown = list(dict.fromkeys([*most(row.phi_predicted), *lacked(row)]))[:N_BARS]
    reach = max((abs(values[j]) for j in shown for values in (row.phi_predicted, row.phi_target)), default=0.0) or 1.0
    return [
        TwoSided(
            _crop(report, j), report.names.concept(j), _words(report, j), row.phi_predicted[j] / reach,
            two_decimals(row.phi_predicted[j]),
            row.phi_target[j] / reach, two_decimals(row.phi_target[j]),
        )
        for j in shown
    ]  # fmt: skip


def _words(report: ClassReport, concept: int) -> str:
    return " · ".join(top_words(report, concept, N_WORDS))


def _crop(report: ClassReport, concept: int) -> Tile | None:
    if report.data.kind == "texts":
        return None
    found = examples(report, concept, ReportView(), most=1)
    return replace(found[0], href="") if found else None


def _crops(report: ClassReport, concepts: list[int], at: ReportView) -> list[Tile]:
    return [tile for j in concepts[:N_CONCEPTS] for tile in examples(report, j, at, most=N_CROPS, caption=True)]


def report_of(report: ClassReport, name: str) -> ClassReport | None:
    """The newest report of another class by the same model at the same layer."""
    for card in cards():
        if card.target == name and card.layer == report.data.layer.path:
            try:
                other = load(card)
            except ValueError:  # damaged: its own page reports it
                continue
            if other.data.model.fingerprint == report.data.model.fingerprint:
                return other
    return None


def _with_theirs(report: ClassReport, other: ClassReport, row: MistakeRow) -> None:
    try:
        with asking(f"mistakes: {about(report)}", about(other), row.photos[:N_PHOTOS]):
            split = model_of(report)
            phi = _seen(report_key(report), report_key(other), row.photos[:N_PHOTOS], report, other, split)
    except ValueError as error:
        st.info(sentence_of(error))
        return
    usual, here = mean_importance(other.array("phi")), mean_importance(phi)
    strongest = most(here)
    listed = ", ".join(
        f"{other.names.concept(j)} ({with_sign(here[j])}; there {with_sign(usual[j])})" for j in strongest
    )
    there = ReportView(id=other.folder.name if other.folder else None)
    crops = [
        replace(each, href=there.href(concept=j, tab=CONCEPTS)) for j in strongest for each in _crops(other, [j], there)
    ]
    st.html(part(Markup(""), _theirs(row, other, listed), crops, size=72))


def _theirs(row: MistakeRow, other: ClassReport, listed: str) -> str:
    n = min(len(row.photos), N_PHOTOS)
    whole = "" if n == len(row.photos) else f"the first {n} of "
    noun = other.data.noun
    return (
        f"With the concepts that the report of “{other.data.target.label}” found in its own {noun}s, what speaks for "
        f"that class in {whole}them, in {importance_unit(other.data)}: {listed or 'nothing'}; “there” is the mean over "
        f"that report's {noun}s."
    )


@st.cache_data(max_entries=64, show_spinner="Asking the model …")
def _seen(
    key: tuple[str, int], other_key: tuple[str, int], images: tuple[int, ...], _report: ClassReport,
    _other: ClassReport, _split: "SplitModel",
) -> "np.ndarray":  # fmt: skip
    """(m, k): φ of the other report's concepts in these photos, for its target."""
    from concepts.interventions import activations_of
    from concepts.report.queries.reencoding import fresh_importance

    with ASKING.turn():
        photos = lambda: photos_of(key, _report)  # noqa: E731 - opened only where activations are gone
        A = activations_of(_report, _split, images, store=server_settings().store, photos=photos)
        return fresh_importance(_other, _split, A)[1].cpu().numpy()
