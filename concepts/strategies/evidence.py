"""Evidence of each concept for the class in each image: its peak where codes are known, else its importance."""

from dataclasses import dataclass

import numpy as np

from concepts.strategies.patterns import pattern_evidence

N_PEAKS = 5
MOST_ZEROS = 0.02  # share of images
CHUNK = 256  # images per read from codes that may be on disk


@dataclass(frozen=True)
class Evidence:
    """`values` (n, k): one column per concept, standardised. `views` (n, m): every scale on which a concept is tested
    for two populations, m a multiple of k; column j belongs to concept j mod k. `patterns` (n, q): local patterns of
    codes or, where `from_places`, of places, standardised; they find groups but describe none. `presence` (k,): −1
    where the presence of a concept lowers the evidence, else 1. `kind` names what was used. `known` (n, h) bool: groups
    that might be told apart, known from elsewhere (`known_split`)."""

    values: np.ndarray
    views: np.ndarray
    patterns: np.ndarray
    presence: np.ndarray
    kind: str
    known: np.ndarray
    from_places: bool = False


def evidence_of(
    phi: np.ndarray,
    codes: np.ndarray | None,
    seed: int = 0,
    *,
    places: np.ndarray | None = None,
    known: np.ndarray | None = None,
) -> Evidence:
    """Standardised evidence of every concept in every image.

    Without codes it is the importance φ. With codes it is the peak,

        e_ij = ± mean of the five largest codes of concept j in image i,   the sign that of its weight w_j,

    so that large parts do not hide a small one (method.md, section 6; Holistic pools over positions instead).
    Standardising each concept removes the size of its weight, so that a mark which the head does not use also shows.
    One-hot codes have no peak, so φ is used.
    The views then hold e, φ (a mark spread over the image shows in its mean) and, for codes that are not negative, both
    from the roots of peak and mean, because a rare, strong concept has a long tail. See `pattern_evidence` for marks
    without a concept; they are searched in `places` where given, because a handful of concepts no longer distinguishes
    a mark from a similar natural part. known: (n, h) bool, see `Evidence`. Raises ValueError where codes are
    not finite.
    """
    known = np.zeros((len(phi), 0), dtype=bool) if known is None else known
    if codes is None or _two_valued(codes):
        values = standardise(phi)
        patterns = _patterns(places, values, seed)
        kind = "importance, each concept standardised"
        return Evidence(values, values, patterns, np.ones(phi.shape[1]), kind, known, places is not None)
    mean, peak = pooled_codes(codes)
    if not (np.isfinite(mean).all() and np.isfinite(peak).all()):
        raise ValueError("codes contain NaN or infinite values: importance and evidence must be finite")
    weight = concept_weights(phi, mean)
    presence = np.where(weight < 0, -1.0, 1.0)
    values = standardise(peak * presence)
    views = [values, standardise(phi)]
    if mean.min() >= 0 and peak.min() >= 0:
        views += [standardise(_rooted(part) * presence) for part in (peak, mean)]
    kind = "peak (mean of the five largest codes × sign of the weight), each concept standardised"
    patterns = _patterns(codes if places is None else places, values, seed)
    return Evidence(values, np.hstack(views), patterns, presence, kind, known, places is not None)


def _patterns(places: np.ndarray | None, values: np.ndarray, seed: int) -> np.ndarray:
    """(n, q) standardised patterns, q = 0 where there are no places."""
    if places is None:
        return np.zeros((len(values), 0))
    return standardise(pattern_evidence(places, image_order(values), seed))


def image_order(values: np.ndarray) -> np.ndarray:
    """(n,): the images sorted by the size of their evidence; independent of the order of images and concepts."""
    return np.argsort(np.square(values).sum(axis=1), kind="stable")


def _two_valued(codes: np.ndarray) -> bool:
    some = np.asarray(codes[:CHUNK])
    return bool(((some == 0) | (some == 1)).all())


def _rooted(part: np.ndarray) -> np.ndarray:
    """Roots of the columns; unchanged where zeros are common, because the root moves small numbers away from them."""
    return np.where((part == 0).mean(axis=0) > MOST_ZEROS, part, np.sqrt(part))


def pooled_codes(codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Per image and concept: the mean code, and the mean of the five largest codes, both (n, k).

    For a concept whose codes have their long tail below zero (by the third moment) the five smallest are used: the
    largest in magnitude would split one mode into two, one of each sign.
    codes: (n, T..., k), any float type, may be a memory map: read in chunks.
    """
    n, k = codes.shape[0], codes.shape[-1]
    mean, high, low, third = np.empty((n, k)), np.empty((n, k)), np.empty((n, k)), np.zeros(k)
    for start in range(0, n, CHUNK):
        part = np.asarray(codes[start : start + CHUNK], dtype=np.float32).reshape(-1, _positions(codes), k)
        here, m = slice(start, start + len(part)), min(N_PEAKS, part.shape[1])
        mean[here] = part.mean(axis=1)
        high[here] = np.partition(part, -m, axis=1)[:, -m:].mean(axis=1)
        if part.min() < 0:
            third += (part.astype(np.float64) ** 3).sum(axis=(0, 1))
            low[here] = np.partition(part, m - 1, axis=1)[:, :m].mean(axis=1)
        else:
            low[here] = 0
    return mean, np.where(third < 0, low, high)


def _positions(codes: np.ndarray) -> int:
    return int(np.prod(codes.shape[1:-1], dtype=int))


def concept_weights(phi: np.ndarray, mean_codes: np.ndarray) -> np.ndarray:
    """(k,): least-squares w in φ_ij ≈ w_j · mean_t U_itj; exact for an affine head, 0 for a concept never present."""
    energy = np.square(mean_codes).sum(axis=0)
    return np.divide((phi * mean_codes).sum(axis=0), energy, out=np.zeros_like(energy), where=energy > 0)


def standardise(values: np.ndarray) -> np.ndarray:
    """Columns with mean 0 and standard deviation 1; a column without spread (up to rounding) becomes 0.

    Summed in sorted order, so that the result is the same to the last bit for any order of images.
    """
    in_order = np.sort(values, axis=0)
    mean, spread = in_order.mean(axis=0), in_order.std(axis=0)
    centred = values - mean
    flat = spread <= 1e-9 * np.abs(values).max(axis=0, initial=0)
    return np.where(flat, 0.0, centred / np.where(flat, 1.0, spread))
