"""What each concept says for the class in each image: by its peak where codes are known, else by its importance."""

from dataclasses import dataclass

import numpy as np

N_PEAKS = 5
CHUNK = 256  # images read at once from codes that may lie on disk


@dataclass(frozen=True)
class Evidence:
    """`values` (n, k): one column a concept, standardised. `views` (n, m): every scale in which a concept is looked at
    for two populations, m a multiple of k; column j belongs to concept j mod k. `presence` (k,): −1 where a concept
    that is present lowers the evidence, else 1. `kind` names what was used."""

    values: np.ndarray
    views: np.ndarray
    presence: np.ndarray
    kind: str


def evidence_of(phi: np.ndarray, codes: np.ndarray | None) -> Evidence:
    """Standardised evidence of every concept in every image.

    Without codes it is the importance φ. With codes it is the peak,

        e_ij = w_j · mean of the five codes of concept j in image i that are largest in size,

    so that a small part is not drowned by large ones (method.md, section 6; Holistic pools over positions instead).
    The weight w_j = Σ_i φ_ij / Σ_i mean_t U_itj is that of an affine head, and an average of it for any other.
    The views then hold e, φ (a mark spread over the image shows in its mean) and, of codes that are not negative, both
    from the roots of peak and mean, because a rare, strong concept has a long tail.
    """
    if codes is None:
        values = standardise(phi)
        return Evidence(values, values, np.ones(phi.shape[1]), "importance, each concept standardised")
    mean, peak = pooled_codes(codes)
    weight = concept_weights(phi, mean)
    values = standardise(peak * weight)
    views = [values, standardise(phi)]
    if mean.min() >= 0 and peak.min() >= 0:
        views += [standardise(np.sqrt(part) * np.sign(weight)) for part in (peak, mean)]
    presence = np.where(weight < 0, -1.0, 1.0)
    kind = "peak (mean of the five largest codes × weight), each concept standardised"
    return Evidence(values, np.hstack(views), presence, kind)


def pooled_codes(codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Per image and concept: the mean code, and the mean of the five codes largest in size, both (n, k).

    codes: (n, T..., k), any float type, may be a memory map: read in chunks.
    """
    n, k = codes.shape[0], codes.shape[-1]
    mean, peak = np.empty((n, k)), np.empty((n, k))
    for start in range(0, n, CHUNK):
        part = np.asarray(codes[start : start + CHUNK], dtype=np.float32).reshape(-1, _positions(codes), k)
        mean[start : start + CHUNK] = part.mean(axis=1)
        peak[start : start + CHUNK] = _largest(part, min(N_PEAKS, part.shape[1])).mean(axis=1)
    return mean, peak


def _positions(codes: np.ndarray) -> int:
    return int(np.prod(codes.shape[1:-1], dtype=int))


def _largest(part: np.ndarray, m: int) -> np.ndarray:
    """(n, T, k) -> (n, m, k): the m entries largest in size along T, signs kept, in no order."""
    if part.min() >= 0:
        return np.partition(part, -m, axis=1)[:, -m:]
    order = np.argpartition(np.abs(part), -m, axis=1)[:, -m:]
    return np.take_along_axis(part, order, axis=1)


def concept_weights(phi: np.ndarray, mean_codes: np.ndarray) -> np.ndarray:
    """(k,): least-squares w in φ_ij ≈ w_j · mean_t U_itj; exact for an affine head, 0 for a concept never present."""
    energy = np.square(mean_codes).sum(axis=0)
    return np.divide((phi * mean_codes).sum(axis=0), energy, out=np.zeros_like(energy), where=energy > 0)


def standardise(values: np.ndarray) -> np.ndarray:
    """Columns with mean 0 and standard deviation 1; a column without spread (to rounding) becomes 0."""
    centred = values - values.mean(axis=0)
    spread = centred.std(axis=0)
    flat = spread <= 1e-9 * np.abs(values).max(axis=0, initial=0)
    return np.where(flat, 0.0, centred / np.where(flat, 1.0, spread))
