"""One analysis in a process of its own: its request and progress on disk, cancelled and continued from outside."""

from concepts.jobs.folder import Job, State
from concepts.jobs.manager import cancel, find, list_jobs, remove, submit

__all__ = ["Job", "State", "cancel", "find", "list_jobs", "remove", "submit"]
