"""One row of the record."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

LONGEST = {"who": 80, "what": 40, "of": 120, "result": 300}  # characters; longer ones are cut
DONE = "done"


def now() -> str:
    """The current time, UTC, as a text of fixed length, so that texts sort like times."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


@dataclass(frozen=True)
class Entry:
    """Who did what, when, to which thing, and what came of it.

    what: the verb of an act. of: the id of a job, an upload or a note, "" for none; never a photo's or a text's content
    or name. result: "done", or why not, in one line.
    """

    who: str
    what: str
    of: str = ""
    result: str = DONE
    when: str = field(default_factory=now)

    def __post_init__(self) -> None:
        for name, most in LONGEST.items():
            line = " ".join(str(getattr(self, name)).split())
            object.__setattr__(self, name, line if len(line) <= most else f"{line[: most - 1]}…")
