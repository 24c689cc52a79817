"""The analyses of this workspace: their progress, and actions on them."""

from pathlib import Path

import streamlit as st

from concepts.engine import jobs
from concepts.engine.jobs import JobOnDisk
from concepts.storage.listing import Listing
from pages.analysis.amounts import clock, duration
from pages.analysis.disk import submitted
from pages.analysis.short_names import photos_name
from pages.components.left_out import tell_left_out
from pages.components.safe_text import paragraph, plain
from pages.state.messages import public
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
    busy = any(not shown.state.finished for shown in _shown(server).found)
    st.fragment(_panel, run_every=1.0 if busy else None)(server)


def _shown(server: ServerSettings) -> Listing[JobOnDisk]:
    return jobs.read_jobs(server.workspace, executor=server.executor, most=SHOWN)


def _panel(server: ServerSettings) -> None:
    listed = _shown(server)
    if not listed.found:
        paragraph("None yet.")
    for shown in listed.found:
        with st.container(border=True):
            _row(server, shown)
    tell_left_out(listed.left_out, "analysis")


def _row(server: ServerSettings, shown: JobOnDisk) -> None:
    state = shown.state
    words, buttons = st.columns([5, 1], vertical_alignment="center")
    words.markdown(_title(shown, server) + f" · {WORDS[state.status]}")
    if not state.finished:
        left = f", about {duration(state.seconds_left)} left" if state.seconds_left else ""
        words.progress(min(1.0, state.done), text=f"{state.stage or 'starting'}{left}")
    elif state.message:
        words.caption(plain(public(state.message, server)))
    elif state.status == "interrupted":
        words.caption("Its process ended before it was done. What was finished is kept.")
    with buttons:
        _buttons(server, shown)


def _title(shown: JobOnDisk, server: ServerSettings) -> str:
    """The title of an analysis, which distinguishes it from others."""
    request, settings = shown.request, shown.request.settings
    model = Path(request.model.rpartition(":")[0] or request.model).stem
    parts = [
        f"**{plain(request.target)}**",
        plain(f"{model}, layer {request.layer}"),
        plain(f"photos {photos_name(request.images, server)}"),
        *([plain(f"others {photos_name(request.others, server)}")] if request.others else []),
        plain(f"{settings.n_concepts} concepts by {settings.method}, {settings.importance}, seed {settings.seed}"),
    ]
    return " · ".join(filter(None, [*parts, clock(shown.state.started)]))


def _buttons(server: ServerSettings, shown: JobOnDisk) -> None:
    job, state = shown.job, shown.state
    if not state.finished:
        st.button("Cancel", key=f"cancel-{job.id}", on_click=jobs.cancel, args=(job,), width="stretch")
        return
    if state.status == "done":
        st.page_link("pages/views/report.py", label="Open the report", query_params={"id": state.result})
    else:
        label = "Try again" if state.status == "failed" else "Go on"
        st.button(label, key=f"again-{job.id}", on_click=_go_on, args=(server, shown), width="stretch")
    st.button(
        "Remove", key=f"remove-{job.id}", on_click=jobs.remove, args=(job,), width="stretch", type="tertiary",
        help="Takes it off this list. A finished report stays in the gallery.",
    )  # fmt: skip


def _go_on(server: ServerSettings, shown: JobOnDisk) -> None:
    submitted(shown.request, server)
