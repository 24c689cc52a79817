"""The words of a step of the tour and of an exercise."""

from collections.abc import Sequence

from markupsafe import Markup

from pages.components.macros import macro


def question(text: str) -> Markup:
    """What is asked of those who watch."""
    return macro("teaching.question")(text)


def scene(content: Markup) -> Markup:
    """The pictures of a step."""
    return macro("teaching.scene")(content)


def task(content: Markup) -> Markup:
    """What an exercise is about."""
    return macro("teaching.task")(content)


def headline(text: str) -> Markup:
    """A step's headline on a projector."""
    return macro("teaching.headline")(text)


def said(sentences: Sequence[str]) -> Markup:
    """A step's sentences on a projector."""
    return macro("teaching.said")(sentences)


def progress(step: int, n: int) -> Markup:
    """Which step of how many."""
    return macro("teaching.progress")(step, n)


def verdict(*, right: bool, reason: str, href: str) -> Markup:
    """Right or wrong, in words and a sign, why, and where to look."""
    return macro("teaching.verdict")(right, reason, href)
