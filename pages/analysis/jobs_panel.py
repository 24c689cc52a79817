"""The analyses of this workspace: their progress, and actions on them."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from concepts.access import Act
from concepts.data.nouns import noun_of
from concepts.engine import jobs
from concepts.engine.jobs import JobOnDisk, JobState, QueuePlace
from concepts.report.request import Request, short_model
from concepts.service import owner_of
from concepts.storage.listing import Listing
from pages.analysis import job_acts
from pages.analysis.amounts import clock, duration
from pages.analysis.disk import submitted
from pages.analysis.short_names import photos_name
from pages.analysis.waiting import waiting_words
from pages.components.left_out import tell_left_out
from pages.components.safe_text import paragraph, plain
from pages.state.messages import public
from pages.state.server_settings import ServerSettings
from pages.state.visitor import may

SHOWN = 12
BUSY = "an analysis was under way"  # in the session
WORDS = {
    "waiting": "⏳ waiting",
    "running": "▶ running",
    "done": "✔ done",
    "failed": "✖ failed",
    "cancelled": "■ cancelled",
    "interrupted": "⚡ interrupted",
}


def show_first(server: ServerSettings) -> frozenset[str]:
    """Shows the analyses that wait or run, and the one that the address names; returns their ids.

    They are redrawn every second while one of them is under way.
    """
    asked = st.query_params.get("job")
    first = [shown for shown in _shown(server).found if not shown.state.finished or shown.job.id == asked]
    if first:
        ids, busy = frozenset(shown.job.id for shown in first), any(not shown.state.finished for shown in first)
        st.fragment(_first, run_every=1.0 if busy else None)(server, ids)
        return ids
    return frozenset()


def link_to_runs(server: ServerSettings) -> None:
    """Shows the way to the runs over many classes, where there are any."""
    runs = jobs.read_jobs(server.workspace, task="reports", executor=server.executor).found
    if runs:
        n = sum(not shown.state.finished for shown in runs)
        label = f"Runs over many classes: {n} under way" if n else "Runs over many classes"
        st.page_link("pages/views/runs.py", label=label, icon=":material/checklist:")


def show_others(server: ServerSettings, first: frozenset[str]) -> None:
    """Shows the newest analyses, without those that are shown first."""
    st.divider()
    st.header("Earlier analyses")
    listed = _shown(server)
    others = [shown for shown in listed.found if shown.job.id not in first]
    if not others:
        paragraph("None yet.")
    _rows(server, others)
    tell_left_out(listed.left_out, "analysis")


def _shown(server: ServerSettings) -> Listing[JobOnDisk]:
    return jobs.read_jobs(server.workspace, executor=server.executor, most=SHOWN)


def _first(server: ServerSettings, ids: frozenset[str]) -> None:
    """Shows these analyses; when the last one has ended, the page runs again, since it need no longer be redrawn."""
    found = [shown for shown in _shown(server).found if shown.job.id in ids]
    _rows(server, found)
    ended = all(shown.state.finished for shown in found)
    if ended and st.session_state.get(BUSY):
        st.session_state[BUSY] = False
        st.rerun()
    st.session_state[BUSY] = not ended


def _rows(server: ServerSettings, found: Sequence[JobOnDisk]) -> None:
    waits = any(shown.state.status == "waiting" for shown in found)
    most = server.quotas.running
    places = jobs.queue_places(server.workspace, "report", executor=server.executor, most=most) if waits else {}
    for shown in found:
        with st.container(border=True):
            _row(server, shown, places.get(shown.job.id))


def _row(server: ServerSettings, shown: JobOnDisk, place: QueuePlace | None) -> None:
    state = shown.state
    words, buttons = st.columns([5, 1], vertical_alignment="center")
    words.markdown(title_of(shown, server, about=plain(shown.request.target)) + f" · {WORDS[state.status]}")
    if not state.finished:
        words.progress(min(1.0, state.done), text=_progress_words(state, place))
    elif state.message:
        words.caption(plain(public(state.message, server)))
    elif state.status == "interrupted":
        words.caption("Its process ended before it was done. What was finished is kept.")
    if owner := owner_of(shown.job):
        with words:
            paragraph(f"By {owner}.", "cx-note")  # in Markdown it would be a link that writes an e-mail
    with buttons:
        _buttons(server, shown)


def _progress_words(state: JobState, place: QueuePlace | None) -> str:
    if state.status == "waiting":
        return waiting_words(place)
    left = f", about {duration(state.seconds_left)} left" if state.seconds_left else ""
    return f"{state.stage or 'starting'}{left}"


def title_of(shown: JobOnDisk, server: ServerSettings, *, about: str) -> str:
    """The title of an analysis or a run, which distinguishes it from others. about: its classes, as Markdown."""
    request, settings = shown.request, shown.request.settings
    methods = f"{settings.method}, {settings.importance}".replace("_", " ")
    parts = [
        f"**{about}**",
        plain(_model_words(request)),
        plain(f"{noun_of(request.kind)}s {photos_name(request.texts or request.images, server)}"),
        *([plain(f"others {photos_name(request.others, server)}")] if request.others else []),
        *([plain(f"pairs {Path(request.pairs).name}")] if request.pairs else []),
        plain(f"{settings.n_concepts} concepts by {methods}, seed {settings.seed}"),
    ]
    return " · ".join(filter(None, [*parts, clock(shown.state.started)]))


def _model_words(request: Request) -> str:
    """The model, with the layer where there is a choice."""
    model = short_model(request.model)
    return model if request.layer is None else f"{model}, layer {request.layer}"


def _buttons(server: ServerSettings, shown: JobOnDisk) -> None:
    job, state = shown.job, shown.state
    owner = owner_of(job)
    if not state.finished:
        if may(Act.CANCEL, owner=owner):
            st.button("Cancel", key=f"cancel-{job.id}", on_click=job_acts.cancel, args=(server, job), width="stretch")
        return
    if state.status == "done":
        st.page_link("pages/views/report.py", label="Open the report", query_params={"id": state.result})
    elif may(Act.RUN):
        label = "Try again" if state.status == "failed" else "Go on"
        st.button(label, key=f"again-{job.id}", on_click=_go_on, args=(server, shown), width="stretch")
    if may(Act.REMOVE, owner=owner):
        st.button(
            "Remove", key=f"remove-{job.id}", on_click=job_acts.remove, args=(server, job), width="stretch",
            type="tertiary", help="Takes it off this list. A finished report stays in the gallery.",
        )  # fmt: skip


def _go_on(server: ServerSettings, shown: JobOnDisk) -> None:
    submitted(shown.request, server)
