"""A lexicon and what tokens say in it."""

import math

import pytest
import torch

from concepts.lexicon import (
    Lexicon,
    Overuse,
    keep_top,
    lexical_activations,
    token_activations,
    top_words,
    top_words_by_place,
    word_activation,
    word_heat,
    word_map,
)


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


def test_what_is_said_everywhere_is_taken_from_every_token(lexicon, rng):
    tokens = torch.randn(2, 4, 3, generator=rng, dtype=torch.float64)
    whole = lexical_activations(tokens, lexicon).flatten(0, 1)
    everywhere = Overuse(whole.mean(dim=0), (whole > 0).double().mean(dim=0), 2)
    torch.testing.assert_close(token_activations(tokens, lexicon), whole)
    found = token_activations(tokens, lexicon, everywhere)
    for t in range(8):
        expected = [max(0.0, float(whole[t, w] - everywhere.mean[w])) for w in range(5)]
        assert found[t].tolist() == pytest.approx(expected)


def test_the_words_of_some_places_are_their_largest_activations(lexicon, rng):
    said = torch.rand(6, 5, generator=rng, dtype=torch.float64)
    said[:, 2] = 0
    for places in ([1], [0, 4], [], [99]):
        rows = [p for p in places if p < 6] or range(6)
        best = {w: max(float(said[p, w]) for p in rows) for w in range(5)}
        expected = [(lexicon.words[w], best[w]) for w in sorted(best, key=lambda w: -best[w]) if best[w] > 0]
        assert top_words(said, lexicon, places, top=5) == expected
        assert top_words(said, lexicon, places, top=2) == expected[:2]


def test_the_words_by_place_are_those_of_each_place_alone(lexicon, rng):
    said = torch.rand(6, 5, generator=rng, dtype=torch.float64)
    said[3] = 0
    found = top_words_by_place(said, lexicon, 2)
    assert found == [[word for word, _ in top_words(said, lexicon, [p], top=2)] for p in range(6)]
    assert found[3] == []


def test_the_activation_of_no_word_is_that_of_the_word_said_most(lexicon, rng):
    said = torch.rand(6, 5, generator=rng, dtype=torch.float64)
    assert word_activation(said, lexicon, "boat").tolist() == said[:, 2].tolist()
    assert word_activation(said, lexicon).tolist() == [max(row) for row in said.tolist()]


@pytest.mark.parametrize("shared", [False, True])
def test_the_heat_of_a_word_is_its_map_above_zero(rng, shared):
    tokens = torch.randn(4, 5, 3, generator=rng)
    lexicon = Lexicon(("sun", "boat", "hat"), torch.randn(3, 3, generator=rng))
    expected = word_map(tokens, lexicon, "boat", contrast="none" if shared else "mean").clamp(min=0)
    found = word_heat(tokens, lexicon, "boat", shared=shared)
    torch.testing.assert_close(torch.from_numpy(found.values), expected)
    assert found.top == float(expected.max()) == pytest.approx(found.top * found.unit.max())


def test_a_word_that_is_not_said_has_no_heat():
    found = word_heat(torch.ones(2, 2, 3), Lexicon(("sun", "dark"), torch.tensor([[1.0] * 3, [-1.0] * 3])), "dark")
    assert found.top == 0
    assert (found.unit == 0).all()


def test_words_said_everywhere_are_counted_from_the_share_on():
    used = Overuse(torch.zeros(4), torch.tensor([0.5, 0.25, 1.0, 0.0]), 8)
    assert [used.said_everywhere(least) for least in (0.5, 0.51, 0.0)] == [0.5, 0.25, 1.0]
