"""Names of concepts and strategies: their number or letter, followed by the name that people gave them.

People read concepts 1, 2, 3 and strategies A, B, C; files, arrays and addresses count both from 0.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from string import ascii_uppercase

CUT = 20  # characters of a name in a figure, where room is short
DIRECTIONS = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)))  # marks that set the text direction
FROM_RIGHT = ("R", "AL", "AN")
APART = ("\u2068", "\u2069")  # first strong isolate, and its end: text between them does not affect text outside


@dataclass(frozen=True)
class Names:
    """The names that people gave to the concepts and strategies of a report, by index; unnamed ones are left out.

    By their index in report.json, in file names and in URLs. Texts are as they were written: the caller that
    puts them into HTML must escape them.
    """

    concepts: Mapping[int, str] = field(default_factory=dict)
    strategies: Mapping[int, str] = field(default_factory=dict)

    def concept(self, index: int) -> str:
        """The name of a concept, for example "Concept 3 · price tag" for index 2."""
        return _joined(f"Concept {concept_number(index)}", self.concepts.get(index, ""))

    def strategy(self, label: int) -> str:
        """The name of a strategy, for example "Strategy B" for label 1; −1 is an outlier."""
        return _joined(
            f"Strategy {strategy_letter(label)}" if label >= 0 else "Outlier", self.strategies.get(label, "")
        )

    @property
    def short(self) -> "Names":
        """The same names, cut to fit beside a bar or on a map."""
        return Names(
            {index: _cut(name) for index, name in self.concepts.items()},
            {label: _cut(name) for label, name in self.strategies.items()},
        )


def concept_number(index: int) -> int:
    """The number that people read for a concept: 1 for index 0."""
    return index + 1


def strategy_letter(label: int) -> str:
    """The letters that people read for a strategy: A for label 0, Z for 25, AA for 26."""
    letters = ""
    while label >= 0:
        label, letter = divmod(label, len(ascii_uppercase))
        letters, label = ascii_uppercase[letter] + letters, label - 1
    return letters


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


def joined_names(names: Sequence[str]) -> str:
    """The names in a row: a, b and c."""
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]
