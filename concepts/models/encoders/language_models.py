"""Decoder language models (GPT-2, Llama and similar): hidden states of a text, and the output embedding as words."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor

from concepts.models.encoders.model_types import Decoder, LanguageModel
from concepts.models.encoders.pieces import file_tokenizer, pad_id
from concepts.models.encoders.pretrained import AutoClass, load_pretrained, model_fingerprint, stored_type
from concepts.models.encoders.text_tokens import Run, TokenTextEncoder
from concepts.models.encoders.texts import last_of, longest_of
from concepts.models.encoders.tokens import chosen_layer
from concepts.models.encoders.unembedding import final_norm, unembedding

MODEL = AutoClass[LanguageModel]("AutoModelForCausalLM")
Words = Callable[[], tuple[tuple[str, ...], Tensor]]


@dataclass(frozen=True, eq=False)
class LanguageModelEncoder(TokenTextEncoder):
    """Attention is causal, so `pooled` is the vector of the last token, the only one that attends to the whole text."""

    layer: str = field(kw_only=True)
    _words: Words = field(kw_only=True, repr=False)

    def unembedding(self) -> tuple[tuple[str, ...], Tensor]:
        """(words, vectors (L, p)) for this layer's tokens: the output embedding, for use as a Lexicon.

        Unchanged at the last layer; at an earlier layer with the linear part of the final norm folded in. See
        `concepts.models.encoders.unembedding`.
        """
        return self._words()


def open_language_model(
    folder: Path, *, name: str, layer: int | str | None = None, device: torch.device
) -> LanguageModelEncoder:
    """Hidden state `layer` of each token: 0 the embeddings, i after block i, the last after the final norm.

    On a GPU the weights keep their stored dtype; vectors are float32 in any case.
    """
    model = load_pretrained(MODEL, folder, device, dtype=stored_type(device))
    base, head = model.base_model, model.get_output_embeddings()
    n_layers = model.config.num_hidden_layers
    index = chosen_layer(layer, n_layers)
    tokenizer = file_tokenizer(folder)

    def words() -> tuple[tuple[str, ...], Tensor]:
        return unembedding(head, final_norm(base) if index < n_layers else None, tokenizer)

    return LanguageModelEncoder(
        name=name,
        fingerprint=model_fingerprint(model, model.config, besides=(index,)),
        n_channels=model.config.hidden_size,
        longest=longest_of(model.config, folder),
        device=device,
        _tokenize=tokenizer,
        _run=_hidden_states(base, index, n_layers),
        _pad=pad_id(folder, tokenizer) or 0,
        layer=f"hidden state {index} of {n_layers}",
        _words=words,
    )


def _hidden_states(base: Decoder, index: int, n_layers: int) -> Run:
    def run(ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        if index == n_layers:
            vectors = base(input_ids=ids, attention_mask=mask, use_cache=False).last_hidden_state
        else:
            out = base(input_ids=ids, attention_mask=mask, use_cache=False, output_hidden_states=[index])
            vectors = out.hidden_states[index]
        return vectors, last_of(vectors, mask)

    return run
