"""Language models: hidden states as the library's, the unembedding against logits by hand."""

from functools import cache

import pytest
import torch

from concepts.lexicon import Lexicon, lexical_activations
from concepts.models.encoders import TextEncoder, open_text_encoder
from concepts.models.encoders.language_models import LanguageModelEncoder
from concepts.models.encoders.pieces import file_tokenizer
from concepts.models.encoders.unembedding import final_norm, folded
from tests.support.tiny_encoders import language_folder, write_byte_tokenizer

transformers = pytest.importorskip("transformers")

TEXT = "the cat and a red car"


@pytest.fixture(scope="module", params=["GPT2", "Llama"])
def folder(request, tmp_path_factory):
    return language_folder(request.param, tmp_path_factory.mktemp(request.param))


@cache
def library_model(folder):
    return transformers.AutoModelForCausalLM.from_pretrained(folder).eval()


@cache
def opened(folder, layer=None):
    return open_text_encoder(str(folder), layer=layer)


def library_outputs(folder, text):
    ids = torch.tensor([file_tokenizer(folder)([text])[0].ids])
    with torch.no_grad():
        return library_model(folder)(ids, output_hidden_states=True)


@pytest.mark.parametrize("layer", [-1, 0, 2])
def test_tokens_are_the_librarys_hidden_states(folder, layer):
    encoder = opened(folder, layer)
    assert isinstance(encoder, TextEncoder)
    assert isinstance(encoder, LanguageModelEncoder)
    expected = library_outputs(folder, TEXT).hidden_states[layer][0]
    found = encoder.encode([TEXT])[0]
    torch.testing.assert_close(found.vectors, expected, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(found.pooled, expected[-1], rtol=1e-4, atol=1e-5)


def test_another_layer_is_another_space(folder):
    assert len({opened(folder, layer).fingerprint for layer in (0, 1, 3)}) == 3
    assert opened(folder, -1).fingerprint == opened(folder, 3).fingerprint


def test_texts_of_other_lengths_in_the_batch_do_not_matter(folder):
    encoder = opened(folder, 2)
    texts = [TEXT, "a", "photo of the dog on grass"]
    torch.testing.assert_close(
        encoder.embed(texts), torch.cat([encoder.embed([text]) for text in texts]), rtol=1e-4, atol=1e-5
    )


def test_spans_leave_out_the_blank_that_a_word_begins_with(folder):
    found = opened(folder).encode(["the cat  and a\nCat"])[0]
    assert [piece for piece in found.pieces if piece.strip()] == ["the", "cat", "and", "a", "Cat"]
    assert all(piece == piece.strip() or not piece.strip() for piece in found.pieces)


def test_last_tokens_times_the_unembedding_are_the_logits(folder):
    words, vectors = opened(folder).unembedding()
    out = library_outputs(folder, TEXT)
    tokenizer = file_tokenizer(folder)
    rows = [tokenizer.id_of(f"Ġ{word}") for word in words]
    found = opened(folder).encode([TEXT])[0].vectors @ vectors.T
    torch.testing.assert_close(found, out.logits[0][:, rows], rtol=1e-4, atol=1e-4)


def test_inner_tokens_times_the_unembedding_are_logits_but_for_scale_and_shift(folder):
    """logits = head(norm(a)) = (a · e') / σ(a) + β · e: checked against the library's own norm and head."""
    words, vectors = opened(folder, 1).unembedding()
    tokens = opened(folder, 1).encode([TEXT])[0].vectors
    model, tokenizer = library_model(folder), file_tokenizer(folder)
    norm = final_norm(model.base_model)
    rows = [tokenizer.id_of(f"Ġ{word}") for word in words]
    weight = model.get_output_embeddings().weight.detach()[rows]
    with torch.no_grad():
        expected = norm(tokens) @ weight.T
    if isinstance(norm, torch.nn.LayerNorm):
        sigma = (tokens.var(dim=1, unbiased=False) + norm.eps).sqrt()
        shift = weight @ norm.bias.detach()
    else:
        sigma, shift = (tokens.square().mean(dim=1) + norm.variance_epsilon).sqrt(), 0.0
    torch.testing.assert_close(tokens @ vectors.T / sigma[:, None] + shift, expected, rtol=1e-4, atol=1e-4)


def test_words_are_whole_and_once(folder):
    """ " Cat" and " cat" are one word; pieces without a blank before them and signs are none."""
    words, vectors = opened(folder).unembedding()
    assert None not in map(file_tokenizer(folder).id_of, ["Ġcat", "ĠCat", "cat"])  # three pieces, one word
    assert {"cat", "photo", "the"} <= {word.casefold() for word in words}
    assert len({word.casefold() for word in words}) == len(words) == len(vectors)
    assert all(any(map(str.isalnum, word)) for word in words)
    lexicon = Lexicon(words, vectors, space=opened(folder).fingerprint)
    s = lexical_activations(opened(folder).encode([TEXT])[0].vectors, lexicon, top=3)
    assert (s > 0).sum(dim=1).max() <= 3


def test_a_gain_of_one_plus_w_is_folded_as_it_is_applied(rng):
    """Gemma's RMSNorm multiplies by 1 + w: the gain is read off the module, not off its weight."""

    class GemmaRMSNorm(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = torch.nn.Parameter(torch.randn(6, generator=rng))

        def forward(self, x):
            return x * (x.square().mean(dim=-1, keepdim=True) + 1e-6).rsqrt() * (1 + self.weight)

    norm, x, vectors = GemmaRMSNorm(), torch.randn(3, 6, generator=rng), torch.randn(4, 6, generator=rng)
    found = x @ folded(vectors, norm).T / x.square().mean(dim=1, keepdim=True).sqrt()
    torch.testing.assert_close(found, (norm(x) @ vectors.T).detach(), rtol=1e-4, atol=1e-5)


def test_a_norm_that_is_not_known_is_refused():
    with pytest.raises(ValueError, match="the final norm Tanh is not one that can be folded in"):
        folded(torch.ones(2, 3), torch.nn.Tanh())


def test_too_long_a_text_and_an_unknown_layer_are_refused(folder):
    with pytest.raises(ValueError, match=r"tokens, the model takes 24"):
        opened(folder).embed(["the cat and the car " * 6])
    with pytest.raises(ValueError, match=r"layer 9: expected a hidden state, 0 … 3"):
        open_text_encoder(str(folder), layer=9)


def test_ids_are_those_of_the_librarys_tokenizer(folder, tmp_path):
    library = write_byte_tokenizer(tmp_path)
    texts = ["the cat", " and\ta Cat!", "étoile 12"]
    assert [list(each.ids) for each in file_tokenizer(folder)(texts)] == library(texts)["input_ids"]
