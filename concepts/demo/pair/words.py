"""The words of the demo world's captions: splitting of a text into words, and the vocabulary."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from concepts.demo.classes import CLASSES

PARTS: tuple[str, ...] = tuple(dict.fromkeys(part for spec in CLASSES.values() for part in spec.parts))
THINGS = ["birthday", "boat", "toadstool", "gnome", "sunflower", "butterfly", "rocket", "robot", "pineapple", "fish"]
DETAILS = ["icing", "candles", "bow", "buttons", "eyes", "dials", "tuft", "scales", "corner", "paper", "nose"]
LOOKS = ["striped", "spotted", "round", "sailing", "three"]
COLOURS = ["pink", "violet", "teal", "golden", "brown", "lime", "blue", "sky blue", "orange", "coral"]
COLOURS += ["silver", "green"]
PLACES = ["meadow", "sea", "dusk", "night", "snow", "room", "painted"]
WORDS: tuple[str, ...] = (*PARTS, *THINGS, *DETAILS, *LOOKS, *COLOURS, *PLACES)  # the vocabulary
GLUE: tuple[str, ...] = ("a", "an", "and", "at", "in", "its", "of", "on", "the", "with")  # function words
KNOWN: tuple[str, ...] = (*WORDS, *GLUE)
FORMS = {"stripe": "striped", "stripes": "striped", "leaf": "leaves", "gold": "golden", "seaside": "sea"}
ROWS = {word: row for row, word in enumerate(KNOWN)}
PAIRS = "|".join(word.replace(" ", r"[\s-]+") + "s?" for word in WORDS if " " in word)
SPELLED = re.compile(rf"(?:{PAIRS})\b|[^\W\d_]+(?:['’][^\W\d_]+)*", re.IGNORECASE)


@dataclass(frozen=True)
class Spelled:
    """A word in a text: its row in KNOWN, and its characters from start to stop."""

    row: int
    start: int
    stop: int

    @property
    def says(self) -> bool:
        """True for a word of the vocabulary."""
        return self.row < len(WORDS)


def spell(text: str) -> list[Spelled]:
    """The words of a text, in order. Case, punctuation and a plural s do not matter; "sky blue" is one word.

    Raises ValueError for a text without words, and for unknown words, which it names.
    """
    found = list(SPELLED.finditer(text))
    if not found:
        raise ValueError(f"the text {text!r} has no words: write some, such as {WORDS[0]!r}")
    rows = [_row(match.group()) for match in found]
    unknown = [match.group() for row, match in zip(rows, found, strict=True) if row is None]
    if unknown:
        raise ValueError(_not_known(unknown))
    return [Spelled(row, *match.span()) for row, match in zip(rows, found, strict=True) if row is not None]


def _row(written: str) -> int | None:
    word = " ".join(re.split(r"[\s-]+", written.lower()))
    for form in (word, FORMS.get(word, ""), f"{word}s", word.removesuffix("s")):
        if form in ROWS:
            return ROWS[form]
    return None


def _not_known(unknown: Sequence[str]) -> str:
    near = dict.fromkeys(word for each in unknown for word in get_close_matches(each.lower(), WORDS, n=2))
    hint = f"near are {', '.join(near)}" if near else f"such words are {', '.join(WORDS[:5])}"
    names = ", ".join(repr(word) for word in dict.fromkeys(unknown))
    return f"the demo's text encoder does not know {names}: it has only the {len(WORDS)} words of its captions; {hint}"
