"""One sentence of the drawn language: an opening, a clause with the reason, an ending, and perhaps a planted phrase."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from concepts.demo.language.clauses import DENYING, DOING, NAMING, SAYING
from concepts.demo.language.reasons import CLASSES, DENIED, Judgement, Reason
from concepts.demo.language.spans import DENIAL, PLANTED, REASON, Joined, Piece, join
from concepts.demo.language.village import DISHES, ENDINGS, OPENINGS, PEOPLE, PLACES

SHARE_DOING = 0.5  # of the texts whose thing may do something
ARTICLE = "the "
SLOT = re.compile(r"\{(?P<slot>[PDLRA]!?)\}|\[(?P<denial>[^\]]+)\]|(?P<words>[^{\[]+)")


@dataclass(frozen=True)
class Sentence:
    """A sentence before a phrase is planted. phrase_first: a planted phrase stands before the clause, else after it."""

    opening: str
    clause: tuple[Piece, ...]
    ending: str
    phrase_first: bool

    def written(self, phrase: str = "") -> Joined:
        """The text and the spans of its parts, with the phrase planted in it where one is given."""
        said = Piece(phrase, PLANTED)
        opening = [Piece(f"{self.opening} ")] if self.opening else []
        before = [said, Piece(", ")] if phrase and self.phrase_first else []
        after = [Piece(", "), said] if phrase and not self.phrase_first else []
        return join([*opening, *before, *self.clause, *after, Piece(self.ending)])


def draw_sentence(class_name: str, reason: str, rng: np.random.Generator, *, beside: bool = False) -> Sentence:
    """A sentence of a class for one of its reasons; beside: it names a thing of those that a planted phrase is beside.

    Openings, endings, people, dishes and places are drawn alike in every class.
    """
    spec, opening, ending = CLASSES[class_name], one_of(OPENINGS, rng), one_of(ENDINGS, rng)
    if spec.judgement:
        clause = _judging(spec.judgement, reason, rng)
    else:
        clause = _naming(spec.planted.beside if beside and spec.planted else spec.reasons[reason], rng)
    return Sentence(opening, tuple(clause), ending, bool(rng.random() < 0.5) and not opening.endswith("that"))


def one_of(choices: Sequence[str], rng: np.random.Generator) -> str:
    """One of the choices, each with equal probability."""
    return choices[int(rng.integers(len(choices)))]


def _naming(reason: Reason, rng: np.random.Generator) -> list[Piece]:
    thing = one_of(reason.things, rng).removeprefix(ARTICLE)
    if not reason.doings or rng.random() >= SHARE_DOING:
        return _filled(one_of(NAMING, rng), thing, rng)
    return _filled(one_of(DOING, rng), f"{thing} {one_of(reason.doings, rng)}", rng)


def _judging(judgement: Judgement, reason: str, rng: np.random.Generator) -> list[Piece]:
    denied = reason == DENIED
    template = one_of(DENYING if denied else SAYING, rng)
    return _filled(template, one_of(judgement.denied if denied else judgement.words, rng), rng)


def _filled(template: str, reason: str, rng: np.random.Generator) -> list[Piece]:
    """The template's pieces, its slots filled; reason: what R or A stands for, without the article."""
    pieces = []
    for found in SLOT.finditer(template):
        slot, denial = found["slot"], found["denial"]
        if denial:
            pieces.append(Piece(denial, DENIAL))
        elif slot in NEUTRAL_WORDS:
            pieces.append(Piece(one_of(NEUTRAL_WORDS[slot], rng)))
        elif slot:
            pieces += [Piece(ARTICLE)] * slot.startswith("R") + [Piece(reason, REASON)]
        else:
            pieces.append(Piece(found["words"]))
    return pieces


NEUTRAL_WORDS = {"P": PEOPLE, "D": DISHES, "L": PLACES}
