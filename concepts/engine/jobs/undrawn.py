"""Reports whose top concepts are still to be drawn: a file each, and one process of a workspace draws them all.

A job that has made a report leaves it here. Where no process draws, its own one draws whatever lies here, also what
others leave meanwhile; where one does, it ends at once. So one process draws, however many reports are finished at a
time, and none waits with a network in its memory. What nobody has drawn is drawn when the next report is finished.
"""

import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from concepts.engine.drawings import draw_top_concepts
from concepts.engine.fair_order import Waiting, fair_order
from concepts.engine.jobs.minutes import counted_work, used_in_a_day
from concepts.engine.quotas import Quotas
from concepts.report.class_report import ClassReport
from concepts.report.request import Request
from concepts.storage.typed_json import Moment, read_typed, write_typed


@dataclass(frozen=True)
class Undrawn:
    """A report to draw. report: its id; owner: whose minutes that takes, "" for nobody's; since: seconds since 1970."""

    report: str
    request: Request
    owner: str
    since: Moment


def leave_undrawn(jobs: Path, undrawn: Undrawn) -> None:
    """Puts a report on the list, once. jobs: the folder of the workspace's jobs."""
    write_typed(_folder(jobs) / f"{undrawn.report}.json", undrawn, durable=False)


def draw_left(jobs: Path, draw: Callable[[Undrawn], None]) -> None:
    """Calls `draw` with each report on the list until there is none; does nothing where another process does so.

    Owners take turns. A report is off the list while it is drawn, so that one that ends the process is not tried again,
    and back on it where `draw` is interrupted.
    """
    served: dict[str, float] = {}
    while _left(jobs):  # once more after the lock: whoever came after the last look has found it held, and gone
        try:
            with FileLock(jobs / "drawings.lock").acquire(timeout=0):
                while left := _left(jobs):
                    _draw_next(left, served, draw)
        except Timeout:
            return


def draw_report(undrawn: Undrawn, workspace: Path, *, n: int, quotas: Quotas) -> None:
    """Draws the top n concepts of a report, as long as it is there and its owner has minutes left, which it takes.

    What goes wrong is printed, into the log of the job: a report is whole without drawings.
    """
    jobs, place = workspace / "jobs", workspace / "reports" / undrawn.report

    def unwanted() -> bool:
        return not place.is_dir() or quotas.minutes_are_used(used_in_a_day(jobs, undrawn.owner).seconds)

    if unwanted():
        return
    try:
        with counted_work(jobs, undrawn.owner):
            draw_top_concepts(ClassReport.load(place), undrawn.request, workspace / "store", n=n, unwanted=unwanted)
    except Exception:
        print(f"Drawings of the report {undrawn.report} failed:", file=sys.stderr)
        traceback.print_exc()


def _folder(jobs: Path) -> Path:
    return jobs / ".drawings"


def _left(jobs: Path) -> dict[Path, Undrawn]:
    """What lies on the list; a file that is no entry of it is passed over."""
    found = {}
    for file in _folder(jobs).glob("[!.]*.json"):
        with suppress(OSError, ValueError):
            found[file] = read_typed(Undrawn, file)
    return found


def _draw_next(left: dict[Path, Undrawn], served: dict[str, float], draw: Callable[[Undrawn], None]) -> None:
    """Draws the report whose turn it is. served: owner → when they had the last turn, which is noted."""
    wishes = [Waiting(undrawn.since, str(file), undrawn.owner) for file, undrawn in left.items()]
    file = Path(fair_order(wishes, served)[0].name)
    undrawn = left[file]
    served[undrawn.owner] = time.monotonic()
    file.unlink(missing_ok=True)
    try:
        draw(undrawn)
    except BaseException:
        write_typed(file, undrawn, durable=False)
        raise
