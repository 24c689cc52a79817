"""Rows and grids of pictures, each with its alternative text, and of excerpts of texts."""

from collections.abc import Sequence

from markupsafe import Markup

from concepts.rendering.excerpts import Tile
from concepts.rendering.pictures import Picture
from pages.components.macros import macro


def picture(it: Picture) -> Markup:
    """A figure element; where the picture's file is missing, a text in its place."""
    return macro("shared/pictures.picture")(it)


def picture_row(pictures: Sequence[Tile], *, size: int) -> Markup:
    """Pictures of one size, in pixels, beside each other; they wrap on a narrow page."""
    return macro("shared/pictures.row")(pictures, size)


def picture_grid(pictures: Sequence[Tile], *, columns: int) -> Markup:
    """Pictures in a grid with that number of columns, as wide as the page allows."""
    return macro("pictures.grid")(pictures, columns)


def beside(pictures: Sequence[Tile]) -> Markup:
    """Two or three large pictures beside each other."""
    return macro("pictures.beside")(pictures)
