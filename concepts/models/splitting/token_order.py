"""The measurement of which token answers to which place of the picture: extra tokens need not precede the patches."""

from collections.abc import Sequence

import torch
from torch import Tensor

from concepts.models.splitting.layers import Function
from concepts.models.splitting.layout import Layout

BATCH = 16  # changed pictures per pass
CLEAR = 2.0  # times the response of a token that answers to all places alike
LEAST, MOST = 0.5, 0.9  # share of a token's largest response; upper limit of what CLEAR asks for, on tiny grids
PAIRS, CONFIRMED = 4, 0.8  # pairs of pictures, and the share of answers that must be to the right one
Order = tuple[int, ...]


@torch.no_grad()
def place_responses(g: Function, image: Tensor, grid: tuple[int, int]) -> Tensor:
    """(T, h · w) in [0, 1]: how much each token of g (n, T, p) answers to each place of one image (1, 3, H, W).

        s[t, i, j] = r[t, i] c[t, j],   r[t, i] = share of row i in Σ over rows of ‖g(x with row i changed)_t − g(x)_t‖

    and c alike over the columns; 0 for a token that does not answer. A row of the grid is a band of the image, changed
    by seeded noise as strong as the image varies. Cost: h + w + 1 images through g. Every token sums to 1 or 0.
    """
    rows, columns = _answers(g, image, _bands(grid, (image.shape[2], image.shape[3]))).split(grid, dim=1)
    return (_shares(rows)[:, :, None] * _shares(columns)[:, None, :]).flatten(1)


def _answers(g: Function, image: Tensor, masks: Tensor) -> Tensor:
    """(T, m): the length of each token's change when the image (1, 3, H, W) changes where masks (m, 1, H, W) are 1."""
    before = g(image)
    spread = image.std() if image.std() > 0 else torch.ones_like(image.std())
    noise = torch.randn(image.shape, generator=torch.Generator().manual_seed(0)).to(image) * spread
    changes = [(g(image + noise * some.to(image)) - before).float().norm(dim=-1) for some in masks.split(BATCH)]
    return torch.cat(changes).T.cpu()


def _cells(grid: tuple[int, int], image: tuple[int, int]) -> tuple[Tensor, Tensor]:
    """(H,) the row of the grid that each row of the image belongs to, and (W,) the same of the columns."""
    row, column = (torch.arange(side) * cells // side for cells, side in zip(grid, image, strict=True))
    return row, column


def _bands(grid: tuple[int, int], image: tuple[int, int]) -> Tensor:
    """(h + w, 1, H, W) of 0 and 1: the bands of an image that belong to the rows, then to the columns, of a grid."""
    (h, w), (row, column) = grid, _cells(grid, image)
    by_row = (row == torch.arange(h)[:, None])[:, None, :, None].expand(h, 1, *image)
    by_column = (column == torch.arange(w)[:, None])[:, None, None, :].expand(w, 1, *image)
    return torch.cat([by_row, by_column])


def _shares(responses: Tensor) -> Tensor:
    total = responses.sum(dim=1, keepdim=True)
    return torch.where(total > 0, responses / total, 0)


def best_order(responses: Tensor) -> Order:
    """The order of `Layout`: tokens assigned to places so that their responses (T, h · w) are largest, others first."""
    from scipy.optimize import linear_sum_assignment

    places, tokens = linear_sum_assignment(responses.T.numpy(), maximize=True)
    at = dict(zip(places.tolist(), tokens.tolist(), strict=True))
    used = set(at.values())
    return (*(t for t in range(len(responses)) if t not in used), *(at[place] for place in range(responses.shape[1])))


def fits(responses: Tensor, order: Order) -> bool:
    """Whether responses (T, h · w) show that order beyond doubt.

    Every token of the grid answers to its own place at least half as much as to any other and clearly more than if it
    answered to all places alike; the extra tokens answer to no place half as much as a token of the grid.
    """
    n_places = responses.shape[1]
    extra, inside = responses[list(order[:-n_places])], responses[list(order[-n_places:])]
    own = inside.diagonal()
    return bool(
        (own >= LEAST * inside.amax(dim=1)).all()
        and own.min() >= min(CLEAR / n_places, MOST)
        and (extra <= LEAST * own.median()).all()
    )


@torch.no_grad()
def confirms(g: Function, image: Tensor, grid: tuple[int, int], order: Order) -> bool:
    """Whether the tokens of g (n, T, p) mostly answer to the places that they have by an order.

    The places of a seeded half of the grid are changed, then those of the other half: a token must answer more to the
    half that its own place belongs to. True where 80% do. Cost: 2 · PAIRS + 1 images through g.
    """
    halves = torch.randint(2, (PAIRS, *grid), generator=torch.Generator().manual_seed(1)).float()
    pictures = torch.stack([halves, 1 - halves], dim=1).flatten(0, 1)[:, None]  # (2 · PAIRS, 1, h, w)
    row, column = _cells(grid, (image.shape[2], image.shape[3]))
    answers = _answers(g, image, pictures[:, :, row][:, :, :, column])
    inside = answers[list(order[-halves[0].numel() :])].unflatten(1, (PAIRS, 2))  # (h · w, PAIRS, 2)
    more_to_first = inside[..., 0] > inside[..., 1]
    return float((more_to_first == (halves.flatten(1).T > 0)).float().mean()) >= CONFIRMED


def measured_order(g: Function, first: Function, image: Tensor, layout: Layout) -> Order | None:
    """The order of a layer's tokens as measured; None where that is not clear.

    g: up to the layer; first: up to the first layer with as many tokens, where they hardly mix yet. It is measured
    there, and only confirmed at the layer itself; where that fails, it is measured at the layer.
    """
    grid, assumed = layout.grid or (1, 1), tuple(range(layout.shape[0]))
    found = _clear_order(place_responses(first, image, grid), (assumed,))
    if found is not None and (first is g or confirms(g, image, grid, found)):
        return found
    here = _clear_order(place_responses(g, image, grid), (found or assumed, assumed))
    return here or found


def _clear_order(responses: Tensor, expected: Sequence[Order]) -> Order | None:
    """The first of the expected orders that the responses show beyond doubt, else the best one, if they show that."""
    orders = (*expected, None)
    for order in orders:
        order = best_order(responses) if order is None else order
        if fits(responses, order):
            return order
    return None


def about_order(layout: Layout, order: Order | None) -> list[str]:
    """A sentence about the order of a layer's tokens where it is not the assumed one or could not be measured."""
    if order is None:
        return [
            "Which of its tokens answers to which place could not be measured: extra tokens are assumed to be first, "
            "then the places row by row."
        ]
    if order == tuple(range(len(order))):
        return []
    extra = ", ".join(str(t) for t in order[: layout.n_extra]) or "none"
    return [
        "Its tokens are not in the order of the picture; which token answers to which place was measured "
        f"(extra tokens, counted from 0: {extra})."
    ]
