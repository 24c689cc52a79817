"""The classes of a classifier as words: the weights by which its head reads the split's channels."""

from collections import Counter
from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn

from concepts.lexicon.lexicon import Lexicon
from concepts.models import Split
from concepts.models.classifiers.classnames import check_count
from concepts.models.splitting.layers import NOT_NEGATIVE, allowed_difference

SEED = 0  # of the activations used to test the head
SCALES = (0.1, 1.0, 10.0)
TRIED = 4  # other layers that an error message checks
Reading = Callable[[Tensor, int], Tensor]

READINGS: dict[str, Reading] = {
    "mean": lambda z, _: z.mean(dim=1),
    "mean of the positive part": lambda z, _: z.clamp(min=0).mean(dim=1),
    "class token": lambda z, _: z[:, 0],
    "mean over the grid": lambda z, n_named: z[:, n_named:].mean(dim=1),
}


def class_lexicon(split: Split) -> Lexicon:
    """The classes as words: e_c (p,) and b_c of the head's last linear layer or 1 × 1 convolution.

        z_tc = a_t · e_c + b_c

    is the class logit at a place: the logits are the mean over places of z (pooling, then a linear layer), or of
    max(0, z) (SqueezeNet at `features`), or z at the class token; `class_reading` returns which. This is measured
    before returning, on random activations of the layer's sign: |reading − h| ≤ 1e-4 · max |h|.
    Words are the class names of the model card; names shared by several classes get the class number appended. Space:
    the card's fingerprint and the layer. Raises ValueError, with the layers that would work, if the head does more to
    the channels than that (a norm, another layer), so that no weights give the vote of a place.
    """
    lexicon = find_class_lexicon(split)
    if lexicon is None:
        raise ValueError(
            f"the classes are no words at {split.layer}: no layer of the head reads its {split.n_channels} channels "
            f"straight into the {split.n_classes} logits; {_elsewhere(split)}"
        )
    return lexicon


def find_class_lexicon(split: Split) -> Lexicon | None:
    """As `class_lexicon`; None where the classes are no words at this layer, without looking for others."""
    found = _found(split)
    if found is None:
        return None
    weight, bias, _ = found
    return Lexicon(
        words=distinct_names(split.card.class_names, split.n_classes),
        vectors=weight,
        bias=bias,
        name=f"classes of {split.card.name}",
        space=split.card.fingerprint + split.layer,
    )


def class_reading(split: Split) -> str:
    """How the logits follow from z: a key of READINGS, or "" if the classes are not words at this layer."""
    found = _found(split)
    return found[2] if found else ""


def distinct_names(names: tuple[str, ...] | None, n_classes: int) -> tuple[str, ...]:
    """One word per class: its name; "crane (class 134)" if others share it, ignoring case; "class 3" if it has none.

    Raises ValueError for another number of names.
    """
    check_count(names or [""] * n_classes, n_classes)
    plain = [" ".join(name.split()) for name in names or [""] * n_classes]
    times = Counter(name.casefold() for name in plain)
    return tuple(
        f"class {c}" if not name else f"{name} (class {c})" if times[name.casefold()] > 1 else name
        for c, name in enumerate(plain)
    )


@torch.no_grad()
def _found(split: Split) -> tuple[Tensor, Tensor | None, str] | None:
    """(weights (c, p), bias, reading) of the last layer whose z gives the logits, or None if there is none."""
    probes = list(_probes(split))
    logits = [split.head(a) for a in probes]
    for module in reversed(list(split.model.modules())):
        weight = _weight(module)
        if weight is None or weight.shape != (split.n_classes, split.n_channels):
            continue
        bias = module.bias.detach().cpu() if isinstance(module.bias, Tensor) else None
        for name, reading in READINGS.items():
            if all(_gives(reading, split, a, weight, bias, h) for a, h in zip(probes, logits, strict=True)):
                return weight, bias, name
    return None


def _weight(module: nn.Module) -> Tensor | None:
    """(out, in) of a linear layer or of a 1 × 1 convolution, else None."""
    if isinstance(module, nn.Linear):
        return module.weight.detach().cpu()
    if isinstance(module, nn.Conv2d) and module.groups == 1 and module.kernel_size == (1, 1):
        return module.weight.detach().cpu().flatten(1)
    return None


def _gives(reading: Reading, split: Split, a: Tensor, weight: Tensor, bias: Tensor | None, logits: Tensor) -> bool:
    tokens = a.reshape(len(a), -1, a.shape[-1])  # (n, T, p)
    z = tokens @ weight.to(a).T + (0 if bias is None else bias.to(a))
    difference, allowed = float((reading(z, len(split.named)) - logits).abs().max()), allowed_difference(logits)
    return allowed > 0 and difference <= allowed  # logits that are all 0 are no evidence


def _probes(split: Split) -> Iterator[Tensor]:
    """Random activations of the layer's sign, small and large."""
    generator = torch.Generator().manual_seed(SEED)
    for scale in SCALES:
        a = scale * torch.randn(2, *split.layout.shape, generator=generator)
        yield a.abs() if split.sign == NOT_NEGATIVE else a


def _elsewhere(split: Split) -> str:
    """Message: the layers at which the classes are words, among the last few whose width a class layer reads."""
    weights = [weight for module in split.model.modules() if (weight := _weight(module)) is not None]
    widths = {weight.shape[1] for weight in weights if len(weight) == split.n_classes}
    candidates = [info.path for info in split.layers() if info.shape[-1] in widths and info.path != split.layer]
    tried = candidates[-TRIED:]
    if good := [path for path in tried if _are_words(split, path)]:
        return f"they are at {', '.join(good)}: split there"
    return f"nor are they at {', '.join(tried)}" if tried else "no other layer has a width that such a layer reads"


def _are_words(split: Split, path: str) -> bool:
    try:
        return _found(split.at(path)) is not None
    except ValueError:  # the model takes images of another size than its card says
        return False
