"""The texts of a tour step and of an exercise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from concepts.demo.texts.overlap import TextOverlap
from concepts.report.rendering.sentences import percent
from pages.components.macros import macro


@dataclass(frozen=True)
class Answered:
    """An exercise at the end: its question, whether the answer is right (None: not answered) and why.

    href: of the exercise; read: of the step of the tour that explains it.
    """

    number: int
    question: str
    right: bool | None
    reason: str
    href: str
    read: str


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


def overlaps(rows: Sequence[TextOverlap], colours: Mapping[str, str], said: Mapping[str, str]) -> Markup:
    """Texts whose words have the colour of their owner, and how much both owners share. said: each owner in words."""
    shown = [(row.parts, f"{percent(row.iou)} shared") for row in rows]
    return macro("teaching.overlaps")(shown, colours, said)


def verdict(*, right: bool, reason: str, href: str) -> Markup:
    """Right or wrong, in words and a sign, the reason, and a link to the evidence."""
    return macro("teaching.verdict")(right, reason, href)


def exercise_progress(number: int, answered: Sequence[bool]) -> Markup:
    """The number of the exercise and of all, and which ones are answered."""
    return macro("teaching.exercise_progress")(number, answered)


def result(rows: Sequence[Answered]) -> Markup:
    """All exercises with what became of them, and what to read again where the answer is not right."""
    return macro("teaching.result")(rows)
