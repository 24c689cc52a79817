"""Elements on the page that our scripts find and fill."""

from markupsafe import Markup

from pages.components.macros import macro


def nothing() -> Markup:
    """An empty element, for a script that only listens."""
    return macro("scripted.nothing")()


def places() -> Markup:
    """The element in which photos with places to pick are drawn."""
    return macro("scripted.places")()


def copy_button() -> Markup:
    """The button that copies a link, and the element that confirms it."""
    return macro("scripted.copy_button")()
