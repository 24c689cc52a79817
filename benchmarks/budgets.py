"""Tables of measured milliseconds beside what they may be."""

import numpy as np


def head(title: str) -> str:
    """The heading of a table."""
    return f"\n{title}\n  {'milliseconds':<46}{'first':>8} {'median':>8} {'95%':>8}   budget"


def line(name: str, taken: list[float], budget: int) -> str:
    """What was measured, the first time apart from the others, beside the budget."""
    first, *times = taken
    median, high = np.nanpercentile(times, (50, 95))
    mark = "reached" if high <= budget else "median only" if median <= budget else "NOT reached"
    return f"  {name:<46}{first:8.0f} {median:8.0f} {high:8.0f}   {budget:6} {mark} ({np.isfinite(times).sum()} times)"
