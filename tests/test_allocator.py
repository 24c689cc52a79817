"""Memory that is freed stays with the process."""

import ctypes
import subprocess
import sys

import pytest

from concepts.engine import allocator
from concepts.storage.app_folder import PACKAGE

FAULTS = """
import resource, sys
from concepts.engine.allocator import keep_freed_memory
if sys.argv[1] == "kept":
    assert keep_freed_memory()
bytearray(2**26)
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(10):
    bytearray(2**26)
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def faults(how: str) -> int:
    """Page faults of a process that allocates 64 MB ten times over."""
    run = subprocess.run(
        [sys.executable, "-c", FAULTS, how], cwd=PACKAGE.parent, capture_output=True, text=True, check=True
    )
    return int(run.stdout)


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "mallopt"), reason="needs glibc")
def test_freed_memory_is_not_faulted_in_anew():
    assert faults("kept") < 20
    assert faults("given back") > 10 * 20


def test_a_system_without_such_a_setting_goes_without(monkeypatch):
    class Library:
        pass

    monkeypatch.setattr(allocator.ctypes, "CDLL", lambda name: Library())
    assert allocator.keep_freed_memory() is False
