"""What the paper states about methods, re-measured on an evaluation, whether or not it comes out the same."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from concepts.laboratory.table import Row, means

COINCIDE = ("gradient_input", "integrated_gradients", "occlusion")
SAME = 0.01  # of the curve's height: closer than this they cannot be told apart


@dataclass(frozen=True)
class Finding:
    """A statement of the paper, what was measured here in one sentence, and whether it holds; None: cannot be told."""

    claim: str
    measured: str
    holds: bool | None


def findings(rows: Sequence[Row]) -> tuple[Finding, ...]:
    """Every statement that the rows can speak of, for each number of concepts."""
    sizes = sorted({row.n_concepts for row in rows})
    found = [check(rows, k) for k in sizes for check in (_nmf_between, _coincide, _best)]
    return tuple(finding for finding in found if finding is not None)


def _nmf_between(rows: Iterable[Row], k: int) -> Finding | None:
    rows = list(rows)
    order = ("kmeans", "nmf", "pca")
    errors = [means(rows, "relative ℓ2").get((method, k, "")) for method in order]
    zeros = [means(rows, "sparsity").get((method, k, "")) for method in order]
    if any(row is None for row in errors + zeros):
        return None
    e, z = ([float(row.value) for row in group if row and row.value is not None] for group in (errors, zeros))
    measured = (
        f"k = {k}: relative ℓ2 {e[0]:.3f} (k-means), {e[1]:.3f} (NMF), {e[2]:.3f} (PCA); "
        f"share of zeros {z[0]:.2f}, {z[1]:.2f}, {z[2]:.2f}"
    )
    holds = e[0] >= e[1] >= e[2] and z[0] >= z[1] >= z[2]
    return Finding("NMF lies between k-means (sparse) and PCA (exact) in error and in sparsity", measured, holds)


def _coincide(rows: Iterable[Row], k: int) -> Finding | None:
    rows = list(rows)
    spreads = []
    for method in sorted({row.method for row in rows if row.n_concepts == k}):
        for measure in ("C-Deletion", "C-Insertion"):
            found = [means(rows, measure).get((method, k, name)) for name in COINCIDE]
            values = [row.value for row in found if row is not None and row.value is not None]
            if len(values) == len(COINCIDE):
                heights = [abs(row.value - row.control) for row in found if row and row.value and row.control]
                spreads.append((max(values) - min(values)) / max(*heights, 1e-9, 1e-9))
    if not spreads:
        return None
    most = f"{max(spreads):.1%} of the distance to a random order"
    measured = f"k = {k}: over {len(spreads)} curves they differ by at most {most}"
    claim = "In the last layer gradient-input, integrated gradients and occlusion coincide"
    return Finding(claim, measured, max(spreads) <= SAME)


def _best(rows: Iterable[Row], k: int) -> Finding | None:
    rows = list(rows)
    table = means(rows, "C-Deletion")
    beaten, asked = [], 0
    for method in sorted({row.method for row in rows if row.n_concepts == k}):
        own = [table[method, k, name] for name in COINCIDE if (method, k, name) in table]
        others = [row for (m, size, name), row in table.items() if m == method and size == k and name not in COINCIDE]
        if not own or not others:
            continue
        asked += 1
        best = min(float(row.value or 0.0) for row in own)
        high = max(row.high if row.high is not None else best for row in own)
        beaten += [f"{row.importance} on {method}" for row in others if row.high is not None and row.high < best < high]
    if not asked:
        return None
    said = (
        f"beaten by {', '.join(beaten)}" if beaten else "no other importance has a lower C-Deletion beyond its interval"
    )
    return Finding("… and they are the best by C-Deletion", f"k = {k}, {asked} extractions: {said}", not beaten)
