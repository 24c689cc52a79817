"""When float16 is enough for stored values."""

LARGEST = 60_000  # float16 ends at 65,504
SMALLEST = 1e-3  # its steps are 6e-8 near zero: of a smaller largest value it would keep less than four digits


def fits_float16(largest: float) -> bool:
    """Does float16 keep values of which the largest magnitude is this one? 0, all are zero, does."""
    return largest == 0 or SMALLEST <= largest <= LARGEST
