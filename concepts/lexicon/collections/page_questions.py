"""Questions as the page Similarity asks them, drawn from a collection: each leaves out the photo that is shown."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from concepts.lexicon.collections.collection import Collection
from concepts.lexicon.collections.stored_tokens import tokens_of
from concepts.numerics.samples import random_sample

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, eq=False)
class PageQuestions:
    """Queries (q, p), and the photo that each leaves out (q,)."""

    queries: "Tensor"
    own: np.ndarray


def own_places(collection: Collection, n: int, *, seed: int) -> PageQuestions:
    """At most n places that are not all zeros, each with its photo."""
    tokens = tokens_of(collection)
    rows = np.array(random_sample(len(tokens), n, seed=seed + 2))  # others than those of the tokens' recall
    rows = rows[tokens.take(rows).any(dim=1).numpy()]
    return PageQuestions(tokens.take(rows), rows // tokens.places)


def own_words(collection: Collection, n: int, *, seed: int) -> PageQuestions:
    """At most n words of the collection's lexicons, each with a photo that is drawn: any may be shown beside a word.

    Of damaged lexicons, and of those of another width, none, as on pages.
    """
    import torch

    from concepts.lexicon import load_lexicon

    vectors = [torch.zeros(0, collection.n_channels)]
    for folder in collection.lexicons():
        try:
            lexicon = load_lexicon(folder)
        except (ValueError, OSError):
            continue
        vectors += [lexicon.vectors.float()] if lexicon.n_channels == collection.n_channels else []
    each = torch.cat(vectors)
    drawn = each[random_sample(len(each), n, seed=seed)]
    return PageQuestions(drawn, np.random.default_rng(seed + 3).integers(len(collection), size=len(drawn)))
