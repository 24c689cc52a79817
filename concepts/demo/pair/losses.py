"""The losses of the pair: contrast between pictures and texts, overuse, and each word activating itself."""

import torch
from torch import Tensor
from torch.nn import functional

FLOOR = 2.0  # minimum reading of a word by itself


def scores(photos: Tensor, texts: Tensor) -> Tensor:
    """Score of each text for each picture: (…, n, m) = photos · texts / ‖texts‖, of activations (…, n, L) and (m, L).

    The text is normalised, so that an additional word lowers its score unless the word is seen in the picture. The
    picture is not, so that a patch without activations matches nothing.
    """
    return photos @ functional.normalize(texts, dim=-1).T


def contrast(fits: Tensor, also_true: Tensor, *, both: bool = True) -> Tensor:
    """Mean cross-entropy of retrieving the own text of each picture and the own picture of each text.

    fits: (g, n, n) scores times their scale, for g views of n pictures, row i belonging to column i. also_true:
    (n, n) bool, texts that are also true of another picture: they are excluded, not used as negatives. The diagonal
    always counts.
    """
    n = fits.shape[-1]
    others = also_true & ~torch.eye(n, dtype=torch.bool, device=fits.device)
    fits = fits.masked_fill(others, -torch.inf)
    own = fits.diagonal(dim1=-2, dim2=-1)
    to_text = (fits.logsumexp(dim=-1) - own).mean()
    return (to_text + (fits.logsumexp(dim=-2) - own).mean()) / 2 if both else to_text


def true_of(said: Tensor, captions: Tensor) -> Tensor:
    """(n, m) bool: whether the caption of picture i has all the words of text j; said (m, L), captions (n, L) bool."""
    return (~captions).float() @ said.float().T == 0


def overuse(activations: Tensor) -> Tensor:
    """Σ_w (mean over all but the last dimension)²: large for words that fire on almost everything (FLOPS, LexVLA)."""
    return activations.flatten(0, -2).mean(dim=0).square().sum()


def own_word(readings: Tensor, rows: Tensor, n_words: int) -> Tensor:
    """Mean of cross-entropy + log(1 + exp(FLOOR − own)) over the words of the texts, as read with the lexicon.

    readings: (n, t, L), v · e_w + b_w. rows: (n, t); those outside the vocabulary are left out. The loss ties each
    vocabulary entry to its own word, as LexLIP's masked language modelling does; the floor keeps every word above 0,
    below which its activation could no longer be learned.
    """
    says = (rows >= 0) & (rows < n_words)
    own = readings.gather(-1, rows.where(says, 0)[..., None])[..., 0][says]
    return functional.cross_entropy(readings[says], rows[says]) + functional.softplus(FLOOR - own).mean()
