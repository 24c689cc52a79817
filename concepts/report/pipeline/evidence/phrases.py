"""The words of a suspect in its texts: those whose removal lowers its codes most, and as control other words."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from concepts.data.documents.words import word_spans
from concepts.report.pipeline.assemble import Findings
from concepts.report.pipeline.evidence.item_texts import activations_of_texts, codes_of_activations, text_at
from concepts.report.pipeline.evidence.sources import LARGEST, SHOWN, source_rows
from concepts.report.verdict import Suspect
from concepts.wordings.terms import words_and_marks

MOST_WORDS = 120  # of a text, from its beginning, that are removed one after the other
Span = tuple[int, int]


@dataclass(frozen=True)
class Phrase:
    """Words of a suspect in one of its texts; as many words of a text of the class without it; where they stood.

    place: share of the text's words before them, 1 where none came after.
    """

    words: str
    control: str
    place: float


@dataclass(frozen=True, eq=False)
class Phrases:
    """The words of suspects in texts of their class, each suspect's looked for once. rows: (m,) the texts."""

    findings: Findings
    rows: np.ndarray
    found: dict[Suspect, list[Phrase]] = field(default_factory=dict)

    def of(self, suspect: Suspect) -> list[Phrase]:
        """See `phrases_of`."""
        if suspect not in self.found:
            self.found[suspect] = phrases_of(self.findings, suspect, self.rows)
        return self.found[suspect]

    def hang_on(self, suspect: Suspect, word: str) -> bool:
        """Whether the suspect's concepts fall most without this word, or a phrase with it, in at least half of its
        texts.

        Texts that hold a word may be told apart by what stands in them besides.
        """
        phrases = self.of(suspect)
        return 2 * sum(word in words_and_marks(each.words) for each in phrases) >= max(1, len(phrases))


def phrases_of(findings: Findings, suspect: Suspect, rows: np.ndarray) -> list[Phrase]:
    """The suspect's words in at most 32 of its texts, drawn by the seed. rows: (m,) the texts of the class.

    A phrase is the run of words around the one whose removal lowers the suspect's code most, each of which lowers it by
    at least 30% of that. Empty where it is mostly more than half of the text.
    """
    rng = np.random.default_rng(findings.settings.seed)
    sources = [text for row in source_rows(suspect, findings.settings.seed) if (text := text_at(findings, row))]
    without = [text for row in rng.permutation(np.setdiff1d(rows, suspect.photos)) if (text := text_at(findings, row))]
    found = []
    for i, (text, falls) in enumerate(zip(sources, code_falls(findings, suspect, sources), strict=True)):
        spans = word_spans(text)
        if not without or not len(falls) or falls.max() <= 0:
            continue
        first, last = run_around_peak(falls)
        if last - first <= LARGEST * len(spans):
            words = text[spans[first][0] : spans[last - 1][1]]
            place = 1.0 if last == len(spans) else first / len(spans)
            found.append(Phrase(words, _some_words(without[i % len(without)], last - first, rng), place))
    return found if 2 * len(found) >= len(sources) else []


def run_around_peak(falls: np.ndarray) -> tuple[int, int]:
    """First and last + 1 of the run of words around the largest of falls (w,) with at least 30% of it."""
    inside, peak = falls >= SHOWN * falls.max(), int(falls.argmax())
    first = peak - int(np.argmin(np.r_[inside[:peak][::-1], False]))
    last = peak + int(np.argmin(np.r_[inside[peak:], False]))
    return first, last


def code_falls(findings: Findings, suspect: Suspect, texts: Sequence[str]) -> list[np.ndarray]:
    """For each text (w,): how far the suspect's code falls when a word is taken out, for its first words.

    The code is the sum of the suspect's concepts, each in units of its largest code and with the sign that its texts
    show.
    """
    spans = [word_spans(text)[:MOST_WORDS] for text in texts]
    versions = [
        changed
        for text, own in zip(texts, spans, strict=True)
        for changed in (text, *(without_words(text, span) for span in own))
    ]
    codes = codes_of_activations(findings, activations_of_texts(findings, versions))
    joint = codes[:, list(suspect.concepts)] @ _units(findings, suspect)
    starts = np.cumsum([0, *(1 + len(own) for own in spans)])
    return [joint[start] - joint[start + 1 : start + 1 + len(own)] for start, own in zip(starts, spans, strict=False)]


def _units(findings: Findings, suspect: Suspect) -> np.ndarray:
    """(s,): for each concept of the suspect the sign that its texts show, over its largest code."""
    codes = findings.dictionary.codes[:, list(suspect.concepts)].astype(np.float32)
    inside = np.isin(np.arange(len(codes)), suspect.photos)
    sign = np.where(codes[inside].mean(axis=0) < codes[~inside].mean(axis=0), -1.0, 1.0)
    return sign / np.abs(codes).max(axis=0).clip(1e-30)


def without_words(text: str, span: Span) -> str:
    """The text without these characters, and without the space that would be left over."""
    before, after = text[: span[0]], text[span[1] :]
    return before + after.lstrip(" ") if not before or before[-1].isspace() else before + after


def put_in(text: str, phrase: str, place: float) -> tuple[str, Span]:
    """The text with a phrase among its words, and where it stands.

    place: share of the text's words before it; at 1 it stands after the last word, before what closes the text.
    """
    spans = word_spans(text)
    n = round(place * len(spans))
    if n >= len(spans):
        at = spans[-1][1] if spans else len(text)
        start = at + 1
        return f"{text[:at]} {phrase}{text[at:]}", (start, start + len(phrase))
    at = spans[n][0]
    return f"{text[:at]}{phrase} {text[at:]}", (at, at + len(phrase))


def _some_words(text: str, n: int, rng: np.random.Generator) -> str:
    """n words of a text that follow each other, from a place that is drawn; all where there are fewer."""
    spans = word_spans(text)
    if not spans:
        return text.strip()
    first = int(rng.integers(max(1, len(spans) - n + 1)))
    return text[spans[first][0] : spans[min(first + n, len(spans)) - 1][1]]


def commonest(phrases: Sequence[Phrase], most: int) -> tuple[str, ...]:
    """The phrases that are found most often, without regard to case, as they are written first."""
    written: dict[str, str] = {}
    for each in phrases:
        written.setdefault(each.words.casefold(), each.words)
    counts = Counter(each.words.casefold() for each in phrases)
    return tuple(written[name] for name, _ in counts.most_common(most))
