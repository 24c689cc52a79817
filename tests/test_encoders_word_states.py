"""Bytes and pieces pooled to words: means over what stands in a word, whatever its script."""

import pytest
import torch

from concepts.models.encoders import open_text_encoder
from concepts.models.encoders.base import TextTokens
from concepts.models.encoders.word_states import word_states
from tests.support.tiny_encoders import language_folder


def of_bytes(text: str, p: int = 5) -> TextTokens:
    """A token for each byte, as a byte model has them; the bytes of a character have its place."""
    spans = tuple((i, i + 1) for i, character in enumerate(text) for _ in character.encode())
    generator = torch.Generator().manual_seed(0)
    return TextTokens(text, spans, torch.randn(len(spans), p, generator=generator), torch.zeros(p))


def test_a_word_is_the_mean_of_its_bytes():
    tokens = of_bytes("né à vie!")
    found = word_states(tokens)
    assert found.pieces == ("né", "à", "vie")
    expected = [tokens.vectors[0:3].mean(dim=0), tokens.vectors[4:6].mean(dim=0), tokens.vectors[7:10].mean(dim=0)]
    torch.testing.assert_close(found.vectors, torch.stack(expected))
    assert found.pooled is tokens.pooled


def test_the_bytes_of_a_joined_emoji_are_one_word():
    found = word_states(of_bytes("a 👩‍🚀 b"))
    assert found.pieces == ("a", "👩‍🚀", "b")


def test_a_piece_over_two_words_belongs_to_both_and_words_without_tokens_are_left_out():
    vectors = torch.eye(2)
    found = word_states(TextTokens("one two three", ((0, 3), (2, 7)), vectors, vectors[0]))
    assert found.pieces == ("one", "two")
    torch.testing.assert_close(found.vectors, torch.stack([vectors.mean(dim=0), vectors[1]]))


def test_a_models_pieces_become_words(tmp_path):
    pytest.importorskip("transformers")
    encoder = open_text_encoder(str(language_folder("GPT2", tmp_path)))
    (tokens,) = encoder.encode(["the xyz cat"])
    found = word_states(tokens)
    assert found.pieces == ("the", "xyz", "cat")
    inside = [t for t, piece in enumerate(tokens.pieces) if piece in ("x", "y", "z")]
    torch.testing.assert_close(found.vectors[1], tokens.vectors[inside].mean(dim=0))


def test_a_text_without_words_is_told():
    with pytest.raises(ValueError, match="none of the 0 words of the text has a token"):
        word_states(of_bytes("?!"))
