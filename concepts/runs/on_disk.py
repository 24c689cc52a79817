"""A run that is a job of a workspace, as pages read it: its numbers, its newest reports, its site."""

import io
import os
import zipfile
from dataclasses import replace
from pathlib import Path

from concepts.engine.jobs.job import Job, JobState
from concepts.report.folder import is_report
from concepts.runs.run import SITE, WORK, RunClass, RunFolder
from concepts.runs.table import Table, read_table

FOLDER = "run"  # in the job's


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
    if not state.finished:
        return found
    return replace(found, running=0, waiting=found.running + found.waiting, looked=None, seconds_left=None)


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
    """The files of the run's site; none before it is whole."""
    site = folder_of(job).path / SITE
    return [file for file in site.rglob("*") if file.is_file()] if (site / "index.html").is_file() else []


def site_zip(job: Job) -> bytes:
    """The run's site as a zip, its files below a folder "site"."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as packed:
        for file in sorted(site_files(job)):
            packed.write(file, file.relative_to(folder_of(job).path))
    return content.getvalue()
