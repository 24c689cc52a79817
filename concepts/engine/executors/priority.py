"""The low priority of a job's process and of all that it starts."""

import contextlib
import os
from pathlib import Path

NICE = 15  # of 19; the priority of disk access follows from it: the lowest of the ordinary class on Linux
SESSION = 5  # a third of the processor's time that a server in full use gets: at 15 a busy machine lets no job end
SACRIFICE = 500  # of 1000: where memory runs out, the system ends a job before the server


def give_way() -> None:
    """Lets this process, its threads and later child processes give way to the pages, where the system can.

    Linux may share the processor between sessions before it looks at niceness within one ("autogroup"), and a job is a
    session of its own: the session is made nice as well.
    """
    with contextlib.suppress(OSError):
        os.nice(NICE)
    for file, value in (("autogroup", SESSION), ("oom_score_adj", SACRIFICE)):
        with contextlib.suppress(OSError):  # another system, or a kernel without it
            Path("/proc/self", file).write_text(str(value))
