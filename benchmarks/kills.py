"""Kills (SIGKILL) at random moments of what writes, and what is left: a table a topic.

After each kill, everything that is visible is compared with an undisturbed run: arrays, tables and pictures must be
equal, dates and durations aside. Then the same is done again without a kill, which must end as the undisturbed run did.
To reach: 200 kills (--kills 50), nothing lost, nothing half-written visible. The work is that of the tests' tiny
classifier.

Topic "runs": runs over classes of the demo, whose workers, scheduler, command, disk and stages are disturbed meanwhile
(`benchmarks/disturbed_runs.py`). To reach: all reports are there, and equal to those of one process in peace. A disk
that fills needs the right to mount one: as root, or behind `unshare --map-root-user --mount`. The defaults are small,
for ten minutes on a machine at rest; the long form is --kills 50 --classes 4 --photos 24.
"""

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from benchmarks.disturbed_runs import DISTURBANCES, UndoableError, disturb, draw_demo, in_peace
from benchmarks.measuring import machine
from concepts.report.card import read_cards
from concepts.storage.seal import damage
from tests.support.kills import Contents, Topic, content_of, contents_of, kill_at_random

if TYPE_CHECKING:
    from concepts.report import ClassReport


def _photos(root: Path) -> None:
    from tests.support.tiny import CLASSES, write_photos

    write_photos(root / "photos", n=8)
    (root / "classes.txt").write_text("\n".join(CLASSES))


def _report(root: Path) -> None:
    from concepts.cli.main import main
    from tests.support.tiny import FACTORY

    options = f"--model {FACTORY} --target red --layer features --concepts 3"
    places = f"--classes {root / 'classes.txt'} --images {root / 'photos'} --out {root / 'out' / 'red'}"
    if main(["report", *options.split(), *places.split(), "--store", str(root / "store")]) != 0:
        raise RuntimeError("the report failed")


def _reports_seen(folder: Path, root: Path) -> dict[str, Contents]:
    listing = read_cards([folder])
    if listing.left_out:
        raise ValueError(listing.left_out[0].text)
    return {card.id: contents_of(card.folder, root) for card in listing.found}


def _report_seen(root: Path) -> dict[str, Contents]:
    return _reports_seen(root / "out", root) | _store_seen(root)


def _store_seen(root: Path) -> dict[str, Contents]:
    """Finished stages, each of which must be whole: its name says what is in it."""
    entries = sorted((root / "store").glob("[!.]*"))
    for entry in entries:
        if entry.is_dir() and (reason := damage(entry)):
            raise ValueError(f"{entry.name}: {reason}")
        if entry.is_file():
            content_of(entry, root)
    return {entry.name: {"whole": True} for entry in entries}


def _save(root: Path) -> None:
    _made_up("new").save(root / "reports" / "one")


def _save_before(root: Path) -> None:
    _made_up("new")  # made here, so that only its saving is killed
    _made_up("old").save(root / "reports" / "one")


@cache
def _made_up(label: str) -> "ClassReport":
    from tests.support.made_up_report import made_up_report

    return made_up_report(n=6, seed=len(label), label=label, names=[label])


def _uploads(root: Path) -> None:
    from concepts.data.images import store_uploads

    photos = sorted((root / "photos").rglob("*.png"))
    files = [(path.relative_to(root / "photos").as_posix(), path.read_bytes()) for path in photos]
    store_uploads(files, root / "uploads" / "some")


def _uploads_seen(root: Path) -> dict[str, Contents]:
    return {folder.name: contents_of(folder, root) for folder in (root / "uploads").glob("[!.]*")}


def _job_prepared(root: Path) -> None:
    from concepts.engine import jobs
    from concepts.report.request import Request
    from concepts.report.settings import ReportSettings
    from tests.support.tiny import FACTORY

    _photos(root)
    request = Request(
        model=FACTORY, classes=str(root / "classes.txt"), images=str(root / "photos"), target="red", layer="features",
        settings=ReportSettings(n_concepts=3),
    )  # fmt: skip
    jobs.submit(request, root / "workspace", executor=_Nobody())


class _Nobody:
    """An executor that starts nothing: the benchmark runs the worker itself, so that it can kill it."""

    def start(self, job: object) -> None:
        pass

    def stop(self, job: object) -> None:
        pass

    def lost(self, job: object, state: object) -> bool:
        return False


def _job(root: Path) -> None:
    from concepts.engine.jobs.worker import main

    (request,) = (root / "workspace" / "jobs").glob("report-*/request.json")
    main(str(request.parent))


def _job_seen(root: Path) -> dict[str, Contents]:
    from concepts.engine import jobs

    workspace = root / "workspace"
    listing = jobs.read_jobs(workspace, executor=_Nobody())
    if listing.left_out or len(listing.found) != 1:
        raise ValueError(f"the job is gone: {listing.left_out}")
    # a report's name hangs on its request, and so on the folder
    reports = _reports_seen(workspace / "reports", root)
    store = {f"store {name.split('-')[0]}": content for name, content in _store_seen(workspace).items()}
    return {f"report {number}": content for number, content in enumerate(reports.values())} | store


RUNS = "runs"  # a topic of its own
SHARE = 0.2  # of the seconds of a run in peace: between two disturbances, so that a worker can do a task in between
TOPICS = {
    "report": Topic("report --out", _photos, _report, _report_seen),
    "save": Topic(
        "saving a report over another", _save_before, _save, lambda root: _reports_seen(root / "reports", root)
    ),
    "uploads": Topic("uploads", _photos, _uploads, _uploads_seen),
    "jobs": Topic("jobs", _job_prepared, _job, _job_seen),
}


def disturbed_runs(names: list[str], n_classes: int, n_photos: int, seed: int) -> bool:
    """Prints a row for each disturbance; True where all reports are there and equal."""
    print(f"\n{'runs: ' + str(n_classes) + ' classes':<34}{'disturbed':>10}{'commands':>10}{'equal':>12}{'seconds':>9}")
    whole = True
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        photos, begin = draw_demo(folder, n_classes, n_photos), time.perf_counter()
        peace = in_peace(photos, folder)
        seconds = time.perf_counter() - begin
        print(f"  {'in peace, one process':<32}{0:>10}{1:>10}{n_classes:>5} of {n_classes:<3}{seconds:>9.0f}")
        for name in names:
            try:
                found = disturb(name, photos, peace, folder, every=SHARE * seconds, seed=seed)
            except UndoableError as error:
                print(f"  {DISTURBANCES[name][0]:<32}skipped: {error}")
                continue
            trial, equal = found.trial, f"{found.equal:>5} of {found.reports:<3}"
            print(f"  {DISTURBANCES[name][0]:<32}{trial.disturbed:>10}{trial.commands:>10}{equal}{found.seconds:>9.0f}")
            for line in trial.lines:
                print(f"    said: {line or 'a class failed, tried again by --retry'}", flush=True)
            whole = whole and found.equal == found.reports
    return whole


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--topics", nargs="+", choices=[*TOPICS, RUNS], default=[*TOPICS, RUNS])
    parser.add_argument("--kills", type=int, default=25, help="of each topic but runs (default: %(default)s)")
    parser.add_argument("--disturb", nargs="+", choices=list(DISTURBANCES), default=list(DISTURBANCES), help="of runs")
    parser.add_argument("--classes", type=int, default=3, help="of runs (default: %(default)s)")
    parser.add_argument("--photos", type=int, default=16, help="of a class of runs (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    torch.set_num_threads(1)  # a process with threads of its own cannot be copied
    print(machine())
    total = killed([name for name in options.topics if name != RUNS], options.kills, options.seed)
    whole = RUNS not in options.topics or disturbed_runs(options.disturb, options.classes, options.photos, options.seed)
    return 1 if total["lost"] or total["half-written"] or not whole else 0


def killed(names: list[str], kills: int, seed: int) -> Counter[str]:
    """Prints a row for each topic; the counts of all."""
    total = Counter[str]()
    if not names:
        return total
    print(f"\n{'':<32}{'kills':>8}{'too late':>10}{'lost':>7}{'half-written':>14}")
    for name in names:
        counts = kill_at_random(TOPICS[name], kills, random.Random(seed))
        print(_line(TOPICS[name].name, counts), flush=True)
        total += counts
    print(_line("together", total))
    return total


def _line(name: str, counts: Counter[str]) -> str:
    figures = (counts["kills"], counts["too late"], counts["lost"], counts["half-written"])
    return "  {:<30}{:>8}{:>10}{:>7}{:>14}".format(name, *figures)


if __name__ == "__main__":
    sys.exit(main())
