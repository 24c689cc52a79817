"""What scripts of ours find on the page and fill."""

from markupsafe import Markup

from pages.components.macros import macro


def nothing() -> Markup:
    """For a script that listens only."""
    return macro("scripted.nothing")()


def places() -> Markup:
    """Where photos with places that can be picked are drawn."""
    return macro("scripted.places")()


def copy_button() -> Markup:
    """The button that copies a link, and where it says that it did."""
    return macro("scripted.copy_button")()
