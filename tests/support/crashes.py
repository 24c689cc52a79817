"""A machine that dies at a chosen call to the system: from then on, nothing reaches the disk."""

import os
import shutil
from collections.abc import Callable
from contextlib import suppress

import pytest

from concepts.storage import moving, store

CALLS = ("mkdir", "replace", "unlink", "rmdir", "open", "fsync", "rename", "write")


class Dead(BaseException):
    """The machine is off."""


class Machine:
    """Counts calls to the system and dies at one of them."""

    def __init__(self, dies_at: int | None) -> None:
        self.calls, self.dies_at = 0, dies_at

    def call(self, function: Callable) -> Callable:
        def called(*arguments, **named):
            self.calls += 1
            if self.dies_at is not None and self.calls >= self.dies_at:
                raise Dead
            return function(*arguments, **named)

        return called


def run_until(work: Callable[[], None], dies_at: int | None, *, can_exchange: bool) -> int:
    """Does the work on a machine that dies at that call; None: at none. Returns the number of calls."""
    machine = Machine(dies_at)
    with pytest.MonkeyPatch.context() as patch:
        for name in CALLS:
            patch.setattr(os, name, machine.call(getattr(os, name)))
        patch.setattr(shutil, "rmtree", machine.call(shutil.rmtree))
        patch.setattr(store, "exchange", machine.call(moving.exchange) if can_exchange else lambda one, other: False)
        patch.setattr(moving, "AT_ONCE", 1)
        with suppress(Dead):
            work()
    return machine.calls
