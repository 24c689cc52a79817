"""One analysis apart from who asked for it: its request and progress on disk, cancelled and continued from outside."""

from concepts.jobs.folder import Executor, Job, State
from concepts.jobs.manager import cancel, find, list_jobs, remove, submit
from concepts.jobs.processes import PROCESSES, Processes

__all__ = ["PROCESSES", "Executor", "Job", "Processes", "State", "cancel", "find", "list_jobs", "remove", "submit"]
