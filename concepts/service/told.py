"""What the record has been told, so that the same is not told again."""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable


class Told:
    """The last things that were told, at most so many, with their moments. clock: seconds since 1970."""

    def __init__(self, most: int, clock: Callable[[], float] = time.time) -> None:
        self._most, self._clock = most, clock
        self._moments: OrderedDict[Hashable, float] = OrderedDict()

    def __len__(self) -> int:
        return len(self._moments)

    def has(self, what: Hashable, *, within: float | None = None) -> bool:
        """Whether it was told. within: in so many seconds; None: at any time."""
        moment = self._moments.get(what)
        return moment is not None and (within is None or abs(self._clock() - moment) < within)

    def add(self, what: Hashable) -> None:
        """Notes that it is told now, and forgets what was told first where there are too many."""
        self._moments[what] = self._clock()
        self._moments.move_to_end(what)
        while len(self._moments) > self._most:
            self._moments.popitem(last=False)
