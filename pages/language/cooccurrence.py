"""Co-occurrence of concepts: a ring of all, one concept with its partners, and a table of all pairs."""

from collections.abc import Sequence

import plotly.graph_objects as go
import streamlit as st
from markupsafe import Markup

from concepts.lexicon.token_statistics.cooccurrence import Association
from concepts.rendering.pictures import Picture
from concepts.report import ClassReport
from concepts.report.names import Names, concept_number
from concepts.report.rendering.graph_geometry import picture_or_none
from pages.components import texts
from pages.components.charts import draw_once
from pages.components.once import html_once
from pages.components.pictures import picture_row
from pages.components.report import partner
from pages.components.safe_text import is_dark, paragraph
from pages.components.tables import table
from pages.figures.cooccurrence import cooccurrence_figure
from pages.state.address import LanguageView, ReportView
from pages.state.languages import KnownParts
from pages.state.report_pictures import source_of
from pages.state.selection import choose, sync_widget

LARGE, SMALL, N_CROPS, N_WORDS = 96, 56, 4, 8


def show(report: ClassReport, found: Association, known: KnownParts | None) -> None:
    """Shows heading, ring, and the chosen concept beside it."""
    n = len(found.pairs)
    st.header("Which concepts stand together", anchor="together")
    paragraph(
        "A concept is prominent in a photo when it wins more of its places than in the middle photo. A line joins two "
        f"that are prominent in the same photos more, or less, often than chance explains: {n} of "
        f"{len(found.pmi) * (len(found.pmi) - 1) // 2} pairs here. Chance is the same photos permuted; among all pairs "
        "together it draws a false line in 5% of the cases. The places of a photo are shared out: where one concept "
        "takes much the others have less, so that part of the dashed lines is mere lack of room."
    )
    left, right = st.columns([6, 5], gap="large")
    with right:
        concept = _choose(found, report.names)
        _one(report, found, concept, known)
    left.plotly_chart(
        draw_once(_figure, report, found, chosen=concept, dark=is_dark()),
        key="together", config={"displayModeBar": False},
        alt=f"Ring of {len(found.pmi)} concepts with {n} lines between those that stand together more or less often "
        "than by chance; every pair is in the table below",
    )  # fmt: skip
    with st.expander("Every pair as a table"):
        st.html(html_once(_table, found, report.names))


def _figure(report: ClassReport, found: Association, *, chosen: int, dark: bool) -> go.Figure:
    rows = [row.crops for row in report.data.concepts]
    crops = [picture_or_none(report, crops[0].file) if crops else None for crops in rows]
    return cooccurrence_figure(found, crops, names=report.names, chosen=chosen, dark=dark)


def _choose(found: Association, names: Names) -> int:
    """The concept in the address, else the one with the most lines."""
    wanted, k = LanguageView.of(st.query_params.to_dict()).concept, len(found.pmi)
    if wanted is not None and not 0 <= wanted < k:
        st.warning(f"This report has no concept {concept_number(wanted)}: it holds concepts 1 to {k}.")
    concept = wanted if wanted is not None and 0 <= wanted < k else found.most_connected
    sync_widget("company_of", concept, names.concept(concept))
    st.selectbox(
        "Concept", range(k), format_func=names.concept, key="company_of",
        on_change=lambda: choose(concept=st.session_state["company_of"]),
    )  # fmt: skip
    return concept


def _one(report: ClassReport, found: Association, concept: int, known: KnownParts | None) -> None:
    """Shows its crops, its partners, and the words associated with it."""
    rows = report.data.concepts[concept].crops[:N_CROPS]
    name, id = report.names.concept(concept), LanguageView.of(st.query_params.to_dict()).id
    crops = [Picture(source_of(report, row.file), f"{name}: crop {i + 1}") for i, row in enumerate(rows)]
    title = texts.heading(
        3, texts.link(f"{name} in the report", ReportView(id=id, concept=concept).href()), kind="cx-head"
    )
    st.html(title + picture_row(crops, size=LARGE))
    collocates = found.collocates(concept)
    st.html(_partners(report, found, concept, collocates.more, "More"))
    st.html(_partners(report, found, concept, collocates.less, "Less"))
    if known is not None:
        paragraph(words_sentence(known, concept))


def _partners(report: ClassReport, found: Association, concept: int, others: Sequence[int], kind: str) -> Markup:
    """The partners with the figures of each pair; kind: "More" or "Less" often together than by chance."""
    title = texts.heading(4, f"{kind} often together with", kind="cx-head")
    if not others:
        return title + texts.paragraph(f"No concept {kind.lower()} often than by chance.")
    id = LanguageView.of(st.query_params.to_dict()).id
    items = [
        partner(
            Picture(_crop(report, j), f"{report.names.concept(j)}: its strongest crop"), size=SMALL,
            name=report.names.concept(j), href=LanguageView(id, j).href(), figures=_company(found, concept, j),
        )
        for j in others
    ]  # fmt: skip
    return Markup("").join([title, *items])


def _company(found: Association, a: int, b: int) -> str:
    times = found.times(a, b)
    return (
        f"in {found.seen[a, b]:.0f} photos, {found.expected[a, b]:.0f} by chance: {times:.1f} times as "
        f"often (95% interval {times.low:.1f} to {times.high:.1f})"
    )


def words_sentence(known: KnownParts, concept: int) -> str:
    """The words of captions that occur with a concept more often than by chance."""
    found = known.with_words
    leading = found.collocates(concept).more[:N_WORDS]
    if not leading:
        return "No word of the captions goes with it more often than by chance."
    told = ", ".join(f"“{known.words[word]}” ({found.times(concept, word):.1f} ×)" for word in leading)
    return f"Words of the photos' captions that go with it more often than by chance: {told}."


def _crop(report: ClassReport, concept: int) -> str | None:
    crops = report.data.concepts[concept].crops
    return source_of(report, crops[0].file) if crops else None


def _table(found: Association, names: Names) -> Markup:
    rows = [_pair(found, names, a, b) for a, b in found.all_pairs]
    header = ("Pair", "Photos", "By chance", "Times as often", "95% interval", "Permuted, 95%", "Beyond chance")
    return table(header, rows, caption="Every pair, the farthest from chance first")


def _pair(found: Association, names: Names, a: int, b: int) -> tuple[str, ...]:
    times, chance = found.times(a, b), found.chance_times(a, b)
    return (
        f"{names.concept(a)} and {names.concept(b)}",
        f"{found.seen[a, b]:.0f}",
        f"{found.expected[a, b]:.0f}",
        f"{times:.2f}",
        f"{times.low:.2f} to {times.high:.2f}",
        f"{chance[0]:.2f} to {chance[1]:.2f}",
        "yes" if found.beyond[a, b] else "no",
    )
