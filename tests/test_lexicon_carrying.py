"""A lexicon carried to other pieces: the closed form, exact where words are sums of their pieces, nothing by chance."""

import numpy as np
import pytest
import torch

from concepts.lexicon import Lexicon
from concepts.lexicon.carrying import carried

SYLLABLES = ("ba", "co", "di", "fu", "ge", "hi", "ju", "ko")


def two_by_two(word):
    return [word[i : i + 2] for i in range(0, len(word), 2)]


def made_of_pieces(seed, p=6, noise=0.0):
    """All words of two syllables; each vector is the mean of its syllables'."""
    generator = torch.Generator().manual_seed(seed)
    true = torch.randn(len(SYLLABLES), p, generator=generator, dtype=torch.float64)
    pairs = [(i, j) for i in range(len(SYLLABLES)) for j in range(len(SYLLABLES))]
    vectors = torch.stack([(true[i] + true[j]) / 2 for i, j in pairs])
    vectors = vectors + noise * torch.randn(vectors.shape, generator=generator, dtype=torch.float64)
    return Lexicon(tuple(SYLLABLES[i] + SYLLABLES[j] for i, j in pairs), vectors), true


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_pieces_that_make_the_words_are_found(seed):
    lexicon, true = made_of_pieces(seed)
    found = carried(lexicon, two_by_two, penalty=1e-9, seed=seed)
    order = [found.lexicon.row(syllable) for syllable in SYLLABLES]
    torch.testing.assert_close(found.lexicon.vectors[order], true, rtol=1e-5, atol=1e-5)
    assert found.fidelity > 0.9999
    assert found.control.high < 0.7
    assert (found.n_words, found.n_unread) == (13, 0)


def test_it_is_the_ridge_of_the_formula():
    lexicon, _ = made_of_pieces(0, noise=0.3)
    found = carried(lexicon, two_by_two, penalty=0.05)
    S = np.zeros((len(lexicon), len(SYLLABLES)))
    for row, word in enumerate(lexicon.words):
        for piece in two_by_two(word):
            S[row, found.lexicon.row(piece)] += 0.5
    W = np.linalg.solve(S.T @ S + 0.05 * np.eye(len(SYLLABLES)), S.T)
    for row, piece in enumerate(found.lexicon.words):
        np.testing.assert_allclose(found.mixture(piece).numpy(), W[row], atol=1e-10)
    np.testing.assert_allclose(found.lexicon.vectors.numpy(), W @ lexicon.vectors.numpy(), atol=1e-10)


def test_words_held_out_are_not_fitted():
    """Vectors of chance alone: the pieces say the fitted words a little, and words held out not at all."""
    generator = torch.Generator().manual_seed(0)
    lexicon, _ = made_of_pieces(0)
    chance = Lexicon(lexicon.words, torch.randn(len(lexicon), 40, generator=generator))
    found = carried(chance, two_by_two)
    assert found.fidelity.low < 0.1
    assert abs(found.fidelity - found.control) < 0.2


def test_words_of_pieces_that_no_fitted_word_has_are_counted():
    lexicon, _ = made_of_pieces(0)
    found = carried(lexicon, lambda word: [word])
    assert found.n_unread == found.n_words
    assert found.fidelity == 0


def test_a_bias_is_carried_and_case_makes_no_other_piece():
    lexicon, _ = made_of_pieces(0)
    biased = Lexicon(lexicon.words, lexicon.vectors, bias=torch.ones(len(lexicon), dtype=torch.float64))
    found = carried(biased, lambda word: [word[:2].upper(), word[2:]], penalty=1e-9)
    assert len(found.lexicon) == len(SYLLABLES)
    torch.testing.assert_close(found.lexicon.bias, torch.ones(len(SYLLABLES), dtype=torch.float64))


def test_what_cannot_be_carried_is_told():
    lexicon, _ = made_of_pieces(0)
    with pytest.raises(ValueError, match="penalty is 0: expected a number above 0"):
        carried(lexicon, two_by_two, penalty=0)
    with pytest.raises(ValueError, match="gives no pieces for the word 'baba'"):
        carried(lexicon, lambda word: [])
    with pytest.raises(ValueError, match="has 2 words, expected at least 10"):
        carried(Lexicon(("one", "two"), torch.eye(2)), two_by_two)
