"""The atlas: the card of a concept, and the table of concepts."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from concepts.numerics.written import minus
from concepts.rendering.pictures import Picture
from concepts.report.verdict import Kind
from pages.components.cards import verdict_badge
from pages.components.macros import macro
from pages.components.pictures import picture_grid
from pages.components.report import facts

COLUMNS, SIDE = 3, 64


@dataclass(frozen=True)
class Partner:
    """A concept of another report that is like the one shown. shared: more than chance."""

    name: str
    href: str
    crop: Picture
    cosine: float
    shared: bool

    @property
    def figure(self) -> str:
        """The cosine as text."""
        return minus(f"{self.cosine:.2f}")


def concept_card(
    name: str, label: str, *, href: str, named: Kind | None, figures: Sequence[tuple[str, str, str]],
    crops: Sequence[Picture],
) -> Markup:  # fmt: skip
    """A concept: its name, its class, a badge where a verdict names it, crops, figures.

    href: the address of the concept in its report.
    """
    badge = Markup("") if named is None else verdict_badge(named)
    grid = picture_grid(crops, columns=COLUMNS) if crops else Markup("")
    return macro("atlas.card")(name, label, href, badge, grid, facts(figures))


def concept_partners(partners: Sequence[Partner]) -> Markup:
    """Concepts of other reports that are like one, the most similar first."""
    return macro("atlas.partners")(partners, SIDE)
