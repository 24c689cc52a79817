"""The parts of a run over many classes, measured: one worker of one thread, watched."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from statistics import mean

import psutil

from benchmarks.class_photos import classes_of, draw_photos, request_on
from benchmarks.measuring import meanwhile
from concepts.engine.executors.task_processes import THREADS, TaskProcesses
from concepts.runs import planning
from concepts.runs.class_report import DoneClass
from concepts.runs.conduct import Conductor, to_do
from concepts.runs.planning import Planned
from concepts.runs.run import RunFolder
from concepts.storage.typed_json import read_typed
from tests.support.run_cost import PASS, Parts, Range, grown

EVERY = 0.1  # seconds between two looks at memory and disk
PEAKS = "peaks.json"
Seconds = dict[str, float]  # of a class, by stage


class ImageNetParts:
    """Measures in a folder that keeps what is finished: given again, it goes on from there."""

    def __init__(self, folder: Path, evidence: str) -> None:
        self.folder, self.evidence = folder.expanduser().resolve(), evidence

    @property
    def where(self) -> dict[str, str]:
        """The folders of the runs, whose reports have the seconds of each class."""
        return {file.parent.name: str(file.parent) for file in sorted(self.folder.glob(f"*/{PEAKS}"))}

    def measure(self, n_classes: int, n_photos: int, n_large: int, large: int) -> Parts:
        """n_classes of n_photos each, and n_large of `large` photos, which the parts of the others are extended to."""
        classes = classes_of(n_classes)
        chosen = classes[:: max(1, n_classes // n_large)][:n_large]
        few, few_peaks = self._run(f"{n_classes}-of-{n_photos}", classes, n_photos)
        many, peaks = self._run(f"{len(chosen)}-of-{large}", chosen, large)
        same = [few[index] for index in many]

        def extended(name: str) -> Range:
            return grown(*([each.get(name, 0.0) for each in of] for of in (few.values(), same, many.values())))

        passed = [mean(each[PASS] / n for each in found.values()) for found, n in ((few, n_photos), (many, large))]
        kept = [each["kept"] for each in many.values()]
        return Parts(
            passed=Range(min(passed), max(passed)),
            stages={name: extended(name) for name in few[classes[0]] if name not in (PASS, "kept")},
            memory=Range(*sorted((few_peaks["memory"], peaks["memory"]))),
            stored=Range(peaks["stored"] / 2, peaks["stored"]),  # of two classes at most that are under way
            kept=Range(min(kept), max(kept)),
        )

    def _run(self, name: str, classes: list[int], n: int) -> tuple[dict[int, Seconds], Seconds]:
        """The seconds of each class, and the peaks of memory and disk."""
        place = self.folder / name
        photos = draw_photos(place / "photos", classes, n)
        (place / "targets.txt").write_text("\n".join(map(str, classes)))
        planning.PART = n  # one task a class, so that its seconds are those of all of it
        store = place / "stages"
        planned = Planned(request_on(photos, self.evidence), str(place / "targets.txt"), place / "run", store)
        planned.add_classes(planned.labels)
        folder = RunFolder(planned.folder.path)
        os.environ[THREADS] = "1"
        crew = TaskProcesses(1, log=place / "log.txt")
        with _watched(place / PEAKS, crew, store):
            conductor = Conductor(folder, crew, _printer(name))
            conductor.look()
            for failure in conductor.reports(to_do(folder, retry=True)[0]):
                raise RuntimeError(failure.text)
        crew.close()
        return _seconds(folder), json.loads((place / PEAKS).read_text())


def _seconds(folder: RunFolder) -> dict[int, Seconds]:
    """Of each class: seconds by stage, of storing beside the pass, and of the rest; "kept": bytes of its report."""
    found = {}
    for each in folder.run.classes:
        stages: Seconds = json.loads((folder.report(each) / "report.json").read_text("utf-8"))["seconds"]
        rest = read_typed(DoneClass, folder.done(each)).seconds - sum(stages.values()) + stages[PASS]
        storing = max(0.0, stages.pop("activations") - stages[PASS])
        kept = float(sum(file.stat().st_size for file in folder.report(each).rglob("*") if file.is_file()))
        found[each.indices[0]] = stages | {"storing activations": storing, "saving and the rest": rest, "kept": kept}
    return found


@contextmanager
def _watched(file: Path, crew: TaskProcesses, store: Path) -> Iterator[None]:
    """Notes the peaks of a worker's memory and of the store in the file, beside those that it holds."""
    peaks = json.loads(file.read_text()) if file.is_file() else {"memory": 0, "stored": 0}

    def look() -> None:
        peaks["memory"] = max(peaks["memory"], *map(_memory, crew.pids()), 0)
        peaks["stored"] = max(peaks["stored"], _bytes_in(store))

    try:
        with meanwhile(look, every=EVERY):
            yield
    finally:
        file.write_text(json.dumps(peaks))


def _memory(pid: int) -> int:
    """Bytes of a process for itself: pages of files, which the system can drop, do not count."""
    with suppress(psutil.Error):
        found = psutil.Process(pid).memory_info()
        return int(found.rss - found.shared)
    return 0


def _bytes_in(folder: Path) -> int:
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                total += os.stat(os.path.join(place, name)).st_size
    return total


def _printer(name: str) -> Callable[[object], None]:
    """Prints how many classes are done, once for each."""
    last = [""]

    def told(table: object) -> None:
        state = f"  {name}: {getattr(table, 'done', 0)} classes done"
        if state != last[0]:
            print(state, flush=True)
            last[0] = state

    return told
