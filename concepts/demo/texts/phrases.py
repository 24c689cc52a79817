"""New training texts from phrases of labelled ones: merits stay merits, however they are mixed."""

from collections.abc import Collection, Sequence

import numpy as np

Ids = list[int]
MOST = 4  # phrases of a mixed text
KEPT = 0.6  # share of the phrases of a thinned text


def phrases_of(ids: Ids, marks: Collection[int]) -> list[Ids]:
    """The text in pieces, each with the mark that ends it; joined, they are the text."""
    found: list[Ids] = [[]]
    for each in ids:
        found[-1].append(each)
        if each in marks:
            found.append([])
    return [phrase for phrase in found if phrase]


class Mixer:
    """Draws variants of training texts, of the same class each.

    mixed: share of draws that give up to four phrases from any texts of the class. thinned: share that leave out some
    of the text's own phrases. The others give the text as it is.
    """

    def __init__(
        self, texts: Sequence[Ids], labels: Sequence[int], marks: Collection[int], *, mixed: float, thinned: float
    ) -> None:
        self.texts, self.labels, self.mixed, self.thinned = texts, labels, mixed, thinned
        self.phrases = [phrases_of(ids, marks) for ids in texts]
        self.of_class: dict[int, list[Ids]] = {label: [] for label in labels}
        for label, phrases in zip(labels, self.phrases, strict=True):
            self.of_class[label] += [phrase for phrase in phrases if len(phrase) > 1 or phrase[0] not in marks]

    def draw(self, i: int, rng: np.random.Generator) -> Ids:
        """A variant of text i."""
        chance = rng.random()
        if chance < self.mixed:
            choices = self.of_class[self.labels[i]]
            chosen = rng.integers(len(choices), size=int(rng.integers(1, MOST + 1)))
            return [each for j in chosen.tolist() for each in choices[j]]
        if chance < self.mixed + self.thinned:
            kept = [phrase for phrase in self.phrases[i] if rng.random() < KEPT]
            return [each for phrase in kept for each in phrase] or self.texts[i]
        return self.texts[i]
