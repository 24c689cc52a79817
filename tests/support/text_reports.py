"""A small report on texts: drawn sentences, and a bag of words over them as the model."""

import json
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import numpy as np

from concepts.data.documents import TextSet
from concepts.demo.language import CLASS_NAMES, draw_texts
from concepts.engine.analysis import analyse
from concepts.report import ClassReport
from concepts.report.request import Request
from concepts.report.settings import ReportSettings

FACTORY = '''
import json
from pathlib import Path
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline


def build():
    """A bag of words, fitted to the sentences beside this file."""
    rows = json.loads((Path(__file__).parent / "training.json").read_text(encoding="utf-8"))
    pipeline = make_pipeline(CountVectorizer(binary=True), LogisticRegression(C=10, max_iter=200))
    return pipeline.fit([text for text, _ in rows], [label for _, label in rows])
'''
N_TRAINING, N_TEXTS = 60, 30  # of each class


@cache
def bag_of_words() -> str:
    """The name under which `--model` opens a bag of words fitted to drawn sentences: FILE:build."""
    folder = Path(mkdtemp(prefix="bag-of-words-"))
    rows = [(each.text, each.class_name) for each in draw_texts(N_TRAINING, seed=1)]
    (folder / "training.json").write_text(json.dumps(rows), encoding="utf-8")
    (folder / "model.py").write_text(FACTORY, encoding="utf-8")
    return f"{folder / 'model.py'}:build"


@cache
def drawn_table() -> Path:
    """A CSV of other drawn sentences, with their labels and a column of metadata, "page"."""
    import pandas as pd

    drawn = draw_texts(N_TEXTS, seed=2, split="test")
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {"text": [each.text for each in drawn], "label": [each.class_name for each in drawn],
         "page": rng.integers(1, 90, len(drawn))}
    )  # fmt: skip
    file = Path(mkdtemp(prefix="drawn-texts-")) / "drawn.csv"
    frame.to_csv(file, index=False)
    return file


def drawn_set() -> TextSet:
    """The sentences of `drawn_table`."""
    from concepts.texts import open_texts

    return open_texts(drawn_table())


@cache
def text_report(target: str = CLASS_NAMES[0], n_concepts: int = 5) -> ClassReport:
    """The report of a class of drawn sentences for a bag of words; all classes are in the table, so that the
    counter-proof has others."""
    settings = ReportSettings(n_concepts=n_concepts, batch_size=64)
    request = Request(model=bag_of_words(), texts=str(drawn_table()), target=target, settings=settings)
    return analyse(request, None)
