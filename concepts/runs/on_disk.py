"""A run on disk, as pages read it: its numbers, whether a command still works on it, its newest reports, its site."""

import io
import os
import time
import zipfile
from dataclasses import replace
from pathlib import Path

from concepts.engine.jobs.job import Job, JobState
from concepts.report.folder import is_report
from concepts.runs.run import SITE, TABLE, WORK, RunClass, RunFolder
from concepts.runs.table import Table, read_table
from concepts.storage.ages import last_change
from concepts.storage.sizes import bytes_in

FOLDER = "run"  # in the job's
SILENT = 90.0  # seconds without a new table: a command at work keeps one twice a second, seen late over a network


def folder_of(job: Job) -> RunFolder:
    """The run's folder, which is there once the job has begun to plan."""
    return RunFolder(job.folder / FOLDER)


def table_of(job: Job, state: JobState) -> Table | None:
    """The classes by their state; of a job that has ended, none is running. None before there is a table.

    Raises ValueError where it cannot be read.
    """
    try:
        found = read_table(folder_of(job).path)
    except OSError:
        return None
    return halted(found) if state.finished else found


def halted(found: Table) -> Table:
    """The table of a run on which nobody works any more: none of its classes is running."""
    return replace(found, running=0, waiting=found.running + found.waiting, looked=None, seconds_left=None)


def is_silent(folder: Path) -> bool:
    """Whether no command has kept a table of the run in a folder for a minute and a half: then none works on its
    classes, whatever the table says. Raises OSError where there is no table.
    """
    return time.time() - last_change(folder / TABLE) > SILENT


def newest_reports(job: Job, most: int) -> list[RunClass]:
    """The classes whose reports were finished last, at most so many, the newest first.

    Raises ValueError where the run's file cannot be read.
    """
    folder = folder_of(job)
    try:
        with os.scandir(folder.path / WORK) as entries:
            files = {entry.name: entry.stat().st_mtime for entry in entries if entry.name.startswith("done-")}
        by_file = {folder.done(each).name: each for each in folder.run.classes}
    except OSError:
        return []
    newest = sorted(files.keys() & by_file.keys(), key=lambda name: files[name], reverse=True)[:most]
    return [by_file[name] for name in newest if is_report(folder.report(by_file[name]))]


def site_files(job: Job) -> list[Path]:
    """The files of the run's site; none before it is whole, or when it is being removed."""
    site = folder_of(job).path / SITE
    if not (site / "index.html").is_file():
        return []
    return [Path(place) / name for place, _, names in os.walk(site) for name in names]


def site_bytes(job: Job) -> int:
    """The bytes of the run's site, which takes a look at each of its files; 0 before it is whole."""
    site = folder_of(job).path / SITE
    return bytes_in(site) if (site / "index.html").is_file() else 0


def site_zip(job: Job) -> bytes:
    """The run's site as a zip, its files below a folder "site". Raises ValueError where it is removed meanwhile."""
    content, files = io.BytesIO(), sorted(site_files(job))
    try:
        with zipfile.ZipFile(content, "w") as packed:
            for file in files:
                packed.write(file, file.relative_to(folder_of(job).path))
    except FileNotFoundError:
        files = []
    if not files:
        raise ValueError("the site of this run is not there any more: open the page Runs again")
    return content.getvalue()
