"""LLaVA-like models: a photo's tokens inside a language model's sequence, and the token that ends the prompt."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor

from concepts.models.encoders.language_models import Words
from concepts.models.encoders.model_types import MultimodalDecoder, MultimodalModel
from concepts.models.encoders.photos import processor_transform
from concepts.models.encoders.pieces import FileTokenizer, file_tokenizer
from concepts.models.encoders.pretrained import AutoClass, encoder_card, load_pretrained, model_fingerprint, stored_type
from concepts.models.encoders.texts import longest_of
from concepts.models.encoders.tokens import TokenEncoder, chosen_layer, grid_of
from concepts.models.encoders.unembedding import final_norm, unembedding

KINDS = ("llava",)
MODEL = AutoClass[MultimodalModel]("AutoModelForImageTextToText")
PROMPT = "USER: <image>\nWhat is in this picture? ASSISTANT:"
LAST = "last token"


@dataclass(frozen=True, eq=False)
class MultimodalEncoder(TokenEncoder):
    """Image tokens as hidden states of the language model, under a prompt; the named token is the prompt's last."""

    prompt: str = field(kw_only=True)
    _words: Words = field(kw_only=True, repr=False)

    def unembedding(self) -> tuple[tuple[str, ...], Tensor]:
        """(words, vectors (L, p)) for this layer's tokens, as `LanguageModelEncoder.unembedding`."""
        return self._words()


@dataclass(frozen=True)
class PromptIds:
    """The prompt as `ids` (t,), its image expanded to all image tokens; `read` (T,): the indices to read."""

    ids: Tensor
    read: Tensor
    named: tuple[str, ...]


def open_multimodal(
    folder: Path,
    *,
    name: str,
    layer: int | str | None = None,
    prompt: str = PROMPT,
    token: str | None = None,
    device: torch.device,
) -> MultimodalEncoder:
    """Hidden states of a photo's tokens on their grid, and of the token that ends the prompt, in `named`.

    token: a token of the vocabulary such as "<SEG>", appended to the prompt if the prompt does not end with it.
    READ compares the image tokens with the last hidden state of such a token; LISA passes it to a mask decoder.
    Without it, the prompt's last token is used. layer: of the language model; the last is after its final norm.
    Sources: LISA (Lai et al., CVPR 2024); READ (Qian et al., CVPR 2025). Departure from both: there the model
    generates the token at the end of its answer; here it is appended to the prompt, so that one pass is enough.
    Raises ValueError for a prompt without exactly one image, a token that is not one in the vocabulary, and a
    prompt that is too long.
    """
    model = load_pretrained(MODEL, folder, device, dtype=stored_type(device))
    inner, head = model.model, model.get_output_embeddings()
    card = encoder_card(
        name=name,
        weights=folder.name,
        transform=processor_transform(folder, None),
        fingerprint=model_fingerprint(model, model.config),
    )
    config = model.config.text_config
    index = chosen_layer(layer, config.num_hidden_layers)
    tokenizer = file_tokenizer(folder)
    grid = grid_of(model.config.vision_config.patch_size, card.input_size)
    asked = prompt if token is None or prompt.rstrip().endswith(token) else f"{prompt.rstrip()} {token}"
    sequence = _sequence(model, tokenizer, asked, token, grid, longest_of(config, folder))

    def words() -> tuple[tuple[str, ...], Tensor]:
        norm = final_norm(inner.language_model) if index < config.num_hidden_layers else None
        return unembedding(head, norm, tokenizer)

    return MultimodalEncoder(
        card,
        f"hidden state {index} of {config.num_hidden_layers}, asked {asked!r}",
        grid,
        sequence.named,
        config.hidden_size,
        device,
        _tokens(inner, index, config.num_hidden_layers, sequence),
        prompt=asked,
        _words=words,
    )


def _sequence(
    model: MultimodalModel,
    tokenizer: FileTokenizer,
    prompt: str,
    token: str | None,
    grid: tuple[int, int],
    longest: int,
) -> PromptIds:
    image = model.config.image_token_id
    ids = list(tokenizer([prompt])[0].ids)
    if ids.count(image) != 1:
        raise ValueError(f"the prompt {prompt!r} has {ids.count(image)} image tokens, expected one: <image>")
    if token is not None:
        asking = tokenizer.id_of(token)
        if asking is None:
            raise ValueError(f"the model's vocabulary has no token {token!r}: choose one that it was trained with")
        ids = ids[: len(ids) - ids[::-1].index(asking)]  # an end token after it would attend to more
    at, n_places = ids.index(image), grid[0] * grid[1]
    n_extra = 0 if model.config.vision_feature_select_strategy == "default" else 1  # the tower's class token is kept
    ids[at : at + 1] = [image] * (n_extra + n_places)
    if len(ids) > longest:
        raise ValueError(f"the prompt with its image has {len(ids)} tokens, the model takes {longest}: shorten it")
    extra, places = range(at, at + n_extra), range(at + n_extra, at + n_extra + n_places)
    named = (token or LAST, *("class token" for _ in extra))
    return PromptIds(torch.tensor(ids), torch.tensor([len(ids) - 1, *extra, *places]), named)


def _tokens(inner: MultimodalDecoder, index: int, n_layers: int, sequence: PromptIds) -> Callable[[Tensor], Tensor]:
    dtype = next(inner.parameters()).dtype

    def tokens(images: Tensor) -> Tensor:
        ids = sequence.ids.to(images.device).expand(len(images), -1)
        # the tower records the layer that the projector reads; requesting ours from the whole model would override it
        seen = {"image": inner.get_image_features(pixel_values=images.to(dtype), return_dict=True)}
        if index == n_layers:
            hidden = inner(input_ids=ids, mm_encoder_outputs=seen, use_cache=False).last_hidden_state
        else:
            out = inner(input_ids=ids, mm_encoder_outputs=seen, use_cache=False, output_hidden_states=[index])
            hidden = out.hidden_states[index]
        return hidden[:, sequence.read.to(hidden.device)]

    return tokens
