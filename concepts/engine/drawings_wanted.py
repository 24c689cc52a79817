"""How many concepts the operator has drawn after a job."""

import re
from collections.abc import Mapping

MOST = 3  # concepts drawn where the operator does not say how many
VARIABLE = "CONCEPTS_DRAWINGS"


def n_drawings(environment: Mapping[str, str]) -> int:
    """How many concepts of a report are drawn after its job: `CONCEPTS_DRAWINGS`, else 3; 0 draws none.

    Raises ValueError for what is not a whole number of at most nine digits.
    """
    given = environment.get(VARIABLE, "").strip()
    if given and not re.fullmatch("[0-9]{1,9}", given):
        raise ValueError(
            f"{VARIABLE} is {given!r}: expected a whole number of concepts, 0 for none, or nothing for {MOST}"
        )
    return int(given or MOST)
