"""An executor that runs a job at once in the caller's own thread, to test the interface of executors."""

from dataclasses import dataclass

from concepts.engine.jobs import Job, JobState
from concepts.engine.jobs.worker import Worker


@dataclass(frozen=True)
class Inline:
    """Jobs never wait, and are never seen half-done."""

    def start(self, job: Job) -> None:
        Worker(job).run()

    def stop(self, job: Job) -> None:
        """Does nothing: the job itself checks whether it is to stop."""

    def lost(self, job: Job, state: JobState) -> bool:
        return False
