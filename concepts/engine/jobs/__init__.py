"""Analyses as jobs that outlive their caller: request and progress on disk, cancelled and resumed from outside."""

from concepts.engine.executors.processes import PROCESSES, Processes
from concepts.engine.jobs.control import cancel, find, list_jobs, read_jobs, remove, submit, under_way
from concepts.engine.jobs.job import Executor, Job, JobOnDisk, JobState, ManyClasses
from concepts.engine.jobs.places import QueuePlace, queue_place, queue_places
from concepts.engine.jobs.queue import QueueFullError, check_queue
from concepts.engine.quotas import NO_QUOTAS, QuotaError, Quotas

__all__ = [
    "NO_QUOTAS",
    "PROCESSES",
    "Executor",
    "Job",
    "JobOnDisk",
    "JobState",
    "ManyClasses",
    "Processes",
    "QueueFullError",
    "QueuePlace",
    "QuotaError",
    "Quotas",
    "cancel",
    "check_queue",
    "find",
    "list_jobs",
    "queue_place",
    "queue_places",
    "read_jobs",
    "remove",
    "submit",
    "under_way",
]
