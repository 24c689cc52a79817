"""How long a visitor waits, in a real browser; a table a topic, the budget beside what was measured.

To reach: the first useful paint of each page within 1 s once it was visited (1 visitor, 10 at once), click to answer
within 200 ms (a slider, a box on the graph, a place on the page Similarity), also with 20,000 points. Server and
browser share the machine's cores; of 10 visitors, nine speak to the server without drawing. The gallery and a report
within 1 s as well while two analyses run. Of 30 visitors who come at once to a fresh server, none meets an error, and
the median stored page is there within 1 s, beside two analyses within 3 s.
"""

import argparse
import tempfile
from pathlib import Path

from benchmarks.analyses import analyses
from benchmarks.budgets import line
from benchmarks.measuring import machine
from benchmarks.paint import BUDGET, measure_paint
from benchmarks.report_clicks import many_points, measure_many, measure_report
from benchmarks.similarity_clicks import measure_similarity
from benchmarks.visiting import company, measure_visitors
from concepts.demo.collection import demo_collection
from tests.support.addresses import VISITS
from tests.support.browser import chromium_path, server

TOPICS = ("paint", "crowd", "busy", "report", "many", "similarity")
POINTS, MANY, CROWD = 20_000, "many", 10
VISITORS, STAY = 30, 60.0  # of a full room; seconds that they stay
BUSY_BUDGET = 3_000  # milliseconds beside two analyses


def measure(address: str, topics: list[str], workspace: Path, times: int) -> None:
    """The tables of the pages on the demo; the full room comes first, while the server is fresh."""
    if "crowd" in topics:
        measure_visitors(address, VISITORS, seconds=STAY, budget=BUDGET)
    if "paint" in topics:
        measure_paint(address, rounds=5)
    if "crowd" in topics:
        print(f"\nThe same with {CROWD - 1} others who open a page every few seconds")
        with company(address, CROWD - 1) as others:
            measure_paint(address, rounds=3)
            measure_report(address, times=times)
        print(line(f"the others: a page whole ({len(others.taken)} pages)", others.taken, BUDGET))
        print(f"  errors: {len(others.errors)}")
    if "busy" in topics:
        print("\nThe same for a second visitor while two analyses run")
        with analyses(workspace):
            measure_paint(address, rounds=3, visits=VISITS[:2])
            measure_visitors(address, VISITORS, seconds=STAY, budget=BUSY_BUDGET)
    if "report" in topics:
        measure_report(address, times=times)
    if "many" in topics:
        many_points(workspace / "reports" / MANY, POINTS)
        measure_many(address, MANY, n=POINTS, times=times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--topics", nargs="+", choices=TOPICS, default=list(TOPICS))
    parser.add_argument("--asks", type=int, default=30)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workspace", type=Path, help="where Similarity's tokens are kept (default: recorded anew)")
    options = parser.parse_args()
    chromium_path()
    print(machine())
    with tempfile.TemporaryDirectory() as temporary:
        workspace = Path(temporary)
        demo_collection(workspace / "collections", workspace / "store", n=1)
        with server(workspace) as address:
            measure(address, options.topics, workspace, options.asks)
    if "similarity" in options.topics:
        measure_similarity(asks=options.asks, seed=options.seed, workspace=options.workspace)
    print(machine())


if __name__ == "__main__":
    main()
