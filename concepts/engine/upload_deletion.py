"""Uploaded photos in a workspace: which there are, which jobs use them, and their deletion."""

import contextlib
import time
from dataclasses import dataclass
from pathlib import Path

from concepts.engine.jobs import PROCESSES, Executor, Job, list_jobs, remove, under_way
from concepts.engine.jobs.job import TASKS
from concepts.engine.uploads import LEFT_OUT, Upload
from concepts.storage.store import discard

DAY = 24 * 3600


@dataclass(frozen=True)
class StoredUpload:
    """Photos of an upload on disk. changed: when they were written, in seconds since 1970."""

    upload: Upload
    n_photos: int
    n_bytes: int
    changed: float

    @property
    def days(self) -> float:
        """The age in days; 0 for what a clock that ran ahead has dated in the future."""
        return max(0.0, time.time() - self.changed) / DAY


def list_uploads(workspace: Path) -> list[StoredUpload]:
    """The uploads whose photos are kept in a workspace, oldest first."""
    lists = (workspace.resolve() / "uploads" / "photos").glob(f"[!.]*/{LEFT_OUT}")
    found = [_stored(folder) for file in lists for folder in file.parent.iterdir() if folder.is_dir()]
    return sorted(found, key=lambda stored: stored.changed)


def _stored(folder: Path) -> StoredUpload:
    sizes = [file.stat().st_size for file in folder.rglob("*") if file.is_file()]
    return StoredUpload(Upload.at(folder), len(sizes), sum(sizes), folder.parent.stat().st_mtime)


def delete_upload(upload: Upload, executor: Executor = PROCESSES) -> None:
    """Deletes the photos of an upload and what was looked up about them.

    Reports of them stay, with their small pictures, and so do their stored stages until these are pruned. Raises
    ValueError while a job reads the photos.
    """
    jobs = [job for task in TASKS for job in list_jobs(upload.workspace, task=task, executor=executor)]
    users = [job for job in jobs if _reads(job, upload)]
    if any(map(under_way, users)):
        raise ValueError("an analysis is using these photos: wait until it has ended, or cancel it, then delete them")
    discard(upload.place)
    discard(upload.incoming)
    for job in users:
        if job.task != "report":  # an analysis stays in the list with its report
            remove(job)


def _reads(job: Job, upload: Upload) -> bool:
    """Whether a job\'s request names photos of the upload; False for a damaged request."""
    with contextlib.suppress(ValueError, OSError):
        sources = (job.request.images, job.request.others or "")
        return any(Path(source).is_relative_to(upload.place) for source in sources)
    return False
