"""Values in files: as NumPy writes them, without an array that holds all; a full disk is told for few bytes, too."""

from pathlib import Path

import numpy as np
import pytest

from concepts.storage.array_files import rows_as_npy, write_values


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.int64])
@pytest.mark.parametrize("sizes", [(3, 0, 5), (0,), (1,)])
def test_rows_become_the_file_that_numpy_writes(tmp_path, dtype, sizes):
    parts = [np.random.default_rng(0).normal(size=(size, 4)).astype(dtype) for size in sizes]
    with (tmp_path / "rows").open("wb") as file:
        for part in parts:
            write_values(file, np.asfortranarray(part))
    rows_as_npy(tmp_path / "rows", tmp_path / "found.npy", (sum(sizes), 4), np.dtype(dtype))
    np.save(tmp_path / "expected.npy", np.concatenate(parts))
    assert (tmp_path / "found.npy").read_bytes() == (tmp_path / "expected.npy").read_bytes()
    assert not (tmp_path / "rows").exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
def test_a_full_disk_is_told_for_few_bytes():
    with pytest.raises(OSError, match="No space left"), Path("/dev/full").open("wb") as file:
        write_values(file, np.zeros(3, np.float32))
