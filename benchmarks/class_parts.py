"""The parts of a run over many classes, measured: one worker of one thread, watched."""

import json
import math
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from statistics import mean

import psutil

from benchmarks.class_photos import classes_of, draw_photos, request_on
from benchmarks.measuring import meanwhile
from concepts.data.images import open_photos
from concepts.data.read_ahead import read_all
from concepts.engine.executors.task_processes import THREADS, TaskProcesses
from concepts.models import load_model, split_model
from concepts.publishing.site.writing import begin_site
from concepts.runs import planning
from concepts.runs.class_report import DoneClass
from concepts.runs.conduct import Conductor, to_do
from concepts.runs.disk import Shape, need_of
from concepts.runs.finish import build_run_site, lay_out
from concepts.runs.planning import Planned
from concepts.runs.run import SITE, RunClass, RunFolder
from concepts.runs.site_part import write_site_part
from concepts.storage.sizes import bytes_in
from concepts.storage.typed_json import read_typed
from tests.support.places import SHARED
from tests.support.run_cost import PASS, Finish, Parts, Range, grown

EVERY = 0.1  # seconds between two looks at memory and disk
DECODED = 200  # photos
PEAKS, SITE_TOOK, ATLAS_TOOK = "peaks.json", "site seconds", "atlas seconds"
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
        kept = [each["kept"] + few_peaks["site"] / n_classes for each in many.values()]
        return Parts(
            passed=Range(min(passed), max(passed)),
            decoded=few_peaks["decoded"],
            looked=few_peaks["looked"] / (n_classes * n_photos),
            listed=few_peaks["listed"],
            stages={name: extended(name) for name in few[classes[0]] if name not in (PASS, "kept")},
            memory=Range(*sorted((few_peaks["memory"], peaks["memory"]))),
            stored=Range(*sorted((peaks["stored"], peaks["said"]))),  # of one class: in one pass, and in parts
            kept=Range(min(kept), max(kept)),
            finish=Finish(
                n_classes, n_photos, *(few_peaks[name] for name in (SITE_TOOK, ATLAS_TOOK, "before", "command"))
            ),
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
        with _watched(place / PEAKS, crew, store) as peaks:
            conductor = Conductor(folder, crew, _printer(name))
            with _timed(peaks, "looked"):
                conductor.look()
            for failure in conductor.reports(to_do(folder, retry=True)[0]):
                raise RuntimeError(failure.text)
            begin_site(folder.path / SITE)
            parts = {each.indices[0]: _part_of_site(folder, each) for each in folder.run.classes}
            peaks["before"] = min(peaks.get("before", math.inf), _memory(os.getpid()))
            with _timed(peaks, SITE_TOOK):
                build_run_site(folder)
            with _timed(peaks, ATLAS_TOOK):
                lay_out(folder)
            peaks["listed"] = _listed(photos)
            peaks |= {"site": bytes_in(folder.path / SITE), "said": _said(planned, n), "decoded": _decoding()}
        crew.close()
        return {index: each | {"its part of the site": parts[index]} for index, each in _seconds(folder).items()}, peaks


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


def _part_of_site(folder: RunFolder, each: RunClass) -> float:
    """Seconds in which what the site shows of a class alone is made, as its worker has done or would do."""
    begin = time.perf_counter()
    write_site_part(folder, each)
    return time.perf_counter() - begin


def _listed(photos: Path) -> float:
    """Bytes that a process holds of each photo of a folder that is opened."""
    before = _memory(os.getpid())
    found = open_photos(str(photos))
    return max(0, _memory(os.getpid()) - before) / len(found)


def _said(planned: Planned, n: int) -> int:
    """Bytes that a run expects on disk at a time for a class of n photos."""
    split, settings = planned.split, planned.request.settings
    return need_of([n], Shape(split.n_positions, split.n_channels, settings.n_concepts, "images"), window=1).at_a_time


def _decoding(n: int = DECODED) -> float:
    """Seconds of one core to read a photo of ../shared as the pass does; they are as large as ImageNet's are."""
    weights = str(SHARED / "models" / "squeezenet1_0_imagenet.safetensors")
    transform = split_model(load_model("squeezenet1_0", weights=weights), layer="features").card.transform
    photos, begin = open_photos(str(SHARED / "data" / "imagenet_sample")), 0.0
    for _ in range(2):  # the first time, the disk's part is in it
        begin = time.process_time()
        for _ in read_all(photos, range(n), transform=transform):
            pass
    return (time.process_time() - begin) / n


@contextmanager
def _timed(peaks: Seconds, name: str) -> Iterator[None]:
    """Notes how long the block takes, where it takes longer than before: a run that goes on has done some of it."""
    begin = time.perf_counter()
    yield
    peaks[name] = max(peaks.get(name, 0.0), time.perf_counter() - begin)


@contextmanager
def _watched(file: Path, crew: TaskProcesses, store: Path) -> Iterator[Seconds]:
    """Notes the peaks of memory, a worker's and this process's, and of the store, beside those that the file holds."""
    peaks: Seconds = json.loads(file.read_text()) if file.is_file() else {}

    def look() -> None:
        memory = max([*map(_memory, crew.pids()), 0])
        found = {"memory": memory, "command": _memory(os.getpid()), "stored": bytes_in(store)}
        peaks.update({name: max(peaks.get(name, 0), value) for name, value in found.items()})

    look()
    try:
        with meanwhile(look, every=EVERY):
            yield peaks
    finally:
        file.write_text(json.dumps(peaks))


def _memory(pid: int) -> int:
    """Bytes of a process for itself: pages of files, which the system can drop, do not count."""
    with suppress(psutil.Error):
        found = psutil.Process(pid).memory_info()
        return int(found.rss - found.shared)
    return 0


def _printer(name: str) -> Callable[[object], None]:
    """Prints how many classes are done, once for each."""
    last = [""]

    def told(table: object) -> None:
        state = f"  {name}: {getattr(table, 'done', 0)} classes done"
        if state != last[0]:
            print(state, flush=True)
            last[0] = state

    return told
