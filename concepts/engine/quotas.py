"""What the operator lets each person use, and what is said where that is used up."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from concepts.engine.operator_limits import count_given, number_given
from concepts.numerics.counted import counted
from concepts.storage.store import key_of

DAY = 24 * 3600.0  # seconds
GB, MB = 2**30, 2**20
MEMORY = 1.0  # GB: two of the largest uploads


class QuotaError(ValueError):
    """A person may use no more of something. The message is one line for this person."""


@dataclass(frozen=True)
class Quotas:
    """What each owner of jobs and uploads may use; None: no limit. Whoever is not known ("") has none.

    running, waiting: jobs of a kind at a time. minutes: of work by all jobs in 24 hours. disk: GB (2³⁰ bytes) of all
    uploads. upload: MB (2²⁰ bytes) of one upload. days: after which an upload is deleted. memory: GB of the files that
    are chosen on open pages, which the server holds in its memory.
    """

    running: int | None = None
    waiting: int | None = None
    minutes: float | None = None
    disk: float | None = None
    upload: float | None = None
    days: float | None = None
    memory: float = MEMORY

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Self:
        """The quotas in `CONCEPTS_PERSON_RUNNING`, `_WAITING`, `_MINUTES`, `_DISK`, `_UPLOAD`, `_DAYS`
        and `_MEMORY`.

        Raises ValueError, in one line, for what is neither empty nor a number above 0.
        """
        return cls(
            running=count_given(environment, "CONCEPTS_PERSON_RUNNING", "jobs"),
            waiting=count_given(environment, "CONCEPTS_PERSON_WAITING", "jobs"),
            minutes=number_given(environment, "CONCEPTS_PERSON_MINUTES", "minutes"),
            disk=number_given(environment, "CONCEPTS_PERSON_DISK", "GB"),
            upload=number_given(environment, "CONCEPTS_PERSON_UPLOAD", "MB"),
            days=number_given(environment, "CONCEPTS_PERSON_DAYS", "days"),
            memory=number_given(environment, "CONCEPTS_PERSON_MEMORY", "GB", nothing=f"{MEMORY:g}") or MEMORY,
        )

    def check_waiting(self, n: int, words: tuple[str, str]) -> None:
        """Raises QuotaError where n jobs of the person wait and no more may. words: for one and for several."""
        if self.waiting is not None and n >= self.waiting:
            raise QuotaError(
                f"{n} of your {words[n > 1]} waiting, and no more than {self.waiting} may: wait until that has "
                "changed, cancel one, or ask the operator for more (CONCEPTS_PERSON_WAITING)"
            )

    def check_minutes(self, seconds: float, until_less: float) -> None:
        """Raises QuotaError where the person's jobs have worked for so many seconds in 24 hours and no more may.

        until_less: seconds until some of these are more than 24 hours ago.
        """
        if self.minutes_are_used(seconds):
            raise QuotaError(
                f"your jobs have worked for {seconds / 60:.0f} minutes in the last 24 hours, and no more than "
                f"{self.minutes:g} may be used: try again in {_in_words(until_less)}, or ask the operator for more "
                "(CONCEPTS_PERSON_MINUTES)"
            )

    def minutes_are_used(self, seconds: float) -> bool:
        """Whether jobs that have worked for so many seconds in 24 hours have used up what one person may."""
        return self.minutes is not None and seconds >= 60 * self.minutes

    def minutes_reason(self, seconds: float, until_less: float) -> str | None:
        """Why a job at work is stopped, in one line that anybody may read; None while its owner has minutes left.

        until_less: as `check_minutes` takes it.
        """
        if not self.minutes_are_used(seconds):
            return None
        return (
            f"Stopped: the jobs of whoever started it have worked for {seconds / 60:.0f} minutes in the last 24 hours, "
            f"and no more than {self.minutes:g} may be used. Finished stages are kept: the same analysis goes on from "
            f"there, in {_in_words(until_less)}, or ask the operator for more (CONCEPTS_PERSON_MINUTES)."
        )

    def check_upload(self, n_bytes: int) -> None:
        """Raises QuotaError for an upload that is larger than one may be."""
        if self.upload is not None and n_bytes > self.upload * MB:
            raise QuotaError(
                f"the upload has {n_bytes / MB:,.1f} MB, and no more than {self.upload:,g} MB may be uploaded at a "
                "time: upload less, or ask the operator for more (CONCEPTS_PERSON_UPLOAD)"
            )

    def check_disk(self, used: int, n_bytes: int) -> None:
        """Raises QuotaError where n_bytes more than the bytes that the person's uploads use would be too many."""
        if self.disk is not None and used + n_bytes > self.disk * GB:
            raise QuotaError(
                f"your uploads use {size_words(used)}, this one has {size_words(n_bytes)} more, and no more than "
                f"{self.disk:,g} GB may be used: delete an upload, or ask the operator for more "
                "(CONCEPTS_PERSON_DISK)"
            )


NO_QUOTAS = Quotas()


def owner_key(owner: str) -> str:
    """The name of an owner in the names of files and folders."""
    return key_of(owner=owner)


def size_words(n_bytes: int) -> str:
    """Such as "480.0 MB" or "1.7 GB" of 2³⁰ bytes."""
    return f"{n_bytes / GB:,.1f} GB" if n_bytes >= GB else f"{n_bytes / MB:,.1f} MB"


def _in_words(seconds: float) -> str:
    minutes = max(1, math.ceil(seconds / 60))
    return counted(minutes, "minute") if minutes < 120 else counted(math.ceil(minutes / 60), "hour")
