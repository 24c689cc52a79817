"""The control of all probes: one word becomes another that is as frequent, whatever both mean."""

from collections import Counter
from collections.abc import Sequence
from itertools import chain

import numpy as np

from concepts.data.documents.words import word_spans
from concepts.probes.plain_changes import with_words
from concepts.probes.probe import Probe
from concepts.probes.swaps import in_case_of

NEAR = 5  # places up or down in the order of frequency


def equally_frequent(texts: Sequence[str], *, n_words: int = 1) -> Probe:
    """A probe that replaces `n_words` words of a text, drawn at random, each by one of the ten nearest in frequency.

    Frequencies are those in `texts`. A text with fewer words has all of them replaced. Raises ValueError where the
    texts hold fewer than two different words.
    """
    counts = Counter(chain.from_iterable(_words(text) for text in texts))
    ordered = sorted(counts, key=lambda word: (counts[word], word))
    if len(ordered) < 2:
        raise ValueError(f"the texts hold {len(ordered)} different words, expected at least two to swap them")
    places = {word: i for i, word in enumerate(ordered)}

    def partner(word: str, rng: np.random.Generator) -> str:
        place = places.get(word.casefold())
        if place is None:
            return word
        low, high = max(0, place - NEAR), min(len(ordered) - 1, place + NEAR)
        drawn = int(rng.integers(low, high))
        return in_case_of(word, ordered[drawn + (drawn >= place)])

    def change(text: str, rng: np.random.Generator) -> str | None:
        spans = word_spans(text)
        chosen = set(rng.permutation(len(spans))[:n_words].tolist())
        words = [text[start:stop] for start, stop in spans]
        return with_words(text, spans, [partner(word, rng) if i in chosen else word for i, word in enumerate(words)])

    what = "One word becomes another" if n_words == 1 else f"{n_words} words become others"
    sentence = f"{what} that the texts hold as often, whatever it means."
    return Probe("words as frequent (control)", sentence, change, is_control=True)


def _words(text: str) -> list[str]:
    return [text[start:stop].casefold() for start, stop in word_spans(text)]
