"""The arrays of a report: what each must look like, and the file that holds them, opened once.

An array may come from a stranger: its shape and its type are checked before it is read, its values after.
"""

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from concepts.report.schema import ReportData
from concepts.storage.reading import file_inside

FILE = "arrays.safetensors"
FLOATS, WHOLE = ("F16", "F32", "F64"), ("I32", "I64")  # types in the file
MOST_VALUES = 2**30  # of what is read at a time
BEHAVIOUR = "behaviour_"  # names of arrays of a report's model, one axis each; these alone may hold infinities


class DamagedReportError(ValueError):
    """A report's arrays are missing, or not what its tables say."""


@dataclass(frozen=True)
class ArrayLayout:
    """What an array must look like. shape: None where the tables do not fix the length."""

    shape: tuple[int | None, ...]
    whole: bool = False

    def fits(self, shape: tuple[int, ...]) -> bool:
        """True where the shape is as expected, and no axis that the tables leave open is empty."""
        pairs = zip(self.shape, shape, strict=False)
        return len(shape) == len(self.shape) and all(
            want == have or (want is None and have > 0) for want, have in pairs
        )

    @property
    def words(self) -> str:
        sizes = ["any" if size is None else str(size) for size in self.shape]
        return f"({sizes[0]},)" if len(sizes) == 1 else f"({', '.join(sizes)})"


def layout_of(name: str, data: ReportData) -> ArrayLayout | None:
    """The layout of an array of a report with these tables; None for a name that no report has."""
    n, k = len(data.items), len(data.concepts)
    if name == "maps":
        return None if data.layer.grid is None else ArrayLayout((n, *data.layer.grid, k))
    if name == "codes":
        return ArrayLayout((n, k)) if data.layer.grid is None else None
    if name.startswith(BEHAVIOUR):
        return ArrayLayout((None,))
    return {
        "phi": ArrayLayout((n, k)),
        "components": ArrayLayout((k, None)),
        "embedding": ArrayLayout((n, 2)),
        "labels": ArrayLayout((n,), whole=True),
        "evidence": ArrayLayout((n, None)),
    }.get(name)


def check_array(name: str, array: np.ndarray, data: ReportData, *, one: bool = False) -> np.ndarray:
    """The array after a check of its shape, type and values. one: it is that of one photo, without the first axis.

    Raises DamagedReportError.
    """
    layout = layout_of(name, data)
    if layout is None:
        raise DamagedReportError(f"the report has no array {name!r}")
    expected = ArrayLayout(layout.shape[1:], layout.whole) if one else layout
    if not expected.fits(array.shape):
        raise DamagedReportError(f"its {name} has shape {array.shape}, expected {expected.words}")
    if array.dtype.kind not in ("iu" if layout.whole else "f"):
        raise DamagedReportError(f"its {name} holds values of type {array.dtype}")
    if layout.whole and array.size and not (array.min() >= -1 and array.max() < len(data.strategies)):
        raise DamagedReportError(f"its {name} names strategies that there are not")
    if not layout.whole and not name.startswith(BEHAVIOUR) and not np.isfinite(array).all():
        raise DamagedReportError(f"its {name} hold values that are no numbers")
    return array


class ArrayFile:
    """The file of a report's arrays, opened once: a report that replaces it on disk changes nothing here."""

    def __init__(self, folder: Path) -> None:
        """Raises DamagedReportError, in one line, where there is no file of arrays."""
        from safetensors import SafetensorError, safe_open

        file = file_inside(folder, FILE)
        if not file.is_file():  # opening a pipe would wait for ever
            raise DamagedReportError(f"its arrays cannot be read: there is no file {FILE}")
        try:
            self._file = safe_open(file, framework="np")
        except (SafetensorError, OSError) as error:
            raise DamagedReportError(f"its arrays cannot be read ({error})") from error

    def holds(self, name: str) -> bool:
        """True where the file has an array of this name."""
        return name in self._file.keys()  # noqa: SIM118 - not a dict

    def read(self, name: str, data: ReportData, image: int | None = None) -> np.ndarray:
        """An array, or one image of it, checked.

        Raises DamagedReportError where it is not there, or not what the tables say.
        """
        layout = layout_of(name, data)
        if layout is None or not self.holds(name):
            raise DamagedReportError(f"the report has no array {name!r}")
        stored = self._file.get_slice(name)
        shape = tuple(stored.get_shape())
        if not layout.fits(shape):
            raise DamagedReportError(f"its {name} has shape {shape}, expected {layout.words}")
        if stored.get_dtype() not in (WHOLE if layout.whole else FLOATS):
            raise DamagedReportError(f"its {name} holds values of type {stored.get_dtype()}")
        if math.prod(shape if image is None else shape[1:]) > MOST_VALUES:
            raise DamagedReportError(f"its {name} has shape {shape}: that is more than is read at a time")
        array = self._file.get_tensor(name) if image is None else stored[image]
        return check_array(name, array, data, one=image is not None)
