"""The texts of a tour step and of an exercise."""

from collections.abc import Sequence

from markupsafe import Markup

from pages.components.macros import macro


def question(text: str) -> Markup:
    """The question to the audience."""
    return macro("teaching.question")(text)


def scene(content: Markup) -> Markup:
    """The pictures of a step."""
    return macro("teaching.scene")(content)


def task(content: Markup) -> Markup:
    """The content of an exercise."""
    return macro("teaching.task")(content)


def headline(text: str) -> Markup:
    """A step's headline on a projector."""
    return macro("teaching.headline")(text)


def said(sentences: Sequence[str]) -> Markup:
    """A step's sentences on a projector."""
    return macro("teaching.said")(sentences)


def progress(step: int, n: int) -> Markup:
    """The number of the step and of all steps."""
    return macro("teaching.progress")(step, n)


def verdict(*, right: bool, reason: str, href: str) -> Markup:
    """Right or wrong, in words and a sign, the reason, and a link to the evidence."""
    return macro("teaching.verdict")(right, reason, href)
