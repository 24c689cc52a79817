"""The start of a comparison of poolings: an encoder, labelled texts, and the job that compares."""

import streamlit as st

from concepts.access import Act
from concepts.engine import jobs
from concepts.engine.jobs import JobOnDisk
from concepts.engine.jobs.job import Task
from concepts.engine.poolings import MOST, N_FOLDS
from concepts.report.request import Request, short_model
from concepts.report.settings import ReportSettings
from concepts.service import owner_of
from pages.analysis import job_acts
from pages.analysis.disk import submitted
from pages.analysis.short_names import photos_name
from pages.analysis.text_models import choose_encoder
from pages.analysis.texts import TextChoice, choose_texts
from pages.analysis.waiting import stage_words
from pages.components.safe_text import paragraph, plain
from pages.state.messages import public, without_options
from pages.state.selection import choose
from pages.state.server_settings import ServerSettings, server_settings
from pages.state.visitor import may, why_not

TASK: Task = "pooling"
SHOWN = 5  # comparisons under way or failed
SAID = "pooling_jobs_done"  # in the session: ids of jobs whose end this page has seen
INTERRUPTED = "Its process ended before it was done."


def show(*, start_open: bool) -> None:
    """Shows the comparisons under way, those that failed, and what starts one. start_open: whether it is unfolded."""
    server = server_settings()
    unfinished = [each for each in _listed(server) if not each.state.finished]
    st.fragment(_under_way, run_every=1.0 if unfinished else None)(server)
    if not may(Act.RUN):
        paragraph(why_not(Act.RUN), "cx-note")
        return
    with st.expander("Compare the poolings of an encoder on your texts", expanded=start_open and not unfinished):
        encoder, texts = choose_encoder(server), choose_texts(server)
        n_concepts = st.number_input("Number of concepts", 2, 50, 10, key="pooling_concepts", width=240)
        paragraph(f"The texts need labels. At most {MOST:,} are read, in {N_FOLDS} folds held out in turn.", "cx-note")
        ready = encoder is not None and texts is not None
        pressed = st.button("Compare", type="primary", key="pooling_start", disabled=not ready)
    if pressed and encoder is not None and texts is not None:
        asked = request_of(server, encoder, texts, int(n_concepts))
        if submitted(asked, server, task=TASK):
            st.rerun()


def request_of(server: ServerSettings, encoder: str, texts: TextChoice, n_concepts: int) -> Request:
    """The request of a comparison."""
    return Request(
        model=encoder, texts=texts.texts, text_column=texts.text_column, label_column=texts.label_column,
        id_column=texts.id_column, encoding=texts.encoding, device=server.device,
        settings=ReportSettings(n_concepts=n_concepts),
    )  # fmt: skip


def _listed(server: ServerSettings) -> tuple[JobOnDisk, ...]:
    return jobs.read_jobs(server.workspace, task=TASK, executor=server.executor, most=SHOWN).found


def _under_way(server: ServerSettings) -> None:
    """Redrawn every second while one is under way; when one has ended, the page shows it."""
    listed = _listed(server)
    for each in listed:
        if each.state.status != "done":
            _row(server, each)
    awaited: set[str] = st.session_state.setdefault(SAID, set())
    ended = [each for each in listed if each.job.id in awaited and each.state.finished]
    awaited |= {each.job.id for each in listed if not each.state.finished}
    awaited -= {each.job.id for each in ended}
    if ended:
        if ended[0].state.status == "done":
            choose(pooling=ended[0].state.result, measure=None)
        st.rerun()


def _row(server: ServerSettings, shown: JobOnDisk) -> None:
    job, state, request = shown.job, shown.state, shown.request
    with st.container(border=True):
        words, button = st.columns([5, 1], vertical_alignment="center")
        title = f"{short_model(request.model)} · texts {photos_name(str(request.texts), server)}"
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
