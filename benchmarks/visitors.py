"""A server for a lab: 50 visitors for 10 minutes beside two jobs, and one visitor who floods beside ten others, with
questions, with uploads, with jobs.

To reach: 0 errors; the median stored page within 1 s without jobs and within 3 s beside two; memory that does not grow
while the same is asked again; beside one who floods, the median stored page of the others within 3 s.
"""

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from benchmarks.analyses import analyses
from benchmarks.flood import measure_flood, measure_queue
from benchmarks.measuring import machine, meanwhile
from benchmarks.paint import BUDGET
from benchmarks.uploading import measure_uploads
from benchmarks.visiting import measure_visitors
from concepts.demo.collection import demo_collection
from tests.support.browser import server
from tests.support.places import SHARED

BUSY_BUDGET = 3_000  # milliseconds beside two jobs, and beside a flood
PARTS = ("alone", "jobs", "flood", "uploads", "queue")
EVERY = 15.0  # seconds between two looks at the server's memory


@contextmanager
def memory_told() -> Iterator[None]:
    """Prints the memory of the server at the start of the block, in the middle and at its end, and the most of it."""
    seen = [memory_of_server()]
    try:
        with meanwhile(lambda: seen.append(memory_of_server()), every=EVERY):
            yield
    finally:
        seen.append(memory_of_server())
        start, middle, end, most = seen[0], seen[len(seen) // 2], seen[-1], max(seen)
        print(
            f"  memory of the server: {start:.0f} MB, half-way {middle:.0f}, at the end {end:.0f}, at most {most:.0f}"
        )


def memory_of_server() -> float:
    """MB (2²⁰ bytes) of the server that this process has started."""
    total = 0
    for child in psutil.Process().children():
        with suppress(psutil.Error):  # the process of a job that has ended
            total += child.memory_info().rss if "streamlit" in child.cmdline() else 0
    return total / 2**20


def measure(address: str, workspace: Path, options: argparse.Namespace) -> None:
    """The tables, one part after another on one server."""
    if "alone" in options.parts:
        with memory_told():
            measure_visitors(address, options.visitors, seconds=60 * options.alone, budget=BUDGET)
    if "jobs" in options.parts and SHARED.is_dir():
        print("\nThe same beside two analyses")
        with analyses(workspace), memory_told():
            measure_visitors(address, options.visitors, seconds=60 * options.minutes, budget=BUSY_BUDGET)
    elif "jobs" in options.parts:
        print("\nNot beside two analyses: there are no shared models and photos beside the project")
    if "flood" in options.parts:
        with memory_told():
            measure_flood(address, seconds=60 * options.flood, budget=BUSY_BUDGET)
    if "uploads" in options.parts:
        with memory_told():
            measure_uploads(address, workspace, seconds=60 * options.flood, budget=BUSY_BUDGET)
    if "queue" in options.parts:
        measure_queue(workspace)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--visitors", type=int, default=50)
    parser.add_argument("--alone", type=float, default=2.0, metavar="MINUTES", help="without jobs")
    parser.add_argument("--minutes", type=float, default=10.0, help="beside two jobs")
    parser.add_argument("--flood", type=float, default=2.0, metavar="MINUTES", help="without and beside each flood")
    options = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory() as temporary:
        workspace = Path(temporary)
        demo_collection(workspace / "collections", workspace / "store", n=1)
        with server(workspace) as address:
            measure(address, workspace, options)
    print(machine())


if __name__ == "__main__":
    main()
