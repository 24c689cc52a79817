"""The model's answers on single photos or texts, each asked for once while the model is open.

The reports of a run try the class names on nearly the same photos: 25 classes, of which one differs.
"""

from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary

from concepts.activations.encoding_pass import EncodingPass
from concepts.data.dataset import Dataset
from concepts.data.others import part_of
from concepts.models.splitting.base import SplitModel

Answers = dict[str, int | None]  # by the fingerprint of one item

_KNOWN: WeakKeyDictionary[SplitModel, Answers] = WeakKeyDictionary()


def answers_on(split: SplitModel, items: Dataset[Any], chosen: Sequence[int], *, batch_size: int) -> list[int | None]:
    """The class of the largest output for each chosen item; None where it cannot be read, or has no finite output."""
    known = _KNOWN.setdefault(split, {})
    keys = [_key(items, i) for i in chosen]
    new = {key: i for key, i in zip(keys, chosen, strict=True) if key not in known}
    known.update(zip(new, asked(split, items.subset(new.values()), batch_size=batch_size), strict=True))
    return [known[key] for key in keys]


def _key(items: Dataset[Any], i: int) -> str:
    part, place = part_of(items, i)
    return part.subset([place]).fingerprint()


def asked(split: SplitModel, items: Dataset[Any], *, batch_size: int) -> list[int | None]:
    """The answers on these, by a pass over all. Raises ValueError as the pass does, but not where none can be used."""
    answers: list[int | None] = [None] * len(items)
    if not answers:
        return answers
    run = EncodingPass(split, items, batch_size=batch_size, preview=None)
    try:
        for batch in run.batches():
            for i, answer in zip(batch.indices, batch.logits.argmax(dim=1).tolist(), strict=True):
                answers[i] = answer
    except ValueError:
        if len(run.skipped) < len(items):
            raise
    return answers
