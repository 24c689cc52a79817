"""What a page writes on the server, with a line instead of a traceback where the disk or the queue of jobs is full."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from concepts import service
from concepts.access import NotAllowed
from concepts.engine.ensembles import Views
from concepts.engine.jobs import Job, ManyClasses, QueueFullError, QuotaError
from concepts.engine.jobs.job import Task
from concepts.engine.uploaded_files import UploadedFile
from concepts.engine.uploads import Upload
from concepts.report.request import Request
from pages.state.messages import sentence_of, told
from pages.state.server_settings import ServerSettings
from pages.state.visitor import person
from pages.state.workplace import workplace


@contextmanager
def disk_errors_shown(what: str) -> Iterator[None]:
    """Ends the block at an error of the disk, where no more jobs may wait, or who asks may not, and shows it.

    what: the thing that is written, as a sentence begins.
    """
    try:
        yield
    except (QueueFullError, QuotaError, NotAllowed) as error:
        st.error(sentence_of(error))
    except OSError as error:
        st.error(f"{what} cannot be stored: {error.strerror or type(error).__name__}. Tell the operator.")
    except ValueError as error:  # a disk that is full or may not be written, said by `writing_in`
        st.error(f"{what} cannot be stored: {told(error)}. Tell the operator.")


def owned_too(upload: Upload | UploadedFile, server: ServerSettings, n_bytes: int) -> bool:
    """Whether an upload that is there is the visitor's, who gives its files; False, with a message on the page, where
    it would be too much for them. n_bytes: of the files as they come."""
    with disk_errors_shown("The upload"):
        service.own_too(workplace(server), person(), upload, n_bytes)
        return True
    return False


def submitted(
    request: Request,
    server: ServerSettings,
    *,
    task: Task = "report",
    many: ManyClasses | None = None,
    views: Views | None = None,
) -> Job | None:
    """`service.submit` by the visitor; None, with a message on the page, where the job cannot be written or may not
    wait, or the visitor may not start it."""
    with disk_errors_shown("The request"):
        return service.submit(workplace(server), person(), request, task=task, many=many, views=views)
    return None
