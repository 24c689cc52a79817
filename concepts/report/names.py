"""Names of concepts and strategies: their number, followed by the name that people gave them."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

CUT = 20  # characters of a name in a figure, where room is short
DIRECTIONS = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)))  # marks that set the text direction
FROM_RIGHT = ("R", "AL", "AN")
APART = ("\u2068", "\u2069")  # first strong isolate, and its end: text between them does not affect text outside


@dataclass(frozen=True)
class Names:
    """The names that people gave to the concepts and strategies of a report, by number; unnamed ones are left out.

    The number is the one in report.json, in file names and in URLs. Texts are as they were written: the caller that
    puts them into HTML must escape them.
    """

    concepts: Mapping[int, str] = field(default_factory=dict)
    strategies: Mapping[int, str] = field(default_factory=dict)

    def concept(self, index: int) -> str:
        """The name of a concept, for example "Concept 3 · price tag"."""
        return _joined(f"Concept {index}", self.concepts.get(index, ""))

    def strategy(self, label: int) -> str:
        """The name of a strategy; −1 is an outlier."""
        return _joined(f"Strategy {label}" if label >= 0 else "Outlier", self.strategies.get(label, ""))

    @property
    def short(self) -> "Names":
        """The same names, cut to fit beside a bar or on a map."""
        return Names(
            {index: _cut(name) for index, name in self.concepts.items()},
            {label: _cut(name) for label, name in self.strategies.items()},
        )


NUMBERS = Names()  # nothing is named


def _joined(number: str, name: str) -> str:
    return f"{number} · {in_line(name)}" if name else number


def in_line(name: str) -> str:
    """The name for use within a line: it may run from right to left without turning the text beside it."""
    name = name.translate(DIRECTIONS)
    turned = any(unicodedata.bidirectional(letter) in FROM_RIGHT for letter in name)
    return f"{APART[0]}{name}{APART[1]}" if turned else name


def _cut(name: str) -> str:
    return name if len(name) <= CUT else f"{name[: CUT - 1].rstrip()}…"
