"""Scores of words for concepts, and the scores expected by chance."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from concepts.lexicon import Lexicon
from concepts.lexicon.naming.prototypes import N_PROTOTYPES, prototype_places, shuffled_places

ROWS = 8192  # tokens per block of the statistics
SHUFFLES = 1000
LEVEL = 0.95


@dataclass(frozen=True, eq=False)
class WordScorer:
    """Word scores of groups of places, relative to all other places.

        s_w(P) = (mean of z_w over P − mean of z_w over the rest) / standard deviation of z_w,   z_tw = a_t · e_w

    A word that fires everywhere has a high mean on both sides and gains nothing; a word that varies much is divided by
    its standard deviation. The lexicon's bias cancels. tokens: (n, T, p). Raises ValueError for tokens of another shape
    or width.
    """

    tokens: Tensor
    lexicon: Lexicon
    mean: Tensor = field(init=False)  # (p,) token
    words: Tensor = field(init=False)  # (L, p), each divided by the standard deviation of its z; 0 where that is 0

    def __post_init__(self) -> None:
        if self.tokens.ndim != 3:
            raise ValueError(f"tokens {tuple(self.tokens.shape)}, expected (n, T, p): images, places, channels")
        if self.tokens.shape[2] != self.lexicon.n_channels:
            raise ValueError(
                f"tokens have {self.tokens.shape[2]} channels, the lexicon {self.lexicon.name} reads "
                f"{self.lexicon.n_channels}: choose a lexicon made for this encoder and layer, or bring the tokens "
                "there by a bridge"
            )
        rows = self.tokens.flatten(0, 1)
        mean = _mean(rows)
        covariance = _covariance(rows, mean)
        E = self.lexicon.vectors.to(self.tokens.device).double()
        variance = ((E @ covariance) * E).sum(dim=1)
        floor = 1e-12 * covariance.trace() * E.square().sum(dim=1)
        words = torch.where(variance > floor, variance.clamp(min=0).rsqrt(), 0)[:, None] * E
        object.__setattr__(self, "mean", mean)
        object.__setattr__(self, "words", words)

    def scores(self, places: Sequence[Tensor]) -> Tensor:
        """(groups, L): s_w of each group of places, in standard deviations of the word; 0 for an empty group."""
        return _directions(self.tokens, self.mean, places) @ self.words.T


def token_directions(tokens: Tensor, codes: Tensor, *, n_prototypes: int = N_PROTOTYPES) -> Tensor:
    """(k, p): mean token at a concept's prototype places minus that of all other places; 0 for an absent concept.

    tokens: (n, T, p). codes: (n, T, k). Raises ValueError for tokens and codes of different places.
    """
    _check_same_places(tokens, codes)
    return _directions(tokens, _mean(tokens.flatten(0, 1)), prototype_places(codes, n_prototypes))


def word_scores(tokens: Tensor, codes: Tensor, lexicon: Lexicon, *, n_prototypes: int = N_PROTOTYPES) -> Tensor:
    """(k, L): activation of each word at a concept's prototype places relative to elsewhere (`WordScorer`).

    tokens: (n, T, p). codes: (n, T, k) of the same places. Double precision, in standard deviations of the word over
    all places; 0 for an absent concept. Raises ValueError for tokens and codes of different places or widths.
    """
    _check_same_places(tokens, codes)
    return WordScorer(tokens, lexicon).scores(prototype_places(codes, n_prototypes))


def shuffled_thresholds(
    tokens: Tensor,
    codes: Tensor,
    lexicon: Lexicon,
    *,
    n_prototypes: int = N_PROTOTYPES,
    level: float = LEVEL,
    shuffles: int = SHUFFLES,
    seed: int = 0,
) -> Tensor:
    """(k,): the `level` quantile of the score of a concept's best word when its codes are shuffled.

    A concept whose codes are unrelated to the tokens gets a word above it in 1 − level of all cases. The threshold
    depends on a concept only through its number of prototypes. Arguments as for `word_scores`; `shuffled_places`
    describes the shuffle. Raises ValueError as `word_scores` does, and for a level outside (0, 1).
    """
    _check_same_places(tokens, codes)
    if not 0 < level < 1:
        raise ValueError(f"level is {level}: a share between 0 and 1, such as 0.95")
    scorer, generator = WordScorer(tokens, lexicon), torch.Generator().manual_seed(seed)
    counts = [len(places) for places in prototype_places(codes, n_prototypes)]
    limits = {0: 0.0}
    for count in sorted(set(counts) - {0}):
        drawn = shuffled_places(tokens.shape[0], tokens.shape[1], count, shuffles, generator).to(tokens.device)
        best = scorer.scores(list(drawn)).amax(dim=1)
        limits[count] = best.quantile(level, interpolation="higher").item()
    return torch.tensor([limits[count] for count in counts], dtype=torch.float64)


def _directions(tokens: Tensor, mean: Tensor, places: Sequence[Tensor]) -> Tensor:
    """(groups, p), in double precision: mean token of each group of places minus that of the rest."""
    rows = tokens.flatten(0, 1)
    found = torch.zeros(len(places), rows.shape[1], dtype=torch.float64, device=rows.device)
    for group, chosen in zip(found, places, strict=True):
        if 0 < len(chosen) < len(rows):
            away = rows[chosen.to(rows.device)].double().mean(dim=0) - mean
            group.copy_(away * len(rows) / (len(rows) - len(chosen)))  # from the rest, not from the mean of all
    return found


def _mean(rows: Tensor) -> Tensor:
    """(p,), in double precision."""
    return torch.stack([block.double().sum(dim=0) for block in rows.split(ROWS)]).sum(dim=0) / len(rows)


def _covariance(rows: Tensor, mean: Tensor) -> Tensor:
    """(p, p), in double precision; squares are summed around the mean, a block at a time in the rows' own type."""
    covariance = mean.new_zeros(rows.shape[1], rows.shape[1])
    for block in rows.split(ROWS):
        centred = block - mean.to(block)
        covariance += (centred.T @ centred).double()
    return covariance / len(rows)


def _check_same_places(tokens: Tensor, codes: Tensor) -> None:
    if tokens.ndim != 3 or codes.ndim != 3 or tokens.shape[:2] != codes.shape[:2]:
        raise ValueError(
            f"tokens {tuple(tokens.shape)} and codes {tuple(codes.shape)}, expected (n, T, p) and (n, T, k) of the "
            "same images and places"
        )
