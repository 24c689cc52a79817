"""Tiny random text classifiers in folders, one for each family, with a tokenizer made here; and texts for them."""

from pathlib import Path
from typing import Any

import numpy as np

from tests.support.tiny_encoders import TEXT, WORDS, save, write_byte_tokenizer, write_tokenizer

WIDE: dict[str, Any] = TEXT | {"max_position_embeddings": 40}


def classifier_folder(folder: Path, *, kind: str = "Bert", seed: int = 0, **options: Any) -> Path:
    """A tiny sequence classifier, `kind` as in Bert, DistilBert, with 40 positions; options of its config."""
    import transformers

    write_tokenizer(folder)
    config = getattr(transformers, f"{kind}Config")(**WIDE | {"num_labels": 3} | options)
    return save(getattr(transformers, f"{kind}ForSequenceClassification")(config), folder, seed=seed)


def language_classifier(folder: Path, *, seed: int = 0) -> Path:
    """A tiny GPT-2 with a `score` head, whose tokenizer puts nothing before and after a text."""
    import transformers

    size = len(write_byte_tokenizer(folder))
    config = transformers.GPT2Config(vocab_size=size, n_positions=40, n_embd=16, n_layer=2, n_head=2)
    config.pad_token_id, config.num_labels = size - 1, 3
    return save(transformers.GPT2ForSequenceClassification(config), folder, seed=seed)


def made_texts(n: int) -> tuple[list[str], list[str]]:
    """Distinct texts of tiny words; the label says whether "cat" or "dog" is in it."""
    rng = np.random.default_rng(0)
    plain = [word for word in WORDS if word not in ("cat", "dog")]
    labels = ["pets" if i % 2 else "things" for i in range(n)]
    texts = [
        " ".join([*rng.choice(plain, size=4), str(rng.choice(["cat", "dog"])) if label == "pets" else "grass"])
        for label in labels
    ]
    return texts, labels
