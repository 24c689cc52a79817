"""What notes belong to: not a folder, but the dictionary and the grouping that were found."""

from collections.abc import Iterable
from hashlib import blake2b

import numpy as np

from concepts.annotations.note import KINDS, Note
from concepts.report.names import Names
from concepts.report.stored import StoredReport
from concepts.storage.store import key_of


def note_subject(report: StoredReport, kind: str = "concept") -> str:
    """The key of what notes of a kind belong to.

    Of concepts: the components and the space they lie in (weights and layer; of unit directions the components alone
    are the same for every model). Of strategies: also which photo belongs to which. It stays when the report's folder
    is moved or the same result is built again. Raises ValueError when the report's arrays cannot be read, and for
    another kind.
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
    """Of its concepts, of its strategies."""
    return note_subject(report), note_subject(report, "strategy")


def current_names(notes: Iterable[Note]) -> Names:
    """The names that these notes give; of each concept and strategy there is one note at most."""
    found: dict[str, dict[int, str]] = {kind: {} for kind in KINDS}
    for note in notes:
        if note.name:
            found[note.kind][note.index] = note.name
    return Names(found["concept"], found["strategy"])


def _digest(values: np.ndarray, kind: type) -> str:
    """Shape and contents, in one byte order and one type whatever they are stored in."""
    plain = np.ascontiguousarray(values, dtype=np.dtype(kind).newbyteorder("<"))
    return blake2b(repr(plain.shape).encode() + plain.tobytes(), digest_size=16).hexdigest()
