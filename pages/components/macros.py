"""The Jinja macros of the pages: HTML is in templates/, and functions in this room fill it."""

from collections.abc import Callable

from markupsafe import Markup

from concepts.rendering import environment


def macro(name: str) -> Callable[..., Markup]:
    """A macro by name: "cards.card" is `card` of templates/cards.html.j2, or of the shared templates."""
    return environment.macro("pages.components", name)
