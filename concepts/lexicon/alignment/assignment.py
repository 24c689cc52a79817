"""`assignment`: a linear map fitted to an optimal transport assignment of photos to words."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, normalize

from concepts.lexicon.alignment.bridge import Bridge
from concepts.lexicon.alignment.pairs import Pairs
from concepts.lexicon.alignment.ridge import ridge
from concepts.lexicon.alignment.transport import transport_plan

TEMPERATURE, ENTROPY = 0.1, 0.05  # τ of the prediction, ε of the transport, as in VLAP
PENALTY = 10.0  # of 0.1, 1, 10, 30, 100 on one split of ImageNet photos: weaker penalties overfit the photos
STEPS = 60


def assignment(photos: Tensor, texts: Tensor, *, seed: int = 0, penalty: float = PENALTY, steps: int = STEPS) -> Bridge:
    """The bridge whose photos predict the words that optimal transport assigns to their texts.

        min_M  −1/m Σ_i Σ_w q_iw log softmax_w(cos(x_i M, e_w) / τ) + penalty/2 · ‖M − M₀‖² / ‖M₀‖²

    photos: (m, p). texts: (m, d), the vector of each photo's word; e_w are the distinct vectors among them. Means are
    subtracted. q: the entropic transport plan between texts and words under cosine, rows summing to 1; the capacity of
    a word is its number of photos, so that no word attracts all. M₀ is the ridge map, from which `steps` of L-BFGS
    start.
    figures: `loss` at the end and `start`, the loss at M₀. The fit is deterministic: the seed is only recorded.
    Source: VLAP (Park et al., ICLR 2024), eq. 4-6. Its second term, in which the text predicts the photo's assignment,
    has no gradient here, since the text encoder is frozen. Raises ValueError as `Pairs` does.
    """
    pairs = Pairs(photos, texts)
    M0 = ridge(pairs.photos.double(), pairs.texts.double()).matrix
    words, labels, counts = torch.unique(pairs.Y, dim=0, return_inverse=True, return_counts=True)
    E = normalize(words, dim=1)
    q = assigned(E[labels] @ E.T, counts)

    def loss(M: Tensor) -> Tensor:
        predicted = normalize(pairs.X @ M, dim=1) @ E.T / TEMPERATURE  # (m, words)
        distance = (M - M0).square().sum() / M0.square().sum().clamp(min=torch.finfo(M.dtype).tiny)
        return cross_entropy(predicted, q) + penalty / 2 * distance

    M = _descend(loss, M0, steps)
    figures = {"loss": loss(M).item(), "start": loss(M0).item()}
    return pairs.bridge(pairs.scaled(M), "assignment", seed, figures)


def assigned(similarity: Tensor, counts: Tensor) -> Tensor:
    """(m, words), rows summing to 1: the words that optimal transport assigns to each text.

    similarity: (m, words) cosines. counts: (words,) number of photos of each word.
    """
    cosines = similarity.cpu().numpy()
    capacity = counts.double().cpu().numpy() / len(cosines)
    supply = torch.full((len(cosines),), 1 / len(cosines), dtype=torch.float64).numpy()
    plan = torch.from_numpy(transport_plan(cosines, supply, capacity, entropy=ENTROPY)).to(similarity)
    return plan / plan.sum(dim=1, keepdim=True)


def _descend(loss: Callable[[Tensor], Tensor], start: Tensor, steps: int) -> Tensor:
    """The result of `steps` of L-BFGS from the start."""
    M = start.clone().requires_grad_()
    optimiser = torch.optim.LBFGS([M], max_iter=steps, history_size=10, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimiser.zero_grad()
        value = loss(M)
        value.backward()
        return value

    optimiser.step(closure)
    return M.detach()
