"""Words that no photo shows: a name must fit a concept better than all of them."""

from collections.abc import Collection
from functools import cache
from itertools import compress
from pathlib import Path
from typing import TYPE_CHECKING

from concepts.lexicon.naming.prototypes import N_PROTOTYPES

if TYPE_CHECKING:
    from torch import Tensor

    from concepts.models.encoders import TextEncoder

FILE = Path(__file__).with_name("unrelated_words.txt")


@cache
def unrelated_words() -> tuple[str, ...]:
    """830 English nouns of which every sense is an abstraction ("accuracy", "legacy", "autism"), commonest first.

    A text encoder has read them as it has read any word, so that they stand for words that nothing in a photo supports;
    made-up words would not do, since an encoder puts what it has never read apart from all else. Taken by rule, none by
    hand: nouns of WordNet 3.0 below "abstraction" alone, not below group, location, sport, illness, physical condition
    or visual property; ending in -ness, -ity, -ism, -ance, -ence, -ancy, -ency, -acy, -tion, -sion, -logy, -ics, -ship,
    -hood, -dom or -tude; six letters or more; among the 30,000 commonest words of GloVe. WordNet: copyright Princeton
    University, used under the WordNet 3.0 licence.
    """
    return tuple(FILE.read_text(encoding="utf-8").split())


def unrelated_thresholds(
    tokens: "Tensor",
    codes: "Tensor",
    encoder: "TextEncoder",
    *,
    but: Collection[str] = (),
    n_prototypes: int = N_PROTOTYPES,
) -> "Tensor":
    """(k,): the best score of an unrelated word for each concept, 0 for an absent one.

    One of L words that say as little of a concept is better with probability L / (L + 830): 5% for 40 words, one half
    for 830. tokens: (n, T, p) in the encoder's space. codes: (n, T, k). but: words that are asked about; they are left
    out, as are words to which the encoder gives a vector of zeros. Raises ValueError as `word_scores` does.
    """
    import torch

    from concepts.lexicon import Lexicon
    from concepts.lexicon.naming.scores import word_scores

    asked = {word.casefold() for word in but}
    others = tuple(word for word in unrelated_words() if word not in asked)
    vectors = encoder.embed(others)
    known = (vectors != 0).any(dim=1)
    words = tuple(compress(others, known.tolist()))
    if not words:
        return torch.zeros(codes.shape[-1], dtype=torch.float64)
    lexicon = Lexicon(words, vectors[known], name="unrelated words", space=encoder.fingerprint)
    return word_scores(tokens, codes, lexicon, n_prototypes=n_prototypes).amax(dim=1)
