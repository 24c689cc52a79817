"""Values of arrays in files: a full disk is always told, and no array need be held whole."""

import os
import shutil
from pathlib import Path
from typing import BinaryIO

import numpy as np


def write_values(file: BinaryIO, values: np.ndarray) -> None:
    """Appends the values of an array, in C order. NumPy's `tofile` loses few bytes without a word on a full disk."""
    file.write(np.ascontiguousarray(values).data)


def rows_as_npy(rows: Path, target: Path, shape: tuple[int, int], dtype: np.dtype) -> None:
    """Makes a file of values, as `write_values` appended them, a file as `np.save` writes it; the first one goes."""
    with rows.open("rb") as source, target.open("wb") as file:
        header = {"descr": np.lib.format.dtype_to_descr(dtype), "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(file, header)
        shutil.copyfileobj(source, file)
    os.unlink(rows)
