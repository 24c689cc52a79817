"""A classifier by name, file or factory, and its split f = h ∘ g at a layer.

They are imported when they are first used: a source registers itself in `sources` without torch.
"""

from typing import TYPE_CHECKING

from concepts.late_imports import late_imports

if TYPE_CHECKING:
    from concepts.models.card import ModelCard, card_of
    from concepts.models.layers import LayerInfo
    from concepts.models.loading import load_model
    from concepts.models.split import Split, split_model
else:
    __getattr__ = late_imports(
        __name__,
        {
            "card": ("ModelCard", "card_of"),
            "layers": ("LayerInfo",),
            "loading": ("load_model",),
            "split": ("Split", "split_model"),
        },
    )


__all__ = ["LayerInfo", "ModelCard", "Split", "card_of", "load_model", "split_model"]
