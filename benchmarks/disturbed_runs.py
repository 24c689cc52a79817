"""Runs over classes of the demo that are disturbed: workers, scheduler and command killed, a disk that fills, two
commands at once, stages pruned while they are used. What comes out is compared with a run of one process in peace."""

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from benchmarks.measuring import meanwhile
from concepts.demo.names import SHAPES
from concepts.demo.pictures import demo_pictures
from concepts.storage.store import IN_USE, prune
from tests.support.cluster import Cluster, cluster, environment_of
from tests.support.places import ROOT
from tests.support.runs import comparable

MOST_STARTS = 12  # commands until all reports must be there
LONGEST = 600.0  # seconds of one command
SMALL_DISK = 192  # MB


class UndoableError(Exception):
    """A disturbance that this machine does not let us make."""


@dataclass
class Trial:
    """A run that is disturbed: its folder, and what happened to it."""

    photos: Path
    out: Path
    store: Path
    every: float  # seconds between two disturbances, about
    chance: random.Random = field(default_factory=lambda: random.Random(0))
    environment: dict[str, str] = field(default_factory=dict)
    commands: int = 0
    disturbed: int = 0
    lines: list[str] = field(default_factory=list)  # what commands said that did not end well

    @property
    def pause(self) -> float:
        """Seconds until the next disturbance, as chance has it."""
        return self.chance.uniform(0.5, 1.5) * self.every

    def start(self, *more: str, out: Path | None = None) -> "subprocess.Popen[str]":
        """The command over all classes, started."""
        self.commands += 1
        given = ["--model", SHAPES, "--images", str(self.photos), "--targets", "all"]
        places = ["--out", str(out or self.out), "--store", str(self.store)]
        return subprocess.Popen(
            [sys.executable, "-m", "concepts", "reports", *given, *places, *more],
            env=os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"} | self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def end(self, command: "subprocess.Popen[str]") -> bool:
        """Whether all its reports stand, once it has ended; else its last line is kept."""
        _, said = command.communicate(timeout=LONGEST)
        if command.returncode not in (0, -signal.SIGKILL):
            self.lines.append(" ".join(said.strip().splitlines()[-1:]))
        return command.returncode == 0

    def until_done(self, *more: str) -> None:
        """Gives the command again until all reports stand."""
        retry: tuple[str, ...] = ()
        for _ in range(MOST_STARTS):
            if self.end(self.start(*more, *retry)):
                return
            retry = ("--retry",)

    @contextmanager
    def meanwhile(self, disturb: Callable[[], bool]) -> Iterator[None]:
        """Disturbs again and again while the block lasts. disturb: returns whether it did."""

        def once() -> None:
            self.disturbed += disturb()

        with meanwhile(once, every=self.pause):
            yield


def kill_workers(trial: Trial) -> None:
    """Of two processes here, one is killed every few seconds."""

    def kill() -> bool:
        workers = [each for each in psutil.Process().children(recursive=True) if "task_worker" in _words(each)]
        return bool(workers) and _kill(trial.chance.choice(workers).pid)

    with trial.meanwhile(kill):
        trial.until_done("--workers", "2")


def kill_dask_workers(trial: Trial) -> None:
    """Of two workers of a Dask cluster, one is killed every few seconds, and another started."""
    with _on_cluster(trial) as found:

        def kill() -> bool:
            gone = trial.chance.choice(found.workers)
            _kill(gone.pid)
            gone.wait()
            found.workers.remove(gone)
            found.start_worker()
            return True

        with trial.meanwhile(kill):
            trial.until_done("--scheduler", str(found.file))


def kill_scheduler(trial: Trial) -> None:
    """The scheduler of a Dask cluster is killed, and started again with its workers; the command is given again."""
    with _on_cluster(trial) as found:
        for _ in range(MOST_STARTS):
            command = trial.start("--scheduler", str(found.file))
            if trial.disturbed < 2 and _stands(trial, command, 1 + trial.disturbed):
                trial.disturbed += 1
                _restart(found)
            if trial.end(command):
                return


def kill_commands(trial: Trial) -> None:
    """The command itself is killed, and given again; its workers must end by themselves."""
    for _ in range(MOST_STARTS):
        command = trial.start("--workers", "2", "--retry")
        if trial.disturbed < 3 and _is_at_work(trial, command):
            time.sleep(trial.pause)
            trial.disturbed += command.poll() is None and _kill(command.pid)
        if trial.end(command):
            return


def fill_disk(trial: Trial) -> None:
    """Run and stages lie on a small disk that something else fills half-way; the command is given again with room."""
    filler = trial.out.parent / "filler"
    for _ in range(MOST_STARTS):
        command = trial.start("--workers", "2", "--retry")
        if trial.disturbed < 2 and _stands(trial, command, 1 + trial.disturbed):
            trial.disturbed += _fill(filler)
        done = trial.end(command)
        filler.unlink(missing_ok=True)
        if done:
            return


def two_commands(trial: Trial) -> None:
    """The same command twice at once: one run folder, one store."""
    first = trial.start("--workers", "1")
    time.sleep(trial.pause / 4)
    trial.disturbed += 1
    _end_both(trial, first, trial.start("--workers", "1"))


def two_runs_on_one_store(trial: Trial) -> None:
    """Two run folders over one store at once."""
    first = trial.start("--workers", "1")
    trial.disturbed += 1
    _end_both(trial, first, trial.start("--workers", "1", out=trial.out.parent / "other"))


def prune_store(trial: Trial) -> None:
    """All stages are made old every few seconds, so that the store removes them while they are used."""

    def old_and_gone() -> bool:
        long_ago = time.time() - 2 * IN_USE
        for entry in trial.store.glob("*"):
            with suppress(OSError):
                os.utime(entry, (long_ago, long_ago))
        return prune(trial.store, 0) > 0

    with trial.meanwhile(old_and_gone):
        trial.until_done("--workers", "2")


DISTURBANCES: dict[str, tuple[str, Callable[[Trial], None]]] = {
    "workers": ("workers killed (processes here)", kill_workers),
    "dask": ("workers killed (Dask, TLS)", kill_dask_workers),
    "scheduler": ("scheduler killed (Dask, TLS)", kill_scheduler),
    "command": ("the command killed", kill_commands),
    "disk": ("a disk that fills", fill_disk),
    "twice": ("the same command twice at once", two_commands),
    "store": ("two runs on one store at once", two_runs_on_one_store),
    "pruned": ("stages pruned while used", prune_store),
}


@dataclass(frozen=True)
class Disturbed:
    """What came out: reports that are equal to those of the run in peace, of so many."""

    trial: Trial
    equal: int
    reports: int
    seconds: float


def draw_demo(folder: Path, n_classes: int, n_photos: int) -> Path:
    """Class folders of the demo's pictures."""
    from concepts.demo.world import CLASS_NAMES

    return demo_pictures(SHAPES, folder, n=n_photos, classes=set(CLASS_NAMES[:n_classes]))


def in_peace(photos: Path, folder: Path) -> Path:
    """The run of one process. Raises RuntimeError where it does not end well."""
    trial = Trial(photos, folder / "peace", folder / "peace-store", every=0.0)
    trial.until_done()
    if trial.lines:
        raise RuntimeError(trial.lines[-1])
    return trial.out


def disturb(name: str, photos: Path, peace: Path, folder: Path, *, every: float, seed: int) -> Disturbed:
    """A run under one of `DISTURBANCES`. Raises UndoableError where this machine does not let us."""
    place = folder / name
    place.mkdir()
    with _small_disk(place) if name == "disk" else _kept(place):
        trial = Trial(photos, place / "run", place / "stages", every, random.Random(seed))
        begin = time.perf_counter()
        DISTURBANCES[name][1](trial)
        seconds = time.perf_counter() - begin
        outs = [trial.out] + [place / "other"] * (name == "store")
        equal, reports = zip(*(compared(peace, out) for out in outs), strict=True)
        return Disturbed(trial, sum(equal), sum(reports), seconds)


def compared(one: Path, other: Path) -> tuple[int, int]:
    """How many reports of a run another has equal (arrays, tables, pictures), and how many there are in the first."""
    names = [folder.name for folder in sorted((one / "reports").iterdir())]
    return sum(_equal(one / "reports" / name, other / "reports" / name) for name in names), len(names)


def _equal(one: Path, other: Path) -> bool:
    return (other / "report.json").is_file() and comparable(one) == comparable(other)


@contextmanager
def _kept(place: Path) -> Iterator[None]:
    yield
    shutil.rmtree(place, ignore_errors=True)


@contextmanager
def _small_disk(place: Path) -> Iterator[None]:
    """A disk of SMALL_DISK megabytes at a folder, in memory. Raises UndoableError where no disk may be mounted."""
    try:
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SMALL_DISK}m", "none", str(place)], check=True,
                       capture_output=True)  # fmt: skip
    except (OSError, subprocess.CalledProcessError) as error:
        raise UndoableError(
            "no disk may be mounted here: start it by `unshare --map-root-user --mount`, or as root"
        ) from error
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=False)


def _fill(filler: Path) -> bool:
    """Fills a disk to its last byte; False where it was filled before."""
    with suppress(OSError), filler.open("wb") as file:
        while True:
            file.write(bytes(2**16))
            file.flush()
    return True


@contextmanager
def _on_cluster(trial: Trial) -> Iterator[Cluster]:
    """A Dask cluster of two workers, with its certificates in the environment of the trial's commands."""
    with tempfile.TemporaryDirectory() as folder, cluster(Path(folder), n_workers=2) as found:
        trial.environment = environment_of(found.tls)
        yield found


def _restart(found: Cluster) -> None:
    """Kills a scheduler, and starts another with two workers."""
    for process in (found.scheduler, *found.workers):
        if process is not None:
            process.kill()
            process.wait()
    found.workers.clear()
    found.file.unlink()
    found.start_scheduler()
    for _ in range(2):
        found.start_worker()


def _stands(trial: Trial, command: "subprocess.Popen[str]", n: int) -> bool:
    """True as soon as so many reports stand, False where the command has ended before."""
    while command.poll() is None:
        if len(list(trial.out.glob("work/done-*"))) >= n:
            return True
        time.sleep(0.05)
    return False


def _is_at_work(trial: Trial, command: "subprocess.Popen[str]") -> bool:
    """True as soon as a worker has begun a task, False where the command has ended before."""
    while command.poll() is None:
        if any(trial.out.glob("work/attempts-*/*")):
            return True
        time.sleep(0.05)
    return False


def _end_both(trial: Trial, *commands: "subprocess.Popen[str]") -> None:
    """Waits for both; each must end well by itself."""
    for command in commands:
        trial.end(command)


def _kill(pid: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
        return True
    return False


def _words(process: psutil.Process) -> str:
    with suppress(psutil.Error):
        return " ".join(process.cmdline())
    return ""
