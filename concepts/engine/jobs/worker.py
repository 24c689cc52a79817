"""The worker that runs a job, in its own process: `python -m concepts.engine.jobs.worker FOLDER`."""

import contextlib
import errno
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from pkgutil import resolve_name
from types import FrameType

from filelock import Timeout

from concepts.data.nouns import noun_of
from concepts.engine.allocator import keep_freed_memory
from concepts.engine.analysis import analyse
from concepts.engine.data_folders import data_folders
from concepts.engine.drawings_wanted import n_drawings
from concepts.engine.executors.priority import give_way
from concepts.engine.executors.processes import PROCESSES, lock_of
from concepts.engine.inspection import inspect
from concepts.engine.jobs.comparisons import COMPARISONS
from concepts.engine.jobs.job import RESULT, Job, JobState, Task
from concepts.engine.jobs.line import Line, slots_of
from concepts.engine.jobs.minutes import check_minutes, counted_work
from concepts.engine.jobs.undrawn import Undrawn, draw_left, draw_report, leave_undrawn
from concepts.engine.quotas import Quotas
from concepts.engine.result_owners import OwnedResult
from concepts.engine.store_bound import prune_store, store_bytes
from concepts.engine.texts_found import limits_of, look_at_texts
from concepts.engine.upload_deletion import expire_uploads
from concepts.engine.upload_owners import claim
from concepts.engine.uploads import Upload, keep_photos
from concepts.report.class_report import ClassReport
from concepts.report.request import report_id
from concepts.storage.typed_json import write_typed

RUN = "concepts.runs.job:run_job"  # does the task `reports`; by name, since that room is built on this one
PROBED = 2.0  # seconds: who asks whether a job is running holds its lock for a moment
EVERY = 0.25  # seconds between two progress updates
CANCELLED: dict[Task, str] = {
    "report": "Cancelled. What was finished is kept: the same analysis goes on from there.",
    "reports": "Stopped. The reports that are finished are kept: the same run goes on from there.",
    "inspect": "Cancelled.",
    "photos": "Cancelled. No photo was kept.",
    "texts": "Cancelled.",
    "pooling": "Cancelled. Nothing was kept.",
    "ensemble": "Cancelled. Nothing was kept.",
    "compression": "Cancelled. Nothing was kept.",
}
NO_MEMORY = ("can't allocate memory", "out of memory")  # torch's words for the processor and for CUDA
DISK = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)
RunProgress = Callable[[str, float], None]
WEIGHTS = {  # the usual shares of the whole; "sub-concepts" only on request, "words" only for texts
    "model": 0.1,
    "class order": 0.05,
    "activations": 0.35,
    "concepts": 0.1,
    "importance": 0.1,
    "sub-concepts": 0.05,
    "strategies": 0.05,
    "evidence": 0.1,
    "words": 0.05,
    "report": 0.05,
}


class Cancelled(BaseException):
    """Raised when the job was requested to stop. Not an Exception, so that no library catches it."""


class Worker:
    """Runs one job and keeps its state on disk.

    slots: maximum number of jobs of a workspace and a task that run at a time, while the others wait in a `Line`; None
    if the executor limits them.
    """

    def __init__(self, job: Job, *, slots: int | None = None) -> None:
        self.job, self.slots = job, slots
        self.state = replace(JobState(), started=time.time(), pid=os.getpid())
        self.noted = 0.0  # on the monotonic clock, which nobody sets

    def run(self) -> None:
        """Waits for a slot, does the task, and writes a final state; whatever it is, uploads that are too old go then.
        Draws after that.

        Raises Cancelled, without a final state, where it was interrupted without a wish to cancel.
        """
        self.note(replace(self.state, status="waiting", stage="waiting for a free slot"))
        try:
            drawn = n_drawings(os.environ)  # first: a wrong one ends the job before the work
            store_bytes(os.environ)
            quotas = Quotas.of(os.environ)
            with self._slot(quotas):
                check_minutes(self.job.folder.parent, self.job.owner, quotas)  # others of the owner's have worked since
                self.note(replace(self.state, status="running", started=time.time()))
                with counted_work(self.job.folder.parent, self.job.owner):
                    id = self._do_task()
                undrawn = self._undrawn(id)  # before it is done: it may be taken off the list then
                self.note(replace(self.state, status="done", stage="done", share=1.0, done=1.0, result=id))
        except Cancelled:
            if not self.job.cancel_wanted:  # the watcher knows why, and says so when this process has ended
                raise
            self.note(replace(self.state, status="cancelled", message=CANCELLED[self.job.task]))
        except ValueError as error:
            self.note(replace(self.state, status="failed", message=str(error)))
        except BaseException as error:
            traceback.print_exc()  # into the job's log
            self.note(
                replace(
                    self.state,
                    status="failed",
                    message=failure(error, self.job.log.name, noun_of(self.job.request.kind)),
                )
            )
            raise
        finally:
            if self.state.finished:
                self._expire_uploads()
        if self.state.status == "done":  # last: it may take long, and what happens in it leaves the job done
            self._draw(undrawn, drawn)

    def progress(self, stage: str, share: float) -> None:
        """Writes the progress of a stage, a few times a second. Raises Cancelled if the job was requested to stop."""
        if self.job.cancel_wanted:
            raise Cancelled
        if stage != self.state.stage or time.monotonic() - self.noted > EVERY:
            compared = COMPARISONS.get(self.job.task)
            weights = WEIGHTS if compared is None else compared.weights
            before = sum(list(weights.values())[: max(0, _rank(stage, weights))])
            share = min(1.0, share)
            done = min(1.0, before + weights.get(stage, 0) * share)
            self.note(replace(self.state, stage=stage, share=share, done=done))

    def run_progress(self, stage: str, done: float) -> None:
        """Writes the progress of a run. done: share of the whole. Raises Cancelled if it was requested to stop."""
        if self.job.cancel_wanted:
            raise Cancelled
        if stage != self.state.stage or time.monotonic() - self.noted > EVERY:
            self.note(replace(self.state, stage=stage, share=done, done=done))

    def note(self, state: JobState) -> None:
        """Sets the state and writes it."""
        self.state = state
        self.job.write(state)
        self.noted = time.monotonic()

    def _expire_uploads(self) -> None:
        """Deletes uploads that are too old. What goes wrong there is told to the job's log, and changes no state."""
        try:
            expire_uploads(self.job.workspace, Quotas.of(os.environ), self.job.executor)
        except Exception:
            traceback.print_exc()

    def _undrawn(self, id: str) -> Undrawn | None:
        """A report on photos, which is to be drawn; None for any other result."""
        if self.job.task != "report" or self.job.request.kind != "images":
            return None
        return Undrawn(id, self.job.request, self.job.owner, time.time())

    def _draw(self, undrawn: Undrawn | None, n: int) -> None:
        """Leaves a report to be drawn, and draws the top n concepts of all that are left where nobody does.

        In no slot, and without a word in the job's state, which is done.
        """
        if undrawn is None or n == 0:
            return
        jobs, quotas = self.job.folder.parent, Quotas.of(os.environ)
        with contextlib.suppress(Cancelled, ValueError, OSError):
            leave_undrawn(jobs, undrawn)
            draw_left(jobs, lambda undrawn: draw_report(undrawn, self.job.workspace, n=n, quotas=quotas))

    def _do_task(self) -> str:
        """The id of the requested report or comparison, "" for other tasks, whose result is in the job's folder."""
        if self.job.task == "reports":
            self.run_progress("starting", 0.0)
            run_job: Callable[[Job, RunProgress], None] = resolve_name(RUN)
            run_job(self.job, self.run_progress)
            return ""
        if self.job.task == "photos":
            keep_photos(Upload.at(Path(self.job.request.images)), self.progress, quotas=Quotas.of(os.environ))
            return ""
        store, within = self.job.workspace / "store", data_folders(os.environ)
        if self.job.task == "texts":
            self._look_at_texts(store, within)
            return ""
        if compared := COMPARISONS.get(self.job.task):
            place = compared.place(self.job)
            claim(OwnedResult(place), self.job.owner)  # first: a result that is there has an owner
            compared.make(self.job, place, self.progress, within)
            return place.name
        if self.job.task == "inspect":
            write_typed(self.job.folder / RESULT, inspect(self.job.request, store, self.progress, within=within))
            return ""
        collections = self.job.workspace / "collections"
        report = analyse(self.job.request, store, self.progress, collections=collections, within=within)
        id = report_id(self.job.request, report.data.target.label, report.data.layer.path)
        self._save(report, self.job.workspace / "reports" / id)
        prune_store(store)
        return id

    def _save(self, report: ClassReport, place: Path) -> None:
        claim(OwnedResult(place), self.job.owner)  # first: a report that is there has an owner
        report.save(place)

    def _look_at_texts(self, store: Path, within: Sequence[Path]) -> None:
        request = self.job.request
        limits = limits_of(str(request.texts), self.job.workspace)
        found = look_at_texts(request, store, self.progress, within=within, limits=limits)
        write_typed(self.job.folder / RESULT, found)

    @contextlib.contextmanager
    def _slot(self, quotas: Quotas) -> Iterator[None]:
        if self.slots is None:
            yield
            return
        line = Line(self.job.folder.parent, self.job.task, self.slots, quotas.running)
        with line.slot_for(self.job, self._wait):
            yield

    def _wait(self) -> None:
        """Says that the job waits. Raises Cancelled if it was requested to stop."""
        if self.job.cancel_wanted:
            raise Cancelled
        self.note(replace(self.state, stage="waiting for a free slot"))


def failure(error: BaseException, log: str, noun: str = "photo") -> str:
    """One line on an error that is not wrong input: what a user can do, or where the details are.

    noun: what the job reads.
    """
    line = next(iter(str(error).strip().splitlines()), "")
    if isinstance(error, MemoryError) or any(words in line for words in NO_MEMORY):
        return f"There was not enough memory: use a smaller model, fewer {noun}s or fewer concepts."
    if isinstance(error, OSError) and error.errno in DISK:
        return f"The disk cannot be written to ({error.strerror}): tell the operator. Finished stages are kept."
    return f"unexpected {type(error).__name__}: {line} (details in {log})"


def _stop(signum: int, frame: FrameType | None) -> None:
    raise Cancelled


def _rank(stage: str, weights: Mapping[str, float]) -> int:
    return list(weights).index(stage) if stage in weights else -1


def main(folder: str) -> int:
    """Runs the job in that folder, unless another process already does. Returns 143 where it was told to stop."""
    keep_freed_memory()
    job = Job(Path(folder), PROCESSES)
    give_way()
    try:
        with lock_of(job).acquire(timeout=PROBED):
            signal.signal(signal.SIGTERM, _stop)
            Worker(job, slots=slots_of(job.task)).run()
    except Timeout:
        return 0
    except Cancelled:
        return 128 + signal.SIGTERM
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
