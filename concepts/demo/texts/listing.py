"""The demo's texts under names, as a person opens them: sentences and reviews that no network was trained on."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from concepts.demo.language import CLASS_NAMES, DrawnText, draw_class_texts
from concepts.demo.names import DEMO_TEXTS, REVIEWS, VILLAGE
from concepts.demo.texts.reviews import read_reviews, split_reviews

PER_CLASS = 200
SEED = 0


@dataclass(frozen=True)
class ListedTexts:
    """texts, and for each its name ("harbour/0007", "row 12") and the name of its class."""

    names: tuple[str, ...]
    texts: tuple[str, ...]
    labels: tuple[str, ...]


def demo_texts(name: str, *, classes: Collection[str] | None = None) -> ListedTexts:
    """The texts of a demo network that it was not trained on; classes: if given, only those.

    "demo/village": 200 drawn sentences of each class. "demo/reviews": 2,000 real texts.
    Raises ValueError for an unknown name, and for an unknown class.
    """
    if name not in TEXTS:
        raise ValueError(f"no demo texts are called {name!r}: choose one of {', '.join(DEMO_TEXTS)}")
    every = TEXTS[name]()
    wanted = dict.fromkeys(every.labels) if classes is None else classes
    if unknown := sorted(set(wanted) - set(every.labels)):
        raise ValueError(f"{name!r} has no class {unknown[0]!r}: choose of {', '.join(dict.fromkeys(every.labels))}")
    rows = zip(every.names, every.texts, every.labels, strict=True)
    return ListedTexts(*map(tuple, zip(*(row for row in rows if row[2] in wanted), strict=True)))


def truth_of(names: Sequence[str]) -> list[DrawnText]:
    """The drawn sentences of "demo/village" with these names, with the truth about each.

    Raises ValueError for a name outside it.
    """
    drawn = dict(_village())
    if unknown := next((name for name in names if name not in drawn), None):
        raise ValueError(f"{unknown!r} is no text of the demo: its names are like harbour/0007")
    return [drawn[name] for name in names]


def _village() -> list[tuple[str, DrawnText]]:
    drawn = ((name, draw_class_texts(name, PER_CLASS, SEED, "test")) for name in CLASS_NAMES)
    return [(f"{name}/{i:04d}", text) for name, texts in drawn for i, text in enumerate(texts)]


def _listed_village() -> ListedTexts:
    names, drawn = zip(*_village(), strict=True)
    return ListedTexts(names, tuple(text.text for text in drawn), tuple(text.class_name for text in drawn))


def _listed_reviews() -> ListedTexts:
    found = split_reviews(read_reviews(), held_out=True)
    rows = ((f"row {review.row}", review.text, review.class_name) for review in found)
    return ListedTexts(*map(tuple, zip(*rows, strict=True)))


TEXTS: dict[str, Callable[[], ListedTexts]] = {VILLAGE: _listed_village, REVIEWS: _listed_reviews}
