"""An exercise as the page shows it, and the verdict on an answer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup


@dataclass(frozen=True)
class Verdict:
    """Whether an answer is right, the reason, and a link to the evidence. pictures: what shows the reason."""

    right: bool
    reason: str
    link: str
    pictures: Markup | None = None


@dataclass(frozen=True)
class Task:
    """question: one sentence. html: the content. options: the possible answers; several: more than one can be chosen.

    check: the numbers of the chosen options → verdict. step: the step of the tour that explains it, from 1.
    """

    question: str
    html: Markup
    options: tuple[str, ...]
    check: Callable[[Sequence[int]], Verdict]
    step: int
    several: bool = False
