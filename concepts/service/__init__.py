"""What people do on a server: every act is checked against their role, done, and written into the record."""

from concepts.service.jobs import cancel, owner_of, remove, submit
from concepts.service.logins import Logins, tell_login
from concepts.service.models import ON_HUB, asking, check_asking, runs_no_other_code
from concepts.service.notes import bring_names, write_note, write_notes
from concepts.service.reading import read_record, take_record
from concepts.service.sharing import owner_of_result, share
from concepts.service.uploads import delete, keep, own_too, owner_for, receive_model, receive_photos
from concepts.service.usage import cancel_waiting, own_usage, read_usage
from concepts.service.workplace import Workplace

__all__ = [
    "ON_HUB",
    "Logins",
    "Workplace",
    "asking",
    "bring_names",
    "cancel",
    "cancel_waiting",
    "check_asking",
    "delete",
    "keep",
    "own_too",
    "own_usage",
    "owner_for",
    "owner_of",
    "owner_of_result",
    "read_record",
    "read_usage",
    "receive_model",
    "receive_photos",
    "remove",
    "runs_no_other_code",
    "share",
    "submit",
    "take_record",
    "tell_login",
    "write_note",
    "write_notes",
]
