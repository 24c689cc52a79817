"""The arrays of an evaluation, and their layout in .safetensors files."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

KINDS = ("deletion", "insertion")
OF_A_DICTIONARY = re.compile(r"(.+-\d+-\d+) (.+)")  # its name, and the key of one of its curves


@dataclass(frozen=True, eq=False)
class Curve:
    """The score in logits while concepts are removed or added, the most important first; each (k + 1,).

    mean: over photos. low, high: its 95% interval. control: the mean along a random order, NaN where there is none.
    """

    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray
    control: np.ndarray

    @classmethod
    def of(cls, rows: np.ndarray) -> Self:
        """A curve from stored rows (4, k + 1). Raises ValueError for another shape, and for what are no numbers."""
        if rows.ndim != 2 or len(rows) != 4 or not rows.size:
            raise ValueError(f"a curve of shape {rows.shape} is damaged: expected (4, k + 1)")
        if rows.dtype.kind != "f" or not np.isfinite(rows[:3]).all() or np.isinf(rows[3]).any():
            raise ValueError("a curve is damaged: it holds values that are no numbers")
        return cls(*rows)

    @property
    def rows(self) -> np.ndarray:
        """(4, k + 1): mean, low, high, control."""
        return np.stack([self.mean, self.low, self.high, self.control])


@dataclass(frozen=True, eq=False)
class Curves:
    """Faithfulness curves of one dictionary: importance → its curve."""

    deletion: Mapping[str, Curve]
    insertion: Mapping[str, Curve]

    @classmethod
    def of(cls, arrays: Mapping[str, np.ndarray]) -> Self:
        """Curves from "IMPORTANCE deletion|insertion" → (4, k + 1); other keys are ignored."""
        found: dict[str, dict[str, Curve]] = {kind: {} for kind in KINDS}
        for key, rows in arrays.items():
            importance, _, kind = key.rpartition(" ")
            if kind in found:
                found[kind][importance] = Curve.of(rows)
        return cls(**found)

    @property
    def arrays(self) -> dict[str, np.ndarray]:
        """The arrays in the format that `of` reads."""
        return {f"{name} {kind}": curve.rows for kind in KINDS for name, curve in self.of_kind(kind).items()}

    def of_kind(self, kind: str) -> Mapping[str, Curve]:
        """The curves of "deletion" or "insertion"."""
        return self.deletion if kind == "deletion" else self.insertion


@dataclass(frozen=True, eq=False)
class DictionaryArrays:
    """A dictionary. components: V (k, p). activity: (n, k) the largest magnitude of each concept's codes in each
    measured photo. Raises ValueError where the two do not fit, and for values that are no numbers."""

    components: np.ndarray
    activity: np.ndarray

    def __post_init__(self) -> None:
        V, activity = self.components, self.activity
        if V.ndim != 2 or activity.ndim != 2 or activity.shape[1] != len(V):
            raise ValueError(f"components {V.shape} and activity {activity.shape}, expected (k, p) and (n, k)")
        if not all(array.dtype.kind == "f" and np.isfinite(array).all() for array in (V, activity)):
            raise ValueError("components or activity hold values that are no numbers")

    @classmethod
    def of(cls, arrays: Mapping[str, np.ndarray]) -> Self:
        """A dictionary from the arrays of a file. Raises ValueError where one of the two is missing."""
        if missing := {"components", "activity"} - arrays.keys():
            raise ValueError(f"it holds no {' and no '.join(sorted(missing))}")
        return cls(arrays["components"], arrays["activity"])

    @property
    def arrays(self) -> dict[str, np.ndarray]:
        return {"components": self.components, "activity": self.activity}


def read_arrays(path: Path) -> dict[str, np.ndarray]:
    """The arrays of a .safetensors file. Raises ValueError, naming the file, when it is missing or damaged."""
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    if not path.is_file():  # opening a pipe would wait for ever
        raise ValueError(f"{path.name} cannot be read: there is no such file")
    try:
        return load_file(path)
    except (SafetensorError, OSError, TypeError, AttributeError) as error:  # the last two: types that NumPy lacks
        raise ValueError(f"{path.name} cannot be read ({type(error).__name__})") from error


def write_arrays(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Write the arrays to a .safetensors file."""
    from safetensors.numpy import save_file

    save_file({name: np.ascontiguousarray(value) for name, value in arrays.items()}, path)


def read_curves(path: Path) -> dict[str, Curves]:
    """Name of a dictionary → its curves. Raises ValueError, naming the file, when it is missing or damaged."""
    own: dict[str, dict[str, np.ndarray]] = {}
    for key, rows in read_arrays(path).items():
        if match := OF_A_DICTIONARY.fullmatch(key):
            own.setdefault(match[1], {})[match[2]] = rows
    try:
        return {name: Curves.of(arrays) for name, arrays in own.items()}
    except ValueError as error:
        raise ValueError(f"{path.name}: {error}") from error


def write_curves(path: Path, curves: Mapping[str, Curves]) -> None:
    """Write the file that `read_curves` reads."""
    write_arrays(path, {f"{name} {key}": rows for name, own in curves.items() for key, rows in own.arrays.items()})
