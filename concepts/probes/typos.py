"""Slips of the hand: does a word with a wrong letter still carry its concept?"""

import numpy as np
import regex

from concepts.data.documents.words import word_spans
from concepts.probes.plain_changes import with_words
from concepts.probes.probe import Probe

LETTERS = regex.compile(r"\X")
SHORTEST = 4  # letters of a word that is misspelt: shorter ones become others
ONE_IN = 5  # words


def swapped(letters: list[str], place: int) -> list[str]:
    """The letter at the place and the one before it in the other order."""
    return [*letters[: place - 1], letters[place], letters[place - 1], *letters[place + 1 :]]


def dropped(letters: list[str], place: int) -> list[str]:
    """Without the letter at the place."""
    return [*letters[:place], *letters[place + 1 :]]


def doubled(letters: list[str], place: int) -> list[str]:
    """The letter at the place twice."""
    return [*letters[:place], letters[place], *letters[place:]]


SLIPS = (swapped, dropped, doubled)


def misspelt(text: str, rng: np.random.Generator) -> str | None:
    """One slip in every fifth of the words with four letters or more, at least one; their first letter stays.

    A letter is a grapheme. None for a text without such a word.
    """
    spans = word_spans(text)
    words = [LETTERS.findall(text[start:stop]) for start, stop in spans]
    long = [i for i, letters in enumerate(words) if len(letters) >= SHORTEST and any(map(str.isalpha, letters))]
    if not long:
        return None
    chosen = set(rng.permutation(long)[: max(1, len(long) // ONE_IN)].tolist())
    return with_words(text, spans, ["".join(_slip(w, rng) if i in chosen else w) for i, w in enumerate(words)])


def _slip(letters: list[str], rng: np.random.Generator) -> list[str]:
    """The word with one slip after its first letter; letters that are alike are not swapped."""
    place = int(rng.integers(2, len(letters)))
    slips = SLIPS if letters[place] != letters[place - 1] else SLIPS[1:]
    return slips[int(rng.integers(len(slips)))](letters, place)


TYPOS = Probe(
    "typos",
    "In every fifth word of four letters or more one letter is swapped with its neighbour, dropped or doubled.",
    misspelt,
)  # fmt: skip
