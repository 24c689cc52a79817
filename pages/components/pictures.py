"""Rows and grids of pictures, each with its alternative text."""

from collections.abc import Sequence

from markupsafe import Markup

from concepts.rendering.pictures import Picture
from pages.components.macros import macro


def picture(it: Picture) -> Markup:
    """A figure element; a picture whose file is gone is said to be missing."""
    return macro("shared/pictures.picture")(it)


def picture_row(pictures: Sequence[Picture], *, size: int) -> Markup:
    """Pictures of one size, in pixels, beside each other; they wrap where the page is narrow."""
    return macro("shared/pictures.row")(pictures, size)


def picture_grid(pictures: Sequence[Picture], *, columns: int) -> Markup:
    """Pictures that share the width there is, so many in a row."""
    return macro("pictures.grid")(pictures, columns)


def beside(pictures: Sequence[Picture]) -> Markup:
    """Two or three large pictures beside each other."""
    return macro("pictures.beside")(pictures)
