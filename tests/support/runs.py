"""Runs over the classes of the tiny model, small enough for tests, and single reports to hold them against."""

from pathlib import Path

from concepts.engine.analysis import analyse
from concepts.engine.executors.in_process import InProcess
from concepts.engine.tasks.task import TaskExecutor
from concepts.report.request import Request
from concepts.report.settings import ReportSettings
from concepts.runs.whole import RunSummary, Telling, make_reports
from tests.support.kills import Contents, contents_of
from tests.support.tiny import FACTORY

BATCH = 4
SETTINGS = ReportSettings(n_concepts=3, batch_size=BATCH)
ASIDE = ("request", "command")  # of report.json, beside dates, seconds and what was reused


def tiny_request(photos: Path, **more: str | ReportSettings | None) -> Request:
    """The request of a run over the tiny model's classes, on photos that `write_photos` drew."""
    settings = more.pop("settings", SETTINGS)
    given = {"model": FACTORY, "images": str(photos), "classes": "red, green, blue", "layer": "features"} | more
    return Request(settings=settings, **given)  # type: ignore[arg-type]


def run_all(
    request: Request,
    out: Path,
    *,
    targets: str = "all",
    executor: TaskExecutor | None = None,
    retry: bool = False,
    telling: Telling | None = None,
) -> RunSummary:
    """The run in `out`, with its store beside it, in this process where no executor is given."""
    chosen = executor or InProcess()
    return make_reports(
        request, targets, out, store=out.parent / "store", executor=lambda log: chosen, retry=retry, telling=telling
    )


def single_report(request: Request, folder: Path) -> Path:
    """The report that the command `report` makes of a request."""
    analyse(request, folder.parent / "single-store").save(folder)
    return folder


def comparable(report: Path) -> Contents:
    """What must be equal of two reports: arrays, tables and pictures, without dates, seconds and commands."""
    import json

    found = contents_of(report, report)
    whole = json.loads((report / "report.json").read_text("utf-8"))
    for name in (*ASIDE, "seconds", "reused", "created"):
        whole.pop(name, None)
    return found | {"report.json": whole}
