"""What persons use: everybody's for an admin, one's own for oneself; jobs of a person that wait, cancelled at once."""

from concepts.access import Act, Person
from concepts.engine.usage import Usage, all_usage, jobs_under_way, usage_of
from concepts.service.acting import permit
from concepts.service.jobs import cancel, owner_of
from concepts.service.workplace import Workplace


def read_usage(place: Workplace, person: Person) -> list[Usage]:
    """What everybody uses, as `all_usage`. Raises NotAllowed, which is recorded, where the person is no admin."""
    permit(place, person, Act.READ_USAGE)
    return all_usage(place.workspace, executor=place.executor)


def own_usage(place: Workplace, person: Person) -> Usage | None:
    """The minutes and the disk that the person uses; None without a login."""
    return usage_of(place.workspace, person.name) if person.is_known else None


def cancel_waiting(place: Workplace, person: Person, owner: str) -> int:
    """Cancels the jobs of somebody that wait, each an act of its own, and not those at work; returns how many.

    Raises NotAllowed where they are another's and the person is no admin.
    """
    permit(place, person, Act.CANCEL, owner=owner)
    found = jobs_under_way(place.workspace, executor=place.executor)
    waiting = [job for job, status in found if status == "waiting" and owner_of(job) == owner]
    for job in waiting:
        cancel(place, person, job)
    return len(waiting)
