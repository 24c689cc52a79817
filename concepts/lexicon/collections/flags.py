"""Photos of a collection that people have flagged, kept as notes with their author and time: a flag is of a photo."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from hashlib import blake2b

import numpy as np

from concepts.annotations import PHOTO, Note
from concepts.lexicon.collections.collection import Collection
from concepts.storage.store import key_of

MOST_AT_ONCE = 1_000  # photos: each is a note
NUMBERS = 10**9  # as many as a note's index has


def photo_subject(name: str) -> str:
    """The subject of the flags of photos of this name, wherever they are."""
    return _digest_of(name).hex()


def photo_number(picture: bytes) -> int:
    """Which of the photos of its name one is, 0 … 10⁹ − 1: a hash of its small picture."""
    return int.from_bytes(blake2b(picture, digest_size=8).digest(), "big") % NUMBERS


def photos_subject(collection: Collection) -> str:
    """The subject of flags from before December 2026: all photos together, by their source and names. Not written any
    more: two folders of one name share it, and a photo that is added changes it."""
    names = blake2b(digest_size=16)
    for name in collection.names:
        names.update(name.encode("utf-8", "surrogatepass") + b"\0")
    return key_of(source=collection.source, photos=names.hexdigest())


class FlaggedPhotos:
    """How the notes call the photos of a collection: by their name (the subject) and small picture (the index).

    The same photo has the same flag in every collection that holds it under this name with this picture; another photo
    of that name has another picture. Models that prepare photos in another way have other pictures.
    """

    def __init__(self, collection: Collection) -> None:
        self.collection = collection
        self._numbers: dict[int, int] = {}

    def notes(self, photos: Iterable[int], flag: str, author: str) -> list[Note]:
        """A note for each photo (its row) that flags it; an empty flag takes flags away.

        Raises ValueError for no photo, more than 1,000, one whose picture cannot be read, a flag that is too long, and
        a missing author.
        """
        rows, names = list(photos), self.collection.names
        if not 0 < len(rows) <= MOST_AT_ONCE:
            raise ValueError(f"{len(rows):,} photos are to be flagged: choose 1 to {MOST_AT_ONCE:,} at a time")
        word, author = " ".join(flag.split()), author.strip()
        return [Note(photo_subject(names[row]), PHOTO, self._number(row), word, author=author) for row in rows]

    def flags(self, notes: Mapping[tuple[str, int], str]) -> dict[int, str]:
        """Row → flag of the flagged photos. notes: the names in the current notes on all photos, by subject and index.

        Flags from before December 2026 hold where no later note is on the photo.
        """
        before: dict[int, str] = {}
        now: dict[int, str] = {}
        for (subject, index), flag in notes.items():
            if subject == self._subject_before:
                before |= {index: flag} if index < len(self.collection) else {}
            else:
                now |= dict.fromkeys(self._photos(subject, index), flag)
        return {row: flag for row, flag in sorted((before | now).items()) if flag}

    @cached_property
    def _subject_before(self) -> str:
        return photos_subject(self.collection)

    @cached_property
    def _starts(self) -> tuple[np.ndarray, np.ndarray]:
        """(n,) the first eight bytes of the photos' subjects, ascending, and (n,) the rows that they are of."""
        names = self.collection.names
        starts = np.fromiter((int.from_bytes(_digest_of(name)[:8], "big") for name in names), np.uint64)
        order = np.argsort(starts)
        return starts[order], order

    def _photos(self, subject: str, index: int) -> Iterator[int]:
        """The rows of the photos that a note is on."""
        starts, rows = self._starts
        start = np.uint64(int(subject[:16], 16))
        for row in rows[np.searchsorted(starts, start) : np.searchsorted(starts, start, side="right")].tolist():
            if photo_subject(self.collection.names[row]) == subject and self._is_number(row, index):
                yield row

    def _is_number(self, row: int, index: int) -> bool:
        try:
            return self._number(row) == index
        except ValueError:  # its picture is gone: which photo it is cannot be told
            return False

    def _number(self, row: int) -> int:
        if row not in self._numbers:
            self._numbers[row] = photo_number(self.collection.thumbnail(row))
        return self._numbers[row]


def _digest_of(name: str) -> bytes:
    return blake2b(name.encode("utf-8", "surrogatepass"), digest_size=12, person=b"flagged photo").digest()
