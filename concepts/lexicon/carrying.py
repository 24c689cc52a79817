"""A lexicon carried to another tokenizer: the new pieces as mixtures of the old words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from concepts.lexicon.lexicon import Lexicon
from concepts.numerics.intervals import Estimate, mean_estimate

if TYPE_CHECKING:
    from scipy.sparse import csr_array

HELD_OUT = 0.2  # share of the words
PENALTY = 0.01  # beside counts of pieces in words, from 0 to 1
LEAST_WORDS = 10


@dataclass(frozen=True)
class CarriedLexicon:
    """lexicon: the M new pieces and their vectors, each a mixture of the L old words' (`mixture`).

    fidelity: on words held out, the mean cosine between a word's own vector and the mean of its pieces' vectors, with
    its interval over words; control: the same where the words' vectors were permuted before the fit. n_words: those
    held out; n_unread: those of them of whose pieces no fitted word has any, which count with a cosine of 0.
    """

    lexicon: Lexicon
    fidelity: Estimate
    control: Estimate
    n_words: int
    n_unread: int
    _shares: "csr_array" = field(repr=False)
    _penalty: float = field(repr=False)

    def mixture(self, piece: str) -> Tensor:
        """(L,): the weights of the old words in a new piece, a row of W. Raises ValueError for an unknown piece."""
        one = np.zeros(len(self.lexicon))
        one[self.lexicon.row(piece)] = 1
        return torch.from_numpy(self._shares @ _solved(self._shares, one, self._penalty)).to(self.lexicon.vectors)


def carried(
    lexicon: Lexicon,
    segment: Callable[[str], Sequence[str]],
    *,
    name: str = "carried",
    penalty: float = PENALTY,
    seed: int = 0,
) -> CarriedLexicon:
    """The lexicon of a tokenizer's pieces that says the old words best.

        min_X ‖S X − E‖² + penalty ‖X‖²,   X = W E,   W = (Sᵀ S + penalty I)⁻¹ Sᵀ

    E (L, p): the old words' vectors. S (L, M): the share of each new piece in a word, from `segment`, which gives the
    pieces of a word by the new tokenizer; spellings of a piece that differ in case only are one. X (M, p): the new
    pieces' vectors, each a mixture of the old words'. A bias is carried likewise. Fidelity is measured with a fifth of
    the words held out, drawn with the seed; the lexicon returned is fitted to all.
    Raises ValueError for a penalty ≤ 0, fewer than 10 words, and a word without pieces.
    """
    if not penalty > 0:
        raise ValueError(f"penalty is {penalty}: expected a number above 0, else the solution is not unique")
    if len(lexicon) < LEAST_WORDS:
        raise ValueError(f"the lexicon {lexicon.name} has {len(lexicon)} words, expected at least {LEAST_WORDS}")
    S, pieces = _shares(lexicon.words, segment)
    E = lexicon.vectors.detach().cpu().double().numpy()
    order = np.random.default_rng(seed).permutation(len(E))
    held = np.sort(order[: max(2, round(HELD_OUT * len(E)))])
    fitted = np.setdiff1d(order, held)
    unread = np.asarray(S[held] @ (S[fitted].sum(axis=0) > 0)) == 0
    return CarriedLexicon(
        lexicon=_lexicon(lexicon, pieces, S, name, penalty),
        fidelity=mean_estimate(_cosines(S, E, fitted, held, penalty), seed=seed),
        control=mean_estimate(_cosines(S, _permuted(E, fitted, seed), fitted, held, penalty), seed=seed),
        n_words=len(held),
        n_unread=int(unread.sum()),
        _shares=S,
        _penalty=penalty,
    )


def _shares(words: Sequence[str], segment: Callable[[str], Sequence[str]]) -> "tuple[csr_array, tuple[str, ...]]":
    """S (L, M) and the pieces, as each is first spelt, in the order in which they occur."""
    from scipy.sparse import csr_array

    places: dict[str, int] = {}
    spelt: list[str] = []
    rows, columns, values = [], [], []
    for row, word in enumerate(words):
        pieces = [piece for piece in segment(word) if piece.strip()]
        if not pieces:
            raise ValueError(f"the new tokenizer gives no pieces for the word {word!r}: leave the word out")
        for piece in pieces:
            if places.setdefault(piece.casefold(), len(spelt)) == len(spelt):
                spelt.append(piece)
            rows.append(row)
            columns.append(places[piece.casefold()])
            values.append(1 / len(pieces))
    return csr_array((values, (rows, columns)), shape=(len(words), len(spelt))), tuple(spelt)  # a piece twice: summed


def _solved(S: "csr_array", right: np.ndarray, penalty: float) -> np.ndarray:
    """(Sᵀ S + penalty I)⁻¹ R for R = right, (M,) or (M, q)."""
    from scipy.sparse import eye_array
    from scipy.sparse.linalg import splu

    return np.asarray(splu((S.T @ S + penalty * eye_array(S.shape[1])).tocsc()).solve(right))


def _cosines(S: "csr_array", E: np.ndarray, fitted: np.ndarray, held: np.ndarray, penalty: float) -> np.ndarray:
    """(m,): of the words held out, between their vectors and those that their pieces give; 0 where these are 0."""
    said = S[held] @ _solved(S[fitted], S[fitted].T @ E[fitted], penalty)
    lengths = np.linalg.norm(said, axis=1) * np.linalg.norm(E[held], axis=1)
    return np.asarray((said * E[held]).sum(axis=1) / np.maximum(lengths, 1e-12))


def _permuted(E: np.ndarray, fitted: np.ndarray, seed: int) -> np.ndarray:
    """The vectors with those of the fitted words exchanged among them."""
    other = E.copy()
    other[fitted] = E[np.random.default_rng(seed + 1).permutation(fitted)]
    return other


def _lexicon(old: Lexicon, pieces: tuple[str, ...], S: "csr_array", name: str, penalty: float) -> Lexicon:
    columns = [old.vectors] if old.bias is None else [old.vectors, old.bias[:, None].to(old.vectors)]
    known = torch.cat(columns, dim=1).detach().cpu().double().numpy()
    found = torch.from_numpy(_solved(S, S.T @ known, penalty)).to(old.vectors)
    vectors = found[:, : old.n_channels]
    return Lexicon(pieces, vectors, bias=None if old.bias is None else found[:, -1], name=name, space=old.space)
