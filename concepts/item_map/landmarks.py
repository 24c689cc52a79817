"""Where an item lies on a map of landmarks: among its nearest ones, as it lies among them in the space."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from torch import Tensor

NEAREST = 5  # landmarks that an item is mixed from, at most
TOGETHER = 15  # landmarks around the nearest one, on the map, that count as lying together with it
EASED = 1e-6  # of the mean squared distance to them: keeps the system solvable where they lie in fewer dimensions
HELD = 2**23  # similarities of items to landmarks that are held at once: 32 MB


@dataclass(frozen=True, eq=False)
class Landmarks:
    """L items with their places. items: (L,) their numbers, ascending; vectors: (L, p), length 1; places: (L, 2)."""

    items: np.ndarray
    vectors: "Tensor"
    places: "Tensor"

    @cached_property
    def reach(self) -> "Tensor":
        """(L,): the distance on the map from each landmark to the 15th nearest other one, or the last there is."""
        import torch

        from concepts.strategies.layout import nearest_neighbours

        return torch.from_numpy(nearest_neighbours(self.places.numpy(), TOGETHER)[1][:, -1]).float()

    def placed(self, x: "Tensor") -> "Tensor":
        """(m, 2): the places of items with directions x (m, p): the mean of the places of their nearest landmarks, with
        the weights of `mixing_weights`.

        At most 5 of them, and those alone that lie together with the nearest one on the map: where the map has torn
        apart what is near in the space, the mean would lie where nothing like the item is. Each item is placed by
        itself, so that it does not matter which others are placed with it.
        """
        import torch

        return torch.cat([self._block(block) for block in x.split(max(1, HELD // len(self.vectors)))])

    def _block(self, x: "Tensor") -> "Tensor":
        near = (x @ self.vectors.T).topk(min(NEAREST, len(self.vectors)), dim=1).indices  # (m, k), the nearest first
        places = self.places[near]  # (m, k, 2)
        together = (places - places[:, :1]).norm(dim=2) <= self.reach[near[:, :1]]
        w = mixing_weights(x, self.vectors[near], together)
        return (w[..., None] * places).sum(dim=1)


def mixing_weights(x: "Tensor", near: "Tensor", allowed: "Tensor | None" = None) -> "Tensor":
    """(m, k) ≥ 0, each row with sum 1: how each item is mixed from k others.

        min_w ‖x − Σ_j w_j l_j‖²,   Σ_j w_j = 1,   w_j ≥ 0

    x: (m, p); near: (m, k, p); allowed: (m, k) bool, those that may count, one at least; None: all. Where the space is
    flat, the mean of places with these weights is exact for an item among the others. Saul & Roweis, Think globally,
    fit locally, JMLR 2003, section 6.1, but without negative weights, which carry an item away from all others: where
    one comes out, the other is left out and the rest is solved again, until there is none.
    """
    import torch

    m, k = near.shape[:2]
    kept = torch.ones(m, k, dtype=torch.bool) if allowed is None else allowed
    offset = (near - x[:, None]).double()
    G = offset @ offset.transpose(1, 2)  # (m, k, k)
    eased = EASED * G.diagonal(dim1=1, dim2=2).mean(dim=1).clamp(min=1e-12)
    G = G + eased[:, None, None] * torch.eye(k, dtype=G.dtype)
    w, left = torch.zeros(m, k, dtype=G.dtype), torch.arange(m)
    for _ in range(k):  # each round leaves out one or more of those that are left, and of one the weight is 1
        part, among = kept[left], kept[left, :, None] & kept[left, None, :]
        found = torch.linalg.solve(torch.where(among, G[left], torch.diag_embed((~part).to(G))), part.to(G))
        w[left] = found / found.sum(dim=1, keepdim=True)
        kept = kept & (w >= 0)
        left = left[(w[left] < 0).any(dim=1)]
        if not len(left):
            break
    return w.float()
