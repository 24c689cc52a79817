"""What visitors do to jobs, for the buttons of a page."""

from concepts import service
from concepts.engine.jobs import Job
from pages.state.server_settings import ServerSettings
from pages.state.visitor import person
from pages.state.workplace import refusals_shown, workplace


def cancel(server: ServerSettings, job: Job) -> None:
    """Cancels a job, or shows why the visitor may not."""
    with refusals_shown():
        service.cancel(workplace(server), person(), job)


def remove(server: ServerSettings, job: Job) -> None:
    """Takes a finished job off the list, or shows why the visitor may not."""
    with refusals_shown():
        service.remove(workplace(server), person(), job)
