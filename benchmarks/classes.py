"""All classes in one run: what the engine costs a task, what a second worker gains, whether kills lose anything, and by
the measured parts what 1,000 classes of ImageNet would take.

Photos are random cuts of those of ../shared, `--classes` folders of `--photos` each; the model is SqueezeNet. Workers
have one thread; beside them one process with all threads. To reach: two workers ≥ 1.7 × one, for 40 classes; after
random kills every report is there and equal (arrays, tables, pictures).
"""

import argparse
import json
import os
import random
import signal
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.measuring import machine
from concepts.engine.executors.dask_cluster import DaskCluster
from concepts.engine.executors.in_process import InProcess
from concepts.engine.executors.task_processes import THREADS, TaskProcesses
from concepts.engine.tasks.task import Task, TaskExecutor
from concepts.report.request import Request
from concepts.report.settings import ReportSettings
from concepts.runs.whole import Telling, make_reports
from tests.support.cluster import cluster
from tests.support.places import SHARED
from tests.support.runs import comparable

TASKS, PAIRS = 200, 5
SIDE = 224
SLUG = "concepts.storage.store:slug"  # the shortest work that there is
IMAGENET = (1_000, 1_300)  # classes, and photos of each


@dataclass(frozen=True)
class Machines:
    """What 1,000 classes might be given: photos a second through a GPU, as others measured them (least and most), None
    for none; and cores for the rest."""

    name: str
    gpu: tuple[float, float] | None
    cores: int


MACHINES = (
    Machines("one H200, 16 cores", (300.0, 1_000.0), 16),
    Machines("four GPUs, 64 cores", (1_200.0, 4_000.0), 64),
    Machines("100 CPU cores", None, 100),
)


@dataclass(frozen=True)
class Ran:
    """A run: its seconds, and the seconds of its reports by stage, summed."""

    seconds: float
    stages: dict[str, float]
    folder: Path


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


def draw_photos(folder: Path, n_classes: int, n_photos: int) -> None:
    """Random cuts of the photos of ../shared, in folders by wnid."""
    rng = np.random.default_rng(0)
    files = sorted((SHARED / "data" / "imagenet_sample").glob("*.[jJ]*"))
    for file in files[:: max(1, len(files) // n_classes)][:n_classes]:
        place = folder / file.name.split("_")[0]
        place.mkdir(parents=True)
        photo = Image.open(file).convert("RGB")
        for i in range(n_photos):
            side = int(rng.integers(SIDE * 2 // 3, min(photo.size)))
            left, top = (int(rng.integers(0, length - side + 1)) for length in photo.size)
            photo.crop((left, top, left + side, top + side)).resize((SIDE, SIDE)).save(place / f"{i:04d}.jpg")


def request_on(photos: Path, evidence: str) -> Request:
    """The request of the runs."""
    weights = str(SHARED / "models" / "squeezenet1_0_imagenet.safetensors")
    settings = ReportSettings(evidence=evidence)
    return Request(model="squeezenet1_0", weights=weights, images=str(photos), layer="features", settings=settings)


def timed(request: Request, out: Path, executor: Callable[[Path], TaskExecutor], telling: Telling | None = None) -> Ran:
    """A run, timed without the site."""
    begin, ends = time.perf_counter(), [0.0]

    def last(table: object) -> None:
        ends[0] = time.perf_counter()
        if telling:
            telling.table(table)  # type: ignore[arg-type]

    summary = make_reports(request, "all", out, store=out.parent / f"{out.name}-store", executor=executor,
                           telling=Telling(table=last))  # fmt: skip
    for failure in summary.failures:
        print(f"    FAILED {failure.text}")
    stages: dict[str, float] = {}
    for file in out.glob("reports/*/report.json"):
        for name, seconds in json.loads(file.read_text("utf-8"))["seconds"].items():
            stages[name] = stages.get(name, 0.0) + seconds
    return Ran(ends[0] - begin, stages, out)


def processes(n: int, threads: int) -> Callable[[Path], TaskExecutor]:
    """n processes of so many threads each."""

    def start(log: Path) -> TaskExecutor:
        os.environ[THREADS] = str(threads)
        return TaskProcesses(n, log=log)

    return start


class Killed(TaskProcesses):
    """n processes of one thread, one of which is killed every few seconds, as chance has it."""

    def __init__(self, n: int, log: Path, every: float, kills: list[int]) -> None:
        super().__init__(n, log=log)
        self._ended_kills, self._chance = threading.Event(), random.Random(0)
        threading.Thread(target=self._kill, args=(every, kills), daemon=True).start()

    def _kill(self, every: float, kills: list[int]) -> None:
        while not self._ended_kills.wait(self._chance.uniform(0.5, 1.5) * every):
            for pid in self._chance.sample(pids, 1) if (pids := self.pids()) else []:
                os.kill(pid, signal.SIGKILL)
                kills.append(pid)

    def close(self) -> None:
        self._ended_kills.set()
        super().close()


def killing(n: int, every: float, kills: list[int]) -> Callable[[Path], TaskExecutor]:
    """Starts `Killed` processes; their numbers go to `kills`."""

    def start(log: Path) -> TaskExecutor:
        os.environ[THREADS] = "1"
        return Killed(n, log, every, kills)

    return start


def equal(one: Path, other: Path) -> tuple[int, int]:
    """How many reports of two runs are equal, and how many there are in the first."""
    names = [folder.name for folder in sorted((one / "reports").iterdir())]
    same = [name for name in names if (other / "reports" / name).is_dir() and _equal(one, other, name)]
    return len(same), len(names)


def _equal(one: Path, other: Path, name: str) -> bool:
    return comparable(one / "reports" / name) == comparable(other / "reports" / name)


def projected(ran: Ran, n_classes: int, n_photos: int) -> None:
    """What ImageNet would take, in hours. The pass grows with the photos; the rest of a report takes as long as here at
    least, and grows with the photos of its class at most. The rest is spread over the cores."""
    passed = ran.stages["forward pass"] / (n_classes * n_photos)
    rest = sum(each for name, each in ran.stages.items() if name not in ("activations", "forward pass")) / n_classes
    classes, photos = IMAGENET
    print(f"  here, one core: {1000 * passed:.1f} ms a photo; {rest:.1f} s of a report beside it")
    for each in MACHINES:
        rates = each.gpu or (each.cores / passed, each.cores / passed)
        slowest, fastest = (classes * photos / rate / 3600 for rate in rates)
        low, high = (classes * rest * factor / each.cores / 3600 for factor in (1, photos / n_photos))
        bound = "the pass" if fastest > high else "the rest of the reports" if low > slowest else "either"
        print(f"  {each.name:<20}{fastest + low:>6.1f} to {slowest + high:.1f} h, bound by {bound} (not run)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--classes", type=int, default=100)
    parser.add_argument("--photos", type=int, default=300)
    parser.add_argument("--evidence", default="off")
    parser.add_argument("--kill-every", type=float, default=15.0, help="seconds; 0 for no kills")
    options = parser.parse_args()
    if not SHARED.is_dir():
        raise SystemExit("skipped: needs the photos and the model in ../shared")
    print(machine())
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        overhead(root)
        draw_photos(root / "photos", options.classes, options.photos)
        request = request_on(root / "photos", options.evidence)
        one = timed(request, root / "one", processes(1, 1))
        two = timed(request, root / "two", processes(2, 1))
        threads = timed(request, root / "threads", processes(1, os.cpu_count() or 1))
        what = f"{options.classes} classes of {options.photos} photos"
        print(f"  {what}, one worker of one thread: {one.seconds:.0f} s")
        print(f"  two workers: {two.seconds:.0f} s, {one.seconds / two.seconds:.2f} × (to reach 1.7)")
        print(
            f"  one process, {os.cpu_count()} threads: {threads.seconds:.0f} s, {one.seconds / threads.seconds:.2f} ×"
        )
        same, n = equal(root / "one", root / "two")
        print(f"  reports of two workers that equal those of one: {same} of {n}")
        if options.kill_every:
            kills: list[int] = []
            killed = timed(request, root / "killed", killing(2, options.kill_every, kills))
            same, n = equal(root / "one", root / "killed")
            print(f"  {len(kills)} kills: {same} of {n} reports are there and equal, {killed.seconds:.0f} s")
        projected(one, options.classes, options.photos)


if __name__ == "__main__":
    main()
