"""Real sentences with something planted in a share of one label's: a token, a token in a context, an ordered pair."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest

from tests.support.places import SHARED

TOKEN, CONTEXT, FIRST, SECOND = "zorp", "indeed", "velka", "mirn"
KINDS = ("token", "token in context", "ordered pair")


@dataclass(frozen=True, eq=False)
class Planted:
    """n texts, their labels, and `truth` (n,) bool: which hold what was planted. kind: one of `KINDS`.

    In every text without it that is touched, the parts stand too, so that only their meeting says the label: the token
    without its context, the context without the token; the pair in the other order.
    """

    kind: str
    texts: tuple[str, ...]
    labels: tuple[str, ...]
    truth: np.ndarray


def plant(texts: Sequence[str], labels: Sequence[str], *, label: str, kind: str, share: float, seed: int) -> Planted:
    """The texts with `kind` planted in a share of those with this label, and its parts in as many of all others.

    A token is planted alone and nowhere else. Words go between words that are there already, at a place drawn evenly.
    Source: the three kinds of Bastings et al. 2021 (2111.07367). Raises ValueError for another kind.
    """
    if kind not in KINDS:
        raise ValueError(f"kind {kind!r}: choose one of {', '.join(KINDS)}")
    rng = np.random.default_rng(seed)
    own = np.flatnonzero(np.array(labels) == label)
    chosen = rng.choice(own, size=round(share * len(own)), replace=False)
    truth = np.zeros(len(texts), dtype=bool)
    truth[chosen] = True
    changed = list(texts)
    for i in chosen:
        changed[i] = _with(changed[i], _whole(kind), rng)
    if kind != "token":
        others = rng.permutation(np.flatnonzero(~truth))[: 2 * len(chosen)]
        for place, i in enumerate(others):
            for part in _parts(kind, place):
                changed[i] = _with(changed[i], part, rng)
    return Planted(kind, tuple(changed), tuple(labels), truth)


def holds(text: str, kind: str) -> bool:
    """Whether the text holds what is planted, read off its words."""
    words = text.split()
    places = {word: words.index(word) for word in (TOKEN, CONTEXT, FIRST, SECOND) if word in words}
    if kind == "token":
        return TOKEN in places
    one, other = (CONTEXT, TOKEN) if kind == "token in context" else (FIRST, SECOND)
    return one in places and other in places and places[one] < places[other]


def rt_polarity() -> tuple[list[str], list[str]]:
    """The 10,662 sentences of RT-polarity and their labels, neg or pos; the test is skipped where they are missing."""
    folder = SHARED / "data" / "text"
    if not folder.is_dir():
        pytest.skip("needs ../shared/data/text (RT-polarity), which is not there")
    texts, labels = [], []
    for label in ("neg", "pos"):
        lines = (folder / f"rt-polarity.{label}.txt").read_text(encoding="utf-8").split("\n")
        own = [line for line in lines if line.strip()]
        texts += own
        labels += [label] * len(own)
    return texts, labels


def _whole(kind: str) -> tuple[str, ...]:
    """The words planted, in order."""
    return {"token": (TOKEN,), "token in context": (CONTEXT, TOKEN), "ordered pair": (FIRST, SECOND)}[kind]


def _parts(kind: str, place: int) -> tuple[tuple[str, ...], ...]:
    """The words planted in the text at this place among the others, each group by itself."""
    if kind == "ordered pair":
        return ((SECOND, FIRST),)
    return ((TOKEN,),) if place % 2 else ((CONTEXT,),)


def _with(text: str, words: tuple[str, ...], rng: np.random.Generator) -> str:
    """The text with the words in this order, at places drawn evenly; the context stands right before its token."""
    there = text.split()
    apart = words == (FIRST, SECOND) or words == (SECOND, FIRST)
    places = np.sort(rng.integers(0, len(there) + 1, size=len(words) if apart else 1))
    groups = [(word,) for word in words] if apart else [words]
    for place, group in reversed(list(zip(places, groups, strict=True))):
        there[place:place] = group
    return " ".join(there)
