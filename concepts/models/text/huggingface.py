"""Sequence classifiers of transformers: any AutoModelForSequenceClassification of a folder, split where it is decided.

The last linear layer is found by measurement (`last_linear`); no family is known by name.
"""

import inspect
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from torch import Tensor

from concepts.data.texts import one_line
from concepts.models.adapted import PROBLEM_TYPES
from concepts.models.encoders.folders import model_folder
from concepts.models.encoders.model_types import TextConfig, TorchModule
from concepts.models.encoders.opening import read_config, short
from concepts.models.encoders.pretrained import AutoClass, load_pretrained, model_fingerprint
from concepts.models.outputs import Outputs
from concepts.models.text.assembly import Head, assembled
from concepts.models.text.batches import Run
from concepts.models.text.card import TextCard
from concepts.models.text.folder_reader import reader_of
from concepts.models.text.heads import affine_head, given_names, outputs_of
from concepts.models.text.sources import TextOptions
from concepts.models.text.split import TextSplit
from concepts.models.text.token_passes import network_passes

_NAMES = "give one with a config.json, hf:org/name, path/to/file.py:factory, head:ENCODER or ask:LANGUAGE_MODEL"
DEFAULT_NAME = "LABEL_"  # of classes that nobody named
NO_PADDING = -1  # no token has this id: a decoder without padding then reads the last token of texts of one length


class ClassifierConfig(TextConfig, Protocol):
    id2label: Mapping[int, str]
    problem_type: str | None

    def get_text_config(self) -> TextConfig: ...


class Logits(Protocol):
    logits: Tensor


class SequenceClassifier(TorchModule, Protocol):
    config: ClassifierConfig
    forward: Callable[..., Logits]

    def __call__(self, *, input_ids: Tensor, **options: Tensor | bool) -> Logits: ...


MODEL = AutoClass[SequenceClassifier]("AutoModelForSequenceClassification")


def open_classifier(name: str, options: TextOptions) -> TextSplit:
    """The split of a folder or cached `hf:org/name`.

    Raises ValueError for a folder without safetensors, without tokenizer or without a classification head, and for a
    model whose logits no linear layer makes.
    """
    options.check_unused(name, "weights", "texts", "labels", "question", "answers")
    folder = _folder(name, network=options.network)
    model = load_pretrained(MODEL, folder, options.device)
    config = model.config.get_text_config()
    reader, hashed = reader_of(folder, config, longest=options.longest)
    print_of_model = model_fingerprint(model, model.config, besides=(hashed, reader.longest))
    if config.pad_token_id is None:
        config.pad_token_id = NO_PADDING
    own = PROBLEM_TYPES.get(str(model.config.problem_type))
    path, module, passes = network_passes(model, _logits_of(model), reader, options.device)
    outputs = outputs_of(options.output, own, module.out_features)
    names = given_names(options.class_names, outputs, module.out_features) or _own_names(model.config, outputs)
    card = TextCard(
        name=short(name),
        weights="safetensors of the folder",
        class_names=names,
        transform_text=f"tokens of tokenizer {hashed}, at most {reader.longest}",
        fingerprint=print_of_model,
        longest=reader.longest,
        reader=reader,
        output=options.output,
        names_given=options.class_names is not None,
    )
    head = Head(path, *affine_head(module.weight, module.bias, outputs), outputs)
    return assembled(model, passes.in_classes(outputs), head, card, reader, said=("What the last linear layer reads.",))


def _folder(name: str, *, network: bool) -> Path:
    """The folder of a sequence classifier. Raises ValueError for another name, and for a folder without such a head."""
    if not name.startswith("hf:") and not Path(name).expanduser().is_dir():
        raise ValueError(f"{name!r} is not a folder: {_NAMES}")
    folder = model_folder(name, network=network)
    architectures = read_config(folder).architectures
    if architectures is not None and not any("ForSequenceClassification" in each for each in architectures):
        raise ValueError(
            f"{name} is {one_line(', '.join(architectures), 80)}, which has no head for classes: write head:{name} to "
            f"fit one to labelled texts, or ask:{name} for a question to a language model"
        )
    return folder


def _logits_of(model: SequenceClassifier) -> Run:
    """ids and mask (m, t) → logits (m, c), with those of the two arguments that the model takes."""
    taken = inspect.signature(model.forward).parameters
    plain = {"use_cache": False} if "use_cache" in taken else {}

    def logits(ids: Tensor, mask: Tensor) -> Tensor:
        masked = {"attention_mask": mask} if "attention_mask" in taken else {}
        return model(input_ids=ids, **masked, **plain).logits

    return logits


def _own_names(config: ClassifierConfig, outputs: Outputs) -> tuple[str, ...] | None:
    """The names of the config's labels in class order; None where nobody named them."""
    names = [str(config.id2label[i]) for i in sorted(config.id2label)]
    return None if all(each.startswith(DEFAULT_NAME) for each in names) else outputs.names(names, len(names))
