"""The words of one concept in any text: the model is asked without each sentence, then without each word.

Marks, figures, the spread over the ways of taking a word out, and how long the model took.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
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
from pages.state.asking import about, asking
from pages.state.computing import ASKING
from pages.state.messages import sentence_of
from pages.state.models import text_split_of
from pages.state.reports import report_key

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from concepts.models.text.split import TextSplit
    from concepts.report.queries.local_words import LocalWords

N_ROWS = 20  # words in figures
HEADER = ("Word", "Without it the code", "By each way")
HELP = "The model is asked again without each sentence, then without each word of the two that matter most."


@dataclass(frozen=True)
class MoreWords:
    """How the words of the other sentences are asked for. wanted: they are; key: of the button; ask: what it calls."""

    wanted: bool
    key: str
    ask: Callable[[], None]


def mark_words(
    report: ClassReport, text: str, concept: int, place: "DeltaGenerator", more: MoreWords, *, name: str
) -> None:
    """Marks the sentences as soon as they are known, then the words of those that matter most, or all words.

    place: where the text with its marks is drawn; name: of the text, read aloud.
    """
    try:
        with asking(f"words of a text: {about(report)}", text):
            split, key = text_split_of(report), report_key(report)
            whole = _sentences(key, text, report, split)
            place.html(beside([marked(text, name, spans_of(whole, concept), notes_of(whole, concept))]))
            among = None if more.wanted else _among(whole, concept)
            words = _words(key, text, among, report, split)
    except (ValueError, UnreadableItem) as error:
        st.info(sentence_of(error))
        return
    place.html(_marked(text, name, words, concept))
    some = among is not None and len(among) < len(whole.where.units)
    if words.holds(concept):
        _said(report, text, words, concept, some=some, cost=cost_sentence(whole, words))
    else:
        paragraph(absent_sentence(report.names.concept(concept), words, concept), "cx-note")
    if some:
        st.button(_more_label(text, words), key=more.key, on_click=more.ask)


def _marked(text: str, name: str, found: "LocalWords", concept: int) -> Markup:
    return beside([marked(text, name, spans_of(found, concept), notes_of(found, concept))])


def _more_label(text: str, words: "LocalWords") -> str:
    from concepts.report.queries.local_words import n_words_in

    return f"The other words too (about {_seconds(words.seconds_for(n_words_in(text)))})"


def cost_sentence(*found: "LocalWords") -> str:
    """How often the model was asked, and how long it took."""
    n, seconds = sum(each.where.passes for each in found), sum(each.seconds for each in found)
    return f"The model read {counted(n, 'changed text')} in {_seconds(seconds)}."


def _seconds(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds >= 9.5 else f"{max(seconds, 0.1):.1f} s"


def _among(found: "LocalWords", concept: int) -> tuple[tuple[int, int], ...] | None:
    from concepts.report.queries.local_words import top_sentences

    return top_sentences(found, concept)


@st.cache_resource(max_entries=64, show_spinner="Asking without each sentence …")
def _sentences(key: tuple[str, int], text: str, _report: ClassReport, _split: "TextSplit") -> "LocalWords":
    from concepts.report.queries.local_words import sentences_in

    with ASKING.turn():
        return sentences_in(_report, _split, text)


@st.cache_resource(max_entries=64, show_spinner="Asking without each word …")
def _words(
    key: tuple[str, int], text: str, among: tuple[tuple[int, int], ...] | None, _report: ClassReport,
    _split: "TextSplit",
) -> "LocalWords":  # fmt: skip
    from concepts.report.queries.local_words import words_in

    with ASKING.turn():
        return words_in(_report, _split, text, among)


def spans_of(found: "LocalWords", concept: int) -> tuple[MarkedSpan, ...]:
    """The parts with what a concept loses without them, the median over the removals; of a concept that is not in the
    text, those alone without which it would be.
    """
    middle, units = found.where.middle[:, concept], found.where.units
    keep = [True] * len(units) if found.holds(concept) else found.kept_away_by(concept)
    return tuple(
        MarkedSpan(start, stop, float(each))
        for (start, stop), each, kept in zip(units, middle, keep, strict=True) if kept
    )  # fmt: skip


def notes_of(found: "LocalWords", concept: int) -> dict[tuple[int, int], str]:
    """What is said of each part where it is pointed at: its share, and the spread over the removals; of a concept that
    is not in the text, what its code would be."""
    if found.holds(concept):
        said = [_falls(found, i, concept) for i in range(len(found.where.units))]
    else:
        said = [f"would be {percent(share)} of its largest" for share in found.code_without(concept)]
    return {unit: f"without it the code {each}" for unit, each in zip(found.where.units, said, strict=True)}


def absent_sentence(name: str, found: "LocalWords", concept: int) -> str:
    """What is said of a concept that is not in the text, or hardly."""
    from concepts.report.queries.local_words import PRESENT

    if found.codes[concept]:
        small = f"below {percent(PRESENT)} of its largest among the report's texts"
        start = f"{plain(name)} is hardly in this text: its code is {small}."
    else:
        start = f"{plain(name)} is not in this text: its code is 0."
    if any(found.kept_away_by(concept)):
        most = max(found.code_without(concept))
        return (
            f"{start} Marked (red, hatched underneath): without such a word it would be there, with up to "
            f"{percent(most)} of its largest code in the report."
        )
    return f"{start} Without any one of the words that were tried it would not be there either."


def _falls(found: "LocalWords", part: int, concept: int) -> str:
    """Such as "falls by 41% (34% to 48% by 3 ways of taking it out)"."""
    middle, low, high = found.share(part, concept)
    said = f"falls by {percent(middle)}" if middle >= 0 else f"rises by {percent(-middle)}"
    n = len(found.where.removals)
    return said if n == 1 else f"{said} ({signed(low)} to {signed(high)} by {n} ways of taking it out)"


def signed(share: float) -> str:
    """A share in percent, with a minus where it is below 0."""
    return percent(share) if share >= 0 else f"−{percent(-share)}"


def _said(report: ClassReport, text: str, found: "LocalWords", concept: int, *, some: bool, cost: str) -> None:
    """Shows how the marks were found, and the words in figures. some: they are words of some sentences alone; cost: a
    sentence on how long it took.
    """
    name, units = report.names.concept(concept), found.where.units
    if not units:
        paragraph("A text of one word: nothing would be left without it.", "cx-note")
        return
    ways, of_which = " and then ".join(found.where.removals), " of the sentences that matter most" if some else ""
    n = f"the first {len(units)}" if found.n_left_out else f"{len(units):,}"
    paragraph(
        f"Marked: what {plain(name)} loses (blue) or gains (red, hatched underneath) without each of "
        f"{n} {'word' if len(units) == 1 else 'words'}{of_which}; each was {ways}. {cost}", "cx-note",
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


def marked(
    text: str, name: str, spans: Sequence[MarkedSpan], notes: dict[tuple[int, int], str] | None = None
) -> Excerpt:
    """The whole text with these spans marked. notes: by place, what is said of one where it is pointed at."""
    return excerpt(text, name, spans=spans, window=len(text) + 1, notes=notes)
