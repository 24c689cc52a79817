"""Small pictures as the bytes of a file."""

import io

from PIL import Image

QUALITY = 88


def jpeg_bytes(picture: Image.Image) -> bytes:
    """The RGB picture as JPEG: ten times as fast to write as WebP, and a report holds hundreds."""
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=QUALITY)
    return buffer.getvalue()
