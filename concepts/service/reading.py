"""Reading the record, which is an act itself."""

from collections.abc import Iterable

from concepts.access import Act, Person
from concepts.record import Entry, record_csv
from concepts.service.acting import permit
from concepts.service.workplace import Workplace


def read_record(place: Workplace, person: Person) -> list[Entry]:
    """The entries, the last one first, as `RecordStore.latest`; none where nothing is recorded. Raises NotAllowed."""
    permit(place, person, Act.READ_RECORD)
    return [] if place.record is None else place.record.latest()


def take_record(place: Workplace, person: Person, entries: Iterable[Entry]) -> str:
    """Entries of it as CSV, for whoever may read the record when it is made. Raises NotAllowed."""
    permit(place, person, Act.READ_RECORD)
    return record_csv(entries)
