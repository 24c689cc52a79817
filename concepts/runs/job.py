"""A run over many classes as a job of a workspace: its folder in the job's, its reports among the others."""

import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from concepts.engine.data_folders import data_folders
from concepts.engine.executors.task_processes import TaskProcesses
from concepts.engine.jobs.job import Job
from concepts.engine.result_owners import OwnedResult
from concepts.engine.store_bound import prune_store
from concepts.engine.upload_owners import claim
from concepts.runs.finish import build_run_site
from concepts.runs.on_disk import folder_of, newest_reports
from concepts.runs.planning import OtherRunError
from concepts.runs.run import Home, RunFolder
from concepts.runs.table import Table
from concepts.runs.targets import ALL
from concepts.runs.whole import Telling, make_reports
from concepts.storage.store import discard

STORE = "store"  # in the workspace: stages, and the atlas's planes
OPENING, REPORTS = "opening model and data", "reports"  # stages

Progress = Callable[[str, float], None]


def run_job(job: Job, progress: Progress) -> None:
    """Makes the reports of the run that a job asks for. progress: called with (stage, share of the whole).

    Where the photos or the model have changed since the run began, it begins anew. Raises ValueError as `make_reports`.
    """
    progress(OPENING, 0.0)
    try:
        _make(job, progress)
    except OtherRunError:
        discard(folder_of(job).path)
        _make(job, progress)
    finally:
        _claim(job)
    prune_store(job.workspace / STORE)


def _make(job: Job, progress: Progress) -> None:
    many, workspace, place = job.many, job.workspace, folder_of(job).path
    store = workspace / STORE
    make_reports(
        job.request,
        many.targets or ALL,
        place,
        store=store,
        executor=lambda log: TaskProcesses(many.workers, log=log, apart=False),
        retry=many.retry,
        telling=Telling(partial(print, flush=True), _Progress(place, progress).table, _stage(progress)),
        home=Home(str(workspace / "reports"), str(store), tuple(map(str, data_folders(os.environ))), job.owner),
    )


def _claim(job: Job) -> None:
    """Says whose the run's reports are, also those that stood before."""
    with suppress(ValueError, OSError):  # it has not been planned
        for each in newest_reports(job, sys.maxsize):
            claim(OwnedResult(folder_of(job).report(each)), job.owner)


def _stage(progress: Progress) -> Progress:
    """What site and atlas tell: all reports are there by then."""
    return lambda stage, share: progress(f"site: {stage}", 1.0)


@dataclass
class _Progress:
    """Tells a job how far its run is, and lets the site follow the reports.

    The site is built again, beside the run, when there are twice as many reports as it has: all builds together read
    each report about twice, and it is written whole at the end, when the last of these builds has ended.
    """

    place: Path
    progress: Progress
    shown: int = 0
    build: threading.Thread | None = None

    def table(self, table: Table) -> None:
        if table.looked is not None:
            self.progress(f"a first look at the photos ({table.looked:.0%})", 0.0)
            return
        n = table.done + table.failed + table.running + table.waiting
        self.progress(REPORTS, (table.done + table.failed) / max(1, n))
        if not table.is_under_way:
            self.wait()
        elif table.done >= max(1, 2 * self.shown) and not self._is_building:
            self.build = threading.Thread(target=self._build, daemon=True)
            self.build.start()
            self.shown = table.done

    def wait(self) -> None:
        """Returns when no site is built any more."""
        if self.build is not None:
            self.build.join()

    @property
    def _is_building(self) -> bool:
        return self.build is not None and self.build.is_alive()

    def _build(self) -> None:
        with suppress(ValueError, OSError):  # a report that is removed meanwhile: the last build says what is wrong
            build_run_site(RunFolder(self.place))
