"""Probes of texts as the shared template `shared/probes.html.j2` shows them: figures, links, an example."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from concepts.probes.changed import changed_spans
from concepts.rendering.excerpts import Excerpt, excerpt
from concepts.report.rendering import probe_sentences as sentences
from concepts.report.rows import MarkedSpan
from concepts.report.stored import StoredReport
from concepts.report.text_rows import LinkRow, Measured, MovedRow, ProbeRow

MOST_MOVED = 4  # concepts of a probe
OUT, IN = -1.0, 1.0  # weights of words that were taken out, and put in
Href = Callable[[int], str]  # the address of a concept


@dataclass(frozen=True)
class ConceptFigure:
    """A concept with a figure as text, and a bar of `size` from low to high, in the unit of all bars beside it.

    against: the figure is below 0.
    """

    name: str
    href: str
    text: str
    size: float = 0.0
    low: float = 0.0
    high: float = 0.0
    against: bool = False


@dataclass(frozen=True)
class ProbeLine:
    """A row of the table of probes; pair: an example before and after, under its title."""

    name: str
    sentence: str
    turned: Measured | None
    turned_text: str
    score_text: str
    moved: tuple[ConceptFigure, ...]
    more: bool
    title: str = ""
    pair: tuple[Excerpt, ...] = ()


@dataclass(frozen=True)
class ProbesView:
    """All probes. widest, furthest: what fills the width of a bar of answers, and of a concept's change."""

    lines: tuple[ProbeLine, ...]
    widest: float
    furthest: float


@dataclass(frozen=True)
class LabelView:
    """What gives the label away: rows of words with their concepts; other sentences, each with its concepts."""

    words: tuple[tuple[tuple[str, ...], tuple[ConceptFigure, ...]], ...]
    said: tuple[tuple[str, tuple[ConceptFigure, ...]], ...]


def probes_view(report: StoredReport, href: Href) -> ProbesView:
    """The probes of a report."""
    lines = tuple(_line(report, row, href) for row in report.data.probes)
    bars = [line.turned.high for line in lines if line.turned is not None]
    return ProbesView(lines, max(bars, default=1.0), max((it.high for line in lines for it in line.moved), default=1.0))


def label_view(report: StoredReport, href: Href) -> LabelView | None:
    """What gives the label away; None where that is not known."""
    found = report.data.data_artefacts
    if found is None:
        return None
    words = tuple(
        (sentences.word_row(report.data, i), _links(report, row.links, href)) for i, row in enumerate(found.words)
    )
    said = (
        (sentences.length_sentence(report.data), _links(report, found.length.links if found.length else (), href)),
        (sentences.copies_sentence(report.data), _links(report, found.copies.links if found.copies else (), href)),
    )
    return LabelView(words, tuple(each for each in said if each[0]))


def _line(report: StoredReport, row: ProbeRow, href: Href) -> ProbeLine:
    data = report.data
    moved = [_moved(report, each, href) for each in row.moved if each.surely][:MOST_MOVED]
    more = sentences.turns_more(row, sentences.control_of(data))
    shown = row.flips and not row.is_control
    return ProbeLine(
        row.name, row.sentence, row.turned, sentences.turned_text(row), sentences.score_text(row, data), tuple(moved),
        more, sentences.flip_title(row, data) if shown else "", _pair(report, row) if shown else (),
    )  # fmt: skip


def _moved(report: StoredReport, row: MovedRow, href: Href) -> ConceptFigure:
    change, sign = row.change, -1 if row.change.value < 0 else 1
    low, high = sorted((sign * change.low, sign * change.high))
    return ConceptFigure(
        report.names.concept(row.concept), href(row.concept), sentences.moved_text(change), abs(change.value),
        max(0.0, low), max(0.0, high), sign < 0,
    )  # fmt: skip


def _links(report: StoredReport, links: Iterable[LinkRow], href: Href) -> tuple[ConceptFigure, ...]:
    return tuple(
        ConceptFigure(report.names.concept(link.concept), href(link.concept), sentences.link_text(link))
        for link in links
    )


def _pair(report: StoredReport, row: ProbeRow) -> tuple[Excerpt, Excerpt]:
    """The first text that turns, before and after."""
    flip = row.flips[0]
    text = report.data.texts[flip.text]
    out, into = changed_spans(text.text, flip.changed)
    before = excerpt(text.text, text.name, spans=[MarkedSpan(*span, OUT) for span in out], caption="before")
    after = excerpt(flip.changed, text.name, spans=[MarkedSpan(*span, IN) for span in into], caption="after")
    return before, after
