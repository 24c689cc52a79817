"""Work that is killed (SIGKILL) at random moments, and what others see of it afterwards."""

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
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

Work = Callable[[Path], None]  # takes the folder in which it works
Contents = dict[str, object]  # name of a file → what must be equal
ASIDE = re.compile(r'"(created|updated|started|seconds|reused|pid)": *(\[[^\]]*\]|\{[^}]*\}|[^,\n}]*)')
OVERTIME = 1.1  # kills fall up to so many times the duration of an undisturbed run
MOST_TRIES = 12  # runs for a kill that comes before the end
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
    return {path.relative_to(folder).as_posix(): content_of(path, root) for path in files}


def content_of(path: Path, root: Path) -> object:
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
    """Its seconds, when all that it imports is there: of the second run."""
    _import_all_of(topic, root.with_name("warm"))
    root.mkdir()
    topic.prepare(root)
    begin = time.perf_counter()
    if not _run(topic.work, root, kill_after=MENDED):
        raise RuntimeError(f"{topic.name} does not end within {MENDED:.0f} seconds")
    return time.perf_counter() - begin


def _import_all_of(topic: Topic, root: Path) -> None:
    """Imports what the work imports, and does none of it here: where torch has computed, a copy of the process may meet
    a pool of threads that is not its own."""
    root.mkdir()
    topic.prepare(root)
    names = root.with_name("modules.txt")

    def work(place: Path) -> None:
        topic.work(place)
        names.write_text("\n".join(sys.modules), encoding="utf-8")

    if not _run(work, root, kill_after=10 * MENDED):
        raise RuntimeError(f"{topic.name} does not end within {10 * MENDED:.0f} seconds")
    for name in names.read_text(encoding="utf-8").splitlines():
        if name not in sys.modules:
            with suppress(Exception):
                import_module(name)


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
