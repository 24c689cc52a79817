"""One stored result of each part of Compare that has none in the demo, made up by hand. Nothing is measured."""

from pathlib import Path

import numpy as np

from concepts.evaluation.compression.comparison import TOKENS, WORDS, CodeRow, Compression
from concepts.evaluation.compression.word_change import PLACES, WordChange
from concepts.evaluation.compression.writing import write_compression
from concepts.evaluation.ensembles.explanation import Shown, View, explain_ensemble
from concepts.evaluation.ensembles.stored import write_ensemble
from tests.support.made_up_poolings import made_up_pooling

ID = "made-up"
CODES = (("float16", 2.0), ("int8", 4.0), ("product", 16.0), ("binary", 32.0))


def write_results(workspace: Path) -> None:
    """Writes a comparison of poolings, an explained ensemble and a comparison of codes into a workspace."""
    made_up_pooling(workspace / "poolings" / ID)
    made_up_ensemble(workspace / "ensembles" / ID)
    made_up_compression(workspace / "compressions" / ID)


def made_up_ensemble(folder: Path, *, n: int = 6) -> Path:
    """Three views of texts that disagree."""
    said = np.random.default_rng(0).uniform(0.02, 0.98, (3, n))
    views = [View(name, np.stack([1 - p, p], axis=1)) for name, p in zip(("title", "body", "reply"), said, strict=True)]
    texts = Shown(
        tuple(f"row {i + 1}" for i in range(n)),
        tuple((f"Title {i + 1}", f"What is said in row {i + 1}.", "Agreed.") for i in range(n)),
        ("pro", "con", None) * (n // 3),
    )
    return write_ensemble(explain_ensemble(views, ("con", "pro"), texts, target=1), folder)


def made_up_compression(folder: Path) -> Path:
    """Recall falls as tokens and words take fewer bytes."""
    rows = tuple(_row(name, of, times) for of in (TOKENS, WORDS) for name, times in CODES)
    found = Compression(
        "made up", "2025-03-01T10:00:00+00:00", 2_000, 64, 32, 0, rows, lexicon="made-up words", words_searched=64,
        words_control=WordChange(PLACES, 1_000, 70, 0.2),
    )  # fmt: skip
    write_compression(found, folder)
    return folder


def _row(code: str, of: str, times: float) -> CodeRow:
    recall = 1 - times / 100
    high = min(1.0, recall + 0.05)
    words = WordChange(PLACES, 1_000, round(1_000 * recall), recall) if of == WORDS else None
    return CodeRow(code, of, 128 / times, 64, times, times / 100, recall, recall - 0.05, high, words=words)
