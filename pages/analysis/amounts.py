"""Durations, times and sizes as short texts."""

import time
from contextlib import suppress


def duration(seconds: float) -> str:
    """12 s, 3 min, 2 h 05 min."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60:02d} min"


def size(n_bytes: float) -> str:
    """480 MB, 1.7 GB."""
    return f"{n_bytes / 2**30:.1f} GB" if n_bytes >= 2**30 else f"{max(1, round(n_bytes / 2**20))} MB"


def clock(seconds: float) -> str:
    """The time of day here, 14:05, at so many seconds since 1970; "" for none, and where a clock went astray."""
    with suppress(OverflowError, ValueError, OSError):
        return time.strftime("%H:%M", time.localtime(seconds)) if seconds else ""
    return ""
