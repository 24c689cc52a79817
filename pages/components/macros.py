"""The macros of the pages: what is HTML stands in templates/, and functions here fill it."""

from collections.abc import Callable

from markupsafe import Markup

from concepts.rendering import environment


def macro(name: str) -> Callable[..., Markup]:
    """For example "cards.card": the macro `card` of templates/cards.html.j2, or of the templates that all share."""
    return environment.macro("pages.components", name)
