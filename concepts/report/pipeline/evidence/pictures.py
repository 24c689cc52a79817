"""Photos of other classes before and after a suspect was put on them, as pictures of the report."""

from collections.abc import Sequence

import numpy as np
import torch
from PIL import Image

from concepts.activations.previews import picture_of
from concepts.data.dataset import UnreadableItem
from concepts.data.images.jpeg import jpeg_bytes
from concepts.data.read_ahead import read_many
from concepts.models.classifiers.card import photo_card
from concepts.report.pipeline.answers import predictions
from concepts.report.pipeline.assemble import Findings
from concepts.report.pipeline.evidence.counterproof import turned
from concepts.report.pipeline.evidence.sources import Patch, pasted, patch_for
from concepts.report.pipeline.evidence.transplants import INPUT, Answers
from concepts.report.verdict import PastedPicture

SHOWN = 6


def pasted_pictures(
    findings: Findings, chosen: np.ndarray, answers: Answers, suspect: int, patches: Sequence[Patch]
) -> tuple[tuple[PastedPicture, ...], dict[str, bytes]]:
    """At most six photos, those that turned first, with both answers; and the pictures by file name."""
    if not patches or not len(answers.base):
        return (), {}
    after = answers.changed[suspect, INPUT, 0]
    rows = np.argsort(~turned(findings, answers.base, after), kind="stable")[:SHOWN]
    said = [_answers(findings, logits[rows]) for logits in (answers.base, after)]
    indices = chosen[answers.others[rows]].tolist()
    show, photos = picture_of(photo_card(findings.split.card)), findings.selection.known.photos
    found, pictures = [], {}
    for n, (_, image) in enumerate(read_many(photos, indices, transform=findings.split.card.prepare)):
        if isinstance(image, UnreadableItem):
            continue
        changed = pasted(image[None], [patch_for(patches, int(answers.others[rows[n]]))])[0]
        names = [f"crops/proof_{suspect}_{n}_{when}.jpg" for when in ("before", "after")]
        for name, tensor in zip(names, (image, changed), strict=True):
            pictures[name] = jpeg_bytes(Image.fromarray(show(torch.as_tensor(tensor))))
        found.append(PastedPicture(names[0], names[1], said[0][n], said[1][n]))
    return tuple(found), pictures


def _answers(findings: Findings, logits: np.ndarray) -> list[str]:
    return [name for name, _ in predictions(findings.split.outputs, logits, findings.selection.class_names)]
