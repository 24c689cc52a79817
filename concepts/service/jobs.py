"""Jobs that persons start, cancel and remove."""

from contextlib import suppress

from concepts.access import Act, Person
from concepts.engine import jobs
from concepts.engine.ensembles import Views
from concepts.engine.jobs import Job, ManyClasses
from concepts.engine.jobs.job import JobRequest, Task
from concepts.report.request import Request
from concepts.service.acting import acting
from concepts.service.models import act_of
from concepts.service.workplace import Workplace


def submit(
    place: Workplace,
    person: Person,
    request: Request,
    *,
    task: Task = "report",
    many: ManyClasses | None = None,
    views: Views | None = None,
) -> Job:
    """Starts the job of this request for the person, unless it is under way already.

    many: the classes of the task `reports`. views: of the task `ensemble`. Raises NotAllowed, for a model with code
    that the operator has not named also to an analyst; and ValueError as the engine's `submit`, also for a quota.
    """
    models = (request.model, *(views.models if views is not None else ()))
    act = Act.UPLOAD if task == "photos" else act_of(models, place.workspace, place.models)
    with acting(place, person, act, of=JobRequest(task, request, views=views).id):
        return jobs.submit(
            request, place.workspace, task=task, many=many, views=views, executor=place.executor,
            most_waiting=place.most_waiting, owner=person.name, quotas=place.quotas,
        )  # fmt: skip


def cancel(place: Workplace, person: Person, job: Job) -> None:
    """Cancels a job. Raises NotAllowed where it is another's and the person is no admin."""
    with acting(place, person, Act.CANCEL, of=job.id, owner=owner_of(job)):
        jobs.cancel(job)


def remove(place: Workplace, person: Person, job: Job) -> None:
    """Takes a finished job off the list. Raises NotAllowed where it is another's and the person is no admin."""
    with acting(place, person, Act.REMOVE, of=job.id, owner=owner_of(job)):
        jobs.remove(job)


def owner_of(job: Job) -> str:
    """Who started the job; "" where nobody is known, or its file is damaged."""
    with suppress(ValueError, OSError):
        return job.owner
    return ""
