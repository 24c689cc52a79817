"""One-to-one matching of the concepts of two dictionaries.

torch is not loaded for NumPy arrays, since pages match stored arrays.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Union

import numpy as np

if TYPE_CHECKING:
    from torch import Tensor

Array = Union[np.ndarray, "Tensor"]


@dataclass(frozen=True)
class Matching:
    """min(k, l) pairs of concepts of two dictionaries of k and l concepts, best pair first.

    first, second: (pairs,) the concepts' numbers in the first and the second dictionary. cosines: (pairs,), in
    [-1, 1], or [0, 1] if the sign is ignored. similarity: (k, l) cosines of all concepts of the first with all of the
    second.
    """

    first: np.ndarray
    second: np.ndarray
    cosines: np.ndarray
    similarity: np.ndarray

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """(concept of the first, concept of the second), best pair first; an unmatched concept is in no pair."""
        return list(zip(self.first.tolist(), self.second.tolist(), strict=True))

    @property
    def distance(self) -> float:
        """Mean of 1 − cosine over the pairs: 0 for the same concepts in any order."""
        return float(np.mean(1 - self.cosines))


def match_dictionaries(V: Array, W: Array, *, signed: bool = False) -> Matching:
    """The one-to-one matching of the concepts of V (k, p) with those of W (l, p) with the largest sum of cosines.

    signed: match on |cosine|, for dictionaries whose codes may be negative (pca, ica: `signed_codes`), where an atom
    and its negative are the same concept. Not for semi_nmf: its codes are ≥ 0, so the sign of its atoms has a meaning.
    Lengths do not matter; an all-zero atom has cosine 0 with every other.
    Raises ValueError if the numbers of channels differ.
    """
    V, W = _numpy(V), _numpy(W)
    if V.ndim != 2 or W.ndim != 2 or V.shape[1] != W.shape[1] or 0 in (*V.shape, *W.shape):
        raise ValueError(
            f"dictionaries must be (k, p) and (l, p) with the same p channels; got {V.shape} and "
            f"{W.shape}: match concepts of the same layer"
        )
    cosine = (_unit(V) @ _unit(W).T).clip(-1, 1)
    return match(np.abs(cosine) if signed else cosine)


def match(similarity: np.ndarray) -> Matching:
    """The one-to-one matching with the largest sum of a similarity (k, l), by the Hungarian method (Kuhn 1955)."""
    first, second = assigned(similarity)
    order = np.argsort(-similarity[first, second], kind="stable")
    first, second = first[order], second[order]
    return Matching(first, second, similarity[first, second], similarity)


def assigned(similarity: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The pairs of `match`, in the order of the first: the numbers of both."""
    from scipy.optimize import linear_sum_assignment

    first, second = linear_sum_assignment(similarity, maximize=True)
    return first, second


def _numpy(V: Array) -> np.ndarray:
    """The array in double precision, in main memory."""
    return np.asarray(V, dtype=np.float64) if isinstance(V, np.ndarray) else V.detach().cpu().double().numpy()


def _unit(V: np.ndarray) -> np.ndarray:
    """Rows of unit length; zero rows stay zero. The largest entry is divided out first: no under- or overflow."""
    scale = np.abs(V).max(axis=1, keepdims=True)
    V = V / np.where(scale > 0, scale, 1)
    length = np.linalg.norm(V, axis=1, keepdims=True)
    return V / np.where(length > 0, length, 1)
