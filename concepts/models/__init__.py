"""A classifier by name, file or factory, and its split f = h ∘ g at a layer.

Imports are lazy, so that a source can register itself in `sources` without loading torch.
"""

from typing import TYPE_CHECKING

from concepts.late_imports import late_imports

if TYPE_CHECKING:
    from concepts.models.classifiers.card import ModelCard, card_of
    from concepts.models.classifiers.loading import load_model
    from concepts.models.splitting.layers import LayerInfo
    from concepts.models.splitting.split import Split, split_model
else:
    __getattr__ = late_imports(
        __name__,
        {
            "classifiers.card": ("ModelCard", "card_of"),
            "splitting.layers": ("LayerInfo",),
            "classifiers.loading": ("load_model",),
            "splitting.split": ("Split", "split_model"),
        },
    )


__all__ = ["LayerInfo", "ModelCard", "Split", "card_of", "load_model", "split_model"]
