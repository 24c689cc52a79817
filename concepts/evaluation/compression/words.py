"""Words under codes: every word of a vocabulary is searched, a chunk at a time, and what they name is named again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from concepts.evaluation.compression.coded import Coded
from concepts.evaluation.compression.searching import TOP, Vectors
from concepts.evaluation.compression.word_change import Naming, WordChange, word_change
from concepts.numerics.samples import random_sample
from concepts.token_search.codes import CODES

if TYPE_CHECKING:
    from torch import Tensor

FITTED = 20_000  # words that steps are fitted to, and centres to at most 10,000 of these
FEWEST = 2 * TOP  # words whose codes are compared
HASHED, WORDS_A_ROW = "hashed pieces", 8


@dataclass(frozen=True, eq=False)
class Words:
    """A vocabulary by name, its words and their vectors (l, p), and what is named by them; None: nothing."""

    name: str
    words: Sequence[str]
    vectors: "Tensor"
    naming: Naming | None = None

    def __len__(self) -> int:
        return len(self.words)


def coded_words(words: Words, names: Sequence[str], seed: int) -> Iterator[Coded]:
    """The words under the codes of these names, and in a hashed table of all.

    Steps are fitted to at most 20,000 of them, centres to at most 10,000 of these. Vectors alone are coded: a lexicon's
    bias, 4 bytes a word, stays as it is and is in no bytes.
    """
    import torch

    from concepts.token_search.codes.hashed import fit_hashed

    V = words.vectors
    sample = V[random_sample(len(V), FITTED, seed=seed)].float()
    for name in names:
        yield Coded.by(name, CODES[name].fit(sample, seed), V)
    table = fit_hashed(words.words, V, rows=max(1, len(V) // WORDS_A_ROW))
    yield Coded(
        HASHED, table.nbytes / len(V), 0,
        lambda start, end: torch.from_numpy(table.vectors(words.words[start:end])),
    )  # fmt: skip


class NamedAgain:
    """What is named by some words, beside what it is called with their exact vectors."""

    def __init__(self, naming: Naming, vectors: "Tensor") -> None:
        self.naming, self.before = naming, naming.words(lambda start, end: vectors[start:end].float())

    def change(self, decoded: Vectors) -> WordChange:
        """Where `decoded` are the vectors of the words."""
        return word_change(self.naming.of, self.before, self.naming.words(decoded))

    def control(self) -> WordChange:
        """Beside which a change is read."""
        return word_change(self.naming.of, self.before, self.naming.control(self.before))
