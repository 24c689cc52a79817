"""What concepts and strategies are called: their number, and beside it what people named them."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

CUT = 20  # characters of a name in a figure, where room is short
DIRECTIONS = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)))  # marks that turn the text around them
FROM_RIGHT = ("R", "AL", "AN")
APART = ("\u2068", "\u2069")  # first strong isolate, and its end: what stands between turns nothing outside


@dataclass(frozen=True)
class Names:
    """What people named the concepts and strategies of a report, by number; what is not there has its number alone.

    The number is the one in report.json, in file names and in addresses. Texts are as they were written: whoever puts
    them into HTML escapes them.
    """

    concepts: Mapping[int, str] = field(default_factory=dict)
    strategies: Mapping[int, str] = field(default_factory=dict)

    def concept(self, index: int) -> str:
        """For example "Concept 3 · price tag"."""
        return _joined(f"Concept {index}", self.concepts.get(index, ""))

    def strategy(self, label: int) -> str:
        """The same for a strategy; −1 is no strategy."""
        return _joined(f"Strategy {label}" if label >= 0 else "Outlier", self.strategies.get(label, ""))

    @property
    def short(self) -> "Names":
        """The same names cut to what fits beside a bar or on a map."""
        return Names(
            {index: _cut(name) for index, name in self.concepts.items()},
            {label: _cut(name) for label, name in self.strategies.items()},
        )


NUMBERS = Names()  # nobody named anything


def _joined(number: str, name: str) -> str:
    return f"{number} · {in_line(name)}" if name else number


def in_line(name: str) -> str:
    """The name as part of a line: it may run from right to left, what stands beside it may not."""
    name = name.translate(DIRECTIONS)
    turned = any(unicodedata.bidirectional(letter) in FROM_RIGHT for letter in name)
    return f"{APART[0]}{name}{APART[1]}" if turned else name


def _cut(name: str) -> str:
    return name if len(name) <= CUT else f"{name[: CUT - 1].rstrip()}…"
