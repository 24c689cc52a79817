"""Seconds and peak memory of a block, and the machine they were measured on."""

import os
import platform
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil


@dataclass
class Measured:
    """Wall-clock seconds, and the largest resident memory above a base, in bytes (sampled each 10 ms)."""

    seconds: float = 0.0
    peak_bytes: int = 0


@contextmanager
def measure(base: int | None = None) -> Iterator[Measured]:
    """Fills in what it yields when the block ends. base: bytes, None for the memory at the start of the block."""
    process, result = psutil.Process(), Measured()
    start = resident() if base is None else base

    def look() -> None:
        result.peak_bytes = max(result.peak_bytes, process.memory_info().rss - start)

    with meanwhile(look, every=0.01):
        begin = time.perf_counter()
        try:
            yield result
        finally:
            result.seconds = time.perf_counter() - begin


@contextmanager
def meanwhile(act: Callable[[], None], *, every: float) -> Iterator[None]:
    """Does something again and again while the block lasts, in a thread. every: seconds between two times."""
    over = threading.Event()

    def again() -> None:
        while not over.wait(every):
            act()

    thread = threading.Thread(target=again, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def resident() -> int:
    """Bytes of memory that this process has now."""
    return psutil.Process().memory_info().rss


def machine() -> str:
    """One line: cores and load, so that a reader can judge the figures."""
    return f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Python {platform.python_version()}"
