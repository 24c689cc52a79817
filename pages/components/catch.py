"""The first screen's pictures with the network's answers."""

from collections.abc import Sequence

from markupsafe import Markup

from concepts.demo.catch import Catch, StampedPicture
from concepts.rendering.pictures import Picture
from concepts.report.rendering.sentences import percent
from pages.components.macros import macro


def catch_pictures(catch: Catch, pictures: Sequence[bytes], *, stamped: bool) -> Markup:
    """The shown pictures, with the stamp or without it, each above its answer. pictures: in the order of `shown`."""
    shown = [catch.pictures[row] for row in catch.shown]
    return macro("catch.pictures")([_row(*each, catch.part, stamped) for each in zip(shown, pictures, strict=True)])


def _row(it: StampedPicture, content: bytes, part: str, stamped: bool) -> tuple[Picture, str, str, bool]:
    answer = it.stamped if stamped else it.clean
    picture = Picture.of(content, f"a {it.class_name} {'with' if stamped else 'without'} a {part}")
    return picture, answer.says, percent(answer.probability), answer.says == it.class_name
