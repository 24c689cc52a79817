"""The places that acts change, as the operator has set them."""

from dataclasses import dataclass
from pathlib import Path

from concepts.engine.executors.limits import WAITING
from concepts.engine.jobs import PROCESSES, Executor
from concepts.engine.quotas import NO_QUOTAS, Quotas
from concepts.record import RecordStore


@dataclass(frozen=True)
class Workplace:
    """A workspace with its executor of jobs, its record, and the models whose code the operator has named.

    record: None where nothing is recorded. quotas: what each person may use.
    """

    workspace: Path
    record: RecordStore | None = None
    executor: Executor = PROCESSES
    most_waiting: int = WAITING
    models: tuple[str, ...] = ()
    quotas: Quotas = NO_QUOTAS
