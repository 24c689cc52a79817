"""The test whether float16 is precise enough for stored values."""

LARGEST = 60_000  # float16 ends at 65,504
SMALLEST = 1e-3  # its steps are 6e-8 near zero: a smaller largest value would keep less than four digits


def fits_float16(largest: float) -> bool:
    """True where float16 is enough for values with this largest magnitude, including 0 (all values zero)."""
    return largest == 0 or SMALLEST <= largest <= LARGEST
