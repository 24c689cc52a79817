"""The registry of encoders with fixed settings: each source registers its names and the function that opens them.

Nothing heavy is imported here, so that a source can register itself wherever the program starts.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from concepts.registry import Registry

if TYPE_CHECKING:
    import torch

    from concepts.models.encoders.base import ImageEncoder, TextEncoder

ImageOpener = Callable[[str, "torch.device"], "ImageEncoder"]
TextOpener = Callable[[str, "torch.device"], "TextEncoder"]
IMAGE_ENCODERS: Registry[ImageOpener] = Registry()
TEXT_ENCODERS: Registry[TextOpener] = Registry()
