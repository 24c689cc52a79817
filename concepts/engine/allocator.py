"""glibc's memory allocator, told to keep what was freed.

By default, it gives the memory of every batch back to the kernel, which must clear it anew for the next one: a third to
a half of a forward pass on two cores (`benchmarks/README.md`).
"""

import ctypes

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
