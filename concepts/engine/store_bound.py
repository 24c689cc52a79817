"""How much the operator lets a store hold, and the removal of what is beyond that."""

import os
from collections.abc import Mapping
from pathlib import Path

from concepts.engine.operator_limits import number_given
from concepts.storage.store import prune

VARIABLE = "CONCEPTS_STORE_DISK"
GB, USUAL = 2**30, 50  # bytes; GB where the operator does not say


def store_bytes(environment: Mapping[str, str]) -> int:
    """Bytes that a store may hold: `CONCEPTS_STORE_DISK` in GB (2³⁰ bytes), else 50 of them.

    Raises ValueError, in one line, for what is neither empty nor a number above 0.
    """
    return round(GB * (number_given(environment, VARIABLE, "GB", nothing=f"{USUAL}") or USUAL))


def prune_store(store: Path) -> int:
    """`prune` to what the operator allows; returns the bytes removed. Raises ValueError as `store_bytes` does."""
    return prune(store, store_bytes(os.environ))
