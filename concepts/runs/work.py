"""What the processes of a run do: `perform`, a task's text in, its outcome's text out."""

import json
import os
import socket
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal, Self

from concepts.data.dataset import SourceGoneError
from concepts.engine.tasks.task import line_of
from concepts.runs.attempts import Attempts
from concepts.runs.bench import Bench, bench_of
from concepts.runs.class_report import encode_part, make_report
from concepts.runs.looking import look
from concepts.runs.program import all_versions
from concepts.runs.run import RunClass, RunFolder
from concepts.runs.site_part import write_site_part
from concepts.storage.store import NoRoomError, writing_in

PERFORM = "concepts.runs.work:perform"
Kind = Literal["look", "part", "class"]
_ONE_AT_A_TIME = threading.Lock()  # of a process: one model, one task, whatever the engine's threads


@dataclass(frozen=True)
class Order:
    """What a task does for the run in a folder: a look at photos, a part of a class, or its report.

    number: of the look, or of the part. each: the class, which the run's file may hold no more where another command
    has other targets. session: of the command that asked.
    """

    folder: str
    key: str
    session: str
    kind: Kind
    number: int = 0
    each: RunClass | None = None

    @property
    def name(self) -> str:
        return f"{self.kind}-{self.each.id if self.each else 'photos'}-{self.number}"

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        given = json.loads(text)
        each = given.pop("each")
        return cls(**given, each=each and RunClass(**each | {"indices": tuple(each["indices"])}))


@dataclass(frozen=True)
class Outcome:
    """How an order ended. "stop": no other can end better, so the run stops. line: why, in one line."""

    status: Literal["done", "failed", "stop"]
    line: str = ""

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        return cls(**json.loads(text))


class StopError(ValueError):
    """An error of every task of the run."""


def perform(text: str) -> str:
    """Carries an order out. Wrong input and errors are outcomes; a process that dies leaves its attempt behind."""
    order = Order.from_json(text)
    with _ONE_AT_A_TIME:
        try:
            with writing_in(Path(order.folder)):
                _perform(order)
        except (StopError, NoRoomError, SourceGoneError) as error:
            return Outcome("stop", line_of(error)).to_json()
        except Exception as error:
            return Outcome("failed", line_of(error)).to_json()
    return Outcome("done").to_json()


def _perform(order: Order) -> None:
    folder = _folder_of(order)
    with Attempts(folder.path, order.session, order.name).one() as stage:
        _work(order, _opened(folder, order), lambda name, _: stage(name))


def _opened(folder: RunFolder, order: Order) -> Bench:
    """The bench with what every such order needs open. Raises StopError where it cannot be opened here: this process
    would fail one class after the other, faster than any other makes one."""
    bench = bench_of(folder)
    try:
        bench.open(model=order.kind != "look" or bench.run.answered)
    except Exception as error:
        raise StopError(f"{_here()} cannot open photos and model ({line_of(error)}): mend that, or end this worker; "
                        "the same command goes on") from error  # fmt: skip
    return bench


def _work(order: Order, bench: Bench, progress: Callable[[str, float], None]) -> None:
    if order.each is None:
        look(bench, order.number)
    elif order.kind == "part":
        encode_part(bench, order.each, order.number)
    else:
        make_report(bench, order.each, progress)
        progress("site", 0.0)
        write_site_part(bench.folder, order.each)


def _here() -> str:
    return f"the worker on {socket.gethostname()} (process {os.getpid()})"


def _folder_of(order: Order) -> RunFolder:
    """The run. Raises StopError where this process does not see it, or is of another version."""
    folder, here = RunFolder(Path(order.folder)), _here()
    try:
        run = folder.run
    except FileNotFoundError as error:
        raise StopError(
            f"{here} sees no run in {order.folder}: --out, --store, photos and model must lie under the same path on "
            "every machine"
        ) from error
    if run.key != order.key:
        raise StopError(f"{order.folder} holds another run by now: give this one a folder of its own (--out)")
    ours = all_versions()
    if other := [name for name, version in run.versions.items() if ours.get(name) != version]:
        name = other[0]
        raise StopError(
            f"{here} has {name} {ours.get(name)}, the command has {run.versions[name]}: install the same on both"
        )
    return folder
