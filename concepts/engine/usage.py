"""What each person uses of a server: jobs under way, the minutes of a day, uploads with their age."""

import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from concepts.engine.jobs.job import TASKS, Executor, Job, Status
from concepts.engine.jobs.minutes import owners_with_minutes, used_in_a_day
from concepts.engine.quotas import DAY
from concepts.engine.upload_deletion import list_uploads
from concepts.engine.upload_owners import owned_since
from concepts.engine.upload_quotas import bytes_of_uploads
from concepts.storage.listing import list_folders


@dataclass(frozen=True)
class UsedUpload:
    """An upload of one person's. words: what it holds; days: since this person gave it."""

    words: str
    n_bytes: int
    days: float


@dataclass(frozen=True)
class Usage:
    """What one person uses. running, waiting: jobs of all kinds; seconds: of work in 24 hours; n_bytes: of uploads on
    disk, those that no job has read yet among them; uploads: those that are kept, the oldest first."""

    owner: str
    running: int = 0
    waiting: int = 0
    seconds: float = 0.0
    n_bytes: int = 0
    uploads: tuple[UsedUpload, ...] = ()


def usage_of(workspace: Path, owner: str) -> Usage:
    """The minutes and the disk that one person uses; their jobs are not looked for."""
    used = used_in_a_day(workspace / "jobs", owner)
    return Usage(owner, seconds=used.seconds, n_bytes=bytes_of_uploads(workspace, owner))


def all_usage(workspace: Path, *, executor: Executor) -> list[Usage]:
    """What everybody uses who has jobs under way, work within two days, or uploads, by name; nobody's is left out."""
    jobs, uploads = jobs_under_way(workspace, executor=executor), _uploads_by_owner(workspace)
    counts = Counter((job.owner, status) for job, status in jobs)
    owners = {job.owner for job, _ in jobs} | uploads.keys() | owners_with_minutes(workspace / "jobs")
    return [
        Usage(
            owner, counts[owner, "running"], counts[owner, "waiting"],
            used_in_a_day(workspace / "jobs", owner).seconds, bytes_of_uploads(workspace, owner),
            tuple(uploads.get(owner, ())),
        )
        for owner in sorted(owners - {""})
    ]  # fmt: skip


def jobs_under_way(workspace: Path, *, executor: Executor) -> list[tuple[Job, Status]]:
    """The jobs of all kinds that wait or work, with which of the two; what cannot be read is left out."""

    def read(folder: Path) -> tuple[Job, Status]:
        found = Job(folder, executor).read()
        return found.job, found.state.status

    found = [each for task in TASKS for each in list_folders([workspace / "jobs"], read, start=f"{task}-").found]
    return [(job, status) for job, status in found if status in ("waiting", "running")]


def _uploads_by_owner(workspace: Path) -> dict[str, list[UsedUpload]]:
    found: dict[str, list[UsedUpload]] = {}
    for stored in list_uploads(workspace):
        for owner, since in owned_since(stored.upload).items():
            days = max(0.0, time.time() - since) / DAY
            found.setdefault(owner, []).append(UsedUpload(stored.upload.words, stored.n_bytes, days))
    return {owner: sorted(uploads, key=lambda each: -each.days) for owner, uploads in found.items()}
