"""Local patterns of codes as evidence: the same mark has nearly the same code vector wherever it is."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

N_PATTERNS = 128
FEWEST_POSITIONS = 4  # with fewer positions an image has no local patterns
MOST_SAMPLED, MOST_CLUSTERED = 50_000, 6_000  # positions kept, and positions clustered by k-means
STRONG = 0.2  # share of an image's positions, the strongest, that may propose a pattern
LOUD = 0.99  # quantile of strength at which a response saturates
SHRINKAGE = 0.05
CHUNK = 256  # images per read from codes that may be on disk


@dataclass(frozen=True)
class Background:
    """Statistics of the codes over all positions: z = (u / scale − mean) · whitener has about unit covariance."""

    scale: np.ndarray
    mean: np.ndarray
    whitener: np.ndarray


def pattern_evidence(codes: np.ndarray, order: np.ndarray, seed: int) -> np.ndarray:
    """(n, q): the strength of each of q ≤ 128 local patterns in each image, at the place where it is strongest.

        r_iq = max_t cos(z_it, p_q) · min(‖z_it‖, c),   z whitened codes

    A matched filter in coloured noise (Turin 1960), whose patterns p are the centres of a k-means over the directions
    of strong positions. Strength saturates at c, a quantile of ‖z‖, so that copies of one mark form a mode and not a
    tail. It finds a mark without a concept of its own, because the mixture of concepts at the mark is always the same.
    codes: (n, T..., k), may be a memory map: read in chunks. order (n,): the images in an order that does not depend on
    their order in codes. Codes with fewer than four positions, or of few different vectors, have no patterns: q = 0.
    """
    if np.prod(codes.shape[1:-1], dtype=int) < FEWEST_POSITIONS:
        return np.zeros((len(codes), 0))
    background = _background(codes)
    strong, loud = _strong_positions(codes, order, background)
    patterns = _centres(strong, seed)
    if not len(patterns):
        return np.zeros((len(codes), 0))
    responses = []
    for z in _whitened(codes, background):
        gain = np.minimum(1, loud / np.maximum(np.linalg.norm(z, axis=2, keepdims=True), 1e-12))
        responses.append(((z * gain) @ patterns.T).max(axis=1))
    return np.concatenate(responses).astype(np.float64)


def _chunks(codes: np.ndarray) -> Iterator[np.ndarray]:
    """(b, T, k) float32 of consecutive images."""
    for start in range(0, len(codes), CHUNK):
        part = np.asarray(codes[start : start + CHUNK], dtype=np.float32)
        yield part.reshape(len(part), -1, part.shape[-1])


def _background(codes: np.ndarray) -> Background:
    k = codes.shape[-1]
    count, total, products = 0, np.zeros(k), np.zeros((k, k))
    for part in _chunks(codes):
        flat = part.reshape(-1, k)
        count, total, products = count + len(flat), total + flat.sum(axis=0), products + flat.T @ flat
    scale = np.sqrt(np.diag(products) / count)
    scale[scale == 0] = 1.0
    mean = total / count / scale
    covariance = products / count / np.outer(scale, scale) - np.outer(mean, mean)
    covariance /= max(np.trace(covariance) / k, 1e-12)
    spread, axes = np.linalg.eigh(covariance + SHRINKAGE * np.eye(k))
    return Background(scale, mean, axes / np.sqrt(np.maximum(spread, SHRINKAGE)) @ axes.T)


def _whitened(codes: np.ndarray, background: Background) -> Iterator[np.ndarray]:
    turn = (background.whitener / background.scale[:, None]).astype(np.float32)
    shift = (background.mean @ background.whitener).astype(np.float32)
    for part in _chunks(codes):
        yield part @ turn - shift


def _strong_positions(codes: np.ndarray, order: np.ndarray, background: Background) -> tuple[np.ndarray, float]:
    """Whitened codes (s, k) of the strongest positions of every image, images in `order`; the saturation strength."""
    T = int(np.prod(codes.shape[1:-1], dtype=int))
    m = min(int(np.ceil(STRONG * T)), max(1, MOST_SAMPLED // len(codes)))
    strong, strength = [], []
    for z in _whitened(codes, background):
        norm = np.linalg.norm(z, axis=2)
        at = np.argsort(-norm, axis=1, kind="stable")[:, :m, None]
        strong.append(np.take_along_axis(z, at, axis=1))
        strength.append(norm)
    return np.concatenate(strong)[order].reshape(-1, codes.shape[-1]), float(
        np.quantile(np.concatenate(strength), LOUD)
    )


def _centres(strong: np.ndarray, seed: int) -> np.ndarray:
    """(q, k): unit centres of the directions of those codes."""
    from sklearn.cluster import MiniBatchKMeans

    norm = np.linalg.norm(strong, axis=1, keepdims=True)
    directions = (strong / np.maximum(norm, 1e-12))[norm[:, 0] > 0]
    if len(directions) > MOST_CLUSTERED:
        directions = directions[np.random.default_rng(seed).choice(len(directions), MOST_CLUSTERED, replace=False)]
    if len(np.unique(directions.round(4), axis=0)) < 2 * N_PATTERNS:
        return np.zeros((0, strong.shape[1]))
    clustering = MiniBatchKMeans(N_PATTERNS, n_init=1, batch_size=1024, random_state=seed).fit(directions)
    centres = clustering.cluster_centers_
    return centres / np.maximum(np.linalg.norm(centres, axis=1, keepdims=True), 1e-12)
