"""The probes that everyone can run; those with words of one's own are made by `swaps`."""

from collections.abc import Mapping

from concepts.probes.negation import NEGATION_IN, NEGATION_OUT
from concepts.probes.plain_changes import LOWER, NO_PUNCTUATION, SHUFFLE, UPPER, cut
from concepts.probes.probe import Probe
from concepts.probes.swaps import FIRST_NAMES, MOVIE_AND_FILM, swaps
from concepts.probes.typos import TYPOS

_ALL = (
    NEGATION_IN,
    NEGATION_OUT,
    SHUFFLE,
    swaps(MOVIE_AND_FILM, name="movie and film swapped"),
    swaps(FIRST_NAMES, name="first names swapped"),
    LOWER,
    UPPER,
    NO_PUNCTUATION,
    TYPOS,
    cut(10),
)
PROBES: Mapping[str, Probe] = {probe.name: probe for probe in _ALL}


def probe_named(name: str) -> Probe:
    """The probe of this name. Raises ValueError for another name."""
    if name not in PROBES:
        raise ValueError(f"no probe is called {name!r}: choose one of {', '.join(PROBES)}")
    return PROBES[name]
