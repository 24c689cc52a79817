"""The command line: `python -m concepts …`, and `concepts …` if it is installed."""

import os
import signal
import sys
from typing import NoReturn

INTERRUPTED = 130


def run() -> int:
    """Runs the command and returns its exit code; 130 for an interruption at any time, also during imports."""
    try:
        from concepts.cli.main import main
        from concepts.engine.allocator import keep_freed_memory

        keep_freed_memory()
        return main()
    except KeyboardInterrupt:
        print("\ninterrupted", file=sys.stderr)
        return INTERRUPTED


def start() -> NoReturn:
    """Runs the command and ends the process with its exit code."""
    code = run()
    if code == INTERRUPTED:  # exit at once: while waiting for threads, a second Ctrl-C would end it by the signal
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


if __name__ == "__main__":
    start()
