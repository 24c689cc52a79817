"""Suspects put into other texts: their words."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np
from torch import Tensor

from concepts.report.pipeline.answers import predictions
from concepts.report.pipeline.assemble import Findings
from concepts.report.pipeline.evidence.counterproof import turned
from concepts.report.pipeline.evidence.item_texts import activations_of_texts, text_at, text_of
from concepts.report.pipeline.evidence.others import drawn_others
from concepts.report.pipeline.evidence.phrase_use import phrase_use
from concepts.report.pipeline.evidence.phrases import Phrase, Span, commonest, put_in
from concepts.report.pipeline.evidence.transplants import INPUT, Answers
from concepts.report.rows import LONGEST_TEXT
from concepts.report.verdict import CounterProof, PastedText, whole_phrases

SHOWN = 6  # texts before and after
PHRASES = 3  # that are named
MOST_COUNTED = 10_000  # texts of other classes in which phrases are counted


@dataclass(frozen=True, eq=False)
class TextsBatch:
    """Texts of other classes. phrases: of each suspect."""

    findings: Findings
    texts: list[str]
    places: list[int]
    phrases: list[list[Phrase]]

    def activations(self) -> Tensor:
        """(b, p): of the texts as they are."""
        return activations_of_texts(self.findings, self.texts)

    def changed(self, suspect: int, *, control: bool) -> Tensor | None:
        """(b, p): with a phrase of the suspect in each; None for a suspect without phrases."""
        phrases = self.phrases[suspect]
        if not phrases:
            return None
        pairs = zip(self.texts, (phrases[place % len(phrases)] for place in self.places), strict=True)
        changed = [put_in(text, each.control if control else each.words, each.place)[0] for text, each in pairs]
        return activations_of_texts(self.findings, changed)


@dataclass(frozen=True, eq=False)
class TextTransplants:
    """The words of suspects, put into the chosen texts of other classes.

    rows: (m,) the texts of the class. phrases: of each suspect.
    """

    findings: Findings
    rows: np.ndarray
    chosen: np.ndarray
    phrases: list[list[Phrase]]
    by: Literal["words"] = "words"

    def batches(self) -> Iterator[TextsBatch]:
        """The chosen texts, at least two at a time; those that cannot be read are left out."""
        size = max(2, self.findings.settings.batch_size)
        for places in np.array_split(np.arange(len(self.chosen)), max(1, len(self.chosen) // size)):
            texts = {int(place): text for place in places if (text := self._text(int(place))) is not None}
            if len(texts) > 1:
                yield TextsBatch(self.findings, list(texts.values()), list(texts), self.phrases)

    def shown(self, answers: Answers, suspect: int, proof: CounterProof) -> tuple[CounterProof, dict[str, bytes]]:
        """The counter-proof with at most six texts, those that turned first, and the phrases found most often with
        where they stand already."""
        phrases, after = self.phrases[suspect], answers.changed[suspect, INPUT, 0]
        rows = np.argsort(~turned(self.findings, answers.base, after), kind="stable")[:SHOWN]
        said = [self._answers(logits[rows]) for logits in (answers.base, after)]
        texts = []
        for n, row in enumerate(rows):
            place = int(answers.others[row])
            own = phrases[place % len(phrases)]
            text, span = put_in(self._text(place) or "", own.words, own.place)
            texts.append(PastedText(*around(text, span), said[0][n], said[1][n]))
        named = commonest(phrases, PHRASES)
        use = phrase_use(whole_phrases(named), *self._own_and_others)
        return replace(proof, texts=tuple(texts), phrases=named, use=use), {}

    @cached_property
    def _own_and_others(self) -> tuple[list[str], list[str]]:
        """The report's texts of the class, and at most 10,000 of other classes, drawn by the seed."""
        known = self.findings.selection.known.photos
        own = (text_at(self.findings, int(row)) for row in self.rows)
        others = (text_of(known, int(i)) for i in drawn_others(self.findings, MOST_COUNTED))
        return [text for text in own if text is not None], [text for text in others if text is not None]

    def _text(self, place: int) -> str | None:
        return text_of(self.findings.selection.known.photos, int(self.chosen[place]))

    def _answers(self, logits: np.ndarray) -> list[str]:
        return [
            name for name, _ in predictions(self.findings.split.outputs, logits, self.findings.selection.class_names)
        ]


def around(text: str, span: Span) -> tuple[str, int, int]:
    """At most `LONGEST_TEXT` characters of a text around a span of it, and where the span begins and ends in them."""
    start, stop = span
    first = max(0, min(start - LONGEST_TEXT // 4, len(text) - LONGEST_TEXT))
    shown = text[first : first + LONGEST_TEXT]
    return shown, start - first, min(stop - first, len(shown))
