"""Files of a result that persons take away to give them to others: a report as a page, its tables, a run's site."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from concepts.access import Act, Person
from concepts.engine.result_owners import OwnedResult
from concepts.engine.upload_owners import owners_of
from concepts.service.acting import acting
from concepts.service.workplace import Workplace

T = TypeVar("T")


def share(place: Workplace, person: Person, of: str, content: Callable[[], T], *, owner: str | None) -> T:
    """The content, made once the person may share it. of: what it is, for the record, such as "html of reports/ID".

    owner: whose it is, as `owner_of_result` says. Raises NotAllowed, before anything is made, and what `content`
    raises.
    """
    with acting(place, person, Act.SHARE, of=of, owner=owner):
        return content()


def owner_of_result(workspace: Path, person: Person, folder: Path) -> str | None:
    """The person themselves where the result is theirs, too; else one of its owners, "" where nobody is known.

    None for what lies outside of the workspace: the program's own demo belongs to nobody and to everybody.
    """
    if not folder.resolve().is_relative_to(workspace.resolve()):
        return None
    owners = owners_of(OwnedResult(folder))
    return person.name if person.name in owners else next(iter(owners), "")
