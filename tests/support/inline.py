"""An executor that does a job at once, in the caller's own thread: what the seam of executors is proved by."""

from dataclasses import dataclass

from concepts.engine.jobs import Job, JobState
from concepts.engine.jobs.worker import Worker


@dataclass(frozen=True)
class Inline:
    """Nothing waits, nothing is ever half-done when somebody looks."""

    def start(self, job: Job) -> None:
        Worker(job).run()

    def stop(self, job: Job) -> None:
        """There is nothing to hasten: the job looks itself whether it is to stop."""

    def lost(self, job: Job, state: JobState) -> bool:
        return False
