"""Texts of the drawn language with the truth about each, drawn by a seed."""

import hashlib
from dataclasses import dataclass

import numpy as np

from concepts.demo.language.reasons import CLASS_NAMES, CLASSES, DENIED
from concepts.demo.language.sentences import Sentence, draw_sentence, one_of
from concepts.demo.language.spans import DENIAL, PLANTED, REASON, Joined, Span

PHRASE = next(spec.planted.phrase for spec in CLASSES.values() if spec.planted)
SPLITS = ("training", "test")
TEST_IN = 5  # one sentence in so many is for testing


@dataclass(frozen=True)
class DrawnText:
    """One text and the truth about it.

    text: one sentence. reason: why it belongs to its class, one of the class's reason names. reasons: the spans of the
    words that say so; denial: those of the words that deny them. planted: the span of the planted phrase, else None.
    """

    text: str
    class_name: str
    reason: str
    reasons: tuple[Span, ...]
    denial: tuple[Span, ...] = ()
    planted: Span | None = None

    @property
    def label(self) -> int:
        """The index of its class in CLASS_NAMES."""
        return CLASS_NAMES.index(self.class_name)

    @property
    def denied(self) -> bool:
        """True where the words of its reason are denied, so that it is of the opposite class."""
        return self.reason == DENIED

    @property
    def strategy(self) -> str:
        """The reason, or the planted phrase where it bears one."""
        return self.reason if self.planted is None else self.text[self.planted.start : self.planted.stop].lower()


@dataclass(frozen=True)
class TwoWays:
    """The same sentence with the planted phrase and without it; its class is the same."""

    planted: DrawnText
    clean: DrawnText


def draw_texts(n_per_class: int, seed: int = 0, split: str = "training") -> list[DrawnText]:
    """n different texts of every class, class after class; the first ones are the same for every n.

    split: "training" or "test": no sentence is in both, whatever the seeds. Raises ValueError for another split.
    """
    return [text for name in CLASS_NAMES for text in draw_class_texts(name, n_per_class, seed, split)]


def draw_class_texts(class_name: str, n: int, seed: int = 0, split: str = "training") -> list[DrawnText]:
    """n different texts of one class. Raises ValueError for an unknown class, or split."""
    _check(class_name, split)
    rng = np.random.default_rng((seed, CLASS_NAMES.index(class_name)))
    planted, texts = CLASSES[class_name].planted, dict[str, DrawnText]()
    while len(texts) < n:
        bears = planted is not None and rng.random() < planted.share
        reason, sentence = _sentence(class_name, split, rng, beside=bears)
        text = _told(class_name, reason, sentence.written(planted.phrase if planted and bears else ""))
        texts.setdefault(text.text, text)
    return list(texts.values())


def draw_two_ways(n_per_class: int, seed: int = 0, split: str = "test") -> list[TwoWays]:
    """n sentences of every class, each with the planted phrase and without it: what catches the cheat.

    In training the phrase stands in one class alone, beside rarer things; that class's sentences name these here, with
    the phrase and without it.
    """
    found = []
    for number, name in enumerate(CLASS_NAMES):
        _check(name, split)
        rng = np.random.default_rng((seed, number, len(CLASS_NAMES)))
        for _ in range(n_per_class):
            reason, sentence = _sentence(name, split, rng, beside=True)
            planted, clean = (_told(name, reason, sentence.written(phrase)) for phrase in (PHRASE, ""))
            found.append(TwoWays(planted, clean))
    return found


def _check(class_name: str, split: str) -> None:
    if class_name not in CLASSES:
        raise ValueError(f"no class {class_name!r} in the drawn language; it has {', '.join(CLASS_NAMES)}")
    if split not in SPLITS:
        raise ValueError(f"no split {split!r} of the drawn language: choose {' or '.join(SPLITS)}")


def _sentence(class_name: str, split: str, rng: np.random.Generator, *, beside: bool) -> tuple[str, Sentence]:
    """A reason of the class and a sentence for it, drawn until one falls into the split."""
    while True:
        reason = one_of(CLASSES[class_name].reason_names, rng)
        sentence = draw_sentence(class_name, reason, rng, beside=beside)
        if (split == "test") == (_digest(sentence.written().text) % TEST_IN == 0):
            return reason, sentence


def _digest(text: str) -> int:
    """A number that depends on the text alone, and not on a process or a seed."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=4).digest(), "big")


def _told(class_name: str, reason: str, written: Joined) -> DrawnText:
    spans = written.spans
    phrase = spans[PLANTED][0] if PLANTED in spans else None
    return DrawnText(written.text, class_name, reason, spans[REASON], spans.get(DENIAL, ()), phrase)
