"""Dask's client, ended by whoever has it and by nobody else. Import it only where Dask is installed."""

from contextlib import suppress

from distributed import Client


class OwnedClient(Client):
    """A client whose end is told, never left to Python's collector of garbage.

    Dask's own client ends itself as it is collected, and takes a lock of the process for that. The collector runs
    wherever memory is asked for: also while the same thread starts another client under that lock, and then every
    client of the process waits for ever (distributed 2026.8). Dask's also leaves the thread of its loop where no
    scheduler answers, or where one is gone; this one ends it.
    """

    def __del__(self) -> None:
        """Nothing: see above."""

    def start(self, **options: object) -> None:
        """Connects. Ends what it began, and raises, where that fails."""
        try:
            super().start(**options)
        except BaseException:
            with suppress(Exception):
                self.close(timeout=1)
            raise

    def close(self, timeout: float = 5) -> None:
        """Says goodbye in so many seconds, and ends the thread of the loop."""
        try:
            super().close(timeout=timeout)
        finally:
            self._loop_runner.stop()
