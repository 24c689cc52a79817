"""Photos of a collection that people have flagged, kept as notes with their author and time."""

from collections.abc import Iterable, Mapping
from hashlib import blake2b

from concepts.annotations import PHOTO, Note
from concepts.lexicon.collections.collection import Collection
from concepts.storage.store import key_of

MOST_AT_ONCE = 1_000  # photos: each is a note


def photos_subject(collection: Collection) -> str:
    """The key of the subject that flags belong to: the photos, by their source and names.

    Collections of the same photos, by other models or at other layers, share their flags.
    """
    names = blake2b(digest_size=16)
    for name in collection.names:
        names.update(name.encode("utf-8", "surrogatepass") + b"\0")
    return key_of(source=collection.source, photos=names.hexdigest())


def flag_notes(subject: str, photos: Iterable[int], flag: str, author: str) -> list[Note]:
    """A note for each photo (its row) that flags it; an empty flag takes flags away.

    Raises ValueError for no photo, more than 1,000, a flag that is too long, and a missing author.
    """
    rows = list(photos)
    if not 0 < len(rows) <= MOST_AT_ONCE:
        raise ValueError(f"{len(rows):,} photos are to be flagged: choose 1 to {MOST_AT_ONCE:,} at a time")
    return [Note(subject, PHOTO, row, " ".join(flag.split()), author=author.strip()) for row in rows]


def flags_of(notes: Mapping[tuple[str, int], Note], n: int) -> dict[int, str]:
    """Row → flag of the flagged ones among n photos; notes: the current ones of their subject."""
    found = {row: note.name for (kind, row), note in notes.items() if kind == PHOTO and note.name and row < n}
    return dict(sorted(found.items()))
