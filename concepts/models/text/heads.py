"""The affine head of a text model as weight and bias, and what its outputs mean."""

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from concepts.models.classifiers.classnames import check_count, read_class_names
from concepts.models.outputs import KINDS, Kind, Outputs

ONE_OUTPUT = (
    "the model gives one number for a text, which can be the answer to a yes-or-no question or a quantity: say which "
    "with --output binary or --output regression (output= in Python)"
)
SAID: dict[Kind, str] = {
    "classes": "",
    "multilabel": "Each label is true or not, whatever the others are.",
    "binary": "One output z answers yes or no: the second class has the logit z, the first −z.",
    "regression": "The model gives quantities: each is explained as it is.",
}


def outputs_of(stated: Kind | None, own: Kind | None, n_outputs: int) -> Outputs:
    """The meaning of a model's outputs. stated: by the user; own: by the model's config; None: not said.

    Raises ValueError for an unknown statement, for one that does not fit, and for one output without any.
    """
    if stated is not None and stated not in KINDS:
        raise ValueError(f"output is {stated!r}: choose one of {', '.join(KINDS)}")
    kind = stated or own
    if n_outputs == 1 and kind not in ("binary", "regression"):
        raise ValueError(ONE_OUTPUT)
    if kind == "binary" and n_outputs > 1:
        if n_outputs != 2:
            raise ValueError(f"output is 'binary', and the model gives {n_outputs} numbers for a text: expected 1")
        kind = "classes"
    return Outputs(kind or "classes", SAID[kind or "classes"])


def in_classes(values: Tensor, outputs: Outputs) -> Tensor:
    """Values of the outputs (..., c) as those of the classes: −z and z where one output answers yes or no."""
    return torch.cat([-values, values], dim=-1) if outputs.kind == "binary" else values


def given_names(given: Sequence[str] | str | Path | None, outputs: Outputs, n_outputs: int) -> tuple[str, ...] | None:
    """The class names that the user gave, as a sequence or a file; None where not given.

    Raises ValueError for another number of names than of classes.
    """
    if given is None:
        return None
    names = outputs.names(read_class_names(given, None), n_outputs)
    check_count(names or (), 2 if outputs.kind == "binary" else n_outputs)
    return names


def affine_head(weight: Tensor, bias: Tensor | None, outputs: Outputs) -> tuple[Tensor, Tensor]:
    """(c, p) and (c,), float32: the head's weight and bias for the classes, from those of the outputs."""
    weight = weight.detach().float()
    b = torch.zeros(len(weight), device=weight.device) if bias is None else bias.detach().float()
    return in_classes(weight.T, outputs).T.contiguous(), in_classes(b, outputs)
