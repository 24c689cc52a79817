"""Real texts: merits and faults of products, as people wrote them, each of class "pro" or "con".

Source: `pros_cons` of nltk_data (Ganapathibhotla & Liu, COLING 2008), CC BY 4.0; assets/demo/texts/NOTICE.md.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from concepts.demo.texts.words import words_of
from concepts.storage.app_folder import DEMO

CLASS_NAMES = ("pro", "con")
FILE = "texts/pros_cons.tsv"
N_HELD_OUT = 2000
SPLIT_SEED = 0


@dataclass(frozen=True)
class Review:
    """One text. row: its place in the file, from 1."""

    text: str
    class_name: str
    row: int

    @property
    def label(self) -> int:
        """The index of its class in CLASS_NAMES."""
        return CLASS_NAMES.index(self.class_name)


def read_reviews(folder: Path = DEMO) -> list[Review]:
    """All texts of the shipped file in its order; of texts with the same words the first alone.

    Raises ValueError where the file is missing.
    """
    path = folder / FILE
    if not path.is_file():
        raise ValueError(f"the reviews of the demo are not at {path}: copy them from the project's assets/demo")
    lines = path.read_text(encoding="utf-8").splitlines()[1:]  # without "label	text"
    found = dict[tuple[str, ...], Review]()
    for row, line in enumerate(lines, start=1):
        class_name, _, text = line.partition("\t")
        spoken = tuple(word.text for word in words_of(text) if word.text[0].isalnum())
        if spoken:
            found.setdefault(spoken, Review(text, class_name, row))
    return list(found.values())


def split_reviews(reviews: list[Review], *, held_out: bool, seed: int = SPLIT_SEED) -> list[Review]:
    """The 2,000 texts that are held out, drawn by the seed, or all others; in the file's order."""
    chosen = set(np.random.default_rng(seed).permutation(len(reviews))[:N_HELD_OUT].tolist())
    return [review for i, review in enumerate(reviews) if (i in chosen) == held_out]
