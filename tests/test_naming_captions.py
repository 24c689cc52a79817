"""Candidates from captions: their words, the captions near a concept, bad input."""

import pytest
import torch

from concepts.lexicon.alignment import fit_bridge
from concepts.lexicon.naming import name_concepts
from concepts.lexicon.naming.captions import caption_lexicon, content_words, nearest_captions, read_captions
from concepts.lexicon.naming.prototypes import prototype_places
from concepts.lexicon.naming.scores import WordScorer, token_directions
from concepts.models.encoders import TextEncoder, TextTokens

CAPTIONS = ("A red ball on the grass", "A green hat", "The red balls of a clown", "A green parrot with a hat")


class Letters:
    """Texts as counts of their letters: words that share letters are near."""

    name, fingerprint, n_channels, longest = "letters", "abc", 26, 512

    def encode(self, texts):
        vectors = self.embed(texts)
        return [TextTokens(text, ((0, len(text)),), vectors[i : i + 1], vectors[i]) for i, text in enumerate(texts)]

    def embed(self, texts):
        letters = "abcdefghijklmnopqrstuvwxyz"
        return torch.tensor([[float(text.lower().count(letter)) for letter in letters] for text in texts])


def test_content_words_by_hand():
    assert content_words("The dog's RED ball, 2 red X-ray fish; don’t é") == (
        "dog's",
        "red",
        "ball",
        "x-ray",
        "fish",
        "don't",
    )
    assert content_words("to be or not to be") == ()


def test_captions_are_read_once_each(tmp_path):
    (tmp_path / "c.txt").write_text("a  dog\n\n a cat \na dog\n", encoding="utf-8")
    assert read_captions(tmp_path / "c.txt") == ("a dog", "a cat")
    for content, words in ((b" \n\n", "holds no captions"), (b"\xff\xfe\xfa", "cannot be read")):
        (tmp_path / "c.txt").write_bytes(content)
        with pytest.raises(ValueError, match=words):
            read_captions(tmp_path / "c.txt")
    with pytest.raises(ValueError, match="cannot be read"):
        read_captions(tmp_path / "none.txt")


def test_nearest_captions_are_the_literal_ones(rng):
    directions, captions = (torch.randn(*s, generator=rng, dtype=torch.float64) for s in ((3, 5), (9, 5)))
    found = nearest_captions(directions, captions, 4)
    centred = captions - captions.mean(dim=0)
    for j in range(3):
        cosine = [float(torch.cosine_similarity(directions[j], each, dim=0)) for each in centred]
        assert found[j].tolist() == sorted(range(9), key=lambda i: -cosine[i])[:4]
    assert nearest_captions(directions, captions, 99).shape == (3, 9)


def test_names_come_from_captions_through_a_bridge(rng):
    """Photos of another space are brought to the letters by a bridge; each concept gets a word of its captions."""
    encoder = Letters()
    assert isinstance(encoder, TextEncoder)
    vectors = encoder.embed(CAPTIONS)
    turn = torch.linalg.qr(torch.randn(26, 26, generator=rng))[0]
    bridge = fit_bridge("ridge", vectors.repeat(5, 1) @ turn, vectors.repeat(5, 1))
    kinds = torch.arange(40) % 4
    tokens = bridge.apply((vectors[kinds] @ turn)[:, None] + 0.05 * torch.randn(40, 2, 26, generator=rng))
    codes = torch.zeros(40, 2, 3)
    codes[kinds == 0, 0, 0] = 1
    codes[kinds == 3, 0, 1] = 1  # the third is nowhere
    directions = token_directions(tokens, codes)
    lexicon = caption_lexicon(directions, CAPTIONS, encoder, per_concept=1)
    assert lexicon.words == ("red", "ball", "grass", "green", "parrot", "hat")
    assert lexicon.space == "abc"
    scores = WordScorer(tokens, lexicon).scores(prototype_places(codes))
    names = name_concepts(scores.numpy(), lexicon.words, threshold=0.5)
    assert names[0].word in ("ball", "grass", "red")
    assert names[1].word in ("parrot", "hat", "green")
    assert names[2].word is None


def test_bad_captions_are_told():
    directions = torch.ones(1, 26)
    with pytest.raises(ValueError, match="no captions were given"):
        caption_lexicon(directions, (), Letters())
    with pytest.raises(ValueError, match="holds a content word"):
        caption_lexicon(directions, ("to be", "or not"), Letters())
    with pytest.raises(ValueError, match="by a bridge"):
        caption_lexicon(torch.ones(1, 5), CAPTIONS, Letters())
