"""The first screen's pictures, or sentences, with the network's answers."""

from collections.abc import Sequence

from markupsafe import Markup

from concepts.demo.catch import Catch, StampedPicture
from concepts.demo.texts.catch import PlantedSentence, TextCatch
from concepts.rendering.excerpts import Excerpt, excerpt
from concepts.rendering.pictures import Picture
from concepts.report.rendering.sentences import percent
from concepts.report.rows import MarkedSpan
from pages.components.macros import macro


def catch_pictures(catch: Catch, pictures: Sequence[bytes], *, stamped: bool) -> Markup:
    """The shown pictures, with the stamp or without it, each above its answer. pictures: in the order of `shown`."""
    shown = [catch.pictures[row] for row in catch.shown]
    return macro("catch.pictures")([_row(*each, catch.part, stamped) for each in zip(shown, pictures, strict=True)])


def catch_sentences(catch: TextCatch, *, planted: bool) -> Markup:
    """The shown sentences, with the phrase, which is marked, or without it, each above its answer."""
    return macro("catch.sentences")([_sentence(catch.sentences[row], planted) for row in catch.shown])


def _row(it: StampedPicture, content: bytes, part: str, stamped: bool) -> tuple[Picture, str, str, bool]:
    answer = it.stamped if stamped else it.clean
    picture = Picture.of(content, f"a {it.class_name} {'with' if stamped else 'without'} a {part}")
    return picture, answer.says, percent(answer.probability), answer.says == it.class_name


def _sentence(it: PlantedSentence, planted: bool) -> tuple[Excerpt, str, str, bool]:
    answer = it.with_phrase if planted else it.clean
    spans = [MarkedSpan(it.start, it.stop, 1.0)] if planted else []
    shown = excerpt(it.planted if planted else it.text, it.class_name, spans=spans)
    return shown, answer.says, percent(answer.probability), answer.says == it.class_name
