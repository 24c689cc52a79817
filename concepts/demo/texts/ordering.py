"""Building of the file about word order: the network beside a bag of single words, sentences in order and shuffled."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from concepts.demo.language import CLASS_NAMES
from concepts.demo.names import VILLAGE
from concepts.demo.texts.data import TEXTS, LabelledTexts
from concepts.demo.texts.network import load_text_classifier
from concepts.demo.texts.rival import fit_bag_of_words
from concepts.demo.texts.word_order import FILE, ClassOrder, InTwoOrders, ShownSentence, WordOrder
from concepts.probes.plain_changes import SHUFFLE
from concepts.probes.running import changed_by
from concepts.storage.app_folder import DEMO
from concepts.storage.typed_json import write_typed

LONGEST_SHOWN = 70  # characters: shown beside each other, on a projector too
Reader = Callable[[Sequence[str]], np.ndarray]  # n texts → (n,) the indices of their classes


def build_word_order(folder: Path | None = None, *, seed: int = 0) -> WordOrder:
    """Fits the bag of words, asks it and the network in `folder` (by default the shipped one), and writes the file."""
    place = folder or DEMO
    training, held_out = (TEXTS[VILLAGE](each, seed) for each in (False, True))
    network, bag = network_reader(place), fit_bag_of_words(training, longest=1).predict
    found = WordOrder(seed, class_orders(held_out, network, bag, seed=seed))
    write_typed(place / FILE, found)
    return found


def network_reader(folder: Path = DEMO) -> Reader:
    """The shipped network as a reader."""
    classifier = load_text_classifier(VILLAGE, folder=folder)
    return lambda texts: classifier.logits(texts).argmax(dim=1).numpy()


def class_orders(texts: LabelledTexts, network: Reader, bag: Reader, *, seed: int = 0) -> tuple[ClassOrder, ...]:
    """A row for each class of the texts, whose orders the seed draws."""
    changed = zip(changed_by(SHUFFLE, texts.texts, seed=seed), texts.texts, strict=True)
    shuffled = [new or text for new, text in changed]  # a text of one word has no other order
    labels = np.array(texts.labels)
    by_network, by_bag = (_right(reader, texts.texts, shuffled, labels) for reader in (network, bag))
    return tuple(
        ClassOrder(
            name, int((labels == label).sum()), by_network[label], by_bag[label],
            _example(texts.texts, shuffled, np.flatnonzero(labels == label)),
        )
        for label, name in enumerate(CLASS_NAMES)
    )  # fmt: skip


def _right(reader: Reader, texts: Sequence[str], shuffled: Sequence[str], labels: np.ndarray) -> list[InTwoOrders]:
    """For each class how many of its texts a reader gets right, in both orders."""
    right = [reader(each) == labels for each in (texts, shuffled)]
    return [InTwoOrders(*(int(each[labels == label].sum()) for each in right)) for label in range(len(CLASS_NAMES))]


def _example(texts: Sequence[str], shuffled: Sequence[str], rows: np.ndarray) -> ShownSentence:
    """The first of these sentences that is short, else the shortest."""
    row = next((i for i in rows.tolist() if len(texts[i]) <= LONGEST_SHOWN), None)
    found = min(rows.tolist(), key=lambda i: len(texts[i])) if row is None else row
    return ShownSentence(texts[found], shuffled[found])
