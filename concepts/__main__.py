"""`python -m concepts …`, and `concepts …` where it is installed."""

import os
import signal
import sys
from typing import NoReturn

INTERRUPTED = 130


def run() -> int:
    """The command's exit code; 130 for an interruption at any time, that of the imports included."""
    try:
        from concepts.cli.main import main

        return main()
    except KeyboardInterrupt:
        print("\ninterrupted", file=sys.stderr)
        return INTERRUPTED


def start() -> NoReturn:
    """Runs the command and ends the process with its exit code."""
    code = run()
    if code == INTERRUPTED:  # at once: waiting for threads would let a second Ctrl-C end the process by the signal
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


if __name__ == "__main__":
    start()
