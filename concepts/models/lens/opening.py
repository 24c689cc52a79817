"""open_lens: a language model by folder, cached name or factory; and whether a name could be one."""

from pathlib import Path

import torch

from concepts.models.classifiers.factory import is_factory
from concepts.models.classifiers.loading import checked_device
from concepts.models.encoders.folders import model_folder
from concepts.models.encoders.opening import read_config, short
from concepts.models.lens.lens import LayerLens

CAUSAL, MASKED = ("ForCausalLM", "LMHeadModel"), ("ForMaskedLM",)


def open_lens(name: str, *, device: str | torch.device = "cpu", network: bool = True) -> LayerLens:
    """The model of that name, frozen, in eval mode, to be read at every layer.

    name: a folder or `hf:org/name` with a causal or a masked language model of transformers, or
    `path/to/file.py:factory` (`own_code`). network: whether the hub may be asked for a model.
    Raises ValueError for a model without a head that says words, and for one that cannot be read this way.
    """
    place = checked_device(device)
    if is_factory(name):
        from concepts.models.lens.own_code import open_own_lens

        return open_own_lens(name, device=place)
    folder = model_folder(name, network=network)
    causal = says_words(folder)
    if causal is None:
        kinds = ", ".join(f"…{each}" for each in CAUSAL + MASKED)
        raise ValueError(f"{name} is no language model: its config.json names none of {kinds}")
    from concepts.models.lens.pretrained_lens import open_pretrained

    return open_pretrained(folder, name=short(name), causal=causal, device=place)


def says_words(folder: Path) -> bool | None:
    """True for a folder with a causal language model, False for a masked one, None for any other model."""
    first = (read_config(folder).architectures or ("",))[0]
    return True if first.endswith(CAUSAL) else False if first.endswith(MASKED) else None


def could_be_lens(name: str) -> bool:
    """Whether `open_lens` may open the name, told without weights, code or network; of a factory always True."""
    if is_factory(name):
        return True
    try:
        return says_words(model_folder(name, network=False)) is not None
    except ValueError:
        return False
