"""Image and text encoders behind one interface: photos or texts to tokens.

Imports are lazy, so that a source can register itself in `sources` without loading torch.
"""

from typing import TYPE_CHECKING

from concepts.late_imports import late_imports

if TYPE_CHECKING:
    from concepts.models.encoders.base import ImageEncoder, TextEncoder, TextTokens
    from concepts.models.encoders.opening import open_image_encoder, open_text_encoder
else:
    __getattr__ = late_imports(
        __name__,
        {
            "base": ("ImageEncoder", "TextEncoder", "TextTokens"),
            "opening": ("open_image_encoder", "open_text_encoder"),
        },
    )


__all__ = ["ImageEncoder", "TextEncoder", "TextTokens", "open_image_encoder", "open_text_encoder"]
