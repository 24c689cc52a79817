"""Explanation of a photo that is not in the report: its concepts, their places, and the strategy it follows, if any."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from concepts.report.queries.reencoding import check_model, fresh_importance
from concepts.report.stored import StoredReport

if TYPE_CHECKING:
    from concepts.models import Split

NEIGHBOURS = 5
USUAL = 0.95  # quantile of the photos' own distances; a new photo up to this distance is like them


@dataclass(frozen=True, eq=False)
class ExplainedPhoto:
    """A new photo, explained with a report's model and concepts.

    shown: the photo as the model saw it, JPEG. logits: (c,). probabilities: (c,), None for quantities. phi: (k,) in
    logits. maps: (h, w, k) ≥ 0, or None
    without places. nearest: images of the report, nearest first, with `distances` in units of the concepts' spread.
    usual: the distance within which 95% of the report's photos have their nearest photo. leftover: ‖A − U V‖ / ‖A‖.
    """

    shown: bytes
    logits: np.ndarray
    probabilities: np.ndarray | None
    phi: np.ndarray
    maps: np.ndarray | None
    nearest: tuple[int, ...]
    distances: tuple[float, ...]
    usual: float
    leftover: float
    strategies: tuple[int, ...]  # of the nearest

    @property
    def is_unlike_all(self) -> bool:
        """True if it is farther from the nearest photo than 95% of the photos are from theirs."""
        return self.distances[0] > self.usual

    @cached_property
    def strategy(self) -> int | None:
        """The most frequent strategy of the nearest photos; None if unlike all, or at least half are outliers."""
        among = [label for label in self.strategies if label >= 0]
        if self.is_unlike_all or 2 * len(among) <= len(self.strategies):
            return None
        return max(dict.fromkeys(among), key=among.count)


def explain_photo(report: StoredReport, split: "Split", photo: Image.Image) -> ExplainedPhoto:
    """The photo explained with the report's own model, dictionary and importance.

    Its distance to the report's photos is the Euclidean distance between their φ, each concept divided by its spread
    over the report's photos. Raises ValueError for another model and for a method whose codes cannot be recomputed,
    and UnreadablePhoto for a photo that the transform does not accept.
    """
    import torch

    from concepts.activations.previews import picture_of
    from concepts.data.images.jpeg import jpeg_bytes

    check_model(report, split)
    image = split.card.prepare(photo)
    with torch.inference_mode():
        A = split.encode(image[None].to(split.device)).float()
        logits = split.head(A)[0].float()
    A = A.clone()
    U, importance = fresh_importance(report, split, A)
    phi, V = importance[0].cpu().numpy(), torch.from_numpy(report.array("components")).to(A)
    nearest, distances, usual = neighbours(report.array("phi"), phi)
    return ExplainedPhoto(
        shown=jpeg_bytes(Image.fromarray(picture_of(split.card)(image))),
        logits=logits.cpu().numpy(),
        probabilities=split.outputs.probabilities(logits.cpu().numpy()),
        phi=phi,
        maps=split.to_map(U)[0].cpu().numpy() if split.grid is not None else None,
        nearest=nearest,
        distances=distances,
        usual=usual,
        leftover=float((A - U @ V).norm() / A.norm()),
        strategies=tuple(report.data.items[i].strategy for i in nearest),
    )


def neighbours(phi: np.ndarray, one: np.ndarray) -> tuple[tuple[int, ...], tuple[float, ...], float]:
    """The rows of phi (n, k) nearest to one (k,), their distances, and the 95% quantile of the rows' distances to
    their own nearest row.

    Columns are divided by their standard deviation; columns without spread are ignored.
    """
    from scipy.spatial import cKDTree

    spread = phi.std(axis=0)
    used = spread > 1e-9 * max(float(np.abs(phi).max()), 1e-30)
    X, x = phi[:, used] / spread[used], one[used] / spread[used]
    tree = cKDTree(X)
    own = tree.query(X, k=2)[0][:, 1]
    distances, rows = tree.query(x, k=min(NEIGHBOURS, len(X)))
    return tuple(np.atleast_1d(rows).tolist()), tuple(np.atleast_1d(distances).tolist()), float(np.quantile(own, USUAL))
