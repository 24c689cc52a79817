"""A picture with its texts, as the macros show it."""

import base64
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True)
class Picture:
    """One picture. source: the value of `src`, None if the picture is missing; href: the target of a click on it;
    badge: a few words shown on it."""

    source: str | None
    alt: str
    caption: str = ""
    href: str = ""
    badge: str = ""

    @classmethod
    def of(cls, content: bytes | None, alt: str, caption: str = "", href: str = "", badge: str = "") -> Self:
        """A picture embedded in the page. content: the encoded picture, None if it is missing."""
        return cls(None if content is None else data_uri(content), alt, caption, href, badge)


def data_uri(content: bytes) -> str:
    """A picture as a data URI for `src`; its type, PNG, JPEG or WebP, is found from its first bytes."""
    kind = "png" if content[:4] == b"\x89PNG" else "webp" if content[8:12] == b"WEBP" else "jpeg"
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"
