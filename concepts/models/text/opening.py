"""open_text_model: a text classifier by folder, cached name, factory or built in, split at its last linear layer."""

from collections.abc import Sequence
from pathlib import Path

import torch

from concepts.models.classifiers.factory import is_factory
from concepts.models.classifiers.loading import checked_device
from concepts.models.outputs import Kind
from concepts.models.text.sources import TEXT_MODELS, TextOpener, TextOptions
from concepts.models.text.split import TextSplit


def open_text_model(
    name: str,
    *,
    weights: str | Path | None = None,
    device: str | torch.device = "cpu",
    class_names: Sequence[str] | str | Path | None = None,
    output: Kind | None = None,
    texts: Sequence[str] | None = None,
    labels: Sequence[str] | None = None,
    question: str | None = None,
    answers: Sequence[str] | None = None,
    longest: int | None = None,
    seed: int = 0,
    network: bool = True,
) -> TextSplit:
    """The text classifier of that name, frozen, in eval mode, split where its last linear layer reads.

    name: a folder or `hf:org/name` with a sequence classifier of transformers; `path/to/file.py:factory`, the user's
    own code, which is run and returns a scikit-learn pipeline or a network with its own tokenizer (`own_code`), with
    `answers` a language model that is asked (`own_language_model`);
    `head:ENCODER`, an encoder as for `open_text_encoder` whose linear head is fitted to `texts` and `labels`
    (`fitted_head`); `ask:FOLDER`, a language model that is asked a `question` about each text, with two `answers` or
    more (`language_model`); or a name of another source (`concepts.models.text.sources`).
    weights: a weights file for a network of the user's own code. class_names: a sequence, a .txt or a .json.
    output: the meaning of the outputs; None for what the model's config says. longest: tokens read of a text, where
    fewer than the model's window. seed: of the texts held out. network: whether the hub may be asked for a model.
    Raises ValueError for a model that cannot be opened or split, and for an option that it does not use.
    """
    place = checked_device(device)
    options = TextOptions(place, weights, class_names, output, texts, labels, question, answers, longest, seed, network)
    return (TEXT_MODELS.opener(name) or _opener(name))(name, options)


def _opener(name: str) -> TextOpener:
    """The function that opens models of this kind of name; each kind is imported when one is opened."""
    if is_factory(name):
        from concepts.models.text.own_code import open_own

        return open_own
    if name.startswith("head:"):
        from concepts.models.text.fitted_head import open_fitted

        return open_fitted
    if name.startswith("ask:"):
        from concepts.models.text.language_model import open_asked

        return open_asked
    from concepts.models.text.huggingface import open_classifier

    return open_classifier
