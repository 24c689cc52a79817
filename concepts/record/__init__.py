"""The record of what persons did on a server: who, what, when, with which result; rows are only added."""

from concepts.record.entry import Entry
from concepts.record.export import record_csv
from concepts.record.store import RecordStore

__all__ = ["Entry", "RecordStore", "record_csv"]
