"""Tokens from a stored report or from lexical activations: the winning concept at each place."""

from collections.abc import Iterable

import numpy as np

from concepts.lexicon.token_statistics.corpus import BLANK
from concepts.report.class_report import ClassReport


def tokens_of_activations(activations: Iterable[np.ndarray], *, least: float = 0.0) -> list[np.ndarray]:
    """One array per photo, of int16 or int32: the concept or word with the largest magnitude at each place.

    activations: (T..., k) per photo. Blank (−1) where that magnitude is not above `least`; the first wins in a tie.
    One photo is held at a time. Raises ValueError for numbers that are not finite.
    """
    return [_winners(np.asarray(each), least) for each in activations]


def tokens_of_report(report: ClassReport, *, least: float = 0.0) -> list[np.ndarray]:
    """(h, w) per photo: the concept that contributes most to the activation at each place.

        argmax_j |U_j| ‖V_j‖

    The length of the direction is included, so that the scale of a method's codes does not matter. Blank where the
    maximum is not above `least`. Only one photo's maps are read at a time. Raises ValueError if the layer has no
    places, or when the maps are damaged.
    """
    if not report.has_maps:
        raise ValueError("the report keeps no concept maps: its layer has no places, so that there are no tokens")
    k = len(report.data.concepts)
    lengths = np.linalg.norm(report.array("components"), axis=1)  # (k,)
    if lengths.shape != (k,):
        raise ValueError(f"the report has {k} concepts and {len(lengths)} directions: build it again")
    maps = (_maps(report, image, k) for image in range(len(report.data.items)))
    return tokens_of_activations((each * lengths for each in maps), least=least)


def _winners(activations: np.ndarray, least: float) -> np.ndarray:
    sizes = np.abs(activations)
    if not np.isfinite(sizes).all():
        raise ValueError("the activations hold NaN or infinity: compute them anew")
    kind = np.int16 if sizes.shape[-1] < 2**15 else np.int32
    return np.where(sizes.max(axis=-1) > least, sizes.argmax(axis=-1), BLANK).astype(kind)


def _maps(report: ClassReport, image: int, k: int) -> np.ndarray:
    """(h, w, k): one photo's maps of all concepts."""
    try:
        return np.stack([report.concept_map(concept, image) for concept in range(k)], axis=-1)
    except (IndexError, ValueError) as error:
        raise ValueError(
            f"the concept maps of photo {image} cannot be read ({error}): build the report again"
        ) from error
