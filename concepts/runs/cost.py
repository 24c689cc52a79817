"""What a run will cost, from a look at a model and its photos or texts: said before it starts."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from concepts.engine.cost import FIXED_MEMORY, passed_others
from concepts.engine.inspection import Inspection
from concepts.engine.report_cost import cost_of_report, n_changed
from concepts.report.request import Request
from concepts.runs.disk import DiskNeed, Shape, need_of
from concepts.runs.window import window_of


@dataclass(frozen=True)
class RunCost:
    """Estimates. passes: photos or texts through the model. seconds: on all cores of this machine. memory: bytes of all
    processes together."""

    n_classes: int
    passes: int
    seconds: float
    memory: int
    disk: DiskNeed


def run_cost(found: Inspection, wanted: Request, sizes: Sequence[int], *, workers: int) -> RunCost:
    """What reports of so many items each cost. sizes: items of each class; () where only the model's answers will tell.

    Then it is the most that it can be: all items may be of one class, or there are as many classes as the model or the
    items allow, each of which asks the model about others. The seconds are a bound, too: each report is costed as if it
    were alone, and a run loads its model once. Processes share the cores, so that their number changes memory and disk,
    not the seconds.
    """
    if sizes:
        return _cost_of(found, wanted, sizes, workers)
    most = min(found.n_photos, len(found.class_names))
    split = [found.n_photos // most + (i < found.n_photos % most) for i in range(most)]
    ends = [_cost_of(found, wanted, end, workers) for end in (split, [found.n_photos])]
    return RunCost(
        n_classes=most,
        passes=found.n_photos + max(end.passes for end in ends),
        seconds=found.n_photos * found.seconds_per_photo + max(end.seconds for end in ends),
        memory=max(end.memory for end in ends),
        disk=DiskNeed(max(end.disk.at_a_time for end in ends), max(end.disk.for_good for end in ends)),
    )


def _cost_of(found: Inspection, wanted: Request, sizes: Sequence[int], workers: int) -> RunCost:
    """What reports of classes of these sizes cost, without a first look."""
    shares = wanted.settings.photos == "all"
    again = sum(sizes[1:]) if shares else 0  # passes that the first class has made for the others
    costs = [cost_of_report(found, wanted, n, n_others=_others(found, n)) for n in sizes]
    layer = found.layer(wanted.layer or found.default_layer).shape
    shape = Shape(math.prod(layer[:-1]), layer[-1], wanted.settings.n_concepts, found.kind)
    return RunCost(
        n_classes=len(sizes),
        passes=sum(_passes(found, wanted, n) for n in sizes) - again,
        seconds=sum(cost.seconds for cost in costs) - again * found.seconds_per_photo,
        memory=FIXED_MEMORY + workers * max(cost.memory for cost in costs),
        disk=need_of(sizes, shape, window=1 if shares else window_of(workers)),
    )


def _others(found: Inspection, n: int) -> int:
    """Items of other classes than one of n items."""
    known = sum(found.photos_per_class.values()) or found.n_photos
    return max(0, found.n_others + known - n)


def _passes(found: Inspection, wanted: Request, n: int) -> int:
    """How often an item goes through the model for a report of n items."""
    others = passed_others(_others(found, n), found.kind) if wanted.settings.evidence == "on" else 0
    return n + found.n_tried + others + n_changed(found, wanted, n)
