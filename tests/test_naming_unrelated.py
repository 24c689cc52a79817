"""A name fits a concept better than words that no photo shows."""

import zlib

import pytest
import torch

from concepts.lexicon import Lexicon
from concepts.lexicon.naming import name_concepts
from concepts.lexicon.naming.scores import word_scores
from concepts.lexicon.naming.unrelated import unrelated_thresholds, unrelated_words

P, K = 16, 200


class Hashed:
    """Each word in a direction of its own that says nothing, but "nothing", whose vector is all zeros."""

    fingerprint = "hashed"

    def __init__(self, *silent):
        self.silent = silent

    def embed(self, texts):
        drawn = [torch.randn(P, generator=torch.Generator().manual_seed(zlib.crc32(text.encode()))) for text in texts]
        return torch.stack([v * (text not in self.silent) for v, text in zip(drawn, texts, strict=True)])


@pytest.fixture(scope="module")
def world():
    """Tokens, and concepts that lie where tokens point in directions drawn at random."""
    generator = torch.Generator().manual_seed(0)
    tokens = torch.randn(60, 9, P, generator=generator)
    return tokens, torch.relu(tokens @ torch.randn(P, K, generator=generator))


def named(world, words, vectors, limits):
    scores = word_scores(*world, Lexicon(words, vectors))
    return [name.word for name in name_concepts(scores.numpy(), words, threshold=limits.numpy(), capacity=K)]


def test_the_list_is_of_words_that_are_in_no_photo():
    words = unrelated_words()
    assert len(words) == len(set(words)) == 830
    assert all(word.isalpha() and word.islower() for word in words)
    assert {"accuracy", "legacy", "friendship"} <= set(words)
    assert not {"dog", "grass", "window", "chance"} & set(words)


def test_the_threshold_is_the_best_of_the_unrelated_words(world):
    found = unrelated_thresholds(*world, Hashed("accuracy"), but=("Legacy", "dog"))
    words = tuple(word for word in unrelated_words() if word not in ("accuracy", "legacy"))
    torch.testing.assert_close(found, word_scores(*world, Lexicon(words, Hashed().embed(words))).amax(dim=1))


def test_words_that_say_nothing_name_few_concepts_and_those_that_do_name_theirs(world):
    tokens, codes = world
    encoder, words = Hashed(), tuple(f"film word {i}" for i in range(40))
    limits, vectors = unrelated_thresholds(*world, encoder), encoder.embed(words)
    assert sum(word is not None for word in named(world, words, vectors, torch.zeros(K))) == K
    assert sum(word is not None for word in named(world, words, vectors, limits)) <= 0.1 * K  # about 40 / 870
    right = torch.linalg.lstsq(tokens.flatten(0, 1), codes.flatten(0, 1)).solution.T
    found = named(world, tuple(f"word of {j}" for j in range(K)), right, limits)
    assert sum(word == f"word of {j}" for j, word in enumerate(found)) >= 0.95 * K


def test_an_encoder_that_knows_none_of_them_sets_no_limit(world):
    assert unrelated_thresholds(*world, Hashed(*unrelated_words())).tolist() == [0.0] * K
