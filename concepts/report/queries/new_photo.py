"""Explanation of a photo or text that is not in the report: its concepts, their places, the strategy it follows."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from concepts.report.queries.reencoding import check_model, fresh_importance
from concepts.report.stored import StoredReport

if TYPE_CHECKING:
    from torch import Tensor

    from concepts.models import Split
    from concepts.models.splitting.base import SplitModel

NEIGHBOURS = 5
USUAL = 0.95  # quantile of the photos' own distances; a new photo up to this distance is like them


@dataclass(frozen=True, eq=False)
class Explained:
    """A new photo or text, explained with a report's model and concepts.

    logits: (c,). probabilities: (c,), None for quantities. phi: (k,) in logits. nearest: items of the report, nearest
    first, with `distances` in units of the concepts' spread. usual: the distance within which 95% of the report's items
    have their nearest one. leftover: ‖A − U V‖ / ‖A‖, 0 where A is 0.
    """

    logits: np.ndarray
    probabilities: np.ndarray | None
    phi: np.ndarray
    nearest: tuple[int, ...]
    distances: tuple[float, ...]
    usual: float
    leftover: float
    strategies: tuple[int, ...]  # of the nearest

    @property
    def is_unlike_all(self) -> bool:
        """True if it is farther from the nearest item than 95% of the items are from theirs."""
        return self.distances[0] > self.usual

    @cached_property
    def strategy(self) -> int | None:
        """The most frequent strategy of the nearest items; None if unlike all, or at least half are outliers."""
        among = [label for label in self.strategies if label >= 0]
        if self.is_unlike_all or 2 * len(among) <= len(self.strategies):
            return None
        return max(dict.fromkeys(among), key=among.count)


@dataclass(frozen=True, eq=False)
class ExplainedPhoto(Explained):
    """A new photo. shown: the photo as the model saw it, JPEG. maps: (h, w, k) ≥ 0, or None without places."""

    shown: bytes
    maps: np.ndarray | None


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
    U, found = explained(report, split, A)
    return ExplainedPhoto(
        **vars(found),
        shown=jpeg_bytes(Image.fromarray(picture_of(split.card)(image))),
        maps=split.to_map(U)[0].cpu().numpy() if split.grid is not None else None,
    )


def explained(report: StoredReport, split: "SplitModel", A: "Tensor") -> tuple["Tensor", Explained]:
    """Codes U (1, T..., k) of activations A (1, T..., p) of one photo or text, and what they say."""
    import torch

    with torch.inference_mode():
        logits = split.head(A)[0].float()
    A = A.clone()
    U, importance = fresh_importance(report, split, A)
    phi, V = importance[0].cpu().numpy(), torch.from_numpy(report.array("components")).to(A)
    nearest, distances, usual = neighbours(report.array("phi"), phi)
    return U, Explained(
        logits=logits.cpu().numpy(),
        probabilities=split.outputs.probabilities(logits.cpu().numpy()),
        phi=phi,
        nearest=nearest,
        distances=distances,
        usual=usual,
        leftover=float((A - U @ V).norm() / A.norm().clamp(min=1e-30)),
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
