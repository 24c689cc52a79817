"""Tiny random text classifiers in folders, one for each family, with a tokenizer made here."""

from pathlib import Path
from typing import Any

from tests.support.tiny_encoders import TEXT, save, write_tokenizer

WIDE: dict[str, Any] = TEXT | {"max_position_embeddings": 40}


def classifier_folder(folder: Path, *, kind: str = "Bert", seed: int = 0, **options: Any) -> Path:
    """A tiny sequence classifier, `kind` as in Bert, DistilBert, with 40 positions; options of its config."""
    import transformers

    write_tokenizer(folder)
    config = getattr(transformers, f"{kind}Config")(**WIDE | {"num_labels": 3} | options)
    return save(getattr(transformers, f"{kind}ForSequenceClassification")(config), folder, seed=seed)
