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


RESIDENT = """
from pathlib import Path
from concepts.engine.allocator import giving_back_between_stages, keep_freed_memory
keep_freed_memory()
def pages(): return int(Path("/proc/self/statm").read_text().split()[1])
told = []
progress = giving_back_between_stages(lambda *what: told.append(what))
blocks = [bytes(2**20) + b"." for _ in range(64)]
above = bytes(2**10)
before = pages()
blocks.clear()
progress("pass", 0.5)
during = pages()
progress("pass", 1.0)
print((before - during) * 4096 >> 20, (before - pages()) * 4096 >> 20, len(told))
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


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="needs glibc")
def test_what_a_stage_freed_is_given_back_when_it_is_done():
    run = subprocess.run(
        [sys.executable, "-c", RESIDENT], cwd=PACKAGE.parent, capture_output=True, text=True, check=True
    )
    during, after, told = map(int, run.stdout.split())
    assert (during, told) == (0, 2)
    assert after >= 60  # of 64 MiB


def test_a_system_without_such_a_setting_goes_without(monkeypatch):
    class Library:
        pass

    monkeypatch.setattr(allocator.ctypes, "CDLL", lambda name: Library())
    assert allocator.keep_freed_memory() is False
    assert allocator.give_back_freed_memory() is False
