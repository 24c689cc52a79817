"""The page Language: the choice of a report and a reference text, then the token statistics of both."""

import streamlit as st

from concepts.lexicon.token_statistics.description import LanguageFigure, LanguageReport
from concepts.lexicon.token_statistics.reference_text import LIMIT
from concepts.lexicon.token_statistics.sentences import UNITS, zipf_sentence
from concepts.numerics.intervals import Estimate
from concepts.report import ClassReport, ReportCard
from concepts.report.rendering.sentences import model_name
from pages.components import texts
from pages.components.charts import draw_once
from pages.components.safe_text import is_dark, paragraph, plain
from pages.components.tables import table
from pages.figures.zipf import zipf_figure
from pages.language import cooccurrence, granularity, parts
from pages.state.address import LanguageView
from pages.state.current import current_id, keep
from pages.state.languages import ReferenceText, known_of, language_of, text_beside
from pages.state.libraries import Stage, libraries
from pages.state.messages import told
from pages.state.reports import cards, load
from pages.state.selection import choose, sync_widget

QUIET = {"displayModeBar": False}
CONCEPTS, WORDS = "A report's concepts", "Words of photos"
TITLES = {1: "Single tokens", 2: "Pairs of neighbours"}
NAMES = {
    "entropy": "Entropy of a token", "entropy in a photo": "Entropy within one photo",
    "entropy given the neighbour": "Entropy, left neighbour known", "growth": "Growth of the vocabulary (Heaps)",
    "compression (zlib)": "Compression (zlib)", "compression (lzma)": "Compression (LZMA)",
}  # fmt: skip


def show() -> None:
    """Shows the choice of a report and its statistics, or a message where there are none."""
    paragraph(
        "Take the concept that counts most at each place of a photo for a word, and a photo becomes a text. Is it "
        "written like a language? It is compared with the same tokens shuffled across all photos, and with a real "
        "text."
    )
    of = _of()
    language, report = _of_words() if of == WORDS else _of_a_report()
    if language is None:
        return
    text = _text()
    paragraph(_facts(language, text, "words" if of == WORDS else "concepts"))
    part = parts.choose(parts.offered(language, report))
    if part == parts.RANKS:
        _ranks(language, text)
    elif part == parts.ORDER:
        _figures(language, text)
    elif report is not None and part == parts.TOGETHER and language.together is not None:
        cooccurrence.show(report, language.together, known_of(report))
    elif report is not None:
        granularity.show(report, known_of(report))


def _of() -> str:
    """The chosen kind of token: a report's concepts, or the words of the places of photos."""
    of = WORDS if LanguageView.of(st.query_params.to_dict()).collection is not None else CONCEPTS
    sync_widget("language_of", of)
    st.segmented_control("Tokens", [CONCEPTS, WORDS], key="language_of", required=True, on_change=_of_chosen)
    return of


def _of_chosen() -> None:
    if st.session_state["language_of"] == WORDS:
        choose(collection="", id=None, concept=None)
    else:
        choose(collection=None, lexicon=None)


def _of_words() -> tuple[LanguageReport | None, None]:
    libraries.wait_for(Stage.MODEL)
    from pages.language import spoken_words  # lexicons need torch, reports do not

    return spoken_words.show(), None


def _of_a_report() -> tuple[LanguageReport | None, ClassReport | None]:
    """The language of the chosen report's concepts, and the report; None for both, after a message, if none."""
    offered = {card.id: card for card in cards()}
    if not offered:
        _nothing_yet()
        return None, None
    report = _chosen(offered)
    if report is None:
        return None, None
    try:
        return language_of(report), report
    except ValueError as error:
        st.error(f"The tokens of this report cannot be read: {told(error)}")
        return None, None


def _nothing_yet() -> None:
    how = "The tokens are the concepts of a class report. The first analysis makes one."
    st.html(texts.empty("No report to read yet", how))
    st.page_link("pages/views/analysis.py", label="New analysis", icon=":material/add_circle:")


def _chosen(offered: dict[str, ReportCard]) -> ClassReport | None:
    """The report in the address, else the one chosen last, else the first.

    Shows a message where it is missing or damaged.
    """
    wanted = LanguageView.of(st.query_params.to_dict()).id
    if wanted is not None and wanted not in offered:
        st.warning(f"There is no report {plain(wanted)} here: it may have been removed, or this server keeps others.")
    id = wanted if wanted in offered else current_id(offered) or next(iter(offered))
    keep(id)
    sync_widget("language_report", id)
    st.selectbox(
        "Report", list(offered), format_func=lambda name: _title(offered[name]), key="language_report",
        on_change=lambda: choose(
            id=st.session_state["language_report"], concept=None, part=st.session_state.get("language_part")
        ),
    )  # fmt: skip
    choose(id=id)
    try:
        return load(offered[id])
    except ValueError as error:
        st.error(f"The report {plain(id)} cannot be shown: {told(error)}")
        return None


def _title(card: ReportCard) -> str:
    return f"{card.target} · {model_name(card.model)} · {card.layer} · report {card.id}"


def _text() -> ReferenceText:
    """The uploaded text where it can be read, else the demo's captions."""
    with st.expander("Compare with a text of your own", icon=":material/upload_file:"):
        file = st.file_uploader(
            "Plain text, UTF-8, one document a line, at most 5 MB", ["txt"], key="text_beside", max_upload_size=5
        )
        paragraph(
            "It is read in this visit and kept nowhere. Without one, the captions of the demo's pictures stand beside "
            "the tokens: they are made from a few patterns, so that they are shorter and more alike than real writing.",
            "cx-note",
        )
    if file is not None:
        try:
            return text_beside(file.getvalue() if file.size <= LIMIT else b" " * (LIMIT + 1), file.name)
        except ValueError as error:
            st.warning(f"{plain(file.name)} cannot be read: {told(error)}")
    return text_beside(None, "")


def _facts(language: LanguageReport, text: ReferenceText, what: str) -> str:
    blank = f", {language.n_blank:,} more are blank: none of the {what} is active there" if language.n_blank else ""
    return (
        f"{language.n_tokens:,} tokens in {language.n_photos:,} photos{blank}. {language.n_used:,} of "
        f"{len(language.vocabulary):,} {what} are in use. The text beside them, {text.name}: "
        f"{text.language.n_tokens:,} words, {text.language.n_used:,} different ones."
    )


def _ranks(language: LanguageReport, text: ReferenceText) -> None:
    st.header("How often each is used", anchor="ranks")
    paragraph(
        "In human languages the second most frequent word occurs about half as often as the first, the tenth about a "
        "tenth as often: a straight line here (Zipf's law)."
    )
    for place, (length, ranks) in zip(st.columns(2, gap="large"), language.ranks.items(), strict=True):
        place.subheader(TITLES[length])
        place.plotly_chart(
            draw_once(zipf_figure, ranks, text.language.ranks[length], dark=is_dark()), key=f"ranks_{length}",
            config=QUIET, alt=f"{TITLES[length]}: share by rank with the fitted line, the shuffled band and the text; "
            "the powers are in the sentence below",
        )  # fmt: skip
        with place:
            paragraph(zipf_sentence(ranks.fit, length, ranks.control))


def _figures(language: LanguageReport, text: ReferenceText) -> None:
    st.header("How much order there is", anchor="order")
    beside = {measure.name: measure for measure in text.language.measures}
    rows = [_row(measure, beside[measure.name]) for measure in language.measures]
    header = ("Figure", "These tokens", "Shuffled", f"Text: {text.name}", "What it means here")
    st.html(table(header, rows, caption="Figures of the tokens, with 95% intervals", figures=True))
    paragraph(
        "Entropy: bits needed to guess a token, corrected for small samples. Growth: 1 when every token is new, 0 when "
        "nothing new comes. Compression: what is left of the bytes, of the first 200,000 tokens. Intervals are over "
        "photos; of growth over random orders of the photos, of shuffled tokens over the shuffles.",
        "cx-note",
    )


def _row(measure: LanguageFigure, text: LanguageFigure) -> tuple[str, ...]:
    unit = UNITS.get(measure.name, "share")
    cells = (number(measure.value, unit), number(measure.control, unit), number(text.value, unit))
    return (NAMES[measure.name], *cells, measure.sentence)


def number(value: Estimate, unit: str) -> str:
    """A figure, with its interval where the rounded ends differ."""

    def short(figure: float) -> str:
        return f"{figure:.1%}" if unit == "share" else f"{figure:.2f}"

    ends = [short(end) for end in value.interval if end == end]
    told = f"{short(float(value))}{' bits' if unit == 'bits' else ''}"
    return f"{told} ({ends[0]} to {ends[1]})" if len(ends) == 2 and ends[0] != ends[1] else told
