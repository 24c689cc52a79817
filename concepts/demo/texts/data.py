"""The labelled texts that each demo network is trained and tried on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from concepts.demo.language import CLASSES, DrawnText, draw_texts
from concepts.demo.names import REVIEWS, VILLAGE
from concepts.demo.texts.reviews import read_reviews, split_reviews

PER_CLASS, HELD_OUT_PER_CLASS = 2000, 300


@dataclass(frozen=True)
class LabelledTexts:
    """texts, the index of each one's class, and what each one is about, an index into finer classes."""

    texts: tuple[str, ...]
    labels: tuple[int, ...]
    topics: tuple[int, ...]


def village_texts(held_out: bool, seed: int) -> LabelledTexts:
    """Drawn sentences, those that are held out from the split for testing. A topic is one reason of a class."""
    n, split = (HELD_OUT_PER_CLASS, "test") if held_out else (PER_CLASS, "training")
    drawn = draw_texts(n, seed, split)
    return LabelledTexts(
        tuple(text.text for text in drawn), tuple(text.label for text in drawn), _numbered([_topic(t) for t in drawn])
    )


def review_texts(held_out: bool, seed: int) -> LabelledTexts:
    """Real texts; which are held out does not depend on the seed. Topics are the classes."""
    chosen = split_reviews(read_reviews(), held_out=held_out)
    labels = tuple(review.label for review in chosen)
    return LabelledTexts(tuple(review.text for review in chosen), labels, labels)


def _topic(text: DrawnText) -> str:
    """What a text is about: its reason, rare things apart; a verdict is about its class, however it is put."""
    if CLASSES[text.class_name].judgement:
        return text.class_name
    return text.reason if text.planted is None else f"rare {text.reason}"


def _numbered(names: Sequence[str]) -> tuple[int, ...]:
    known = sorted(set(names))
    return tuple(known.index(name) for name in names)


TEXTS: dict[str, Callable[[bool, int], LabelledTexts]] = {VILLAGE: village_texts, REVIEWS: review_texts}
