"""Words layer by layer: against the library's hidden states, norm and head taken one by one."""

from functools import cache

import numpy as np
import pytest
import torch

from concepts.lexicon import Lexicon, layer_words, lexical_activations
from concepts.models.encoders.pieces import file_tokenizer
from concepts.models.lens import lens as lens_file
from concepts.models.lens import open_lens
from concepts.models.lens.opening import could_be_lens
from tests.support.places import SHARED
from tests.support.tiny_encoders import bert_folder, language_folder, masked_folder

transformers = pytest.importorskip("transformers")

TEXT = "the cat and a red car"
STORIES = SHARED / "models" / "stories260k"
OWN = """
import sys
from pathlib import Path

import torch

sys.path.insert(0, {folder!r})
import stories260k


class Read(stories260k.Stories):
    longest = 200

    def states(self, ids):
        found = [self.embed_tokens(ids)]
        for layer in self.layers:
            found.append(layer(found[-1]))
        return found

    def read(self, state):
        return stories260k.rms(state, self.norm) @ self.embed_tokens.weight.T

    def tokenize(self, text):
        return self.words.encode(text)

    def decode(self, ids):
        return self.words.decode(ids)


def build():
    model = Read()
    inner, model.words = stories260k.load(Path({folder!r}))
    model.load_state_dict(inner.state_dict())
    return model
"""


@pytest.fixture(scope="module", params=["GPT2", "Llama", "Bert"])
def folder(request, tmp_path_factory):
    place = tmp_path_factory.mktemp(request.param)
    return masked_folder(place) if request.param == "Bert" else language_folder(request.param, place)


@cache
def opened(folder):
    return open_lens(str(folder))


@cache
def library_model(folder):
    masked = "Bert" in folder.name
    return (transformers.AutoModelForMaskedLM if masked else transformers.AutoModelForCausalLM).from_pretrained(folder)


@torch.no_grad()
def by_hand(folder, text):
    """(l, t, V): each hidden state through the library's own modules, one after the other."""
    model = library_model(folder).eval()
    ids = torch.tensor([file_tokenizer(folder)([text])[0].ids])
    out = model(ids, output_hidden_states=True)
    norms = {"gpt2": lambda: model.transformer.ln_f, "llama": lambda: model.model.norm}
    kind = model.config.model_type
    if kind == "bert":
        found = [model.cls(state) for state in out.hidden_states]
    else:
        inner = [model.lm_head(norms[kind]()(state)) for state in out.hidden_states[:-1]]
        found = [*inner, model.lm_head(out.hidden_states[-1])]
    torch.testing.assert_close(found[-1], out.logits)
    return torch.cat(found)


def test_every_layer_is_the_librarys_own_modules_and_the_last_its_logits(folder):
    lens = opened(folder)
    found = torch.stack(list(lens.logits(lens.pieces(TEXT)))).flip(0)
    assert len(found) == len(lens.layers)
    torch.testing.assert_close(found, by_hand(folder, TEXT), rtol=1e-5, atol=1e-5)


def test_layers_read_one_by_one_are_those_read_together(folder, monkeypatch):
    lens = opened(folder)
    together = torch.stack(list(lens.logits(lens.pieces(TEXT))))
    monkeypatch.setattr(lens_file, "VALUES", 1)
    torch.testing.assert_close(torch.stack(list(lens.logits(lens.pieces(TEXT)))), together, rtol=1e-5, atol=1e-5)


def test_a_pass_leaves_no_hook_on_the_model(folder):
    lens = opened(folder)
    base = lens._read._base
    before = len(base._forward_hooks), len(base._forward_pre_hooks)
    list(lens.logits(lens.pieces(TEXT)))
    assert (len(base._forward_hooks), len(base._forward_pre_hooks)) == before


def test_divergence_words_and_probabilities_are_their_definitions(folder):
    found = layer_words(opened(folder), TEXT, top=3)
    tokenizer = file_tokenizer(folder)
    kept = [t for t, span in enumerate(tokenizer([TEXT])[0].spans) if span is not None]
    p = by_hand(folder, TEXT)[:, kept].double().softmax(dim=-1).numpy()
    expected = (p[-1] * (np.log(p[-1]) - np.log(p))).sum(axis=-1)
    np.testing.assert_allclose(found.kl, expected, atol=1e-4)
    assert (found.kl[-1] == 0).all()
    assert (found.kl[:-1].sum(axis=1) > 0.1).all()
    np.testing.assert_allclose(found.uniform, (p[-1] * np.log(p[-1] * p.shape[-1])).sum(axis=-1), atol=1e-4)
    np.testing.assert_allclose(found.probabilities, np.sort(p, axis=-1)[..., :-4:-1], atol=1e-5)
    assert found.words[0][0][0] == opened(folder).word(int(p[0, 0].argmax()))


def test_the_control_permutes_the_words_of_a_layer(folder):
    found = layer_words(opened(folder), TEXT, n_controls=2, seed=3)
    generator = torch.Generator().manual_seed(3)
    orders = [torch.randperm(opened(folder).n_words, generator=generator) for _ in range(2)]
    kept = [t for t, span in enumerate(file_tokenizer(folder)([TEXT])[0].spans) if span is not None]
    p = by_hand(folder, TEXT)[:, kept].double().softmax(dim=-1)
    each = [(p[-1] * (p[-1].log() - p[..., order].log())).sum(dim=-1) for order in orders]
    np.testing.assert_allclose(found.control, torch.stack(each).mean(dim=0).numpy(), atol=1e-4)
    assert (found.control[-1] > 0).all()


def test_tokens_are_pieces_of_the_text(folder):
    found = layer_words(opened(folder), TEXT)
    assert [token for token in found.tokens if token.strip()] == TEXT.split()
    assert found.causal is ("Bert" not in folder.name)
    assert len(found.words[0]) == len(found.tokens) == found.kl.shape[1]


def test_bytes_of_one_character_show_that_character(tmp_path):
    found = layer_words(open_lens(str(language_folder("GPT2", tmp_path))), "a 👩‍🚀")
    assert set(found.tokens) <= {"a", " ", "👩‍🚀"}
    assert found.tokens.count("👩‍🚀") > 3  # a token for each byte


@pytest.mark.parametrize(
    ("decoded", "piece", "shown"),
    [
        (" the", "Ġthe", "the"),
        (" ", "Ġ", "␣"),
        ("\n\n", "ĊĊ", "↵↵"),
        ("", "<s>", "<s>"),
        ("\ufffd", "<0xF0>", "<0xF0>"),
    ],
)
def test_a_piece_is_shown_as_people_read_it(decoded, piece, shown):
    assert lens_file.visible(decoded, piece) == shown


def test_sparse_words_of_the_last_layer_are_lexlips(tmp_path):
    """log(1 + max(0, t · w)), the largest over the tokens, with the rows of the output embedding as lexicon."""
    folder = language_folder("Llama", tmp_path)
    model = library_model(folder).eval()
    ids = torch.tensor([file_tokenizer(folder)([TEXT])[0].ids])
    with torch.no_grad():
        tokens = model.model(ids).last_hidden_state[0]
    lexicon = Lexicon(tuple(map(str, range(len(model.lm_head.weight)))), model.lm_head.weight.detach())
    expected = lexical_activations(tokens, lexicon).amax(dim=0).sort(descending=True)
    found = layer_words(open_lens(str(folder)), TEXT).sparse[-1]
    np.testing.assert_allclose([value for _, value in found], expected.values[: len(found)].numpy(), atol=1e-5)
    assert found[0][0] == open_lens(str(folder)).word(int(expected.indices[0]))


def test_what_cannot_be_read_is_refused(folder, tmp_path):
    with pytest.raises(ValueError, match="text 0 is empty"):
        layer_words(opened(folder), " ")
    with pytest.raises(ValueError, match="top is 0: keep at least one word"):
        layer_words(opened(folder), TEXT, top=0)
    with pytest.raises(ValueError, match="n_controls is 0"):
        layer_words(opened(folder), TEXT, n_controls=0)
    plain = bert_folder(tmp_path)
    with pytest.raises(ValueError, match="is no language model"):
        open_lens(str(plain))
    assert not could_be_lens(str(plain))
    assert not could_be_lens(str(tmp_path / "nowhere"))
    assert could_be_lens(str(folder))
    assert could_be_lens("own.py:build")


@pytest.mark.shared
@pytest.mark.skipif(not STORIES.is_dir(), reason="no stories260k in ../shared")
def test_a_model_of_ones_own_code_is_read_at_its_layers(tmp_path):
    path = tmp_path / "read.py"
    path.write_text(OWN.format(folder=str(STORIES)))
    lens = open_lens(f"{path}:build")
    found = layer_words(lens, "Once upon a time, there was a little girl named")
    assert lens.layers == ("embeddings", "layer 1", "layer 2", "layer 3", "layer 4", "layer 5")
    assert found.tokens[1:3] == ("Once", "upon")  # after the begin of a text
    assert found.words[-1][-1][0] == "Lily"
    assert found.spans is None
    nats = found.kl.mean(axis=1)
    assert (np.diff(nats[1:]) < 0).all()  # each layer is nearer to the answer than the one before
    assert nats[-2] < found.control.mean(axis=1)[-2]


def test_a_factory_without_the_needed_functions_is_refused(tmp_path):
    path = tmp_path / "lacking.py"
    path.write_text("import torch\n\n\ndef build():\n    return torch.nn.Linear(2, 2)\n")
    with pytest.raises(ValueError, match=r"lacking\.py:build returned a module without states, read, decode"):
        open_lens(f"{path}:build")
