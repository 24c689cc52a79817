"""`reports`: the reports of many classes in one run, then their site and atlas."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from concepts.cli.shared import add_model, request_of, show_progress, store_of
from concepts.engine.executors.dask_cluster import DaskCluster
from concepts.engine.executors.scheduler_address import scheduler_address
from concepts.engine.executors.task_processes import TaskProcesses
from concepts.engine.store_bound import prune_store
from concepts.engine.tasks.task import TaskExecutor
from concepts.numerics.counted import counted
from concepts.options import add_options, with_options
from concepts.report.request import TABLE, TEXTS, Request
from concepts.report.settings import CLASS, ReportSettings
from concepts.runs.table import HEADER, Table

if TYPE_CHECKING:
    from concepts.runs.whole import RunSummary

SOME_FAILED = 1  # exit code
WIDTH = 78  # of a row that is written over
NOT_HERE = ("target",)  # an option of `report` that a run over many classes has not


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    option = parser.add_argument
    add_model(parser)
    add_options(parser, Request, CLASS, leave_out=NOT_HERE)
    add_options(parser, ReportSettings, CLASS, leave_out=NOT_HERE)
    option(
        "--targets", required=True, metavar="all|FILE", help="all classes that have photos, or a file with one a line"
    )
    option("--out", required=True, type=Path, metavar="FOLDER", help="where the reports, the site and the atlas go")
    option(
        "--store",
        type=Path,
        metavar="FOLDER",
        help="where stages lie meanwhile (default: .concepts-store beside --out)",
    )
    engine = parser.add_mutually_exclusive_group()
    engine.add_argument("--workers", type=int, metavar="N", help="processes on this machine (default: 1)")
    engine.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="a Dask scheduler in place of them: tls://host:port, or its scheduler file (docs/cluster.md)",
    )
    option("--retry", action="store_true", help="try classes again whose report failed before")
    add_options(parser, ReportSettings)
    add_options(parser, Request, TABLE)
    add_options(parser, Request, TEXTS)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Makes the reports. 1 where some class has none, which is named."""
    from concepts.runs.whole import Telling, make_reports

    store = store_of(options)
    summary = make_reports(
        request_of(options, with_options(ReportSettings(), options)),
        options.targets,
        options.out,
        store=store,
        executor=executor_of(options),
        retry=options.retry,
        telling=Telling(said=print, table=TablePrinter(), stage=show_progress()),
    )
    prune_store(store)
    print_summary(summary)
    return SOME_FAILED if summary.failures else 0


def executor_of(options: argparse.Namespace) -> Callable[[Path], TaskExecutor]:
    """What runs the tasks, from the file for what its processes say."""
    if options.scheduler is None:
        n = 1 if options.workers is None else options.workers
        if n > 1 and options.device.startswith("cuda"):
            raise ValueError(
                f"{n} workers would each load the model on {options.device}: leave --workers out, or start a Dask "
                "worker for each GPU (docs/cluster.md) and give --scheduler"
            )
        return lambda log: TaskProcesses(n, log=log)
    scheduler_address(options.scheduler)  # first: a wrong one is told before a model is loaded
    return lambda log: DaskCluster(options.scheduler, gpu=options.device.startswith("cuda"))


class TablePrinter:
    """Prints a row for each table in which something has happened; on a terminal in place. Failures are said once."""

    def __init__(self) -> None:
        self._live = sys.stdout.isatty()
        self._state, self._headed, self._failures = "", False, 0

    def __call__(self, table: Table) -> None:
        if table.looked is None and not self._headed:
            print("\n" * (self._live and bool(self._state)) + HEADER)
            self._headed = True
        for failure in table.failures[self._failures :]:
            print("\r" * self._live + f"  failed: {failure.text}")
        if self._live:
            print(f"\r{table.line:<{WIDTH}}", end="", flush=True)
        elif table.state != self._state:
            print(table.line, flush=True)
        self._state, self._failures = table.state, len(table.failures)


def print_summary(summary: "RunSummary") -> None:
    """Prints what stands, what failed, and where it lies."""
    print()
    for failure in summary.failures:
        print(f"  no report of {failure.text}")
    print(f"{counted(summary.n_done, 'report')}, {len(summary.failures):,} failed")
    if summary.site is not None:
        print(f"wrote {summary.folder} (open {summary.folder / 'site' / 'index.html'} in a browser; or all pages: "
              f"CONCEPTS_WORKSPACE={summary.folder} python -m concepts app)")  # fmt: skip
