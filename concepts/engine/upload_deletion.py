"""Uploads in a workspace (photos, single files, models): which there are, which jobs use them, and their deletion."""

import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from concepts.engine.jobs import PROCESSES, Executor, Job, list_jobs, remove, under_way
from concepts.engine.jobs.job import TASKS
from concepts.engine.quotas import Quotas
from concepts.engine.upload_owners import owned_since, owners_of, release
from concepts.engine.uploaded_files import FILE_KINDS, FileKind, UploadedFile
from concepts.engine.uploaded_models import folder_in
from concepts.engine.uploads import LEFT_OUT, Upload
from concepts.storage.ages import last_change
from concepts.storage.listing import folders_in
from concepts.storage.store import discard

DAY = 24 * 3600


@dataclass(frozen=True)
class StoredUpload:
    """An upload on disk. changed: when it was written, in seconds since 1970."""

    upload: Upload | UploadedFile
    n_files: int
    n_bytes: int
    changed: float

    @property
    def days(self) -> float:
        """The age in days."""
        return (time.time() - self.changed) / DAY

    @property
    def owners(self) -> tuple[str, ...]:
        """Who uploaded it; none where nobody was known."""
        return owners_of(self.upload)


def list_uploads(workspace: Path) -> list[StoredUpload]:
    """The uploads that are kept in a workspace, oldest first; those that are deleted meanwhile are passed over."""
    uploads = workspace.resolve() / "uploads"
    found: list[StoredUpload] = []
    for place in folders_in(uploads / "photos"):
        with suppress(FileNotFoundError):
            found += _photos(place)
    for kind in FILE_KINDS:
        for place in folders_in(uploads / kind):
            with suppress(FileNotFoundError):
                found += _file(uploads.parent, kind, place)
    return sorted(found, key=lambda stored: stored.changed)


def _photos(place: Path) -> list[StoredUpload]:
    """The upload of a place; none while it is not kept. Raises FileNotFoundError where it vanishes."""
    if not (place / LEFT_OUT).is_file():
        return []
    folders = {folder: _sizes(folder) for folder in place.iterdir() if folder.is_dir()}
    changed = last_change(place)
    return [StoredUpload(Upload.at(folder), len(sizes), sum(sizes), changed) for folder, sizes in folders.items()]


def _file(workspace: Path, kind: FileKind, place: Path) -> list[StoredUpload]:
    """As `_photos`; several names that one content was uploaded under are one upload. Of a model, they are folders."""
    files = sorted(place.glob("[!.]*"))
    if not files:
        return []
    upload = UploadedFile(workspace, kind, place.name, files[0].name)
    n_bytes = sum(sum(_sizes(file)) if file.is_dir() else file.stat().st_size for file in files)
    return [StoredUpload(upload, len(files), n_bytes, max(map(last_change, files)))]


def _sizes(folder: Path) -> list[int]:
    """The bytes of each file in a folder."""
    return [file.stat().st_size for file in folder.rglob("*") if file.is_file()]


def delete_upload(upload: Upload | UploadedFile, executor: Executor = PROCESSES, *, owner: str = "") -> None:
    """Deletes what was uploaded and what was looked up about it.

    Reports stay, with the small pictures of photos, and so do their stored stages until these are pruned. owner: who
    deletes it; where others have uploaded the same, it is no longer this person's, and stays theirs. Raises ValueError
    while a job reads the upload.
    """
    if owner and set(owners_of(upload)) - {owner}:
        release(upload, owner)
        return
    jobs = [job for task in TASKS for job in list_jobs(upload.workspace, task=task, executor=executor)]
    users = [job for job in jobs if _reads(job, upload)]
    if any(map(under_way, users)):
        raise ValueError(
            f"an analysis is using these {upload.words}: wait until it has ended, or cancel it, then delete them"
        )
    for place in upload.places:
        discard(place)
    for job in users:
        if job.task not in ("report", "reports"):  # an analysis stays in the list with its report
            remove(job)


def expire_uploads(workspace: Path, quotas: Quotas, executor: Executor = PROCESSES) -> None:
    """Takes uploads from owners who have had them for longer than they may, and deletes those without owners then.

    What a job reads stays; so does what nobody owns.
    """
    if quotas.days is None:
        return
    for stored in list_uploads(workspace):
        for owner, since in owned_since(stored.upload).items():
            if time.time() - since > quotas.days * DAY:
                with suppress(ValueError):  # it is in use
                    delete_upload(stored.upload, executor, owner=owner)


def _reads(job: Job, upload: Upload | UploadedFile) -> bool:
    """Whether a job's request names files of the upload; False for a damaged request."""
    with suppress(ValueError, OSError):
        asked = job.request
        named = (asked.images, asked.others, asked.weights, asked.classes)
        models = map(folder_in, (asked.model, *job.views.models))
        sources = (*named, asked.metadata, asked.texts, asked.pairs, *models)
        return any(Path(source).is_relative_to(upload.place) for source in sources if source)
    return False
