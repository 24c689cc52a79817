"""The process that does tasks: `python -m concepts.engine.executors.task_worker`; a task a line, its end a line.

It ends at once when its input does: the process that asked is gone.
"""

import os
import sys
import threading
from queue import Queue

from concepts.engine.allocator import keep_freed_memory
from concepts.engine.tasks.task import Task


def main() -> int:
    """Does tasks until the input ends; whatever libraries print goes to the log."""
    keep_freed_memory()
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    given: Queue[str] = Queue()
    threading.Thread(target=_read, args=(given,), daemon=True).start()
    while True:
        answers.write(Task.from_json(given.get()).do().to_json() + "\n")
        answers.flush()


def _read(given: Queue[str]) -> None:
    for line in sys.stdin:
        given.put(line)
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
