"""A picture with its words, as the macros show it."""

import base64
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True)
class Picture:
    """One picture. source: what stands in `src`, None where the picture is gone; href: where a click on it leads;
    badge: a few words on it."""

    source: str | None
    alt: str
    caption: str = ""
    href: str = ""
    badge: str = ""

    @classmethod
    def of(cls, content: bytes | None, alt: str, caption: str = "", href: str = "", badge: str = "") -> Self:
        """A picture that travels inside the page; content: the encoded picture, None where it is gone."""
        return cls(None if content is None else data_uri(content), alt, caption, href, badge)


def data_uri(content: bytes) -> str:
    """A picture for an `src`: PNG, JPEG, WebP by its first bytes."""
    kind = "png" if content[:4] == b"\x89PNG" else "webp" if content[8:12] == b"WEBP" else "jpeg"
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"
