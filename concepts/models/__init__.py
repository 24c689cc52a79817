"""A classifier by name, file or factory, and its split f = h ∘ g at a layer."""

from concepts.models.card import ModelCard, card_of
from concepts.models.layers import LayerInfo
from concepts.models.loading import load_model
from concepts.models.split import Split, split_model

__all__ = ["LayerInfo", "ModelCard", "Split", "card_of", "load_model", "split_model"]
