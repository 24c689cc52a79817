"""A lexicon and what tokens say in it."""

import math

import pytest
import torch

from concepts.lexicon import Lexicon, keep_top, lexical_activations


@pytest.fixture
def lexicon(rng):
    vectors = torch.randn(5, 3, generator=rng, dtype=torch.float64)
    bias = torch.randn(5, generator=rng, dtype=torch.float64)
    return Lexicon(("sun", "Moon", "boat", "hat", "sea"), vectors, bias, name="things")


def test_activations_are_the_formula_place_by_place(lexicon, rng):
    tokens = torch.randn(2, 4, 3, generator=rng, dtype=torch.float64)
    found = lexical_activations(tokens, lexicon)
    assert found.shape == (2, 4, 5)
    for i in range(2):
        for t in range(4):
            for w in range(5):
                z = sum(float(a) * float(e) for a, e in zip(tokens[i, t], lexicon.vectors[w], strict=True))
                expected = math.log(1 + max(0.0, z + float(lexicon.bias[w])))
                assert found[i, t, w] == pytest.approx(expected, abs=1e-12)


def test_only_the_top_words_of_each_token_stay(lexicon, rng):
    tokens = torch.randn(6, 3, generator=rng, dtype=torch.float64)
    whole, cut = lexical_activations(tokens, lexicon), lexical_activations(tokens, lexicon, top=2)
    for row, kept in zip(whole, cut, strict=True):
        best = sorted(range(5), key=lambda w: (-float(row[w]), w))[:2]
        assert kept.tolist() == [float(row[w]) if w in best else 0.0 for w in range(5)]


def test_of_equals_the_first_stay():
    assert keep_top(torch.tensor([[1.0, 2.0, 2.0, 2.0, 0.0]]), 2).tolist() == [[0, 2, 2, 0, 0]]
    assert keep_top(torch.tensor([[1.0, 2.0, 2.0, 3.0, 0.0]]), 2).tolist() == [[0, 2, 0, 3, 0]]
    some = torch.tensor([3.0, 1.0])
    assert keep_top(some, None) is some
    assert keep_top(some, 2) is some


def test_a_word_is_found_whatever_its_case(lexicon):
    assert lexicon.row("moon") == 1 and lexicon.row("  SUN ") == 0  # noqa: PT018 - one claim
    torch.testing.assert_close(lexicon.vector("sea"), lexicon.vectors[4])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: x.row("moan"), "not in the lexicon things; near it are Moon"),
        (lambda x: x.row("zzzz"), "it has 5 words, such as sun"),
        (lambda x: lexical_activations(torch.ones(2, 4), x), "tokens have 4 channels, the lexicon things reads 3"),
        (lambda x: lexical_activations(torch.ones(2, 3), x, top=0), "at least one word"),
        (lambda x: Lexicon((), torch.ones(0, 3)), "at least one word"),
        (lambda x: Lexicon(("a", " "), torch.ones(2, 3)), "word 1 is empty"),
        (lambda x: Lexicon(("a", "A"), torch.ones(2, 3)), "occur twice"),
        (lambda x: Lexicon(("a", "b"), torch.ones(3, 3)), "expected a row a word"),
        (lambda x: Lexicon(("a", "b"), torch.tensor([[1.0], [0.0]])), "zeros .b."),
        (lambda x: Lexicon(("a",), torch.tensor([[math.nan]])), "NaN"),
        (lambda x: Lexicon(("a",), torch.ones(1, 2), torch.ones(2)), "bias"),
    ],
)
def test_bad_input_is_told(lexicon, call, message):
    with pytest.raises(ValueError, match=message):
        call(lexicon)
