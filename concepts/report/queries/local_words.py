"""Where a concept stands in one text: what its code loses without each sentence, then without each word."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from concepts.report.queries.reencoding import check_model, fresh_codes
from concepts.report.stored import StoredReport
from concepts.wordings.removal import Removal, Span, WhereInText, where_in_text

if TYPE_CHECKING:
    from torch import Tensor

    from concepts.models.text.split import TextSplit

TOP_SENTENCES, MOST_WORDS = 2, 120  # whose words are tried; words of a text, from its beginning
PRESENT = 0.05  # of a concept's largest code in the report's texts; below, shares of its code in a text mislead
HOW = {"delete": "deleted", "mask": "masked", "hide": "hidden"}  # what is done to a part, by the model's word for it


@dataclass(frozen=True, eq=False)
class LocalWords:
    """What the codes of a text lose without each part. codes: (k,) of the whole text; where: of m parts, by each way
    of taking them out; largest: (k,) ≥ 0, each concept's largest code among the report's texts. seconds: that the model
    took. n_left_out: parts behind the last one that was tried."""

    codes: np.ndarray
    where: WhereInText
    largest: np.ndarray
    seconds: float = 0.0
    n_left_out: int = 0

    def share(self, part: int, concept: int) -> tuple[float, float, float]:
        """The loss of a concept without a part as a share of its code: median, least and most over the removals.

        0 for all three where the concept is not in the text.
        """
        code = abs(float(self.codes[concept]))
        if code == 0:
            return 0.0, 0.0, 0.0
        losses = self.where.loss[:, part, concept] / code
        return float(np.median(losses)), float(losses.min()), float(losses.max())

    def holds(self, concept: int) -> bool:
        """Whether a concept is in the text: its code is above `PRESENT` of its largest."""
        return abs(float(self.codes[concept])) > PRESENT * float(self.largest[concept])

    def code_without(self, concept: int) -> tuple[float, ...]:
        """Of each part, a concept's code without it, as a share of its largest; median over the removals."""
        left = np.abs(self.codes[concept] - self.where.middle[:, concept]) / (self.largest[concept] or 1.0)
        return tuple(left.tolist())

    def kept_away_by(self, concept: int) -> tuple[bool, ...]:
        """Of each part, whether a concept that is not in the text would be in it without this part."""
        return tuple(share > PRESENT for share in self.code_without(concept))

    def seconds_for(self, n: int) -> float:
        """About how long n parts take, as long as these took; 0 where there were none."""
        return self.seconds * n * len(self.where.removals) / max(self.where.passes, 1)


def sentences_in(report: StoredReport, split: "TextSplit", text: str) -> LocalWords:
    """What each sentence brings to each concept; a text of one sentence has no parts.

    Raises ValueError for another model than the report's and for a method whose codes cannot be found anew.
    """
    from concepts.data.documents.sentences import sentences

    spans = sentences(text)
    return _lost(report, split, text, spans if len(spans) > 1 else ())


def words_in(report: StoredReport, split: "TextSplit", text: str, among: Sequence[Span] | None = None) -> LocalWords:
    """What each word brings to each concept, of the first `MOST_WORDS`. among: the spans they lie in; None: anywhere.

    A text of one word has no parts. Raises ValueError as `sentences_in` does.
    """
    from concepts.data.documents.words import word_spans

    spans = word_spans(text)
    inside = [span for span in spans if among is None or any(a <= span[0] and span[1] <= b for a, b in among)]
    found = _lost(report, split, text, inside[:MOST_WORDS] if len(spans) > 1 else ())
    return replace(found, n_left_out=len(inside[MOST_WORDS:]))


def n_words_in(text: str) -> int:
    """How many words `words_in` tries of a whole text."""
    from concepts.data.documents.words import word_spans

    return min(len(word_spans(text)), MOST_WORDS)


def top_sentences(found: LocalWords, concept: int) -> tuple[Span, ...] | None:
    """The two sentences without which a concept loses most, in the text's order; None where it has one sentence."""
    units = found.where.units
    if not units:
        return None
    order = np.argsort(-found.where.middle[:, concept], kind="stable")[:TOP_SENTENCES]
    return tuple(units[i] for i in sorted(order))


def _lost(report: StoredReport, split: "TextSplit", text: str, spans: Sequence[Span]) -> LocalWords:
    check_model(report, split)
    started, codes = time.perf_counter(), _codes(report)
    of_texts = lambda texts: codes(split.encode_texts(texts))  # noqa: E731 - as `where_in_text` takes it
    whole = of_texts([text])[0]
    removals = [_removal(split, how, codes) for how in split.removals]
    units = tuple((int(start), int(stop)) for start, stop in spans)
    where = where_in_text(text, units, of_texts, removals, base=whole)
    return LocalWords(whole, where, report.activity().max(axis=0), time.perf_counter() - started)


def _removal(split: "TextSplit", how: str, codes: Callable[["Tensor"], np.ndarray]) -> Removal:
    def without_each(text: str, spans: Sequence[Span]) -> np.ndarray:
        return codes(split.removed(text, [[span] for span in spans], how=how))

    return Removal(HOW.get(how, how), without_each)


def _codes(report: StoredReport) -> Callable[["Tensor"], np.ndarray]:
    """The function that gives codes (m, k) of activations (m, p)."""
    import torch

    def codes(A: "Tensor") -> np.ndarray:
        V = torch.from_numpy(report.array("components")).to(A)
        return fresh_codes(report, A.detach().clone(), V).detach().cpu().numpy()

    return codes
