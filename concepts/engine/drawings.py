"""Drawings of a finished report's top concepts, made in the background after its job."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from concepts.engine.analysis import load_split
from concepts.report.class_report import ClassReport
from concepts.report.queries.visualisation import draw_concept
from concepts.report.request import Request


def draw_top_concepts(
    report: ClassReport, request: Request, store: Path, *, n: int, unwanted: Callable[[], bool]
) -> int:
    """Draws the n most important concepts that are alive, and returns how many are there.

    Nothing is drawn twice (`draw_concept`). It ends early where `unwanted` says so, where the model cannot be opened
    again, and where a concept cannot be drawn: a report is whole without drawings.
    """
    wanted = [row.index for row in report.data.concepts if not row.dead][:n]
    done = 0
    with suppress(ValueError, OSError, MemoryError):
        split = load_split(request, report.data.layer.path) if wanted else None
        for concept in wanted:
            if split is None or unwanted():
                break
            draw_concept(report, split, concept, store=store)
            done += 1
    return done
