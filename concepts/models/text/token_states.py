"""The hidden states of token ids, whatever text they are of: for texts whose ids were exchanged."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor

from concepts.models.encoders.minilm import text_model_folder
from concepts.models.encoders.model_types import TextModel
from concepts.models.encoders.opening import short
from concepts.models.encoders.pretrained import load_pretrained
from concepts.models.encoders.texts import MODEL, read_recipe
from concepts.models.text.folder_reader import reader_of
from concepts.models.text.reading import TextPieces, TokenReader

AT_ONCE = 64  # texts of one length


@dataclass(frozen=True, eq=False)
class TokenStates:
    """A frozen encoder or language model that is asked by ids. layer: the hidden state, from the end where negative."""

    name: str
    layer: int
    reader: TokenReader
    device: torch.device
    _model: TextModel = field(repr=False)

    def pieces(self, text: str) -> TextPieces:
        """The tokens that are read of a text; one without characters is a special token."""
        return self.reader.pieces(text)

    @torch.no_grad()
    def states(self, ids: Sequence[np.ndarray]) -> list[Tensor]:
        """(t, p) float32 on the CPU for ids (t,) of each text. Texts of one length are batched, without padding."""
        found: dict[int, Tensor] = {}
        lengths = [len(each) for each in ids]
        for length in sorted(set(lengths)):
            rows = [i for i, each in enumerate(lengths) if each == length]
            for start in range(0, len(rows), AT_ONCE):
                batch = rows[start : start + AT_ONCE]
                values = self._run(torch.tensor(np.stack([ids[i] for i in batch]), device=self.device))
                found.update(zip(batch, values.float().cpu(), strict=True))
        return [found[i] for i in range(len(ids))]

    def _run(self, ids: Tensor) -> Tensor:
        asked: Any = self._model  # which takes all hidden states at once
        out = asked(input_ids=ids, attention_mask=torch.ones_like(ids), output_hidden_states=True)
        states: Tensor = out.hidden_states[self.layer]
        return states


def open_token_states(
    name: str, *, layer: int = -1, device: torch.device | None = None, network: bool = True
) -> TokenStates:
    """The model of a folder, `hf:org/name` or all-MiniLM-L6-v2.

    Raises ValueError for an encoder with a decoder, a hidden state that it does not have, and as `load_pretrained`.
    """
    place = device or torch.device("cpu")
    folder = text_model_folder(name, network=network)
    recipe = read_recipe(folder)
    model = load_pretrained(MODEL, recipe.folder, place)
    if model.config.is_encoder_decoder:
        raise ValueError(f"{name} is an encoder with a decoder ({model.config.model_type}): choose a plain encoder")
    n = model.config.num_hidden_layers
    if not -n - 1 <= layer <= n:
        raise ValueError(f"layer {layer}: {short(name)} has hidden states 0 (embeddings) to {n}, or −1 for the last")
    reader, _ = reader_of(recipe.folder, model.config, most=recipe.longest)
    return TokenStates(short(name), layer, reader, place, model)
