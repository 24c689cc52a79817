"""Encoding small pictures as JPEG bytes."""

import io

from PIL import Image

QUALITY = 88


def jpeg_bytes(picture: Image.Image) -> bytes:
    """The RGB picture as JPEG, which is written ten times as fast as WebP; a report holds hundreds."""
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=QUALITY)
    return buffer.getvalue()
