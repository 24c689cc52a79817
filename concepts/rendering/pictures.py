"""A picture with its texts, as the macros show it."""

import base64
import io
from dataclasses import dataclass
from typing import Self

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_PIXELS = 2**24


@dataclass(frozen=True)
class Picture:
    """One picture. source: the value of `src`, None if the picture is missing; href: the target of a click on it;
    badge: a few words shown on it."""

    source: str | None
    alt: str
    caption: str = ""
    href: str = ""
    badge: str = ""

    @property
    def shown(self) -> bool:
        """False where the picture is missing."""
        return self.source is not None

    @classmethod
    def of(cls, content: bytes | None, alt: str, caption: str = "", href: str = "", badge: str = "") -> Self:
        """A picture embedded in the page. content: the encoded picture, None if it is missing."""
        return cls(None if content is None else data_uri(content), alt, caption, href, badge)


def data_uri(content: bytes) -> str:
    """A picture as a data URI for `src`; its type, PNG, JPEG or WebP, is found from its first bytes."""
    kind = "png" if content[:4] == b"\x89PNG" else "webp" if content[8:12] == b"WEBP" else "jpeg"
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"


def check_picture(content: bytes, name: str) -> None:
    """Raises ValueError, which names the file, for what is no JPEG, PNG or WebP, and for more than `MOST_PIXELS`.

    Only its head is read: a picture that is cut off passes.
    """
    from PIL import Image

    try:
        width, height = Image.open(io.BytesIO(content), formats=FORMATS).size
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValueError(f"{name!r} is no picture that can be shown") from error
    if width * height > MOST_PIXELS:
        raise ValueError(f"{name!r} has {width} × {height} pixels: at most {MOST_PIXELS:,} are shown")
