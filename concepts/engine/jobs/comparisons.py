"""The tasks whose results the page Compare shows: what makes each, and the shares of its stages."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from concepts.engine.compressions import compare_report_codes, compression_id
from concepts.engine.ensembles import ensemble_id, explain_views
from concepts.engine.jobs.job import Job, Task
from concepts.engine.poolings import pool_texts, pooling_id
from concepts.engine.texts_found import limits_of

Progress = Callable[[str, float], None]
Within = Sequence[Path]


@dataclass(frozen=True)
class Comparison:
    """One of these tasks. weights: the usual share of each stage in the whole, in their order.

    place: the folder of the workspace in which the result of a job will lie. make: writes it there. It is called with
    the job, that folder, the job's progress, and the folders that links may lead to.
    """

    weights: Mapping[str, float]
    place: Callable[[Job], Path]
    make: Callable[[Job, Path, Progress, Within], None]


def _poolings(job: Job, place: Path, progress: Progress, within: Within) -> None:
    from concepts.evaluation.pooling.writing import write_comparison

    request, workspace = job.request, job.workspace
    limits = limits_of(str(request.texts), workspace)
    found = pool_texts(request, progress, store=workspace / "store", within=within, limits=limits)
    write_comparison(found, place)


def _ensemble(job: Job, place: Path, progress: Progress, within: Within) -> None:
    from concepts.evaluation.ensembles.stored import write_ensemble

    request, views, workspace = job.request, job.views, job.workspace
    limits = limits_of(str(request.texts), workspace)
    found, _ = explain_views(request, views, progress, store=workspace / "store", within=within, limits=limits)
    write_ensemble(found, place)


def _codes(job: Job, place: Path, progress: Progress, within: Within) -> None:
    from concepts.evaluation.compression.writing import write_compression

    request, workspace = job.request, job.workspace
    limits = limits_of(str(request.texts), workspace)
    found = compare_report_codes(request, workspace / "store", progress, within=within, limits=limits)
    write_compression(found, place)


COMPARISONS: dict[Task, Comparison] = {
    "pooling": Comparison(
        {"model": 0.1, "poolings": 0.9}, lambda job: job.workspace / "poolings" / pooling_id(job.request), _poolings
    ),
    "ensemble": Comparison(
        {"models": 0.5, "views": 0.5},
        lambda job: job.workspace / "ensembles" / ensemble_id(job.request, job.views),
        _ensemble,
    ),
    "compression": Comparison(
        {"report": 0.3, "reports": 0.7},
        lambda job: job.workspace / "compressions" / compression_id(job.request),
        _codes,
    ),
}
