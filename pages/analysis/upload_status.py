"""What becomes of uploaded photos on the page: they are read in a job, kept, or refused."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from concepts import service
from concepts.engine import jobs
from concepts.engine.jobs import Job
from concepts.engine.uploads import Upload
from pages.analysis import job_acts
from pages.analysis.deletion import deleted_here, offer_deletion
from pages.analysis.disk import disk_errors_shown, owned_too, submitted
from pages.analysis.waiting import stage_words
from pages.components.safe_text import plain
from pages.state.messages import public
from pages.state.server_settings import ServerSettings
from pages.state.visitor import person
from pages.state.workplace import workplace

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

LEFT_OUT_SHOWN = 5
INTERRUPTED = "The photos were not read to the end: the process that reads them has ended."


def shown_upload(server: ServerSettings, upload: Upload, files: Sequence["UploadedFile"], *, key: str) -> bool:
    """Whether the photos of an upload are kept; shows what was left out of them, or how far their reading is.

    The job that reads them is started with the first visit. files: what the visitor gives, who owns the upload then,
    too; none for one that the address names. key: of the control that took the files.
    """
    if deleted_here(upload, key=key):
        return False
    job = None if upload.kept else _job(server, upload, files)
    if files and not _owned(server, upload, job, files):
        return False
    if upload.kept:
        _tell_left_out(upload)
        offer_deletion(server, upload, key=key)
    elif job is not None and not job.state.finished:
        st.fragment(_wait, run_every=1.0)(server, job, key)
    elif job is not None:
        st.error(plain(public(job.state.message or INTERRUPTED, server)))
        st.button("Read the photos again", key=f"{key}_again", on_click=_read_again, args=(server, upload, files))
    elif not upload.kept:
        st.button("Try again", key=f"{key}_retry")
    return upload.kept


def _owned(server: ServerSettings, upload: Upload, job: Job | None, files: Sequence["UploadedFile"]) -> bool:
    """Whether photos that are kept, or are being read, perhaps for somebody else, are the visitor's; else says why."""
    is_there = upload.kept or (job is not None and not job.state.finished)
    return not is_there or owned_too(upload, server, sum(file.size for file in files))


def _job(server: ServerSettings, upload: Upload, files: Sequence["UploadedFile"]) -> Job | None:
    """The job that reads the photos, started if there is none, if the photos were deleted after it, or if it has failed
    for somebody else: what it says then is about them."""
    job = jobs.find(server.workspace, f"photos-{upload.request.key}", executor=server.executor)
    if job is None or job.state.status == "done" or (files and _has_failed_for_another(job)):
        return _started(server, upload, files)
    return job


def _has_failed_for_another(job: Job) -> bool:
    return job.state.status == "failed" and service.owner_of(job) != person().name


def _started(server: ServerSettings, upload: Upload, files: Sequence["UploadedFile"]) -> Job | None:
    """The job that reads the photos; None, with a message on the page, where they cannot be stored or may not wait."""
    with disk_errors_shown("The upload"):
        service.receive_photos(workplace(server), person(), upload, ((file.name, file.getvalue()) for file in files))
        return submitted(upload.request, server, task="photos")
    return None


def _read_again(server: ServerSettings, upload: Upload, files: Sequence["UploadedFile"]) -> None:
    _started(server, upload, files)


def _wait(server: ServerSettings, job: Job, key: str) -> None:
    state = job.state
    if state.finished:
        st.rerun()
    bar, button = st.columns([5, 1], vertical_alignment="center")
    bar.progress(state.share, text=f"Your photos: {stage_words(job, state, server)} …")
    button.button("Cancel", key=f"{key}_cancel", on_click=job_acts.cancel, args=(server, job), width="stretch")


def _tell_left_out(upload: Upload) -> None:
    left_out = upload.left_out
    for name, reason in left_out[:LEFT_OUT_SHOWN]:
        st.warning(f"{plain(name)} is left out: {plain(reason)}")
    if len(left_out) > LEFT_OUT_SHOWN:
        st.warning(f"and {len(left_out) - LEFT_OUT_SHOWN:,} more are left out")
