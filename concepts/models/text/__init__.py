"""Text classifiers split where their last linear layer reads.

Imports are lazy, so that a source can register itself in `sources` without loading torch.
"""

from typing import TYPE_CHECKING

from concepts.late_imports import late_imports

if TYPE_CHECKING:
    from concepts.models.text.card import TextCard
    from concepts.models.text.opening import open_text_model
    from concepts.models.text.split import TextSplit
else:
    __getattr__ = late_imports(
        __name__,
        {
            "card": ("TextCard",),
            "opening": ("open_text_model",),
            "split": ("TextSplit",),
        },
    )


__all__ = ["TextCard", "TextSplit", "open_text_model"]
