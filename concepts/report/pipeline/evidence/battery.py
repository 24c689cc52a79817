"""Photos of other classes with each artefact of the battery: how many become the class, and how many any other."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from zlib import crc32

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from concepts.data.dataset import UnreadableItem
from concepts.data.read_ahead import read_many
from concepts.models import ModelCard
from concepts.models.outputs import Outputs
from concepts.models.target import Target
from concepts.numerics.intervals import wilson
from concepts.report.pipeline.answers import recognised
from concepts.report.pipeline.assemble import Findings
from concepts.report.pipeline.evidence.artefacts import BATTERY, reduced
from concepts.report.pipeline.evidence.others import FEWEST_OTHERS, drawn_others
from concepts.report.pipeline.stages import Stages
from concepts.report.rows import ArtefactRow
from concepts.report.verdict import LEAST_TURNED, MOST_WITH_ARTEFACTS
from concepts.storage.store import key_of

FORMAT = 1  # raise when an artefact or its strength changes


@dataclass(frozen=True, eq=False)
class BatteryAnswers:
    """The model's logits on m photos of other classes: as they are, `base` (m, c), and `changed` (a, m, c) with each
    of the a artefacts of the battery."""

    base: np.ndarray
    changed: np.ndarray


def find_artefacts(findings: Findings, stages: Stages, progress: Callable[[float], None]) -> tuple[ArtefactRow, ...]:
    """A row for each artefact of the battery; none where there are fewer than 8 photos of other classes."""
    chosen = drawn_others(findings, MOST_WITH_ARTEFACTS)
    if not len(chosen) or not isinstance(findings.split.card, ModelCard):  # its items may be no photos
        return ()
    known = findings.selection.known.photos
    answers = stages.remembered(
        BatteryAnswers, "artefacts",
        key_of(
            format=FORMAT, activations=findings.activations.folder.name, others=known.fingerprint(),
            chosen=[known.names[i] for i in chosen], seed=findings.settings.seed,
        ),
        lambda: ask_with_artefacts(findings, chosen, progress),
    )  # fmt: skip
    outputs, target = findings.split.outputs, findings.target
    rows = (
        artefact_row(each.name, outputs, target, answers.base, changed)
        for each, changed in zip(BATTERY, answers.changed, strict=True)
    )
    return tuple(row for row in rows if row.others >= FEWEST_OTHERS)


def artefact_row(name: str, outputs: Outputs, target: Target, base: np.ndarray, changed: np.ndarray) -> ArtefactRow:
    """What an artefact does to the photos that are not the class without it. base, changed: logits (m, c)."""
    others = ~recognised(outputs, base, target)
    before, after = base[others], changed[others]
    n, n_turned = len(before), int(recognised(outputs, after, target).sum())
    low, high = wilson(n_turned, n)
    return ArtefactRow(
        artefact=name,
        others=n,
        turned=n_turned,
        turned_low=low,
        turned_high=high,
        any_class=int((before.argmax(axis=1) != after.argmax(axis=1)).sum()),
        named=is_named(n_turned, n),
    )


def is_named(n_turned: int, others: int) -> bool:
    """Whether surely at least 5% of other photos turn: from 20% of 8 photos or more, always; below 2%, never."""
    return wilson(n_turned, others)[0] >= LEAST_TURNED


def ask_with_artefacts(findings: Findings, chosen: np.ndarray, progress: Callable[[float], None]) -> BatteryAnswers:
    """The answers on the chosen photos, as they are and with each artefact; unreadable ones are left out."""
    found = []
    with torch.inference_mode():
        for n, versions in enumerate(_versions(findings, chosen)):
            if versions is not None:
                found.append(_logits(findings, versions))
            progress((n + 1) / len(chosen))
    if not found:
        nothing = np.zeros((0, findings.split.n_classes), dtype=np.float32)
        return BatteryAnswers(nothing, np.stack([nothing] * len(BATTERY)))
    logits = torch.stack(found, dim=1).numpy()  # (1 + a, m, c)
    return BatteryAnswers(logits[0], logits[1:])


def _versions(findings: Findings, chosen: np.ndarray) -> Iterator[Tensor | None]:
    """Each photo as the model takes it, then with each artefact: (1 + a, channels, H, W); None where unreadable."""
    card = findings.split.card

    def versions(photo: Image.Image) -> Tensor:
        photo = reduced(photo, min(card.prepare(photo).shape[1:]))
        rng = np.random.default_rng([findings.settings.seed, crc32(photo.tobytes())])
        return torch.stack([card.prepare(each) for each in (photo, *(a.apply(photo, rng) for a in BATTERY))])

    for _, read in read_many(findings.selection.known.photos, chosen.tolist(), transform=versions):
        yield None if isinstance(read, UnreadableItem) else read


def _logits(findings: Findings, versions: Tensor) -> Tensor:
    """(1 + a, c) logits, in batches of at least two."""
    split = findings.split
    n_batches = max(1, len(versions) // max(2, findings.settings.batch_size))
    parts = versions.tensor_split(n_batches)
    return torch.cat([split.head(split.encode(part.to(split.device))).float().cpu() for part in parts])
