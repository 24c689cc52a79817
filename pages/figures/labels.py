"""Texts in Plotly's own markup, which uses tags of the same form as HTML. Names are escaped here."""

from html import escape

BREAK = "<br>"


def escaped(name: str) -> str:
    """A name written by others, with all markup escaped."""
    return escape(name)


def bold(name: str) -> str:
    """A name in bold, escaped."""
    return f"<b>{escape(name)}</b>"


def italic(name: str) -> str:
    """A text in italics, escaped."""
    return f"<i>{escape(name)}</i>"


def lines(*parts: str) -> str:
    """Parts below each other, not escaped."""
    return BREAK.join(parts)


def hover(*parts: str, box: str = "") -> str:
    """A hover template with the parts below each other; box: a name for a second box beside it.

    Without a name Plotly shows no second box.
    """
    return f"{lines(*parts)}<extra>{escape(box)}</extra>"
