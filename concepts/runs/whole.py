"""A run from its beginning to its end: `make_reports`, as the command and Python start it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from concepts.data.nouns import noun_of
from concepts.engine.tasks.task import TaskExecutor
from concepts.numerics.counted import counted
from concepts.report.request import Request
from concepts.runs.answered import add_answered_classes
from concepts.runs.class_report import stands
from concepts.runs.conduct import Conductor, to_do
from concepts.runs.disk import check_disk, disk_need, has_room, least_need, written
from concepts.runs.failures import Failure
from concepts.runs.looked import has_looked
from concepts.runs.planning import Planned
from concepts.runs.run import LOG, SITE, Home, Run, RunClass, RunFolder
from concepts.runs.table import Table, write_table
from concepts.runs.targets import Targets
from concepts.runs.window import window_of
from concepts.storage.sizes import bytes_in

if TYPE_CHECKING:
    from concepts.publishing.site.build import SiteSummary


@dataclass(frozen=True)
class RunSummary:
    """What a run has come to. site: None where no report stands."""

    folder: Path
    n_done: int
    failures: tuple[Failure, ...]
    site: "SiteSummary | None"


@dataclass(frozen=True)
class Telling:
    """What a run tells meanwhile. said: lines for people; table: the classes by their state; stage: of site and atlas,
    with the share that is done."""

    said: Callable[[str], None] = lambda line: None
    table: Callable[[Table], None] = lambda table: None
    stage: Callable[[str, float], None] = lambda stage, share: None


def make_reports(
    request: Request,
    targets: Targets,
    out: Path,
    *,
    store: Path,
    executor: Callable[[Path], TaskExecutor],
    retry: bool = False,
    telling: Telling | None = None,
    home: Home | None = None,
) -> RunSummary:
    """The reports of many classes, each as `report` makes it, then their site and the places of the atlas.

    request: without a target. targets: "all", for all classes that have photos, the path of a text file with a target
    a line, or the targets. executor: gives what runs the tasks, from a file for what they say. retry: tries classes
    again that have failed before. home: a workspace that the reports go to. What is finished is kept whatever happens,
    and the same call goes on from there. Raises ValueError, one line, for wrong input, where the disks have too little
    room, and where nothing can be written.
    """
    from concepts.publishing.site.writing import begin_site

    telling = telling or Telling()
    planned = Planned(request, targets, out, store, home)
    begin_site(planned.folder.path / SITE)
    crew = executor(planned.folder.path / LOG)
    try:
        failures = _make(planned, crew, retry, telling)
    finally:
        crew.close()
    return _summary(RunFolder(planned.folder.path), failures, telling)


def _make(planned: Planned, crew: TaskExecutor, retry: bool, telling: Telling) -> list[Failure]:
    """Makes what is missing, and returns the classes that have failed, now or before."""
    if planned.answered:
        _look(planned, crew, telling)
        add_answered_classes(planned)
    else:
        planned.add_classes(planned.labels)
    folder = RunFolder(planned.folder.path)
    chosen, failures = to_do(folder, retry=retry)
    _say(planned, folder, chosen, failures, crew.slots, telling)
    if not chosen:
        write_table(folder, Table(len(folder.run.classes) - len(failures), 0, 0, 0).after(failures))
        return failures

    def told(table: Table) -> None:
        write_table(folder, table.after(failures))
        telling.table(table)

    conductor = Conductor(
        folder, crew, told, lambda classes: has_room(folder.run, classes, planned.split, folder.reports)
    )
    if not planned.answered:
        conductor.look()
    return failures + conductor.reports(chosen)


def _look(planned: Planned, crew: TaskExecutor, telling: Telling) -> None:
    """Asks the model which class each photo is of. Raises ValueError where the disk has no room for the reports,
    however the photos fall."""
    folder = planned.folder
    if not all(has_looked(folder, number) for number in range(folder.run.n_looks)):
        need = least_need(folder.run, planned.split)
        telling.said(
            f"disk: {written(need.for_good)} or more for reports and site; which classes there are, the model says"
        )
        check_disk(need, folder.reports, Path(folder.run.store))

    def told(table: Table) -> None:
        write_table(folder, table)
        telling.table(table)

    Conductor(folder, crew, told).look()


def _say(
    planned: Planned, folder: RunFolder, chosen: list[int], failures: list[Failure], slots: int, telling: Telling
) -> None:
    """Says what will be done and which disk it takes. Raises ValueError where there is too little room."""
    run, noun = folder.run, noun_of(planned.items.kind)
    classes = [run.classes[i] for i in chosen]
    kept = len(run.classes) - len(chosen) - len(failures)
    before = f"; {kept:,} done before" if kept else ""
    telling.said(f"{counted(len(classes), 'class')} to do {_of_items(run, classes, noun)}{before}")
    if failures:
        telling.said(f"{counted(len(failures), 'class')} failed before; --retry tries them again")
    need = disk_need(run, classes, planned.split, window_of(slots))
    telling.said(f"disk: {need.text}" + ("" if slots else ", of one worker: none is there yet, and each takes its own"))
    there = sum(bytes_in(place) for place in {folder.store_of(each) for each in classes})
    check_disk(need, folder.path, Path(run.store), there=there)


def _of_items(run: Run, classes: list[RunClass], noun: str) -> str:
    """Which photos or texts these classes have."""
    if run.shares:
        return f"of {counted(run.n_items, noun)} each"
    by = "by the model's answers" if run.answered else "by their folders or labels"
    return f"of {counted(sum(each.n_items for each in classes), noun)} {by}"


def _summary(folder: RunFolder, failures: list[Failure], telling: Telling) -> RunSummary:
    """The site and the atlas of the reports that stand."""
    from concepts.runs.finish import finish

    n_done = sum(stands(folder, each) for each in folder.run.classes)
    site = finish(folder, telling.stage) if n_done else None
    return RunSummary(folder.path, n_done, tuple(failures), site)
