"""Tasks on a Dask cluster: any scheduler with workers that see the same folders and have the same libraries."""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from importlib import import_module
from operator import methodcaller
from queue import Empty, Queue
from typing import TYPE_CHECKING

from concepts.engine.allocator import keep_freed_memory
from concepts.engine.executors.scheduler_address import scheduler_address
from concepts.engine.tasks.task import Ended, Task, line_of

if TYPE_CHECKING:
    from distributed import Client, Future

TIMEOUT = 20.0  # seconds in which a scheduler must answer
GRACE = 5.0  # seconds more until nothing is expected of it
SLOTS_EVERY = 2.0  # seconds between two looks at the workers
GPU = "GPU"  # the resource of a worker that has one: `dask worker --resources GPU=1`
MOST_KILLED = 10  # times that Dask may give a task up, each after some deaths: more than any task counts for itself
LACKS = "install it where the worker runs, or put its folder on PYTHONPATH there, in the same version (docs/cluster.md)"
LOST = "its result was lost again and again, each time with the worker that had it"
MISSING = "Dask is not installed: python -m pip install -r requirements-cluster.txt, on every machine"


class DaskCluster:
    """A `TaskExecutor` on the workers of a scheduler. A worker does one task at a time, however many threads it has.

    TLS certificates are those of Dask's own configuration (`distributed.comm.tls`). What is sent are texts and the name
    of a function of this program. A worker that dies costs its task, which another begins again. gpu: whether the tasks
    need a GPU; workers without one do not count then. Raises ValueError, one line, for an address that is no
    scheduler's, or is not encrypted and leaves this machine.
    """

    def __init__(self, address: str, *, gpu: bool = False) -> None:
        self.address, self._gpu = scheduler_address(address), gpu
        self._client = _connected(self.address)
        self._ended: Queue[tuple[Task, Future]] = Queue()
        self._futures: dict[str, Future] = {}  # kept, or Dask drops their tasks
        self._killed: dict[str, int] = {}
        self._slots, self._looked = 0, 0.0

    @property
    def slots(self) -> int:
        if time.monotonic() - self._looked > SLOTS_EVERY:
            with suppress(OSError, ValueError, TimeoutError):
                self._slots = self._with_gpu() if self._gpu else len(self._client.nthreads())
            self._looked = time.monotonic()
        return self._slots

    def _with_gpu(self) -> int:
        workers = self._client.scheduler_info()["workers"].values()
        return sum(worker["resources"].get(GPU, 0) >= 1 for worker in workers)

    def submit(self, task: Task) -> None:
        key = f"{task.key}-{self._killed.get(task.key, 0)}"
        # names alone: a worker that lacks the program could not read a function of it, and would fall silent
        graph = {key: (methodcaller(do_text.__name__, task.to_json()), (import_module, __name__))}
        future = self._client.get(graph, key, resources={GPU: 1} if task.gpu else None, sync=False)
        self._futures[task.key] = future
        future.add_done_callback(partial(self._note, task))

    def next(self, seconds: float) -> Ended | None:
        with suppress(Empty):
            task, future = self._ended.get(timeout=seconds)
            return self._how_it_ended(task, future)
        self._check()
        return None

    def close(self) -> None:
        with suppress(Exception):  # a scheduler that is gone takes nothing from what is finished
            self._client.cancel(list(self._futures.values()), force=True)
        with suppress(Exception):
            self._client.close()

    def _note(self, task: Task, future: "Future") -> None:
        self._ended.put((task, future))

    def _how_it_ended(self, task: Task, future: "Future") -> Ended | None:
        """How it ended; None where it begins again, since its workers have died."""
        from distributed import KilledWorker

        if future.status == "finished" and (text := self._result_of(future)) is not None:
            self._futures.pop(task.key, None)
            return Ended.from_json(text)
        if future.status == "cancelled":
            self._check()
            raise ValueError(self._gone("has dropped a task"))
        if future.status != "error":  # the worker that had the result has died before it was fetched
            return self._again(task, None)
        error = future.exception(timeout=TIMEOUT)
        if isinstance(error, (ImportError, AttributeError)):
            raise ValueError(
                f"a worker of {self.address} has not this program ({line_of(ValueError(str(error)))}): {LACKS}"
            )
        if isinstance(error, KilledWorker):
            return self._again(task, error)
        self._futures.pop(task.key, None)
        return Ended(task.key, error=line_of(error) if error else "it ended without a word")

    def _result_of(self, future: "Future") -> str | None:
        """The text that a task returned; None where it was lost with its worker."""
        from distributed.client import FutureCancelledError

        try:
            text: str = future.result(timeout=TIMEOUT)
        except (TimeoutError, OSError, FutureCancelledError):
            return None
        return text

    def _again(self, task: Task, error: BaseException | None) -> Ended | None:
        """Lets a task begin again whose worker has died; how it ended where that happens again and again."""
        self._check()
        self._killed[task.key] = self._killed.get(task.key, 0) + 1
        if self._killed[task.key] < MOST_KILLED:
            self.submit(task)
            return None
        self._futures.pop(task.key, None)
        return Ended(task.key, error=line_of(error) if error else LOST)

    def _check(self) -> None:
        """Raises ValueError where the scheduler is gone."""
        if self._client.status != "running":
            raise ValueError(self._gone("answers no more"))

    def _gone(self, what: str) -> str:
        return (
            f"the scheduler at {self.address} {what}: what is finished is kept; when it runs again, the same command "
            "goes on"
        )


def do_text(text: str) -> str:
    """Does the task in this text, on a worker, which keeps what memory it frees; returns how it ended, as a text."""
    keep_freed_memory()
    return Task.from_json(text).do().to_json()


def _connected(address: str) -> "Client":
    """A client of the scheduler. Raises ValueError where none answers there, or Dask is not installed."""
    try:
        from distributed.security import Security

        from concepts.engine.executors.dask_client import OwnedClient
    except ImportError as error:
        raise ValueError(MISSING) from error
    logging.getLogger("distributed.client").setLevel(logging.CRITICAL)  # a scheduler that is gone is told in one line
    tls = address.startswith("tls://")
    security = Security(require_encryption=True) if tls else None
    if security is not None and not security.get_connection_args("client").get("ssl_context"):
        raise ValueError(
            f"{address} needs certificates: name them in Dask's configuration, such as "
            "DASK_DISTRIBUTED__COMM__TLS__CA_FILE, …__CLIENT__CERT and …__CLIENT__KEY (docs/cluster.md)"
        )
    try:
        return _within(TIMEOUT + GRACE, lambda: OwnedClient(
            address, security=security, timeout=TIMEOUT, set_as_default=False, name="concepts"
        ))  # fmt: skip
    except (OSError, ValueError, TimeoutError) as error:
        raise ValueError(
            f"no Dask scheduler answers at {address} ({line_of(ValueError(str(error)))}): check the address and the "
            "certificates, and that it runs"
        ) from error
    except Exception as error:  # whatever Dask makes of the words of another program
        raise ValueError(
            f"what answers at {address} is no Dask scheduler: check the address, and that no other program has its port"
        ) from error


def _within(seconds: float, connect: "Callable[[], Client]") -> "Client":
    """What `connect` returns or raises. Raises TimeoutError after these seconds: Dask itself waits for ever where a
    program takes a connection and says nothing."""
    ended: Queue[Client | Exception] = Queue()

    def run() -> None:
        try:
            ended.put(connect())
        except Exception as error:
            ended.put(error)

    threading.Thread(target=run, daemon=True).start()
    try:
        found = ended.get(timeout=seconds)
    except Empty:
        raise TimeoutError(f"it took the connection and said nothing for {seconds:.0f} seconds") from None
    if isinstance(found, Exception):
        raise found
    return found
