"""What the order of the words does: the shipped network and a bag of single words, in order and shuffled.

Reading it needs neither: `python -m concepts demo` writes it (`concepts/demo/texts/ordering.py`).
"""

from dataclasses import dataclass
from pathlib import Path

from concepts.storage.app_folder import DEMO
from concepts.storage.typed_json import Count, read_typed

FILE = "texts/word_order.json"
MOST_BYTES = 2**18  # of the file


@dataclass(frozen=True)
class InTwoOrders:
    """How many of a class's sentences are right, with their words in order and shuffled."""

    in_order: Count
    shuffled: Count


@dataclass(frozen=True)
class ShownSentence:
    """A sentence of a class, and the same words in another order."""

    text: str
    shuffled: str


@dataclass(frozen=True)
class ClassOrder:
    """One class. n: its sentences, none of them trained on. bag: logistic regression on counts of single words."""

    class_name: str
    n: Count
    network: InTwoOrders
    bag: InTwoOrders
    example: ShownSentence

    @property
    def kept(self) -> float:
        """The share of its sentences that the network gets right when their words are shuffled; 0 for no sentences."""
        return self.network.shuffled / self.n if self.n else 0.0


@dataclass(frozen=True)
class WordOrder:
    """All classes, in the order of the network's outputs. seed: draws the orders and what is shown."""

    seed: Count
    classes: tuple[ClassOrder, ...]

    def right(self, *names: str, counted: bool = False) -> tuple[float, float]:
        """The shares of these classes' sentences that are right, in order and shuffled.

        counted: by the bag of words, else by the network. Raises ValueError for a class that is not in the file.
        """
        rows = self.of(*names)
        orders = [row.bag if counted else row.network for row in rows]
        n = max(sum(row.n for row in rows), 1)
        return sum(each.in_order for each in orders) / n, sum(each.shuffled for each in orders) / n

    def of(self, *names: str) -> tuple[ClassOrder, ...]:
        """These classes. Raises ValueError for one that is not in the file."""
        rows = {row.class_name: row for row in self.classes}
        if missing := [name for name in names if name not in rows]:
            raise ValueError(f"{FILE} has no class {missing[0]!r}, only {', '.join(rows)}: build the demo again")
        return tuple(rows[name] for name in names)


def read_word_order(folder: Path = DEMO) -> WordOrder:
    """The file in the demo's folder. Raises ValueError, or OSError, where it is missing or damaged."""
    return read_typed(WordOrder, folder / FILE, most_bytes=MOST_BYTES)
