"""One interface for all that turns a photo or a text into tokens."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from concepts.encoders.base import ImageEncoder, TextEncoder, TextTokens
    from concepts.encoders.opening import open_image_encoder, open_text_encoder

__all__ = ["ImageEncoder", "TextEncoder", "TextTokens", "open_image_encoder", "open_text_encoder"]
_PLACES = {
    "ImageEncoder": "base",
    "TextEncoder": "base",
    "TextTokens": "base",
    "open_image_encoder": "opening",
    "open_text_encoder": "opening",
}


def __getattr__(name: str) -> object:
    """The names above are imported when they are asked for, so that `sources` can be reached without torch."""
    if name in _PLACES:
        return getattr(import_module(f"concepts.encoders.{_PLACES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
