"""Word activations of all photos of a collection, for search and for the overuse of words."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from concepts.storage.entries import drop, is_kept, new_entry
from concepts.storage.listing import reason_of
from concepts.storage.store import key_of

if TYPE_CHECKING:
    from torch import Tensor

    from concepts.lexicon import Lexicon, Overuse
    from concepts.lexicon.collections.collection import Collection
    from concepts.lexicon.search import LexicalIndex

VALUES = 2**25  # activations held at a time: 128 MB
INDEX, OVERUSE = "index", "overuse.safetensors"  # in the store


@dataclass(frozen=True)
class WordsRead:
    """overuse: how much each word is activated over all photos. index: photos and places by their words, minus that."""

    overuse: "Overuse"
    index: "LexicalIndex"


def read_words(
    collection: "Collection", lexicon: "Lexicon", *, progress: Callable[[float], None] | None = None
) -> WordsRead:
    """The words of all photos. Two passes over the stored tokens: the overuse of the words, then the excess over it.

    Raises ValueError for a lexicon of another width.
    """
    from concepts.lexicon import overuse
    from concepts.lexicon.search import LexicalIndex

    show, n = progress or (lambda share: None), len(collection)
    used = overuse(_said(collection, lexicon, lambda done: show(done / (2 * n))))
    index = LexicalIndex(lexicon, collection.grid)
    for said in _said(collection, lexicon, lambda done: show((n + done) / (2 * n))):
        index.add(used.discounted(said).clamp(min=0))
    return WordsRead(used, index)


def stored_words(
    collection: "Collection", lexicon: "Lexicon", *, progress: Callable[[float], None] | None = None
) -> WordsRead:
    """`read_words`, cached in the store beside the tokens: computed once for all callers and server starts.

    The key is the tokens and the lexicon's words, vectors and bias. A missing or damaged entry is computed again.
    """
    folder = collection.store / f"words-{_key(collection, lexicon)}"
    if is_kept(folder):
        try:
            return _load(folder, lexicon)
        except ValueError as error:
            drop(folder, reason_of(error, folder))
    read = read_words(collection, lexicon, progress=progress)
    with new_entry(folder) as part:
        _save(read, part)
    return read


def first_words(collection: "Collection", lexicon: "Lexicon", used: "Overuse") -> list[np.ndarray]:
    """One array (h, w) per photo: the row of the most activated word at each place, −1 if no word is activated.

    The overuse `used` is subtracted, so that the commonest words do not win everywhere. Raises ValueError for a lexicon
    of another width.
    """
    from concepts.lexicon.token_statistics.winning_concepts import tokens_of_activations

    found = []
    for said in _said(collection, lexicon, lambda done: None):
        found += tokens_of_activations(used.discounted(said).clamp(min=0).numpy())
    return found


def _key(collection: "Collection", lexicon: "Lexicon") -> str:
    tensors = [lexicon.vectors] if lexicon.bias is None else [lexicon.vectors, lexicon.bias]
    content = [blake2b(tensor.contiguous().numpy().data, digest_size=16).hexdigest() for tensor in tensors]
    return key_of(tokens=collection.tokens, words=lexicon.words, content=content)


def _save(read: WordsRead, folder: Path) -> None:
    from safetensors.torch import save_file

    read.index.save(folder / INDEX)
    used = read.overuse
    save_file({"mean": used.mean, "share": used.share}, folder / OVERUSE, {"n_photos": str(used.n_photos)})


def _load(folder: Path, lexicon: "Lexicon") -> WordsRead:
    """The stored words. Raises ValueError when none are stored, or they are damaged."""
    from safetensors import SafetensorError, safe_open

    from concepts.lexicon import Overuse
    from concepts.lexicon.search import LexicalIndex

    try:
        with safe_open(folder / OVERUSE, "pt") as file:
            used = Overuse(file.get_tensor("mean"), file.get_tensor("share"), int(file.metadata()["n_photos"]))
        if not used.mean.shape == used.share.shape == (len(lexicon),):
            raise ValueError(f"the overuse of {len(used.mean)} words is stored, the lexicon has {len(lexicon)}")
    except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{folder} holds no words that were read ({error})") from error
    return WordsRead(used, LexicalIndex.load(folder / INDEX, lexicon))


def _said(collection: "Collection", lexicon: "Lexicon", show: Callable[[int], None]) -> "Iterator[Tensor]":
    """(m, h, w, L) lexical activations of the photos, in order."""
    import torch

    from concepts.lexicon import lexical_activations

    h, w = collection.grid
    size = max(1, VALUES // (h * w * len(lexicon)))
    for start in range(0, len(collection), size):
        tokens = torch.from_numpy(collection.activations.on_grid(start, start + size)).float()
        yield lexical_activations(tokens, lexicon)
        show(min(start + size, len(collection)))
