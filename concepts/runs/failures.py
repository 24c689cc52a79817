"""Classes of a run whose report could not be made, with the line that says why."""

from dataclasses import dataclass

from concepts.runs.run import RunClass, RunFolder
from concepts.storage.typed_json import read_typed, write_typed


@dataclass(frozen=True)
class Failure:
    """A class without a report, and why, in one line."""

    label: str
    line: str

    @property
    def text(self) -> str:
        """Both in one line."""
        return f"{self.label}: {self.line}"


def failure_of(folder: RunFolder, each: RunClass) -> Failure | None:
    """Why the report of a class could not be made when it was tried; None where it was not tried, or stands."""
    try:
        return read_typed(Failure, folder.failed(each))
    except (OSError, ValueError):
        return None


def write_failure(folder: RunFolder, each: RunClass, failure: Failure) -> None:
    write_typed(folder.failed(each), failure)


def forget_failure(folder: RunFolder, each: RunClass) -> None:
    folder.failed(each).unlink(missing_ok=True)
