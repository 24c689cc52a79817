"""Kills (SIGKILL) at random moments of what writes, and what is left: a table a topic.

After each kill, everything that is visible is compared with an undisturbed run: arrays, tables and pictures must be
equal, dates and durations aside. Then the same is done again without a kill, which must end as the undisturbed run did.
To reach: 200 kills, nothing lost, nothing half-written visible. The work is that of the tests' tiny classifier.
"""

import argparse
import io
import json
import os
import random
import re
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import redirect_stdout, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measuring import machine
from concepts.report.card import read_cards
from concepts.storage.seal import damage

if TYPE_CHECKING:
    from concepts.report import ClassReport

Work = Callable[[Path], None]  # takes the folder in which it works
Contents = dict[str, object]  # name of a file → what must be equal
ASIDE = re.compile(r'"(created|updated|started|seconds|reused|pid)": *(\[[^\]]*\]|\{[^}]*\}|[^,\n}]*)')
OVERTIME = 1.1  # kills fall up to so many times the duration of an undisturbed run
MOST_TRIES = 4  # runs for a kill that comes before the end
MENDED = 60.0  # seconds for the run after a kill


@dataclass(frozen=True)
class Topic:
    """Work that is killed. prepare: makes its folder. visible: what others can see of it, whole or not at all, by name;
    what it leaves out is not there. before: what is visible from the start, and may stay."""

    name: str
    prepare: Work
    work: Work
    visible: Callable[[Path], dict[str, Contents]]


def contents_of(folder: Path, root: Path) -> Contents:
    """The files in a folder by name: arrays by name, JSON without dates and places, pictures and others by bytes."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.name.startswith("."))
    return {path.relative_to(folder).as_posix(): _content(path, root) for path in files}


def _content(path: Path, root: Path) -> object:
    if path.suffix == ".safetensors":
        from safetensors.numpy import load_file

        return {name: (array.dtype, array.shape, array.tobytes()) for name, array in load_file(path).items()}
    if path.suffix == ".json":
        return ASIDE.sub("", json.dumps(json.loads(path.read_text("utf-8")), indent=1).replace(str(root), ""))
    if path.suffix == ".html":
        return path.read_text("utf-8").rstrip().endswith("</html>")
    return path.read_bytes()


def kill_at_random(topic: Topic, kills: int, chance: random.Random) -> Counter[str]:
    """Kills the work that often. Counts "kills", those that came "too late", and what was "half-written" or "lost"."""
    counts = Counter[str]()
    with tempfile.TemporaryDirectory() as temporary:
        whole = Path(temporary) / "whole"
        duration = _undisturbed(topic, whole)
        final = topic.visible(whole)
        for number in range(MOST_TRIES * kills):
            if counts["kills"] == kills:
                break
            root = Path(temporary) / str(number)
            root.mkdir()
            topic.prepare(root)
            before = topic.visible(root)
            ended = _run(topic.work, root, kill_after=chance.uniform(0, OVERTIME * duration))
            counts["kills"] += not ended
            counts["too late"] += ended
            _judge(counts, topic, root, before, final)
            shutil.rmtree(root, ignore_errors=True)
    return counts


def _judge(
    counts: Counter[str], topic: Topic, root: Path, before: dict[str, Contents], final: dict[str, Contents]
) -> None:
    after = _seen(topic, root)
    for name in before.keys() | after.keys():
        if name not in after:
            counts["lost"] += 1
        elif after[name] not in (before.get(name), final.get(name)):
            counts["half-written"] += 1
    if not _run(topic.work, root, kill_after=MENDED) or _seen(topic, root) != final:
        counts["lost"] += 1
        print(f"  {topic.name}: after a kill, the same does not end as it should", file=sys.stderr)


def _seen(topic: Topic, root: Path) -> dict[str, Contents]:
    try:
        return topic.visible(root)
    except (ValueError, OSError, KeyError) as error:
        return {f"what cannot be read: {error}": {}}


def _undisturbed(topic: Topic, root: Path) -> float:
    """Its seconds, of the second run, when all that it imports is there."""
    begin = 0.0
    for part in ("warm", "whole"):
        place = root if part == "whole" else root.with_name("warm")
        place.mkdir()
        topic.prepare(place)
        begin = time.perf_counter()
        if part == "warm":
            with redirect_stdout(io.StringIO()):
                topic.work(place)
        elif not _run(topic.work, place, kill_after=MENDED):
            raise RuntimeError(f"{topic.name} does not end within {MENDED:.0f} seconds")
    return time.perf_counter() - begin


def _run(work: Work, root: Path, *, kill_after: float) -> bool:
    """Does the work in a process of its own, in its own group, that is killed after so many seconds; True if it ended
    before, without an error."""
    child = os.fork()
    if child == 0:
        with suppress(BaseException):
            os.setsid()
            sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - the process ends here
            work(root)
            os._exit(0)
        os._exit(1)
    end = time.perf_counter() + kill_after
    while time.perf_counter() < end:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return status == 0
        time.sleep(0.0005)
    with suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return False


# ----------------------------------------------------------------------------------------------------- the topics


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
            _content(entry, root)
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

    (folder,) = (root / "workspace" / "jobs").glob("report-*")
    main(str(folder))


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


TOPICS = {
    "report": Topic("report --out", _photos, _report, _report_seen),
    "save": Topic(
        "saving a report over another", _save_before, _save, lambda root: _reports_seen(root / "reports", root)
    ),
    "uploads": Topic("uploads", _photos, _uploads, _uploads_seen),
    "jobs": Topic("jobs", _job_prepared, _job, _job_seen),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--topics", nargs="+", choices=list(TOPICS), default=list(TOPICS))
    parser.add_argument("--kills", type=int, default=50, help="of each topic (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    print(machine())
    print(f"\n{'':<32}{'kills':>8}{'too late':>10}{'lost':>7}{'half-written':>14}")
    total = Counter[str]()
    for name in options.topics:
        counts = kill_at_random(TOPICS[name], options.kills, random.Random(options.seed))
        print(_line(TOPICS[name].name, counts), flush=True)
        total += counts
    print(_line("together", total))
    return 1 if total["lost"] or total["half-written"] else 0


def _line(name: str, counts: Counter[str]) -> str:
    figures = (counts["kills"], counts["too late"], counts["lost"], counts["half-written"])
    return "  {:<30}{:>8}{:>10}{:>7}{:>14}".format(name, *figures)


if __name__ == "__main__":
    sys.exit(main())
