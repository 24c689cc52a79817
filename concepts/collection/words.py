"""What all photos of a collection say in a lexicon: one pass, for search and for words that are said everywhere."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

    from concepts.collection.collection import Collection
    from concepts.lexicon import Lexicon, Overuse
    from concepts.search import LexicalIndex

VALUES = 2**25  # activations held at a time: 128 MB


@dataclass(frozen=True)
class WordsRead:
    """overuse: how much each word is said over all photos. index: photos and places by their words, less that."""

    overuse: "Overuse"
    index: "LexicalIndex"


def read_words(
    collection: "Collection", lexicon: "Lexicon", *, progress: Callable[[float], None] | None = None
) -> WordsRead:
    """The words of all photos. Two passes over the stored tokens: what is said everywhere, then what is said beyond it.

    Raises ValueError for a lexicon of another width.
    """
    from concepts.lexicon import overuse
    from concepts.search import LexicalIndex

    show, n = progress or (lambda share: None), len(collection)
    used = overuse(_said(collection, lexicon, lambda done: show(done / (2 * n))))
    index = LexicalIndex(lexicon, collection.grid)
    for said in _said(collection, lexicon, lambda done: show((n + done) / (2 * n))):
        index.add(used.discounted(said).clamp(min=0))
    return WordsRead(used, index)


def _said(collection: "Collection", lexicon: "Lexicon", show: Callable[[int], None]) -> "Iterator[Tensor]":
    """(m, h, w, L) lexical activations of photos in order."""
    import torch

    from concepts.lexicon import lexical_activations

    h, w = collection.grid
    size = max(1, VALUES // (h * w * len(lexicon)))
    for start in range(0, len(collection), size):
        tokens = torch.from_numpy(collection.activations.on_grid(start, start + size)).float()
        yield lexical_activations(tokens, lexicon)
        show(min(start + size, len(collection)))
