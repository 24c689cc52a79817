"""A user's model as f: images → logits (n, c), whatever the model returns: a dict, a tuple, probabilities, one number.

What the model returns is measured on probe images; nothing is assumed from names of layers.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from concepts.models.outputs import KINDS, Kind, Outputs

LOGITS_KEYS = ("logits", "out", "output", "outputs", "class_logits", "scores", "predictions", "pred", "preds", "y")
SUM = 1e-3  # difference allowed between the sum of probabilities and 1
LINEAR = ("Addmm", "Mm", "Bmm", "Baddbmm", "Mv", "Convolution", "Linear")  # of the names that autograd gives
SHAPING = ("View", "Reshape", "Squeeze", "Unsqueeze", "Select", "Slice", "Clone", "Copy", "Alias", "Permute", "Expand",
           "Transpose", "TBackward")  # fmt: skip
SATURATED = 1e-7  # distance from 0 and 1 within which a probability's logit is not followed
SCALES = (0.0, 8.0, -8.0, 64.0)  # of the probe images: outputs that are in [0, 1] by chance leave it
PROBLEM_TYPES: dict[str, Kind] = {  # Hugging Face's names
    "single_label_classification": "classes",
    "multi_label_classification": "multilabel",
    "regression": "regression",
}
Key = str | int
Pick = Callable[[Any], Tensor]  # Any: what a user's model returns
ONE_OUTPUT = (
    "the model gives one number for an image, which can be the answer to a yes-or-no question or a quantity: say which "
    "with --output binary or --output regression (output= in Python)"
)


class AdaptedModel(nn.Module):
    """The model with one argument, and logits (n, c) as its output. Its other arguments keep their defaults.

    It can be traced by torch.fx wherever the model can: `pick` and `to_logits` are fixed when it is made.
    """

    def __init__(
        self, model: nn.Module, pick: Pick, to_logits: Callable[[Tensor], Tensor], outputs: Outputs, n_classes: int
    ) -> None:
        super().__init__()
        self.model = model
        self.pick = pick
        self.to_logits = to_logits
        self.outputs = outputs
        self.n_classes = n_classes
        self.training = model.training

    def forward(self, images: Tensor) -> Tensor:
        return self.to_logits(self.pick(self.model(images)))


def adapt(model: nn.Module, images: Tensor, *, stated: Kind | None = None) -> AdaptedModel:
    """The model with logits as its output.

    images: (m, channels, H, W), with the model's device and dtype. stated: the meaning of the outputs as given by the
    user; None uses the `problem_type` of the model or of its config, else what is measured: rows ≥ 0 that sum to 1 are
    a softmax's probabilities, of which log p is taken; values in [0, 1] on these and on scaled images are probabilities
    of single labels, of which log p / (1 − p) is taken. What a linear layer returns is never a probability.
    Raises ValueError for a model that returns no (n, c) tensor, for one output without a statement, and for a statement
    that does not fit the number of outputs.
    """
    if stated is not None and stated not in KINDS:
        raise ValueError(f"output is {stated!r}: choose one of {', '.join(KINDS)}")
    returned = model(images)
    pick = picked(returned, len(images))
    raw = pick(returned)
    kind = stated or _own_statement(model)
    if raw.shape[1] == 1 and kind not in ("binary", "regression"):
        raise ValueError(ONE_OUTPUT)
    if kind == "binary" and raw.shape[1] != 1:
        if raw.shape[1] != 2:
            raise ValueError(f"output is 'binary', and the model gives {raw.shape[1]} numbers for an image: expected 1")
        kind = "classes"
    ranges = _Ranges.of(raw, lambda scale: pick(model(images * scale)))
    if ranges.in_0_1 and _is_linear(lambda x: pick(model(x)), images[:1]):
        ranges = _Ranges(sums_to_1=False, in_0_1=False)  # the values are there by chance
    to_logits, outputs = _conversion(kind, ranges, raw)
    return AdaptedModel(model, pick, to_logits, outputs, 2 if outputs.kind == "binary" else raw.shape[1])


@dataclass(frozen=True)
class _Ranges:
    """What the outputs on the probe images are: rows of probabilities that sum to 1, or values in [0, 1]."""

    sums_to_1: bool
    in_0_1: bool

    @classmethod
    def of(cls, raw: Tensor, at_scale: Callable[[float], Tensor]) -> "_Ranges":
        """raw: (m, c) outputs on the probe images; at_scale: outputs on the images times a number."""
        outputs = [raw]
        for scale in SCALES:
            if not _in_0_1(outputs[-1]):
                break
            outputs.append(at_scale(scale))
        inside = all(map(_in_0_1, outputs)) and any(bool(((each > 0) & (each < 1)).any()) for each in outputs)
        sums = [(each.float().sum(dim=1) - 1).abs().max().item() for each in outputs]
        return cls(sums_to_1=inside and raw.shape[1] > 1 and max(sums) <= SUM, in_0_1=inside)


def _is_linear(f: Callable[[Tensor], Tensor], images: Tensor) -> bool:
    """Whether the last step of f, changes of shape aside, is a matrix product or a convolution: no probabilities."""
    with torch.enable_grad():
        node = f(images.detach().clone().requires_grad_()).grad_fn
    while node is not None and any(name in node.name() for name in SHAPING):
        node = node.next_functions[0][0] if node.next_functions else None
    return node is not None and any(name in node.name() for name in LINEAR)


def _in_0_1(outputs: Tensor) -> bool:
    """True if all finite outputs are in [0, 1]."""
    finite = outputs[torch.isfinite(outputs)]
    return bool(((finite >= 0) & (finite <= 1)).all())


def _conversion(kind: Kind | None, ranges: _Ranges, raw: Tensor) -> tuple[Callable[[Tensor], Tensor], Outputs]:
    """The function from raw outputs (n, c) to logits, and their meaning."""
    if kind == "regression":
        return _unchanged, Outputs("regression", "The model gives quantities: each is explained as it is.")
    smallest = torch.finfo(raw.dtype).tiny
    if ranges.sums_to_1 and kind in (None, "classes"):
        said = "The model returns probabilities that sum to 1 (a softmax inside): their logarithms are the logits."
        return (lambda p: p.clamp_min(smallest).log()), Outputs("classes", said)
    to_logit: Callable[[Tensor], Tensor] = _unchanged
    said = ""
    if ranges.in_0_1 and kind != "classes":
        to_logit = _log_odds(max(SATURATED, torch.finfo(raw.dtype).eps))
        said = "The model returns probabilities between 0 and 1 (a sigmoid inside): log p / (1 − p) is the logit."
        kind = kind or "multilabel"
    if kind == "multilabel":
        return to_logit, Outputs(kind, said + " " * bool(said) + "Each label is true or not, whatever the others are.")
    if kind == "binary":
        two = "One output z answers yes or no: the second class has the logit z, the first −z."
        return (lambda x: _both_signs(to_logit(x))), Outputs(kind, said + " " * bool(said) + two)
    return _unchanged, Outputs()


def _unchanged(x: Tensor) -> Tensor:
    return x


def _log_odds(margin: float) -> Callable[[Tensor], Tensor]:
    return lambda p: torch.logit(p, eps=margin)


def _both_signs(z: Tensor) -> Tensor:
    return torch.cat([-z, z], dim=1)


def _own_statement(model: nn.Module) -> Kind | None:
    """The meaning that the model states itself: `problem_type` of the model or of its config."""
    for owner in (model, getattr(model, "config", None)):
        if (kind := PROBLEM_TYPES.get(str(getattr(owner, "problem_type", None)))) is not None:
            return kind
    return None


def random_images(channels: int, size: tuple[int, int]) -> Tensor:
    """(2, channels, H, W): coarse and fine noise, seeded, about as spread as a normalised photo. size: (H, W)."""
    generator = torch.Generator().manual_seed(0)
    coarse = torch.randn(2, channels, 8, 8, generator=generator)
    fine = torch.randn(2, channels, *size, generator=generator)
    return nn.functional.interpolate(coarse, size=size, mode="bilinear") + 0.3 * fine


def picked(returned: object, n: int) -> Pick:
    """The function that takes the outputs (n, c) from what the model returns for n images.

    returned: a tensor (n, c), (n,), or (n, c, 1, …, 1); a mapping or an object with attributes, in which the first of
    `LOGITS_KEYS` is taken, else its only such tensor; a list or tuple, of which the first such tensor is taken.
    Raises ValueError for anything else.
    """
    if isinstance(returned, Tensor):
        if not _readable(returned, n):
            raise ValueError(_not_logits(str(tuple(returned.shape)), n))
        return _rows(returned)
    key, parts = _key_in(returned, n)
    rows = _rows(parts[key])
    if isinstance(returned, Mapping | list | tuple) and not hasattr(returned, "_asdict"):
        return lambda output: rows(output[key])
    return lambda output: rows(getattr(output, str(key)))


def _rows(value: object) -> Pick:
    """The function from a tensor of this shape to (n, c). It asks for no shape, so that it can be traced."""
    ndim = value.ndim if isinstance(value, Tensor) else 2
    if ndim == 2:
        return _unchanged
    return (lambda x: x.unsqueeze(1)) if ndim == 1 else (lambda x: x.flatten(1))


def _readable(value: object, n: int) -> bool:
    """Whether a value is one number or one row of numbers for each of n images."""
    if not isinstance(value, Tensor) or not value.is_floating_point() or value.ndim == 0 or len(value) != n:
        return False
    return value.ndim == 1 or value.numel() == n * value.shape[1]


def _key_in(returned: object, n: int) -> tuple[Key, Mapping[Key, object]]:
    """The key, attribute or position of the outputs, and all parts of what was returned."""
    parts = _parts(returned)
    readable = [key for key, value in parts.items() if _readable(value, n)]
    in_order = [key for key in LOGITS_KEYS if key in readable]
    if in_order or len(readable) == 1 or (readable and isinstance(readable[0], int)):
        return (in_order or readable)[0], parts
    inside = ", ".join(f"{key} {tuple(value.shape)}" for key, value in parts.items() if isinstance(value, Tensor))
    raise ValueError(_not_logits(f"{type(returned).__name__} ({inside or 'no tensor in it'})", n))


def _parts(returned: object) -> Mapping[Key, object]:
    """Parts by key; of a list or tuple by position; of a named tuple or another object by attribute."""
    if isinstance(returned, Mapping):
        return returned
    if hasattr(returned, "_asdict"):
        return returned._asdict()
    return dict(enumerate(returned)) if isinstance(returned, list | tuple) else getattr(returned, "__dict__", {})


def _not_logits(got: str, n: int) -> str:
    return (
        f"the model gives {got} for {n} images, expected logits as one tensor ({n}, classes), alone, first in a tuple, "
        "or called logits: wrap the model in a module that returns those"
    )
