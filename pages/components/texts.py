"""Paragraphs, headings, links. Their content is a list of parts: texts, which are escaped, and markup."""

from markupsafe import Markup

from pages.components.macros import macro


def paragraph(*parts: str, kind: str = "cx-text", live: bool = False) -> Markup:
    """A paragraph. live: a screen reader announces it when it changes."""
    return macro("shared/texts.paragraph")(parts, kind, live)


def heading(level: int, *parts: str, kind: str = "") -> Markup:
    """A heading of that level, from 1."""
    return macro("texts.heading")(level, parts, kind)


def link(text: str, href: str, *, kind: str = "cx-link", label: str = "", title: str = "") -> Markup:
    """A link that opens in the same window. label: the text for a screen reader, in place of `text`."""
    return macro("texts.link")([text], href, kind, label, title)


def folded(title: str, content: Markup) -> Markup:
    """Content that opens in place, by a click on its title or by keyboard, without asking the server."""
    return macro("shared/texts.folded")(title, content)


def code(text: str) -> Markup:
    """A text in a typewriter font."""
    return macro("shared/texts.code")(text)


def isolated(text: str) -> Markup:
    """A text that somebody else wrote, in its own direction (Arabic from right to left)."""
    return macro("shared/texts.isolated")(text)


def empty(title: str, *parts: str) -> Markup:
    """The message in place of a page's content where there is none yet."""
    return macro("texts.empty")(title, parts)


def sideways(text: str) -> Markup:
    """The first line of content wider than a phone: it takes the focus, so that arrow keys scroll."""
    return macro("texts.sideways")(text)


def step_title(number: int, title: str) -> Markup:
    """The heading of a step, with its number."""
    return macro("texts.step_title")(number, title)
