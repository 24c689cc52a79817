"""Figures as people write them: a true minus sign, and no powers of ten."""

import math
import re

SMALLEST, NEGLIGIBLE = 0.001, 1e-6  # of figures that are written out; of bounds
MINUS, NO_VALUE = "−", "–"
POWER_OF_TEN = re.compile(r"-?\d+(?:\.\d+)?e[+-]?\d+")


def written(value: float | None, digits: int = 2, *, signed: bool = False, smallest: float = SMALLEST) -> str:
    """A figure with so many significant digits: "0.12", "−0.5", "1,235", "below 0.001"; "–" for None and NaN.

    All digits before the point are kept, zeros at the end of decimals are not. signed: with a plus above 0. smallest:
    a power of ten; what is nearer to 0 is "below 0.001", or "above −0.001".
    """
    if value is None or math.isnan(value):
        return NO_VALUE
    if 0 < abs(value) < smallest:
        return f"below {_decimal(smallest)}" if value > 0 else f"above {MINUS}{_decimal(smallest)}"
    sign = "+" if signed and value > 0 else ""
    return sign + minus(_trimmed(f"{value:,.{_decimals(value, digits)}f}"))


def minus(text: str) -> str:
    """A figure with a true minus sign; one that is rounded to 0 has no sign."""
    return text.replace("-", MINUS) if re.search("[1-9a-z]", text) else text.lstrip("+-")


def with_sign(value: float, decimals: int = 2) -> str:
    """A difference with so many decimals and its sign: "+0.50", "−1.20", "0.00"."""
    return minus(f"{value:+.{decimals}f}")


def at_most(value: float) -> str:
    """What a figure ≥ 0 does not exceed: below 0.001 the next power of ten, at least "0.000001"; "0" for 0."""
    if value == 0 or not value < SMALLEST:
        return written(value)
    return _decimal(max(10 ** math.ceil(math.log10(value)), NEGLIGIBLE))


def without_powers(sentence: str) -> str:
    """A sentence of an earlier version, in which deviations may be written as 9.5e-08, with these written out."""
    return POWER_OF_TEN.sub(lambda found: at_most(float(found.group())), sentence)


def _decimals(value: float, digits: int) -> int:
    """The decimals that show so many significant digits."""
    if value == 0 or math.isinf(value):
        return 0
    return max(0, digits - 1 - math.floor(math.log10(abs(value))))


def _decimal(power: float) -> str:
    """A power of ten, written out."""
    return _trimmed(f"{power:.12f}")


def _trimmed(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text
