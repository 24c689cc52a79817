"""The demo's text networks and texts, opened as a person's own are."""

from collections.abc import Collection
from importlib import import_module
from pathlib import Path

from concepts.data.documents.textset import TextSet
from concepts.demo.texts.listing import demo_texts
from concepts.demo.texts.network import load_text_classifier
from concepts.models.text.own_network import open_network
from concepts.models.text.sources import TextOptions
from concepts.models.text.split import TextSplit


def open_demo_network(name: str, options: TextOptions) -> TextSplit:
    """The split of a demo network, as of a factory of the user's own.

    Raises ValueError for options that it does not use, and where the weights are missing.
    """
    options.check_unused(name, "weights", "class_names", "output", "texts", "labels", "question", "answers")
    module = import_module("concepts.demo.texts.network")
    return open_network(
        load_text_classifier(name).model, name, options, module=module, source=Path(str(module.__file__))
    )


def open_demo_texts(name: str, classes: Collection[str] | None = None) -> TextSet:
    """The texts of a demo network that it was not trained on, with their labels. classes: None for all."""
    listed = demo_texts(name, classes=classes)
    return TextSet.of(listed.texts, labels=listed.labels, names=listed.names, source_name=name.rpartition("/")[2])
