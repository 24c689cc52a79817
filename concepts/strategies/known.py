"""Groups known by something outside the model, such as a word in a text: whether the evidence tells them apart."""

from dataclasses import dataclass

import numpy as np

from concepts.strategies.discriminant import between_sides
from concepts.strategies.mixtures import FEWEST, N_FOLDS, held_out
from concepts.strategies.valleys import find_valleys

APART = 3.2  # Ashman's D on items held out: a normal population cut in two has 2.6; words of film reviews reach 2.5
VARIED = 0.5  # least spread of the members beside that of the others, along the others' main directions
N_MAIN = 4  # of these directions
AGAIN = 0.5  # how much nearer the sides may be in a refit, which must find the same groups, not prove them


@dataclass(frozen=True)
class KnownSplit:
    """A known group that the evidence tells apart: its column and members (n,) bool, a direction (k,) over the evidence
    and the threshold between the sides; how far apart they are (Ashman's D on items held out), and the score by which
    splits are compared."""

    column: int
    inside: np.ndarray
    direction: np.ndarray
    threshold: float
    separation: float
    score: float


def known_split(
    E: np.ndarray, known: np.ndarray, smallest: int, rng: np.random.Generator, more: float
) -> KnownSplit | None:
    """The group that the evidence tells apart best from the rest; None where it tells none (`known_splits`)."""
    found = known_splits(E, known, smallest, rng, more)
    return max(found, key=lambda split: split.score, default=None)


def known_splits(
    E: np.ndarray, known: np.ndarray, smallest: int, rng: np.random.Generator, more: float = 0.0
) -> list[KnownSplit]:
    """The groups that the evidence tells apart from the rest.

    E: (n, k) evidence. known: (n, h) bool, the members of each group that might be one: the texts that hold a word.
    Nothing is fitted to the evidence to find such a group, so a shallow valley, or none, is no objection: a tenth of
    the texts at 3.8 deviations has none. It must be

    - **told apart**: D ≥ 3.2 along Fisher's direction, each fifth judged along the direction of the others;
    - **added**: its members are as varied as the rest. Along each of the main directions of the others their variance
      is at least half of the others'. Texts after one pattern, whose words are told apart as well, lack that variety.

    more: below 0 for a refit; parts of the items are tested as the whole. The threshold is that of two normals with
    the same spread.
    """
    if len(E) < max(FEWEST, 2 * smallest) or not known.shape[1]:
        return []
    folds = rng.permutation(np.arange(len(E)) % N_FOLDS)
    size = known.sum(axis=0)
    columns = np.flatnonzero((size >= smallest) & (size <= len(E) - smallest)).tolist()
    splits = [_split(E, known, column, smallest, folds, again=more < 0) for column in columns]
    return [split for split in splits if split is not None]


def _split(
    E: np.ndarray, known: np.ndarray, column: int, smallest: int, folds: np.ndarray, *, again: bool
) -> KnownSplit | None:
    inside, least = known[:, column], APART - AGAIN if again else APART
    direction, middle, half = between_sides(E, inside)
    if _apart(E @ direction, inside) < least:  # held out they are nearer still
        return None
    along = held_out(E, inside, folds, settle=False)
    apart = _apart(along, inside)
    if apart < least or not (again or is_added(E, inside)):
        return None
    score = float(find_valleys(along[:, None], smallest).ratio[0]) + 3 * apart
    return KnownSplit(column, inside, direction, middle + half * _boundary(along, inside), apart, score)


def is_added(E: np.ndarray, inside: np.ndarray) -> bool:
    """Whether the members vary as the others do, along the main directions of the others and beside the difference."""
    direction = between_sides(E, inside)[0]
    rest = E - np.outer(E @ direction, direction)
    members, others = rest[inside] - rest[inside].mean(axis=0), rest[~inside] - rest[~inside].mean(axis=0)
    spread, axes = np.linalg.eigh(others.T @ others / len(others))
    main = axes[:, -N_MAIN:][:, spread[-N_MAIN:] > 0]
    if not main.shape[1]:
        return True
    return bool(((members @ main).var(axis=0) >= VARIED * (others @ main).var(axis=0)).all())


def _apart(along: np.ndarray, inside: np.ndarray) -> float:
    """Ashman's D of the two sides, negative where they are in the other order."""
    spread = along[inside].var() + along[~inside].var()
    return float(np.sqrt(2) * (along[inside].mean() - along[~inside].mean()) / np.sqrt(max(spread, 1e-12)))


def _boundary(along: np.ndarray, inside: np.ndarray) -> float:
    """Where two normals of the same spread, with means −1 and 1 and the shares of the sides, are equally likely."""
    share = float(inside.mean())
    spread = share * along[inside].var() + (1 - share) * along[~inside].var()
    return float(np.clip(spread * np.log((1 - share) / share) / 2, -1, 1))
