"""A classifier by name, file or factory, and its split f = h ∘ g at a layer."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from concepts.models.card import ModelCard, card_of
    from concepts.models.layers import LayerInfo
    from concepts.models.loading import load_model
    from concepts.models.split import Split, split_model

__all__ = ["LayerInfo", "ModelCard", "Split", "card_of", "load_model", "split_model"]
_PLACES = {
    "LayerInfo": "layers",
    "ModelCard": "card",
    "Split": "split",
    "card_of": "card",
    "load_model": "loading",
    "split_model": "split",
}


def __getattr__(name: str) -> object:
    """The names above are imported when they are asked for, so that `sources` can be reached without torch."""
    if name in _PLACES:
        return getattr(import_module(f"concepts.models.{_PLACES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
