"""The analyses of this workspace: their progress, and actions on them."""

from pathlib import Path

import streamlit as st

from concepts.engine import jobs
from concepts.engine.jobs import Job, JobState
from pages.analysis.amounts import clock, duration
from pages.analysis.disk import submitted
from pages.analysis.short_names import photos_name, public
from pages.components.safe_text import paragraph, plain
from pages.state.server_settings import ServerSettings

SHOWN = 12
WORDS = {
    "waiting": "⏳ waiting",
    "running": "▶ running",
    "done": "✔ done",
    "failed": "✖ failed",
    "cancelled": "■ cancelled",
    "interrupted": "⚡ interrupted",
}


def show(server: ServerSettings) -> None:
    """Shows the newest analyses, redrawn every second while one is running."""
    st.divider()
    st.header("Analyses")
    busy = any(not job.state.finished for job in _shown(server))
    st.fragment(_panel, run_every=1.0 if busy else None)(server)


def _shown(server: ServerSettings) -> list[Job]:
    return jobs.list_jobs(server.workspace, executor=server.executor)[:SHOWN]


def _panel(server: ServerSettings) -> None:
    found = _shown(server)
    if not found:
        paragraph("None yet.")
    for job in found:
        with st.container(border=True):
            _row(server, job)


def _row(server: ServerSettings, job: Job) -> None:
    state = job.state
    words, buttons = st.columns([5, 1], vertical_alignment="center")
    words.markdown(_title(job, server) + f" · {WORDS[state.status]}")
    if not state.finished:
        left = f", about {duration(state.seconds_left)} left" if state.seconds_left else ""
        words.progress(min(1.0, state.done), text=f"{state.stage or 'starting'}{left}")
    elif state.message:
        words.caption(plain(public(state.message, server)))
    elif state.status == "interrupted":
        words.caption("Its process ended before it was done. What was finished is kept.")
    with buttons:
        _buttons(server, job, state)


def _title(job: Job, server: ServerSettings) -> str:
    """The title of an analysis, which distinguishes it from others."""
    request, settings = job.request, job.request.settings
    model = Path(request.model.rpartition(":")[0] or request.model).stem
    parts = [
        f"**{plain(request.target)}**",
        plain(f"{model}, layer {request.layer}"),
        plain(f"photos {photos_name(request.images, server)}"),
        *([plain(f"others {photos_name(request.others, server)}")] if request.others else []),
        plain(f"{settings.n_concepts} concepts by {settings.method}, {settings.importance}, seed {settings.seed}"),
    ]
    return " · ".join(filter(None, [*parts, clock(job.state.started)]))


def _buttons(server: ServerSettings, job: Job, state: JobState) -> None:
    if not state.finished:
        st.button("Cancel", key=f"cancel-{job.id}", on_click=jobs.cancel, args=(job,), width="stretch")
        return
    if state.status == "done":
        st.page_link("pages/views/report.py", label="Open the report", query_params={"id": state.result})
    else:
        label = "Try again" if state.status == "failed" else "Go on"
        st.button(label, key=f"again-{job.id}", on_click=_go_on, args=(server, job), width="stretch")
    st.button(
        "Remove", key=f"remove-{job.id}", on_click=jobs.remove, args=(job,), width="stretch", type="tertiary",
        help="Takes it off this list. A finished report stays in the gallery.",
    )  # fmt: skip


def _go_on(server: ServerSettings, job: Job) -> None:
    submitted(job.request, server)
