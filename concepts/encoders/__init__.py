"""One interface for all that turns a photo or a text into tokens."""

from concepts.encoders.base import ImageEncoder, TextEncoder, TextTokens
from concepts.encoders.opening import open_image_encoder, open_text_encoder

__all__ = ["ImageEncoder", "TextEncoder", "TextTokens", "open_image_encoder", "open_text_encoder"]
