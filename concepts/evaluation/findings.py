"""Findings: the paper's statements about methods, measured again on an evaluation, whether confirmed or not."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from concepts.evaluation.table import Row, means

COINCIDE = ("gradient_input", "integrated_gradients", "occlusion")
SAME = 0.01  # share of the curve's height below which curves count as equal
ROUNDING = 1e-6  # share of a figure that float32 rounding may change


@dataclass(frozen=True)
class Finding:
    """A statement of the paper, the measurement here in one sentence, and whether it holds; None: undecided."""

    claim: str
    measured: str
    holds: bool | None


def findings(rows: Sequence[Row]) -> tuple[Finding, ...]:
    """Every statement that the rows can decide, for each number of concepts."""
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
    curves = []
    for method in _methods(rows, k):
        for measure in ("C-Deletion", "C-Insertion"):
            table = means(rows, measure)
            found = [table[method, k, name] for name in COINCIDE if (method, k, name) in table]
            if len(found) == len(COINCIDE):
                curves.append(found)
    if not curves:
        return None
    claim = "In the last layer gradient-input, integrated gradients and occlusion coincide"
    if any(row.control is None for found in curves for row in found):
        return Finding(claim, f"k = {k}: no random order was measured, so that there is no distance to compare", None)
    spreads = [_spread(found) for found in curves]
    most = f"{max(spreads):.1%} of the distance to a random order"
    measured = f"k = {k}: over {len(spreads)} curves they differ by at most {most}"
    return Finding(claim, measured, max(spreads) <= SAME)


def _spread(found: Sequence[Row]) -> float:
    """Range of the figures as a share of the largest distance to their random order: 0 where they are equal, at most 2.
    Differences within float32 rounding do not count: for figures at chance they would be the whole range."""
    figures = [(row.value, row.control) for row in found if row.value is not None and row.control is not None]
    values = [value for value, _ in figures]
    apart = max(values) - min(values)
    if apart <= ROUNDING * max(abs(each) for pair in figures for each in pair):
        return 0.0
    return apart / max(abs(value - control) for value, control in figures)


def _best(rows: Iterable[Row], k: int) -> Finding | None:
    rows = list(rows)
    table = means(rows, "C-Deletion")
    asked = 0
    lower: list[str] = []
    beaten: list[str] = []
    for method in _methods(rows, k):
        own = [table[method, k, name] for name in COINCIDE if (method, k, name) in table]
        others = [row for (m, size, name), row in table.items() if m == method and size == k and name not in COINCIDE]
        if not own or not others:
            continue
        asked += 1
        best = min(row.value for row in own if row.value is not None)
        for row in others:
            if row.value is not None and row.value < best - ROUNDING * abs(best):
                beyond = row.high is not None and row.high < best
                (beaten if beyond else lower).append(f"{row.importance} on {method}")
    if not asked:
        return None
    said = "no other importance has a lower C-Deletion"
    if beaten or lower:
        within = f"lower, but within its interval: {', '.join(lower)}" if lower else ""
        said = "; ".join(filter(None, (f"beaten by {', '.join(beaten)}" if beaten else "", within)))
    holds = False if beaten else None if lower else True
    return Finding("… and they are the best by C-Deletion", f"k = {k}, {asked} extractions: {said}", holds)


def _methods(rows: Iterable[Row], k: int) -> list[str]:
    return sorted({row.method for row in rows if row.n_concepts == k})
