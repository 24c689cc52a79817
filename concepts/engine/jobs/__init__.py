"""Analyses as jobs that outlive their caller: request and progress on disk, cancelled and resumed from outside."""

from concepts.engine.executors.processes import PROCESSES, Processes
from concepts.engine.jobs.control import cancel, find, list_jobs, read_jobs, remove, submit, under_way
from concepts.engine.jobs.job import Executor, Job, JobOnDisk, JobState, ManyClasses
from concepts.engine.jobs.queue import QueueFullError, check_queue

__all__ = [
    "PROCESSES",
    "Executor",
    "Job",
    "JobOnDisk",
    "JobState",
    "ManyClasses",
    "Processes",
    "QueueFullError",
    "cancel",
    "check_queue",
    "find",
    "list_jobs",
    "read_jobs",
    "remove",
    "submit",
    "under_way",
]
