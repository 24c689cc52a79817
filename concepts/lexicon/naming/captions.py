"""Candidate words without a word list, from captions near a concept."""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from torch import Tensor
from torch.nn.functional import normalize

from concepts.lexicon import Lexicon
from concepts.models.encoders import TextEncoder

WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")  # letters, with hyphens and apostrophes inside
SHORTEST = 2  # letters
N_CAPTIONS = 10


def read_captions(path: str | Path) -> tuple[str, ...]:
    """The captions of a text file, one per line, without repeats. Raises ValueError for an unreadable or empty file."""
    try:
        lines = Path(path).read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"captions cannot be read from {str(path)!r}: {error}") from error
    captions = tuple(dict.fromkeys(" ".join(line.split()) for line in lines if line.strip()))
    if not captions:
        raise ValueError(f"{str(path)!r} holds no captions: write one on each line")
    return captions


def content_words(caption: str) -> tuple[str, ...]:
    """The words of a caption in lower case, in order, without repeats and stop words (scikit-learn's English list)."""
    words = (word.replace("’", "'").casefold() for word in WORD.findall(caption))
    return tuple(dict.fromkeys(w for w in words if len(w) >= SHORTEST and w not in _stop_words()))


def nearest_captions(directions: Tensor, captions: Tensor, count: int = N_CAPTIONS) -> Tensor:
    """(k, ≤ count) rows of the captions nearest to each concept by cosine, nearest first.

    directions: (k, d), from the mean of all places to that of a concept's (`token_directions`), in the captions'
    space. captions: (m, d), their mean is subtracted. Raises ValueError for another width.
    """
    if directions.shape[-1] != captions.shape[-1]:
        raise ValueError(
            f"concepts of {directions.shape[-1]} channels, captions of {captions.shape[-1]}: bring the concepts into "
            "the text space, by an encoder that is aligned with it or by a bridge"
        )
    centred = captions - captions.mean(dim=0)
    cosine = normalize(directions, dim=1) @ normalize(centred.to(directions), dim=1).T
    return cosine.topk(min(count, len(captions)), dim=1).indices


def caption_lexicon(
    directions: Tensor, captions: Sequence[str], encoder: TextEncoder, *, per_concept: int = N_CAPTIONS
) -> Lexicon:
    """The content words of the captions nearest to the concepts, with the encoder's vectors: candidates to be scored.

    directions: (k, d) as for `nearest_captions`, one per concept, all 0 for an absent concept (it yields no words).
    The words are chosen with the concepts in view, so thresholds from shuffled codes are somewhat low for them.
    Source: CaSED (Conti et al., NeurIPS 2023). Raises ValueError for no captions, or when the nearest contain no
    content word.
    """
    if not captions:
        raise ValueError("no captions were given: candidates come from them, one caption a line")
    there = directions[directions.any(dim=1)]
    near = nearest_captions(there, encoder.embed(captions), per_concept)
    words = words_of(captions[row] for row in near.unique().tolist())
    if not words:
        raise ValueError(f"none of the {len(near.unique())} captions nearest to the concepts holds a content word")
    return Lexicon(words, encoder.embed(words), name="words of captions", space=encoder.fingerprint)


def words_of(captions: Iterable[str]) -> tuple[str, ...]:
    """The content words of several captions, in order, without repeats."""
    return tuple(dict.fromkeys(word for caption in captions for word in content_words(caption)))


@cache
def _stop_words() -> frozenset[str]:
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    return ENGLISH_STOP_WORDS
