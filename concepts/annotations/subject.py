"""The subject that notes belong to: the dictionary or the grouping of a report, not its folder."""

from collections.abc import Iterable
from hashlib import blake2b

import numpy as np

from concepts.annotations.note import KINDS, Note
from concepts.report.names import Names
from concepts.report.stored import StoredReport
from concepts.storage.store import key_of


def note_subject(report: StoredReport, kind: str = "concept") -> str:
    """The key of the subject that notes of a kind belong to.

    For concepts, it is computed from the components and their space (weights and layer, since unit directions have the
    same components for every model). For strategies, also from the label of each photo. It does not change if the
    report's folder is moved or the same result is built again. Raises ValueError if the report's arrays cannot be read
    and for another kind.
    """
    if kind not in KINDS:
        raise ValueError(f"kind is {kind!r}, expected one of {', '.join(KINDS)}")
    data = report.data
    parts = {
        "model": data.model.fingerprint,
        "layer": data.layer.path,
        "components": _digest(report.array("components"), np.float32),
    }
    if kind == "strategy":
        parts["labels"] = _digest(report.array("labels"), np.int64)
    return key_of(**parts)


def note_subjects(report: StoredReport) -> tuple[str, str]:
    """The subjects of the report's concepts and of its strategies."""
    return note_subject(report), note_subject(report, "strategy")


def current_names(notes: Iterable[Note]) -> Names:
    """The names in these notes, which hold at most one note per concept or strategy."""
    found: dict[str, dict[int, str]] = {kind: {} for kind in KINDS}
    for note in notes:
        if note.name:
            found[note.kind][note.index] = note.name
    return Names(found["concept"], found["strategy"])


def _digest(values: np.ndarray, kind: type) -> str:
    """A hash of shape and contents, independent of the stored type and byte order."""
    plain = np.ascontiguousarray(values, dtype=np.dtype(kind).newbyteorder("<"))
    return blake2b(repr(plain.shape).encode() + plain.tobytes(), digest_size=16).hexdigest()
