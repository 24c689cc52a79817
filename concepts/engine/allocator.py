"""glibc's memory allocator, told to keep what was freed during a stage and to give it back after it.

By default, it gives the memory of every batch back to the kernel, which must clear it anew for the next one: a third to
a half of a forward pass on two cores (`benchmarks/README.md`).
"""

import ctypes
from collections.abc import Callable

TRIM_THRESHOLD, TOP_PAD, MMAP_MAX = -1, -2, -4  # glibc's malloc.h
KEPT = 2**31 - 1  # bytes at the heap's end that stay; the largest number that mallopt takes
STEP = 64 * 2**20  # bytes by which the heap grows at least


def keep_freed_memory() -> bool:
    """Makes this process keep memory that is freed, for its next batch; False where the system has no such setting.

    For processes that compute and then end, before they load torch. It is of use on Linux with glibc; on other systems
    (macOS, Windows, musl) nothing is changed.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return False
    settings = ((TRIM_THRESHOLD, KEPT), (TOP_PAD, STEP), (MMAP_MAX, 0))
    return all(mallopt(name, value) == 1 for name, value in settings)


def giving_back_between_stages(progress: Callable[[str, float], None]) -> Callable[[str, float], None]:
    """The same progress, which also gives freed memory back where a stage is done (share 1).

    What one stage freed seldom suits the next, whose memory would lie beside it: a report's peak is then that of its
    largest stage, and not of several together.
    """

    def told(stage: str, share: float) -> None:
        if share >= 1:
            give_back_freed_memory()
        progress(stage, share)

    return told


def give_back_freed_memory() -> bool:
    """Gives memory that was freed back to the system; False, and nothing changed, where it has no such call."""
    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):
        return False
    trim(ctypes.c_size_t(0))
    return True
