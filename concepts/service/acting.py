"""An act as a block: checked before it begins, recorded when it has ended."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from concepts.access import Act, NotAllowed, Person, check
from concepts.record import Entry
from concepts.record.entry import DONE
from concepts.service.told import Told
from concepts.service.workplace import Workplace

AGAIN, MOST = 60.0, 1_000  # seconds in which a refused upload is a repeat, and of how many that is known
_failed = Told(MOST)
LOG = logging.getLogger(__name__)


@contextmanager
def acting(place: Workplace, person: Person, act: Act, *, of: str = "", owner: str | None = None) -> Iterator[None]:
    """Lets the person do the act within the block. Raises NotAllowed before it where they may not.

    of: the id of what it is done to, for the record. owner: whose that is, as `check` takes it. A block that ends with
    an error is recorded as failed, without the error's text, which may hold names of files.
    """
    permit(place, person, act, of=of, owner=owner)
    try:
        yield
    except Exception as error:
        record(place, person, act, of, f"failed: {type(error).__name__}")
        raise
    record(place, person, act, of, DONE)


def permit(place: Workplace, person: Person, act: Act, *, of: str = "", owner: str | None = None) -> None:
    """Raises NotAllowed, which is recorded, where the person may not do the act."""
    try:
        check(person, act, owner=owner)
    except NotAllowed as error:
        record(place, person, act, of, f"refused: {error}")
        raise


def record(place: Workplace, person: Person, act: Act, of: str, result: str) -> None:
    """Adds an entry, where there is a record and a login; that it could not be added is told to the log.

    The act stands then: it is done, and a person cannot help it. An upload that is refused is one entry a minute: a
    page that is drawn anew tries it anew.
    """
    failed = (str(place.workspace), person.name, of, result) if act is Act.UPLOAD and result != DONE else None
    if not person.is_known or (failed is not None and _failed.has(failed, within=AGAIN)):
        return
    if append(place, Entry(person.name, act.verb, of, result)) and failed is not None:
        _failed.add(failed)


def append(place: Workplace, entry: Entry) -> bool:
    """Adds an entry, where there is a record; that it could not be added is told to the log. Returns whether it was."""
    if place.record is None:
        return False
    try:
        place.record.append(entry)
        return True
    except ValueError as error:
        LOG.error("Not in the record: %s, %s, %s, %s (%s)", entry.who, entry.what, entry.of, entry.result, error)
        return False
