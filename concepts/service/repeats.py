"""What fails again and again: a page that is drawn anew asks anew, and a flood must not fill the record."""

import threading
import time
from collections import OrderedDict

AGAIN = 60.0  # seconds in which the same is a repeat
MOST = 1_000  # that are remembered

_told: OrderedDict[tuple[str, ...], float] = OrderedDict()
_lock = threading.Lock()


def is_repeat(*what: str) -> bool:
    """Whether it was asked about the same less than a minute ago, in this process; else the moment is kept."""
    now = time.monotonic()
    with _lock:
        if what in _told and now - _told[what] < AGAIN:
            return True
        _told[what] = now
        _told.move_to_end(what)
        while len(_told) > MOST:
            _told.popitem(last=False)
    return False
