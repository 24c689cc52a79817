"""One interface for all that turns a photo or a text into tokens."""

from concepts.encoders.base import ImageEncoder, TextEncoder, TextTokens

__all__ = ["ImageEncoder", "TextEncoder", "TextTokens"]
