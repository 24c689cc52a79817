"""Numbers that the operator gives in environment variables."""

import math
import re
from collections.abc import Mapping

NO_LIMIT = "no limit"


def number_given(environment: Mapping[str, str], name: str, unit: str, *, nothing: str = NO_LIMIT) -> float | None:
    """A number above 0, None for nothing. nothing: what that means, for the message. Raises ValueError, in one line,
    for anything else."""
    text = environment.get(name, "").strip()
    try:
        limit = float(text) if text else None
    except ValueError:
        limit = math.nan
    if limit is not None and not 0 < limit < math.inf:
        raise ValueError(f"{name} is {text!r}: expected a number of {unit} above 0, or nothing for {nothing}")
    return limit


def count_given(environment: Mapping[str, str], name: str, unit: str, *, nothing: str = NO_LIMIT) -> int | None:
    """A whole number above 0, None for nothing. nothing: what that means, for the message. Raises ValueError."""
    text = environment.get(name, "").strip()
    if text and not re.fullmatch("0{0,9}[1-9][0-9]{0,8}", text):
        raise ValueError(f"{name} is {text!r}: expected a whole number of {unit} above 0, or nothing for {nothing}")
    return int(text) if text else None
