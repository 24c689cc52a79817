"""What words name, the concepts of a report or the places of a collection, with whichever vectors they have."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from concepts.evaluation.compression.searching import Vectors, chunks
from concepts.evaluation.compression.word_change import CONCEPTS, FIRST, NO_WORD, PLACES, FirstWords
from concepts.numerics.samples import random_sample

if TYPE_CHECKING:
    from torch import Tensor

    from concepts.data.dataset import Dataset
    from concepts.lexicon import Lexicon
    from concepts.lexicon.collections import Collection
    from concepts.models import Split
    from concepts.report.class_report import ClassReport

DRAWN = 1_000  # places


@dataclass(frozen=True, eq=False)
class NamedConcepts:
    """The concepts of a report as `name` names them by classes, each by another word, or by none that is good enough.

    Words of a text encoder are named by alike, without the unrelated words that `name` asks for more. tokens:
    (n, T, p). codes: (n, T, k). seed: of the shuffled codes that a good word must exceed.
    """

    tokens: "Tensor"
    codes: "Tensor"
    lexicon: "Lexicon"
    seed: int
    of: str = CONCEPTS

    def words(self, vectors: Vectors) -> FirstWords:
        """The names, and the five words with the largest scores of each concept."""
        return self._named(vectors(0, len(self.lexicon)), self.seed)

    def control(self, before: FirstWords) -> FirstWords:
        """With other shuffles: what a good word must exceed is drawn again, the scores stay."""
        return self._named(self.lexicon.vectors, self.seed + 1)

    def _named(self, vectors: "Tensor", seed: int) -> FirstWords:
        from concepts.lexicon import Lexicon
        from concepts.lexicon.naming.assign import assign_words
        from concepts.lexicon.naming.scores import shuffled_thresholds, word_scores

        there = vectors.any(dim=1).nonzero().flatten()  # a code may leave nothing of a word, which then names nothing
        k = self.codes.shape[-1]
        if len(there) < FIRST:
            return FirstWords(np.full(k, NO_WORD), np.full((k, FIRST), NO_WORD))
        lexicon = Lexicon(tuple(self.lexicon.words[i] for i in there.tolist()), vectors[there])
        scores = word_scores(self.tokens, self.codes, lexicon)
        limits = shuffled_thresholds(self.tokens, self.codes, lexicon, seed=seed)
        chosen = assign_words(scores.numpy(), limits.numpy())
        word = np.where(chosen == NO_WORD, NO_WORD, there.numpy()[chosen])
        return FirstWords(word, there[scores.topk(FIRST).indices].numpy())


@dataclass(frozen=True, eq=False)
class NamedPlaces:
    """Places (m, p) by their most activated words, less what each word is activated at them on average.

    s_tw = log(1 + max(0, a_t · e_w + b_w)) − its mean over t, above 0, as on the page Words. bias: b (l,), or None.
    """

    places: "Tensor"
    n_words: int
    bias: "Tensor | None"
    of: str = PLACES

    def words(self, vectors: Vectors) -> FirstWords:
        """The five most activated words of each place: a chunk of the words is held at a time."""
        import torch

        values, five = torch.zeros(len(self.places), FIRST), torch.full((len(self.places), FIRST), NO_WORD)
        for start, end in chunks(self.n_words, max(len(self.places), self.places.shape[1])):
            said = self._said(vectors(start, end), slice(start, end))
            said = said.where(said > 0, -1)  # below a place without a word
            rows = torch.arange(start, end).expand_as(said)
            best = torch.cat([values, said], dim=1).topk(FIRST, dim=1)
            values, five = best.values, torch.cat([five, rows], dim=1).gather(1, best.indices)
        return FirstWords(five[:, 0].numpy(), five.numpy())

    def control(self, before: FirstWords) -> FirstWords:
        """One answer for all places: the commonest."""
        return before.everywhere()

    def _said(self, vectors: "Tensor", at: slice) -> "Tensor":
        import torch

        z = self.places @ vectors.T + (0 if self.bias is None else self.bias[at])
        said = torch.log1p(z.clamp(min=0))
        return (said - said.mean(dim=0)).clamp(min=0)


def places_of(collection: "Collection", lexicon: "Lexicon", *, seed: int) -> NamedPlaces:
    """At most 1,000 places of a collection, drawn by the seed."""
    from concepts.lexicon.collections import tokens_of

    tokens = tokens_of(collection)
    places = tokens.take(np.array(random_sample(len(tokens), DRAWN, seed=seed)))
    return NamedPlaces(places, len(lexicon), None if lexicon.bias is None else lexicon.bias.float())


def concepts_of(
    report: "ClassReport", split: "Split", photos: "Dataset[Any]", store: Path, lexicon: "Lexicon", *, seed: int
) -> NamedConcepts:
    """The concepts of a report on photos. Raises ValueError as `report_places`, and for a lexicon of another width."""
    from concepts.lexicon.naming.report_tokens import report_places

    return NamedConcepts(*report_places(report, split, photos, store, seed=seed), lexicon, seed)
