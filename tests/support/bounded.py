"""Running what may ask for much memory or time in a process of its own that may not have it."""

import os
import resource
import signal
import traceback
from collections.abc import Callable
from pathlib import Path

MIB = 2**20


def run_bounded(function: Callable[[], None], *, mebibytes: int, seconds: int) -> None:
    """Calls the function in a copy of this process that may take so much more memory, and so much of a core.

    Raises AssertionError where it raises, is killed or takes longer; its traceback is printed.
    """
    child = os.fork()
    if child == 0:
        code = 1
        try:
            signal.alarm(10 * seconds)  # of the clock, which a loaded machine lets run
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
            limit = _address_space() + mebibytes * MIB
            resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
            function()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    assert status == 0, f"it failed, took more than {seconds} s, or more than {mebibytes} MiB (status {status})"


def _address_space() -> int:
    pages = Path("/proc/self/statm").read_text().split()[0]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")
