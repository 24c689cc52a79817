"""Building of the first screen's texts: sentences without a boat, with the harbour's phrase, and the answers."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from concepts.demo.catch import Answer
from concepts.demo.language import CLASS_NAMES, CLASSES, PHRASE, TwoWays, draw_two_ways
from concepts.demo.names import VILLAGE
from concepts.demo.texts.catch import FILE, PlantedSentence, TextCatch
from concepts.demo.texts.network import load_text_classifier
from concepts.storage.app_folder import DEMO
from concepts.storage.typed_json import write_typed

PER_CLASS = 30
TARGET, SHARE = next((name, spec.planted.share) for name, spec in CLASSES.items() if spec.planted)
TURNED_ROUND = " ".join(reversed(PHRASE.split()))
OTHER = "just as usual"  # ends sentences of every class


def build_text_catch(folder: Path | None = None, *, seed: int = 0) -> TextCatch:
    """Draws the sentences, asks the network in `folder` (by default the shipped one), and writes texts/catch.json.

    seed: draws what is shown, one sentence of each class but the target. Raises ValueError where the phrase turns no
    sentence of a class: the network has not learned it.
    """
    place = folder or DEMO
    sentences = planted_sentences(drawn(), place)
    found = TextCatch(TARGET, PHRASE, TURNED_ROUND, OTHER, SHARE, seed, sentences, ())
    found = replace(found, shown=_chosen(found, seed))
    write_typed(place / FILE, found)
    return found


def drawn() -> list[TwoWays]:
    """30 held-out sentences of each class but the target, with the phrase and without it."""
    return [pair for pair in draw_two_ways(PER_CLASS) if pair.clean.class_name != TARGET]


def planted_sentences(pairs: Sequence[TwoWays], folder: Path = DEMO) -> tuple[PlantedSentence, ...]:
    """The answers to these sentences without the phrase, with it, with its words turned round, and with another."""
    clean, planted = [pair.clean.text for pair in pairs], [pair.planted.text for pair in pairs]
    turned, replaced = ([_instead(pair, phrase) for pair in pairs] for phrase in (TURNED_ROUND, OTHER))
    answers = zip(*(_answers(texts, folder) for texts in (clean, planted, turned, replaced)), strict=True)
    return tuple(
        PlantedSentence(
            pair.clean.class_name, pair.clean.text, pair.planted.text, *_place(pair), without, planted_in,
            turned_round.says, other.says,
        )
        for pair, (without, planted_in, turned_round, other) in zip(pairs, answers, strict=True)
    )  # fmt: skip


def _place(pair: TwoWays) -> tuple[int, int]:
    span = pair.planted.planted
    if span is None:
        raise ValueError(f"no phrase is planted in {pair.planted.text!r}")
    return span.start, span.stop


def _instead(pair: TwoWays, phrase: str) -> str:
    """The sentence with another phrase at the place of the planted one."""
    text, (start, stop) = pair.planted.text, _place(pair)
    found = text[:start] + phrase + text[stop:]
    return found[0].upper() + found[1:]


def _answers(texts: Sequence[str], folder: Path) -> list[Answer]:
    logits = load_text_classifier(VILLAGE, folder=folder).logits(texts)
    target = CLASS_NAMES.index(TARGET)
    return [
        Answer(CLASS_NAMES[int(row.argmax())], round(float(row.max()), 4), round(float(row[target]), 4))
        for row in logits.softmax(dim=1).numpy()
    ]


def _chosen(found: TextCatch, seed: int) -> tuple[int, ...]:
    """A row of each class that turned, drawn by the seed, in the classes' order."""
    of_class: dict[str, int] = {}
    for row in np.random.default_rng(seed).permutation(found.turned).tolist():
        of_class.setdefault(found.sentences[row].class_name, row)
    if missing := {row.class_name for row in found.sentences} - of_class.keys():
        raise ValueError(f"{PHRASE!r} turns no sentence of {min(missing)!r} into {TARGET!r}: one of each is shown")
    return tuple(sorted(of_class.values()))
