"""What a page says of a job that has not begun: its place in the queue, and about how long it waits."""

from concepts.engine.jobs import Job, JobState, QueuePlace, queue_place
from pages.analysis.amounts import duration
from pages.state.server_settings import ServerSettings


def stage_words(job: Job, state: JobState, server: ServerSettings) -> str:
    """The stage that an unfinished job is at, or where it waits."""
    if state.status == "waiting":
        return waiting_words(queue_place(job, most=server.quotas.running))
    return state.stage or "starting"


def waiting_words(place: QueuePlace | None) -> str:
    """Such as "place 2 of 5 in the queue, begins in about 3 min"; "starting" where it has no place yet."""
    if place is None:
        return "starting"
    where = f"place {place.place:,} of {place.n:,} in the queue"
    if place.seconds is None:
        return f"{where}; when it begins is not known"
    return f"{where}, begins in about {duration(place.seconds)}" if place.seconds >= 1 else f"{where}, begins now"
