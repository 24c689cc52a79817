"""Texts in Plotly's own markup: tags that it draws by itself, of the same shape as HTML's. Names are escaped here."""

from html import escape

BREAK = "<br>"


def escaped(name: str) -> str:
    """A name that others wrote, with nothing in it taken for markup."""
    return escape(name)


def bold(name: str) -> str:
    """A name in bold, escaped."""
    return f"<b>{escape(name)}</b>"


def italic(name: str) -> str:
    """A text in italics, escaped."""
    return f"<i>{escape(name)}</i>"


def lines(*parts: str) -> str:
    """Parts below each other; they stand as they are."""
    return BREAK.join(parts)


def hover(*parts: str, box: str = "") -> str:
    """A template of what is said beside the pointer, parts below each other; box: a name for a second box beside it.

    Without one Plotly shows no second box.
    """
    return f"{lines(*parts)}<extra>{escape(box)}</extra>"
