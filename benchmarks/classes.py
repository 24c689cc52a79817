"""Many classes in one run, in topics: what the engine costs a task, what a second worker gains, and by measured parts
what 1,000 classes of ImageNet would take.

overhead: tasks that do nothing, in each engine, in turns.
speed: 40 classes by one and by two Dask workers of one thread, and by one process of two threads as `reports` starts it
without options; in rounds of opposite order, with what starts them up left out. To reach: two workers ≥ 1.7 ×.
parts: `--classes` of `--photos` on one worker of one thread, and a few classes of as many photos as ImageNet has, by
which the parts are extended to its 1,000 classes. With `--folder` it goes on from what is finished.

Photos are random cuts of those of ../shared; the model is SqueezeNet, whose pass is short beside that of others.
"""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import mean

import numpy as np

from benchmarks.class_parts import ImageNetParts
from benchmarks.class_photos import classes_of, draw_photos, request_on
from benchmarks.measuring import machine
from concepts.engine.executors.dask_cluster import DaskCluster
from concepts.engine.executors.in_process import InProcess
from concepts.engine.executors.task_processes import THREADS, TaskProcesses
from concepts.engine.tasks.task import Task, TaskExecutor
from concepts.publishing.site.writing import begin_site
from concepts.runs.conduct import Conductor, to_do
from concepts.runs.planning import Planned
from concepts.runs.run import SITE, RunFolder
from tests.support.cluster import cluster, wait_until
from tests.support.places import SHARED
from tests.support.run_cost import GB, MACHINES, Cost, Parts, Range, cost

TASKS, PAIRS = 200, 5
SLUG = "concepts.storage.store:slug"  # the shortest work that there is
IMAGENET = (1_000, 1_300)  # classes, and photos of each
ROUNDS = 2
CLUSTERS = {"Dask, one worker of one thread": 1, "Dask, two workers of one thread": 2}  # and their workers
TODAY = "one process of two threads"


def per_task(executor: TaskExecutor) -> float:
    """Milliseconds a task, of tasks that do nothing."""
    begin = time.perf_counter()
    for i in range(TASKS):
        executor.submit(Task(f"nothing-{time.monotonic_ns()}-{i}", SLUG, "x"))
    left = TASKS
    while left:
        left -= executor.next(1.0) is not None
    return 1000 * (time.perf_counter() - begin) / TASKS


def overhead(folder: Path) -> None:
    """What a task costs in each engine, in turns."""
    with cluster(folder / "cluster", n_workers=1) as found:
        engines: dict[str, TaskExecutor] = {"this process": InProcess()}
        engines["a process"] = TaskProcesses(1, log=folder / "log.txt")
        engines["Dask, TLS"] = DaskCluster(str(found.file))
        for engine in engines.values():
            per_task(engine)  # start-up
        times: dict[str, list[float]] = {name: [] for name in engines}
        for _ in range(PAIRS):
            for name, engine in engines.items():
                times[name].append(per_task(engine))
        for engine in engines.values():
            engine.close()
    for name, found_times in times.items():
        print(
            f"  {name:<14}{np.median(found_times):>8.2f} ms a task ({min(found_times):.2f} to {max(found_times):.2f})"
        )


@contextmanager
def crew_of(name: str, folder: Path) -> Iterator[TaskExecutor]:
    """One of those that are compared, started; it ends with the block, so that none idles beside another."""
    if name == TODAY:
        folder.mkdir()
        os.environ[THREADS] = "2"
        with closing(TaskProcesses(1, log=folder / "log.txt")) as process:
            yield process
        return
    with cluster(folder, n_workers=CLUSTERS[name]) as found, closing(DaskCluster(str(found.file))) as workers:
        wait_until(lambda: workers.slots == CLUSTERS[name])
        yield workers


def seconds_of(photos: Path, targets: list[int], out: Path, crew: TaskExecutor, evidence: str) -> float:
    """Seconds in which the reports of these classes are made, without the first look at the photos."""
    file = out.parent / f"{out.name}.txt"
    file.write_text("\n".join(map(str, targets)))
    planned = Planned(request_on(photos, evidence), str(file), out, out.parent / f"{out.name}-store")
    planned.add_classes(planned.labels)
    folder = RunFolder(planned.folder.path)
    begin_site(folder.path / SITE)
    conductor = Conductor(folder, crew, lambda table: None)
    conductor.look()
    begin = time.perf_counter()
    for failure in conductor.reports(to_do(folder, retry=True)[0]):
        print(f"    FAILED {failure.text}")
    return time.perf_counter() - begin


def speed(folder: Path, n_classes: int, n_photos: int, evidence: str) -> None:
    """One worker, two workers and today's process, each on all classes, in rounds of opposite order."""
    classes = classes_of(n_classes + 2)
    photos = draw_photos(folder / "photos", classes, n_photos)
    names = [*CLUSTERS, TODAY]
    seconds: dict[str, list[float]] = {name: [] for name in names}
    for i in range(ROUNDS):
        for name in names[:: (-1) ** i]:
            place = folder / f"{i}-{names.index(name)}"
            with crew_of(name, place) as crew:
                seconds_of(photos, classes[:2], place / "out", crew, evidence)  # one run: they are ready then
                seconds[name].append(seconds_of(photos, classes[2:], place / "out", crew, evidence))
    first, *_ = seconds.values()
    print(f"  {n_classes} classes of {n_photos} photos, in {ROUNDS} rounds")
    for name, taken in seconds.items():
        each = ", ".join(f"{one / other:.2f}" for one, other in zip(first, taken, strict=True))
        aim = " (to reach 1.7)" if CLUSTERS.get(name) == 2 else ""
        print(f"  {name:<34}{mean(taken):>8.0f} s{sum(first) / sum(taken):>7.2f} × (of a round {each}){aim}")


def print_parts(parts: Parts) -> None:
    print(f"  a class of {IMAGENET[1]:,} photos on one core: the pass {_of(parts.passed, 1000)} ms a photo")
    first = 1000 * parts.looked
    print(f"    of these {1000 * parts.decoded:.1f} to read and decode it; the first look {first:.1f} ms a photo")
    for name, each in parts.stages.items():
        print(f"    {name:<24}{_of(each)} s")
    print(f"    peak of a worker {_of(parts.memory, 1 / GB)} GB; on disk {_of(parts.stored, 1 / GB, 3)} GB meanwhile, "
          f"{_of(parts.kept, 1 / GB, 3)} GB after")  # fmt: skip
    end = parts.finish
    told = f"site {end.site:.0f} s and atlas {end.atlas:.0f} s of {end.n_classes} classes"
    print(f"  {told}, by the command alone, with at most {end.peak / GB:.1f} GB")


def print_costs(parts: Parts) -> None:
    """What ImageNet would cost."""
    n_classes, n_photos = IMAGENET
    print(f"\n  {n_classes:,} classes, {n_classes * n_photos / 1e6:.1f} M photos (not run)")
    print(f"  {'':<28}{'hours':>16}{'memory, GB':>16}{'disk meanwhile':>16}{'disk after':>16}  bound by")
    for each in MACHINES:
        print(f"  {each.name:<28}{_cells(cost(parts, each, n_classes, n_photos))}")


def _cells(found: Cost) -> str:
    bytes_of = (found.memory, found.at_a_time, found.for_good)
    return _of(found.hours).rjust(16) + "".join(_of(each, 1 / GB).rjust(16) for each in bytes_of) + f"  {found.bound}"


def _of(each: Range, factor: float = 1.0, digits: int = 1) -> str:
    low, high = (f"{value * factor:,.{digits}f}" for value in (each.low, each.high))
    return low if low == high else f"{low} to {high}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    topics = ("overhead", "speed", "parts")
    parser.add_argument("--topics", nargs="+", choices=topics, default=topics)
    parser.add_argument("--classes", type=int, default=10, help="of parts; to judge by: 100 (default: %(default)s)")
    parser.add_argument("--photos", type=int, default=40, help="of a class; to judge by: 300 (default: %(default)s)")
    parser.add_argument("--large", type=int, default=2, help="classes of 1,300 photos of parts (default: %(default)s)")
    parser.add_argument("--speed-classes", type=int, default=16, help="to judge by: 40 (default: %(default)s)")
    parser.add_argument("--speed-photos", type=int, default=40, help="of a class of speed (default: %(default)s)")
    parser.add_argument("--evidence", default="on", choices=("on", "off"))
    parser.add_argument("--folder", type=Path, help="keeps photos and reports of parts, and goes on from them")
    options = parser.parse_args()
    if not SHARED.is_dir():
        raise SystemExit("skipped: needs the photos and the model in ../shared")
    print(machine())
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        if "overhead" in options.topics:
            overhead(root)
        if "speed" in options.topics:
            speed(root, options.speed_classes, options.speed_photos, options.evidence)
        if "parts" in options.topics:
            measured = ImageNetParts(options.folder or root, options.evidence)
            parts = measured.measure(options.classes, options.photos, options.large, IMAGENET[1])
            print_parts(parts)
            print_costs(parts)
            print(json.dumps(measured.where))
    print(machine())


if __name__ == "__main__":
    main()
