"""The start of a run over several classes: its processes, its cost, whether the disk has room."""

import os
from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from concepts.data.nouns import noun_of
from concepts.engine import jobs
from concepts.engine.inspection import Inspection
from concepts.engine.jobs import ManyClasses
from concepts.numerics.counted import counted
from concepts.report.request import Request
from concepts.runs.cost import RunCost, run_cost
from concepts.runs.disk import DiskNeed, free_bytes, written
from pages.analysis.amounts import duration, size
from pages.analysis.classes import ClassChoice
from pages.analysis.disk import submitted
from pages.components.safe_text import paragraph
from pages.state.server_settings import ServerSettings

MOST_PROCESSES = 16
PROCESSES_HELP = """\
Each holds the model in memory and works on one class at a time, with its share of the server's cores."""
SHARED = "Each report is on all {items}: the classes share one pass and one dictionary, and differ in what counts."


def offer_run(server: ServerSettings, request: Request, found: Inspection, chosen: ClassChoice, *, ready: bool) -> None:
    """Shows what a run over the chosen classes costs, and starts it. request: all of it but the classes."""
    noun, wanted = noun_of(found.kind), _of_all_classes(request, found)
    shares = wanted.settings.photos == "all"
    sizes = [found.n_photos for _ in chosen.sizes] if shares else list(chosen.sizes)
    workers = _workers(server)
    cost = run_cost(found, wanted, sizes, workers=workers)
    _show_cost(cost, noun, answered=not sizes)
    if shares:
        paragraph(SHARED.format(items=counted(found.n_photos, noun)), "cx-note")
    _warn_of_small(sizes, wanted.settings.n_concepts, noun)
    hindered = [_lacks_room(server, cost.disk), _has_others(request, found), _is_under_way(server, wanted)]
    pressed = st.button("Start the run", type="primary", key="start", disabled=any(hindered) or not ready)
    many = ManyClasses(chosen.targets, workers)
    if pressed and (job := submitted(wanted, server, task="reports", many=many)):
        st.switch_page("pages/views/runs.py", query_params={"run": job.id})


def _of_all_classes(request: Request, found: Inspection) -> Request:
    """The request without a class, each report on the photos of its own, or on all where a visitor chose that: there is
    a choice only where classes have photos."""
    photos = request.settings.photos if found.photos_per_class else "class"
    return replace(request, target="", settings=replace(request.settings, photos=photos))


def _workers(server: ServerSettings) -> int:
    """How many processes; one where they would share a GPU."""
    most = 1 if server.device.startswith("cuda") else min(MOST_PROCESSES, os.cpu_count() or 1)
    if most == 1:
        return 1
    return int(
        st.number_input("Processes", 1, most, 1, key="processes", help=PROCESSES_HELP, bind="query-params", width=200)
    )


def _show_cost(cost: RunCost, noun: str, *, answered: bool) -> None:
    """answered: the classes are not known before the model has answered."""
    st.markdown(f"**What it will cost**, from the time that a few {noun}s took:")
    about = "at most" if answered else "about"
    shown = {
        "classes": f"at most {cost.n_classes:,}" if answered else f"{cost.n_classes:,}",
        f"{noun}s through the model": f"{about} {cost.passes:,}",
        "time": f"{about} {duration(cost.seconds)}",
        "memory": f"{about} {size(cost.memory)}",
    }
    for column, (label, value) in zip(st.columns(len(shown)), shown.items(), strict=True):
        column.metric(label, value)
    st.markdown(
        f"Disk: it takes at most {written(cost.disk.most)} while it runs, {written(cost.disk.for_good)} in the end."
    )


def _warn_of_small(sizes: Sequence[int], n_concepts: int, noun: str) -> None:
    """Says of how many classes no report can be made."""
    if small := sum(n < n_concepts for n in sizes):
        st.warning(f"{counted(small, 'class')} with fewer {noun}s than {n_concepts} concepts will have no report.")


def _has_others(request: Request, found: Inspection) -> bool:
    """Whether each report is to be on all photos or texts, some of them from a source of other classes; if so, a line
    says that a run does not make that."""
    refused = request.settings.photos == "all" and bool(found.n_others)
    if refused:
        noun = noun_of(found.kind)
        st.error(
            f"Which {noun}s of other classes there are differs by class, and a run on all {noun}s makes one dictionary "
            f"for all classes: put all {noun}s together, or choose those of the class under “Which {noun}s”, below "
            "Advanced."
        )
    return refused


def _lacks_room(server: ServerSettings, need: DiskNeed) -> bool:
    """Whether the disk of the workspace has too little room; if so, a line says it."""
    free = free_bytes(server.workspace)
    if free < need.most:
        st.error(
            f"The run takes {written(need.most)} on the server's disk, where {written(free)} are free: choose fewer "
            "classes or concepts, a smaller layer, or fewer processes."
        )
    return free < need.most


def _is_under_way(server: ServerSettings, wanted: Request) -> bool:
    """Whether a run with the same model, data and settings is under way, which other classes would change; if so, a
    line says it."""
    job = jobs.find(server.workspace, f"reports-{wanted.key}", executor=server.executor)
    if job is None or not jobs.under_way(job):
        return False
    n = len(job.many.targets)
    st.info(
        f"A run with this model, these {noun_of(wanted.kind)}s and these settings is under way, over "
        f"{counted(n, 'class') if n else 'all classes'}: let it end, or stop it, then start this one. What it has "
        "finished is not made again."
    )
    st.page_link("pages/views/runs.py", label="See the run", query_params={"run": job.id})
    return True
