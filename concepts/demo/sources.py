"""Registration of the demo's networks, pictures, texts and pair of encoders, by name.

Nothing heavy is imported here: the code that opens a name is imported when the name is opened.
"""

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from concepts.data.sources import DATA_SOURCES
from concepts.demo.names import DEMO_SOURCES, DEMO_TEXTS, PAIR, PREFIX
from concepts.models.encoders.sources import IMAGE_ENCODERS, TEXT_ENCODERS
from concepts.models.sources import MODELS, ModelOptions
from concepts.models.text.sources import TEXT_MODELS, TextOptions

if TYPE_CHECKING:
    import torch
    from torch import nn

    from concepts.data.documents import TextSet
    from concepts.data.images import PhotoSet
    from concepts.models.encoders import ImageEncoder, TextEncoder
    from concepts.models.text import TextSplit


def register() -> None:
    """Registers the demo's names, so that they can be opened."""
    MODELS.register(lambda name: name.startswith(PREFIX), _open_model)
    DATA_SOURCES.register(lambda name: name in DEMO_SOURCES, _open_pictures)
    TEXT_MODELS.register(lambda name: name in DEMO_TEXTS, _open_text_model)
    DATA_SOURCES.register(lambda name: name in DEMO_TEXTS, _open_demo_texts)
    IMAGE_ENCODERS.register(lambda name: name == PAIR, _open_images)
    TEXT_ENCODERS.register(lambda name: name == PAIR, _open_texts)


def _open_model(name: str, options: ModelOptions) -> "nn.Module":
    from concepts.demo.network import load_demo_model
    from concepts.models.classifiers.card import make_card, own_class_names, own_transform
    from concepts.models.classifiers.transform import PhotoTransform

    if options.given:
        raise ValueError(f"{name!r} brings its own {', '.join(options.given)}: leave out what was given")
    model = load_demo_model(name)
    transform = own_transform(model) or PhotoTransform()
    model.card = make_card(  # type: ignore[assignment]
        model, name=name, weights="shipped with the program", class_names=own_class_names(model), transform=transform
    )
    return model


def _open_pictures(name: str, store: Path, classes: Collection[str] | None) -> "PhotoSet":
    """The pictures of a demo network, drawn into the store if they do not exist."""
    from concepts.data.images import open_photos
    from concepts.demo.pictures import demo_pictures

    return open_photos(demo_pictures(name, store, classes=classes))


def _open_text_model(name: str, options: TextOptions) -> "TextSplit":
    from concepts.demo.texts.opening import open_demo_network

    return open_demo_network(name, options)


def _open_demo_texts(name: str, store: Path, classes: Collection[str] | None) -> "TextSet":
    from concepts.demo.texts.opening import open_demo_texts

    return open_demo_texts(name, classes)


def _open_images(name: str, device: "torch.device") -> "ImageEncoder":
    from concepts.demo.pair import load_pair

    return load_pair(str(device)).images


def _open_texts(name: str, device: "torch.device") -> "TextEncoder":
    from concepts.demo.pair import load_pair

    return load_pair(str(device)).texts
