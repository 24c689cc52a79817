"""Rows and grids of pictures as HTML: every text escaped, every picture with its alternative text."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from concepts.report.drawing import data_uri


@dataclass(frozen=True)
class Picture:
    """One picture to show; `href` makes it a link, `badge` stands on it."""

    content: bytes | None
    alt: str
    caption: str = ""
    href: str = ""
    badge: str = ""


def picture_html(picture: Picture) -> str:
    """A figure element; a picture whose file is gone is said to be missing."""
    if picture.content is None:
        body = f'<span class="cx-missing" role="img" aria-label="{escape(picture.alt)}">picture missing</span>'
    else:
        body = f'<img src="{data_uri(picture.content)}" alt="{escape(picture.alt)}" loading="lazy">'
    if picture.badge:
        body += f'<span class="cx-badge">{escape(picture.badge)}</span>'
    if picture.href:
        body = f'<a href="{escape(picture.href)}" target="_self">{body}</a>'
    caption = f"<figcaption>{escape(picture.caption)}</figcaption>" if picture.caption else ""
    return f"<figure>{body}{caption}</figure>"


def picture_row(pictures: Sequence[Picture], *, size: int) -> str:
    """Pictures of one size, in pixels, beside each other; they wrap where the page is narrow."""
    return f'<div class="cx-row" style="--size:{size}px">' + "".join(map(picture_html, pictures)) + "</div>"


def picture_grid(pictures: Sequence[Picture], *, columns: int) -> str:
    """Pictures that share the width there is, so many in a row."""
    return f'<div class="cx-row cx-grid" style="--columns:{columns}">' + "".join(map(picture_html, pictures)) + "</div>"
