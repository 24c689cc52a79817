"""The memory of a run's processes over time, as a picture: server, scheduler, two workers and the command.

A Dask cluster with TLS on loopback, classes of the demo, and the app on the run's folder, which nobody visits. Memory
is what a process has for itself: pages of files, which the system can drop, do not count. Linux only.
"""

import argparse
import os
import subprocess
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import psutil

from benchmarks.disturbed_runs import Trial, draw_demo
from benchmarks.measuring import machine
from tests.support.browser import server
from tests.support.cluster import Cluster, cluster, environment_of
from tests.support.line_chart import Line, line_chart

EVERY = 1.0  # seconds between two samples
AFTER = 5.0  # seconds of samples after the end
MB = 10**6
PICTURE = Path("docs/run-memory.svg")


def sampled(command: "subprocess.Popen[str]", pids: Mapping[str, int]) -> list[Line]:
    """Samples the processes until the command has ended, and a little longer."""
    lines, begin = {name: Line(name) for name in pids}, time.monotonic()
    last = float("inf")
    while time.monotonic() < last:
        for name, pid in pids.items():
            if (used := memory_of(pid)) is not None:
                lines[name].points.append((time.monotonic() - begin, used / MB))
        if command.poll() is not None and last == float("inf"):
            last = time.monotonic() + AFTER
        time.sleep(EVERY)
    return list(lines.values())


def memory_of(pid: int) -> int | None:
    """Bytes of a process and its children for themselves; None where it has ended."""
    try:
        process = psutil.Process(pid)
        used = [_own(process)]
    except psutil.Error:
        return None
    with suppress(psutil.Error):
        for child in process.children(recursive=True):
            with suppress(psutil.Error):
                used.append(_own(child))
    return sum(used) or None  # nothing of its own: it has ended, and nobody has asked how


def _own(process: psutil.Process) -> int:
    found = process.memory_info()
    return int(found.rss - found.shared)


def run_watched(photos: Path, root: Path, found: Cluster) -> list[Line]:
    """The run on the cluster, with the app on its folder, sampled."""
    trial = Trial(photos, root / "run", root / "stages", every=0.0, environment=environment_of(found.tls))
    with server(trial.out):
        (trial.out / "server.log").unlink()  # no file of a run
        web = next(each.pid for each in psutil.Process().children() if "streamlit" in each.cmdline())
        command = trial.start("--scheduler", str(found.file))
        workers = {f"worker {i + 1}": each.pid for i, each in enumerate(found.workers)}
        scheduler = {"scheduler": found.scheduler.pid} if found.scheduler else {}
        lines = sampled(command, {"server": web} | scheduler | workers | {"command": command.pid})
        if not trial.end(command):
            raise SystemExit(f"the run did not end well: {trial.lines}")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--classes", type=int, default=12)
    parser.add_argument("--photos", type=int, default=60, help="of a class")
    parser.add_argument("--out", type=Path, default=PICTURE, help="the picture (default: %(default)s)")
    options = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory() as temporary, cluster(Path(temporary) / "cluster", n_workers=2) as found:
        photos = draw_demo(Path(temporary), options.classes, options.photos)
        lines = run_watched(photos, Path(temporary), found)
    words = f"python -m benchmarks.run_memory --classes {options.classes} --photos {options.photos}"
    title = f"{options.classes} classes of {options.photos} photos of the demo, two workers ({machine()})"
    options.out.write_text(line_chart(lines, title=title, x="seconds", y="memory, MB", note=words), encoding="utf-8")
    for line in lines:
        values = [value for _, value in line.points] or [0.0]
        print(f"  {line.name:<12}{max(values):>8.0f} MB at most,{values[-1]:>8.0f} MB at its end")
    print(f"wrote {options.out}")


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()
