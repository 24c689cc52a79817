"""In how many of the village's listed sentences some words stand, in a class and in all others."""

from collections.abc import Sequence
from dataclasses import dataclass

from concepts.demo.names import VILLAGE
from concepts.demo.texts.listing import demo_texts


@dataclass(frozen=True)
class WordsCounted:
    """The sentences of a class, n, and of all others, n_others, and how many of each have the words."""

    words: str
    found: int
    n: int
    found_in_others: int
    n_others: int


def count_words(each: Sequence[str], class_name: str) -> list[WordsCounted]:
    """For each of these words in a row how many sentences have them, capitals or not.

    Raises ValueError for an unknown class.
    """
    listed = demo_texts(VILLAGE)
    if class_name not in listed.labels:
        raise ValueError(f"no sentence is of class {class_name!r}: choose of {', '.join(dict.fromkeys(listed.labels))}")
    rows = [(text.lower(), label == class_name) for text, label in zip(listed.texts, listed.labels, strict=True)]
    own, others = ([text for text, of_class in rows if of_class is wanted] for wanted in (True, False))
    return [WordsCounted(words, _count(words, own), len(own), _count(words, others), len(others)) for words in each]


def _count(words: str, texts: Sequence[str]) -> int:
    return sum(words.lower() in text for text in texts)
