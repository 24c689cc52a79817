"""The open text with the words of one concept marked: as stored where it is an excerpt, else asked of the model."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st
from markupsafe import Markup

from concepts.data.dataset import UnreadableItem
from concepts.numerics.counted import counted
from concepts.rendering.excerpts import Excerpt, excerpt
from concepts.report.class_report import ClassReport
from concepts.report.rendering.sentences import percent
from concepts.report.rows import MarkedSpan
from pages.components.pictures import beside
from pages.components.safe_text import paragraph, plain
from pages.components.tables import table
from pages.report import photo
from pages.state.messages import sentence_of
from pages.state.models import ASKING, text_split_of
from pages.state.reports import report_key

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from concepts.models.text.split import TextSplit
    from concepts.report.queries.local_words import LocalWords

N_ROWS = 20  # words in figures
ASKED = "words_asked"  # the text whose words the model was asked for
STORED = (
    "Marked: words without which the concept's code falls (blue) or rises (red, hatched underneath), by deleting one."
)
HEADER = ("Word", "Without it the code", "By each way")


def show(report: ClassReport, image: int) -> None:
    """Shows the text, the choice of concept, the marks, the model's answer."""
    concept, row = photo.shown_concept(report, image), report.data.texts[image]
    photo.choose_concept(report, image, concept)
    place = st.empty()
    spans = stored_spans(report, concept, image)
    place.html(beside([_marked(row.text, row.name, spans)]))
    if row.cut:
        paragraph(f"The report keeps its first {len(row.text):,} characters.", "cx-note")
    asked, all_words = st.session_state.get(ASKED, (None, False))
    if asked == (report.folder, image):
        _ask(report, image, concept, place, all_words=all_words)
    else:
        _offer(report, image, stored=bool(spans))
    st.html(photo.answer_html(report, image))


def stored_spans(report: ClassReport, concept: int, image: int) -> tuple[MarkedSpan, ...]:
    """The words of a concept in a text with their weights; () where the report does not keep them."""
    rows = next((row.excerpts for row in report.data.wordings if row.concept == concept), ())
    return next((row.spans for row in rows if row.text == image), ())


def _offer(report: ClassReport, image: int, *, stored: bool) -> None:
    if stored:
        paragraph(STORED, "cx-note")
    st.button(
        "Which words?", icon=":material/ink_highlighter:", key="which_words", on_click=_asked,
        args=(report, image, False),
        help="The model is asked again without each sentence, then without each word of the two that matter most.",
    )  # fmt: skip


def _asked(report: ClassReport, image: int, all_words: bool) -> None:
    st.session_state[ASKED] = ((report.folder, image), all_words)


def _ask(report: ClassReport, image: int, concept: int, place: "DeltaGenerator", *, all_words: bool) -> None:
    """Marks the sentences as soon as they are known, then the words of those that matter most, or all words."""
    row = report.data.texts[image]
    try:
        split, key = text_split_of(report), report_key(report)
        whole = _sentences(key, image, report, split)
        place.html(beside([_marked(row.text, row.name, spans_of(whole, concept), notes_of(whole, concept))]))
        among = None if all_words else _among(whole, concept)
        words = _words(key, image, among, report, split)
    except (ValueError, UnreadableItem) as error:
        st.info(sentence_of(error))
        return
    place.html(beside([_marked(row.text, row.name, spans_of(words, concept), notes_of(words, concept))]))
    some = among is not None and len(among) < len(whole.where.units)
    _said(report, row.text, words, concept, some=some)
    if some:
        st.button("The other words too", key="all_words", on_click=_asked, args=(report, image, True))


def _among(found: "LocalWords", concept: int) -> tuple[tuple[int, int], ...] | None:
    from concepts.report.queries.local_words import top_sentences

    return top_sentences(found, concept)


@st.cache_resource(max_entries=64, show_spinner="Asking without each sentence …")
def _sentences(key: tuple[str, int], image: int, _report: ClassReport, _split: "TextSplit") -> "LocalWords":
    from concepts.report.queries.local_words import sentences_in

    with ASKING:
        return sentences_in(_report, _split, _report.data.texts[image].text)


@st.cache_resource(max_entries=64, show_spinner="Asking without each word …")
def _words(
    key: tuple[str, int], image: int, among: tuple[tuple[int, int], ...] | None, _report: ClassReport,
    _split: "TextSplit",
) -> "LocalWords":  # fmt: skip
    from concepts.report.queries.local_words import words_in

    with ASKING:
        return words_in(_report, _split, _report.data.texts[image].text, among)


def spans_of(found: "LocalWords", concept: int) -> tuple[MarkedSpan, ...]:
    """The parts with what a concept loses without them, the mean over the removals."""
    means = found.where.mean[:, concept]
    return tuple(
        MarkedSpan(start, stop, float(each)) for (start, stop), each in zip(found.where.units, means, strict=True)
    )


def notes_of(found: "LocalWords", concept: int) -> dict[tuple[int, int], str]:
    """What is said of each part where it is pointed at: its share, and the spread over the removals."""
    return {unit: f"without it the code {_falls(found, i, concept)}" for i, unit in enumerate(found.where.units)}


def _falls(found: "LocalWords", part: int, concept: int) -> str:
    """Such as "falls by 41% (34% to 48% by 3 ways of taking it out)"."""
    mean, low, high = found.share(part, concept)
    said = f"falls by {percent(mean)}" if mean >= 0 else f"rises by {percent(-mean)}"
    n = len(found.where.removals)
    return said if n == 1 else f"{said} ({signed(low)} to {signed(high)} by {n} ways of taking it out)"


def signed(share: float) -> str:
    """A share in percent, with a minus where it is below 0."""
    return percent(share) if share >= 0 else f"−{percent(-share)}"


def _said(report: ClassReport, text: str, found: "LocalWords", concept: int, *, some: bool) -> None:
    """Shows how the marks were found, and the words in figures. some: they are words of some sentences alone."""
    name, units = report.names.concept(concept), found.where.units
    if not found.codes[concept]:
        paragraph(f"{plain(name)} is not in this text: its code is 0.", "cx-note")
        return
    if not units:
        paragraph("A text of one word: nothing would be left without it.", "cx-note")
        return
    ways, of_which = " and then ".join(found.where.removals), " of the sentences that matter most" if some else ""
    paragraph(
        f"Marked: what {plain(name)} loses (blue) or gains (red, hatched underneath) without each of "
        f"{counted(len(units), 'word')}{of_which}; each was {ways}.", "cx-note",
    )  # fmt: skip
    with st.expander("The words in figures"):
        st.html(_table(text, found, concept))


def _table(text: str, found: "LocalWords", concept: int) -> Markup:
    order = sorted(range(len(found.where.units)), key=lambda i: -abs(found.share(i, concept)[0]))[:N_ROWS]
    rows = [
        (text[slice(*found.where.units[i])], _falls(found, i, concept).split(" (")[0], _each_way(found, i, concept))
        for i in order
    ]
    n = len(HEADER) if len(found.where.removals) > 1 else len(HEADER) - 1  # one way alone is what the others say
    return table(HEADER[:n], [row[:n] for row in rows], caption="What the concept loses without each word")


def _each_way(found: "LocalWords", part: int, concept: int) -> str:
    code = abs(float(found.codes[concept])) or 1.0
    losses = found.where.loss[:, part, concept] / code
    return ", ".join(f"{name} {signed(loss)}" for name, loss in zip(found.where.removals, losses, strict=True))


def _marked(
    text: str, name: str, spans: Sequence[MarkedSpan], notes: dict[tuple[int, int], str] | None = None
) -> Excerpt:
    """The whole text with these spans marked."""
    return excerpt(text, name, spans=spans, window=len(text) + 1, notes=notes)
