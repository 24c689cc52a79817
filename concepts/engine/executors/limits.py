"""Limits of memory and time that the operator sets for a job, and what is said when a job ends by them."""

from dataclasses import dataclass

GB = 2**30
WAITING = 20  # jobs of a kind that may wait for a slot: each is two small processes


@dataclass(frozen=True)
class JobLimits:
    """memory: GB (2³⁰ bytes) of main memory; minutes: of work, without waiting for a slot. None: no limit."""

    memory: float | None = None
    minutes: float | None = None

    @property
    def options(self) -> list[str]:
        """The limits as options of `concepts.engine.executors.watcher`."""
        given = {"--memory": self.memory, "--minutes": self.minutes}
        return [f"{name}={value}" for name, value in given.items() if value is not None]

    def memory_reason(self, used: int, noun: str = "photo") -> str | None:
        """Why a job that uses so many bytes is stopped; None while it is within the limit. noun: what the job reads."""
        if self.memory is None or used <= self.memory * GB:
            return None
        return (
            f"Stopped: it took {used / GB:.1f} GB of memory, the limit for a job here is {self.memory:g} GB. Use a "
            f"smaller model, fewer {noun}s or fewer concepts, or ask the operator for more (CONCEPTS_JOB_MEMORY)."
        )

    def time_reason(self, seconds: float, noun: str = "photo") -> str | None:
        """Why a job that has worked for so long is stopped; None while it is within the limit. noun: what it reads."""
        if self.minutes is None or seconds <= self.minutes * 60:
            return None
        return (
            f"Stopped: it worked for {self.minutes:g} minutes, the limit for a job here. Use fewer {noun}s, or ask the "
            "operator for more (CONCEPTS_JOB_MINUTES). Finished stages are kept: the same analysis goes on from there."
        )


NO_LIMITS = JobLimits()
