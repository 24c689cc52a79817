"""The runs over many classes that pages started: their numbers, what failed, what can be done."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from concepts.access import Act
from concepts.engine import jobs
from concepts.engine.jobs import Job, JobOnDisk, ManyClasses
from concepts.numerics.counted import counted
from concepts.report.request import Request
from concepts.runs.on_disk import table_of
from concepts.runs.table import Table
from concepts.service import owner_of
from concepts.storage.listing import reason_of
from pages.analysis import job_acts
from pages.analysis.disk import submitted
from pages.analysis.jobs_panel import WORDS, title_of
from pages.analysis.waiting import stage_words
from pages.components.left_out import tell_left_out
from pages.components.safe_text import paragraph, plain
from pages.runs.numbers import show_counts, show_failures
from pages.runs.results import show_newest, show_site
from pages.state.messages import public, without_options
from pages.state.server_settings import ServerSettings
from pages.state.visitor import may

SHOWN = 12
EVERY = 2.0  # seconds between two looks at a run under way: at its state and its table, two small files
STATUS = WORDS | {"cancelled": "■ stopped"}
INTERRUPTED = "Its process ended before it was done. What was finished is kept."
RETRY_HELP = "The classes without a report are tried again. What is finished is kept."
REMOVE_HELP = "Takes it off this list, with its site. Finished reports stay in the gallery."


def show_runs(server: ServerSettings) -> bool:
    """Whether there are runs; shows them, the one that the address names first, then the newest."""
    listed = jobs.read_jobs(server.workspace, task="reports", executor=server.executor, most=SHOWN)
    for shown in _asked_first(listed.found):
        with st.container(border=True):
            if shown.state.finished:
                _show(server, shown)
            else:
                st.fragment(_follow, run_every=EVERY)(server, shown.job)
    tell_left_out(listed.left_out, "run")
    return bool(listed.found)


def _asked_first(found: Sequence[JobOnDisk]) -> list[JobOnDisk]:
    asked = st.query_params.get("run")
    return sorted(found, key=lambda shown: shown.job.id != asked)


def _follow(server: ServerSettings, job: Job) -> None:
    """Shows a run that is under way; when it has ended, the page runs again, and follows it no longer."""
    try:
        shown = job.read()
    except (ValueError, OSError):  # removed by another visitor
        st.rerun()
    if shown.state.finished:
        st.rerun()
    _show(server, shown)


def _show(server: ServerSettings, shown: JobOnDisk) -> None:
    """Shows a run; one line where its files cannot be read, or another visitor has just removed them."""
    job, state = shown.job, shown.state
    try:
        found, many = table_of(job, state), job.many
        words, buttons = st.columns([5, 1])
        with words:
            _head(server, shown, found, many)
        with buttons:
            _buttons(server, shown, found, many)
        if found is not None and found.looked is None:
            show_counts(found, active=not state.finished)
            show_failures(found.failures, server)
        show_newest(job)
    except (ValueError, OSError) as error:
        paragraph(f"The run cannot be shown: {reason_of(error, job.folder)}.", "cx-note")
    if state.finished:
        show_site(job, state)


def _head(server: ServerSettings, shown: JobOnDisk, found: Table | None, many: ManyClasses) -> None:
    """What the run is about, and how far it is, or how it ended."""
    state = shown.state
    about = counted(len(many.targets), "class") if many.targets else "All classes"
    st.markdown(title_of(shown, server, about=about) + f" · {STATUS[state.status]}")
    if not state.finished:
        st.progress(min(1.0, state.done), text=plain(stage_words(shown.job, state, server)))
    elif state.message:
        st.caption(plain(without_options(public(state.message, server))))
    elif state.status == "interrupted":
        st.caption(INTERRUPTED)
    elif found is not None and found.failures:
        st.caption(f"{counted(found.failed, 'class')} without a report: see why below.")


def _buttons(server: ServerSettings, shown: JobOnDisk, found: Table | None, many: ManyClasses) -> None:
    job, state, again = shown.job, shown.state, (server, shown.request, many)
    if not state.finished:
        if may(Act.CANCEL, owner=owner_of(job)):
            st.button("Stop", key=f"stop-{job.id}", on_click=job_acts.cancel, args=(server, job), width="stretch")
        return
    if state.status != "done" and may(Act.RUN):
        st.button("Go on", key=f"go-on-{job.id}", on_click=_go_on, args=again, width="stretch")
    if found is not None and found.failures and may(Act.RUN):
        st.button(
            "Try failed ones again", key=f"retry-{job.id}", on_click=_retry, args=again, width="stretch",
            help=RETRY_HELP,
        )  # fmt: skip
    if may(Act.REMOVE, owner=owner_of(job)):
        st.button(
            "Remove", key=f"remove-{job.id}", on_click=job_acts.remove, args=(server, job), width="stretch",
            type="tertiary", help=REMOVE_HELP,
        )  # fmt: skip


def _go_on(server: ServerSettings, request: Request, many: ManyClasses) -> None:
    submitted(request, server, task="reports", many=many)


def _retry(server: ServerSettings, request: Request, many: ManyClasses) -> None:
    submitted(request, server, task="reports", many=replace(many, retry=True))
