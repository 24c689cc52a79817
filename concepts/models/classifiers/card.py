"""The metadata of a classifier: its name, class names, photo transform and fingerprint."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import ClassVar, Protocol

import torch
from PIL import Image
from torch import Tensor, nn

from concepts.data.dataset import ItemKind
from concepts.models.classifiers.memory_format import MemoryFormat
from concepts.models.classifiers.transform import (
    PhotoTransform,
    Prepare,
    check_extent,
    describe,
    from_preset,
    measured_input,
)
from concepts.models.classifiers.wrappers import unwrapped
from concepts.models.outputs import Kind


@dataclass(frozen=True)
class ModelCard:
    """A model's metadata. `transform` maps a PIL RGB image to (channels, H, W) float32, (H, W) = `input_size`.

    `weights` describes where the weights came from. `transform_text` and `fingerprint` are part of cache keys:
    equal fingerprints mean the same architecture, the same weights bit for bit and the same factory file.
    """

    name: str
    weights: str
    class_names: tuple[str, ...] | None
    transform: Prepare
    transform_text: str
    input_size: tuple[int, int]
    fingerprint: str
    channels: int = 3  # of the transform's output
    output: Kind | None = None  # the meaning of the outputs, as the user stated it; None: not stated
    memory_format: MemoryFormat = "contiguous"  # of the weights; part of cache keys where it is another
    names_given: bool = False  # True where the user stated the class names, instead of the model or its weights

    reads: ClassVar[ItemKind] = "images"

    def prepare(self, photo: Image.Image) -> Tensor:
        """`transform` of a photo. Raises UnreadablePhoto for a photo that is too narrow, for any transform."""
        check_extent(photo.size, min(self.input_size))
        return self.transform(photo)


def photo_card(card: object) -> ModelCard:
    """The card, of a model of photos. Raises TypeError for that of another model: only photos have pictures."""
    if not isinstance(card, ModelCard):
        raise TypeError(f"{type(card).__name__} is not the card of a model of photos")
    return card


def card_of(model: nn.Module) -> ModelCard:
    """The model's card: the one set by load_model, else one built from the bare module, which is not changed.

    A bare module is named after its class. Its `transforms` or `transform` attribute is used when it has one, else
    short side 224, centre crop 224, ImageNet normalisation.
    """
    card = getattr(model, "card", None)
    if isinstance(card, ModelCard):
        return card
    model = unwrapped(model)
    if isinstance(card := getattr(model, "card", None), ModelCard):
        return card
    return make_card(
        model,
        name=type(model).__name__,
        weights="as given",
        class_names=own_class_names(model),
        transform=own_transform(model) or PhotoTransform(),
    )


def make_card(
    model: nn.Module,
    *,
    name: str,
    weights: str,
    class_names: tuple[str, ...] | None,
    transform: Prepare,
    source: Path | None = None,
    output: Kind | None = None,
) -> ModelCard:
    """A card with the measured fields filled in: input size, channels, text of the transform, fingerprint."""
    channels, *size = measured_input(transform)
    return ModelCard(
        name=name,
        weights=weights,
        class_names=class_names,
        transform=transform,
        transform_text=describe(transform),
        input_size=(size[0], size[1]),
        fingerprint=fingerprint(model, source=source),
        channels=channels,
        output=output,
    )


def own_transform(model: nn.Module) -> Prepare | None:
    """The model's `transforms` or `transform` attribute where it is callable, else None.

    A module with parameters is a part of the network with the same name, not a photo transform.
    """
    for name in ("transforms", "transform"):
        candidate = getattr(model, name, None)
        part = isinstance(candidate, nn.Module) and next(candidate.parameters(), None) is not None
        if callable(candidate) and not part:
            return from_preset(candidate)
    return None


def own_class_names(
    owner: object, names: tuple[str, ...] = ("class_names", "classes", "categories")
) -> tuple[str, ...] | None:
    """The first of these attributes that is a non-empty list or tuple, as strings; else None."""
    for name in names:
        candidate = getattr(owner, name, None)
        if isinstance(candidate, list | tuple) and candidate:
            return tuple(str(each) for each in candidate)
    return None


class HasWeights(Protocol):
    """The object that a fingerprint is computed from: an nn.Module, or a type that describes one."""

    def state_dict(self) -> Mapping[str, object]: ...


def fingerprint(model: HasWeights, *, source: Path | None = None) -> str:
    """blake2b over the names, shapes, types and bytes of the state dict, the model's repr and its factory's file."""
    digest = blake2b(digest_size=16)
    for name, value in model.state_dict().items():
        if isinstance(value, Tensor):
            digest.update(f"{name} {tuple(value.shape)} {value.dtype}\n".encode())
            digest.update(raw_bytes(value))
        else:
            digest.update(f"{name} {describe(value)}\n".encode())
    digest.update(describe(model).encode())
    if source is not None:
        digest.update(source.read_bytes())
    return digest.hexdigest()


def raw_bytes(value: Tensor) -> memoryview:
    """The tensor's bytes, for any dtype; without a copy for a contiguous tensor on the CPU."""
    flat = value.detach().cpu().contiguous().reshape(-1)
    return flat.view(torch.uint8).numpy().data
