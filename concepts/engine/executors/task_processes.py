"""Tasks in processes on this machine, each of which lives for many of them."""

import os
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from queue import Empty, Queue

from concepts.engine.executors.environment import worker_environment
from concepts.engine.tasks.task import Ended, Task, line_of

WORKER = "concepts.engine.executors.task_worker"
THREADS = "OMP_NUM_THREADS"  # of a process that computes, unless the caller has set it
MOST_DEATHS = 10  # of processes over one task: more than any task counts for itself
PAUSES = (0.5, 1.0, 2.0)  # seconds between tries to start a process
NO_PROCESS = "no process can be started ({}): what is finished is kept; free memory or room, and start the same again"
DIED = "its process died {} times: most likely memory ran out; use a smaller model or fewer concepts at a time"


class TaskProcesses:
    """A `TaskExecutor` with n processes of this machine, each with its share of the processor's cores.

    log: where the processes write what libraries say. Tasks go to them by pipes, as lines. apart: whether they are
    sessions of their own, which Ctrl-C does not reach; those of a job belong to its session, which is watched as one.
    One that cannot be started, also not after a while, is one fewer; where none is left, `next` raises ValueError.
    """

    def __init__(self, n: int, *, log: Path, apart: bool = True) -> None:
        if n < 1:
            raise ValueError(f"{n} workers were asked for: give 1 or more (--workers)")
        self.slots = self._n = n
        self._log, self._apart = log, apart
        self._waiting: Queue[Task | None] = Queue()
        self._ended: Queue[Ended | OSError] = Queue()
        self._deaths = Counter[str]()
        self._running: set[subprocess.Popen[bytes]] = set()
        self._lock, self._closed = threading.Lock(), False
        for _ in range(n):
            threading.Thread(target=self._serve, daemon=True).start()

    def submit(self, task: Task) -> None:
        self._waiting.put(task)

    def next(self, seconds: float) -> Ended | None:
        try:
            found = self._ended.get(timeout=seconds)
        except Empty:
            return None
        if isinstance(found, OSError):
            raise ValueError(NO_PROCESS.format(line_of(found)))
        return found

    def close(self) -> None:
        with self._lock:
            self._closed = True
            running = list(self._running)
        for process in running:
            process.kill()
            process.wait()
        for _ in range(self.slots):
            self._waiting.put(None)

    def pids(self) -> list[int]:
        """The numbers of the processes that live now, which this object started."""
        with self._lock:
            return [process.pid for process in self._running if process.poll() is None]

    def _serve(self) -> None:
        """Gives one process after the other its tasks; runs in a thread for each that lives at a time."""
        process: subprocess.Popen[bytes] | None = None
        while (task := self._waiting.get()) is not None:
            try:
                process = process or self._start_in_time()
            except OSError as error:
                self._give_up(task, error)
                return
            if process is None:  # closed
                return
            ended = _ask(process, task)
            if ended is None:
                with self._lock:
                    self._running.discard(process)
                process.wait()
                process = None
                self._again(task)
            else:
                self._ended.put(ended)

    def _give_up(self, task: Task, error: OSError) -> None:
        """Goes on with one process fewer, which another takes the task of; where none is left, nothing goes on."""
        with self._lock:
            self.slots -= 1
            left = self.slots
        if left:
            self._waiting.put(task)
        else:
            self._ended.put(error)

    def _again(self, task: Task) -> None:
        with self._lock:
            if self._closed:
                return
            self._deaths[task.key] += 1
            deaths = self._deaths[task.key]
        if deaths < MOST_DEATHS:
            self._waiting.put(task)
        else:
            self._ended.put(Ended(task.key, error=DIED.format(deaths)))

    def _start_in_time(self) -> "subprocess.Popen[bytes] | None":
        """A process; where none can be started, tries again: memory may have run out a moment ago."""
        for pause in PAUSES:
            with suppress(OSError):
                return self._start()
            time.sleep(pause)
        return self._start()

    def _start(self) -> "subprocess.Popen[bytes] | None":
        with self._lock, self._log.open("ab") as log:
            if self._closed:
                return None
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", WORKER],
                env=_threads(self._n) | worker_environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=self._apart,  # Ctrl-C reaches the command alone, which ends them
            )
            self._running.add(process)
            return process


def _threads(n: int) -> dict[str, str]:
    """What gives each of n processes its share of the cores; nothing for one, which computes as any command does."""
    return {THREADS: str(max(1, (os.cpu_count() or 1) // n))} if n > 1 else {}


def _ask(process: "subprocess.Popen[bytes]", task: Task) -> Ended | None:
    """How the task ended in this process; None where the process has died."""
    if process.stdin is None or process.stdout is None:
        return None
    with suppress(OSError, ValueError):  # the pipe is broken, or the line is not whole
        process.stdin.write(task.to_json().encode() + b"\n")
        process.stdin.flush()
        if line := process.stdout.readline():
            return Ended.from_json(line.decode())
    return None
