"""Images as points in the plane (UMAP), and the links between neighbours in the strategy graph."""

from contextlib import suppress

import numpy as np
from scipy.sparse import csr_matrix, spmatrix

N_NEIGHBOURS = 15
FEWEST_FOR_UMAP = 20
N_EPOCHS = 200
MANY = 2000  # rows from which neighbours are searched by all cores


def nearest_neighbours(X: np.ndarray, m: int = N_NEIGHBOURS) -> tuple[np.ndarray, np.ndarray]:
    """Indices and distances (n, m') of each row's nearest other rows, m' = min(m, n − 1); exact."""
    from sklearn.neighbors import NearestNeighbors

    m = min(m, len(X) - 1)
    n_jobs = -1 if len(X) >= MANY else None
    distances, indices = NearestNeighbors(n_neighbors=m, n_jobs=n_jobs).fit(X).kneighbors()
    return indices, distances


def fuzzy_graph(indices: np.ndarray, distances: np.ndarray) -> spmatrix:
    """(n, n) symmetric memberships in [0, 1]: UMAP's graph.

        w_ij = exp(−max(0, d_ij − ρ_i) / σ_i),   σ_i such that Σ_j w_ij = log₂ m,   W ← W + Wᵀ − W ∘ Wᵀ

    ρ_i is the distance to the nearest other row. umap-learn counts a row among its own neighbours, and so do we: m is
    one more than the number of columns. Source: McInnes, Healy & Melville 2018, section 3. Reimplemented because
    umap-learn spends ten seconds compiling these few lines in every new process.
    """
    n, m = distances.shape
    rho = np.where(distances > 0, distances, np.inf).min(axis=1)
    excess = np.maximum(distances - np.where(np.isfinite(rho), rho, 0)[:, None], 0)
    sigma = _bandwidths(excess, np.log2(m + 1))
    floor = 1e-3 * np.where(rho < np.inf, distances.sum(axis=1) / (m + 1), distances.mean())
    sigma = np.maximum(np.maximum(sigma, floor), 1e-12)
    weights = np.exp(-excess / sigma[:, None])
    W = csr_matrix((weights.ravel(), (np.repeat(np.arange(n), m), indices.ravel())), shape=(n, n))
    return W + W.T - W.multiply(W.T)


def _bandwidths(excess: np.ndarray, target: float) -> np.ndarray:
    """(n,) σ by bisection, all rows at once."""
    low, high, sigma = np.zeros(len(excess)), np.full(len(excess), np.inf), np.ones(len(excess))
    for _ in range(64):
        too_wide = np.exp(-excess / sigma[:, None]).sum(axis=1) > target
        high, low = np.where(too_wide, sigma, high), np.where(too_wide, low, sigma)
        sigma = np.where(np.isinf(high), sigma * 2, (low + np.minimum(high, 1e300)) / 2)
        sigma = np.maximum(sigma, 1e-12)
    return sigma


def lay_out(X: np.ndarray, indices: np.ndarray, distances: np.ndarray, seed: int) -> tuple[np.ndarray, str]:
    """(n, 2) places and the method used: UMAP from a principal-component start; those components alone for fewer than
    20 images or for images that are all the same. The same seed returns the same places.

    The optimiser is umap-learn's; its input graph is `fuzzy_graph`.
    """
    start = principal_plane(X)
    if len(X) < FEWEST_FOR_UMAP or not start.any():
        return start, "principal components"
    from umap.umap_ import find_ab_params, simplicial_set_embedding

    _keep_compiled_code()
    rng = np.random.RandomState(seed)
    start = 10 * start / np.abs(start).max() + rng.normal(scale=1e-4, size=start.shape)
    a, b = find_ab_params(1.0, 0.1)
    settings = {"initial_alpha": 1.0, "gamma": 1.0, "negative_sample_rate": 5, "n_epochs": N_EPOCHS}
    metric = {"metric": "euclidean", "metric_kwds": {}}
    densities = {"densmap": False, "densmap_kwds": {}, "output_dens": False}
    graph = fuzzy_graph(indices, distances).tocoo()
    places, _ = simplicial_set_embedding(
        X, graph, 2, a=a, b=b, init=start.astype(np.float32), random_state=rng, **settings, **metric, **densities
    )
    return np.asarray(places, dtype=float), "UMAP"


def _keep_compiled_code() -> None:
    """Lets numba store umap-learn's optimiser on disk, which else every process compiles for a second or two."""
    from umap import layouts

    with suppress(AttributeError):  # a name inside umap-learn, which another version may not have
        layouts._nb_optimize_layout_euclidean_single_epoch.enable_caching()


def principal_plane(X: np.ndarray) -> np.ndarray:
    """(n, 2): the two leading principal components, zeros where there are fewer; signs fixed by the largest loading."""
    centred = X - X.mean(axis=0)
    _, spread, axes = np.linalg.svd(centred, full_matrices=False)
    axes = axes[:2] * np.sign(np.take_along_axis(axes[:2], np.abs(axes[:2]).argmax(axis=1)[:, None], axis=1))
    plane = np.where(spread[:2] > 1e-9 * max(1.0, np.abs(X).max()), centred @ axes.T, 0.0)
    return np.pad(plane, ((0, 0), (0, 2 - plane.shape[1])))


def crossing_links(labels: np.ndarray, indices: np.ndarray, n_strategies: int) -> np.ndarray:
    """(s, s) symmetric, in [0, 1]: of the nearest-neighbour links that leave two strategies' images, the share that
    goes from one to the other. The diagonal is 0; links of outliers do not count."""
    counts = np.zeros((n_strategies, n_strategies))
    source, target = np.repeat(labels, indices.shape[1]), labels[indices].ravel()
    kept = (source >= 0) & (target >= 0)
    np.add.at(counts, (source[kept], target[kept]), 1)
    total = counts.sum(axis=1)
    shares = (counts + counts.T) / np.maximum(total[:, None] + total[None, :], 1)
    np.fill_diagonal(shares, 0)
    return shares
