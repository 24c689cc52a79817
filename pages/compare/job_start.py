"""The start of what a part of Compare shows: its jobs under way, those that failed, and the form that starts one."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from concepts.access import Act
from concepts.engine import jobs
from concepts.engine.ensembles import Views
from concepts.engine.jobs import JobOnDisk
from concepts.engine.jobs.job import Task
from concepts.report.request import Request
from concepts.service import owner_of
from pages.analysis import job_acts
from pages.analysis.disk import submitted
from pages.analysis.waiting import stage_words
from pages.components.safe_text import paragraph, plain
from pages.state.messages import public, without_options
from pages.state.selection import choose
from pages.state.server_settings import ServerSettings, server_settings
from pages.state.visitor import may, why_not

SHOWN = 5  # jobs under way or failed
AWAITED = "{}_jobs_awaited"  # in the session: ids of the task's jobs whose end this page has not seen yet
INTERRUPTED = "Its process ended before it was done."


@dataclass(frozen=True)
class Asked:
    """What a sent form asks for. views: of an ensemble alone."""

    request: Request
    views: Views | None = None


@dataclass(frozen=True)
class Start:
    """How a part's results are started. key: of the choice in the address that takes the id of a result.

    label: of the form. form: draws it, and returns what is asked for once it is sent. title: a job in words. forget:
    choices in the address that belong to the result before.
    """

    task: Task
    key: str
    label: str
    form: Callable[[ServerSettings], Asked | None]
    title: Callable[[JobOnDisk, ServerSettings], str]
    forget: tuple[str, ...] = ()


def show_start(start: Start, *, start_open: bool) -> None:
    """Shows the jobs under way, those that failed, and the form. start_open: whether it is unfolded."""
    server = server_settings()
    unfinished = [each for each in _listed(server, start.task) if not each.state.finished]
    st.fragment(_under_way, run_every=1.0 if unfinished else None)(server, start)
    if not may(Act.RUN):
        paragraph(why_not(Act.RUN), "cx-note")
        return
    with st.expander(start.label, expanded=start_open and not unfinished):
        asked = start.form(server)
    if asked is not None and submitted(asked.request, server, task=start.task, views=asked.views):
        st.rerun()


def _listed(server: ServerSettings, task: Task) -> tuple[JobOnDisk, ...]:
    return jobs.read_jobs(server.workspace, task=task, executor=server.executor, most=SHOWN).found


def _under_way(server: ServerSettings, start: Start) -> None:
    """Redrawn every second while one is under way; when one has ended, the page shows it."""
    listed = _listed(server, start.task)
    for each in listed:
        if each.state.status != "done":
            _row(server, each, start.title(each, server))
    awaited: set[str] = st.session_state.setdefault(AWAITED.format(start.task), set())
    ended = [each for each in listed if each.job.id in awaited and each.state.finished]
    awaited |= {each.job.id for each in listed if not each.state.finished}
    awaited -= {each.job.id for each in ended}
    if ended:
        if ended[0].state.status == "done":
            choose(**{start.key: ended[0].state.result}, **dict.fromkeys(start.forget))
        st.rerun()


def _row(server: ServerSettings, shown: JobOnDisk, title: str) -> None:
    job, state = shown.job, shown.state
    with st.container(border=True):
        words, button = st.columns([5, 1], vertical_alignment="center")
        words.markdown(f"{plain(title)} · {state.status}")
        if not state.finished:
            words.progress(min(1.0, state.done), text=stage_words(job, state, server))
            if may(Act.CANCEL, owner=owner_of(job)):
                button.button(
                    "Cancel", key=f"cancel-{job.id}", on_click=job_acts.cancel, args=(server, job), width="stretch"
                )
            return
        words.caption(plain(without_options(public(state.message or INTERRUPTED, server))))
        if may(Act.REMOVE, owner=owner_of(job)):
            button.button(
                "Remove", key=f"remove-{job.id}", on_click=job_acts.remove, args=(server, job), width="stretch"
            )
