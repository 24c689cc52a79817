"""What the pickle of a weights file asks for, checked before torch reads it.

Nothing is built or run: the operations are followed with stand-ins for tensors and objects. torch's restricted reader
then reads the same bytes. It runs no code, but alone it would build what a few bytes ask for: an array of any size, a
tensor of any shape over one value, a key of tuples in tuples that takes for ever to compare.
"""

import pickletools
from collections.abc import Callable, Sized
from dataclasses import dataclass, field
from pickle import UnpicklingError
from typing import Protocol

from concepts.models.classifiers.call_check import Built, Name, check_call, check_key, item_size
from concepts.models.classifiers.tensor_check import Storage, check_extent

MOST_OBJECTS = 500_000  # lists, dicts, tuples and others of one pickle
MOST_OPERATIONS = 3 * 10**6
COPIES = 4  # of what is written: a bytearray is copied from bytes, which are copied from a text


class Source(Protocol):
    """What holds the pickle: bytes in memory, or a memory map of a file."""

    def read(self, n: int, /) -> bytes: ...
    def readline(self) -> bytes: ...
    def tell(self) -> int: ...


@dataclass
class PickleCheck:
    """Follows the pickles of one file. limit: bytes of the file; storages: those found, by their keys."""

    limit: int
    storages: dict[object, Storage] = field(default_factory=dict)
    n_stored: int = 0  # bytes of these storages
    n_objects: int = 0
    n_copied: int = 0  # items of lists and texts that calls copy
    stack: list[object] = field(default_factory=list)
    marks: list[list[object]] = field(default_factory=list)
    memo: dict[int, object] = field(default_factory=dict)

    def follow(self, source: Source) -> object:
        """The stand-in of the pickle that begins where the source is, which is then at its end.

        A tuple, list, text or number stands for itself.
        Raises ValueError for what would not fit the file, and UnpicklingError for what torch's reader refuses.
        """
        self.stack, self.marks, self.memo = [], [], {}
        for n, (operation, value, at) in enumerate(pickletools.genops(source)):  # type: ignore[arg-type]
            if operation.name == "STOP":
                return self.stack.pop()
            if operation.name not in OPERATIONS:
                raise UnpicklingError(f"Unsupported operand {operation.name}")
            if n > MOST_OPERATIONS or self.n_objects > MOST_OBJECTS or self.n_copied > COPIES * (at or 0):
                raise ValueError("it holds too many objects beside the tensors: save the tensors alone")
            OPERATIONS[operation.name](self, value)
        raise ValueError("the pickle has no end")

    def push(self, value: object) -> None:
        self.n_objects += not isinstance(value, int | float | str | bytes | Name | None)
        self.stack.append(value)

    def mark(self, _: object = None) -> None:
        self.marks.append(self.stack)
        self.stack = []

    def marked(self) -> list[object]:
        """What lies above the last mark, which is removed."""
        items, self.stack = self.stack, self.marks.pop()
        return items

    def last(self, n: int) -> list[object]:
        """The last n objects, which are removed."""
        return [self.stack.pop() for _ in range(n)][::-1]

    def keep(self, place: object) -> None:
        if isinstance(place, int):
            self.memo[place] = self.stack[-1]

    def get(self, place: object) -> None:
        if isinstance(place, int):
            self.stack.append(self.memo[place])

    def append(self, items: list[object]) -> None:
        if isinstance(self.stack[-1], list):
            self.stack[-1].extend(items)

    def set_items(self, items: list[object]) -> None:
        for key in items[::2]:
            check_key(key)
        if isinstance(self.stack[-1], Built):
            self.stack[-1].n_items += len(items)

    def storage(self, _: object = None) -> None:
        """A storage by its kind, key, device and number of elements; in older files also the part of it."""
        parts = self.stack.pop()
        if not isinstance(parts, tuple) or len(parts) not in (5, 6) or parts[0] not in ("storage", b"storage"):
            raise UnpicklingError("a reference to something else than a storage")
        check_key(parts[2])
        self.push(self._stored(parts[2], parts[4], item_size(parts[1]), parts[5:]))

    def _stored(self, key: object, n: object, item: int, part: tuple[object, ...]) -> Storage:
        if type(n) is not int or not 0 <= n * item <= self.limit:
            raise ValueError("the values of a tensor are said to be larger than the whole file")
        found = Storage(n * item, item)
        if key not in self.storages:
            self.storages[key] = found
            self.n_stored += found.n_bytes
        if self.storages[key].n_bytes != found.n_bytes or self.n_stored > self.limit:
            raise ValueError("the values of the tensors are said to be larger than the whole file")
        if part in ((), (None,)):
            return found
        if not isinstance(part[0], tuple) or len(part[0]) != 3:
            raise ValueError("a part of a tensor's values is not described by a key, a start and a length")
        view, start, length = part[0]
        check_key(view)
        check_extent(found, start, (length,), (1,), limit=self.limit)
        return Storage(length * item, item)

    def call(self, _: object = None) -> None:
        function, arguments = self.last(2)
        if not isinstance(arguments, tuple) or not isinstance(function, Name):
            raise UnpicklingError("a call of something else than a class or function")
        self.n_copied += sum(len(each) for each in arguments[:1] if isinstance(each, Sized))
        self.push(check_call(function.text, arguments, limit=self.limit))

    def build(self, _: object = None) -> None:
        """The state of an object. Only in old files a tensor has one, which is what a call has in newer ones."""
        state, made = self.stack.pop(), self.stack[-1]
        if isinstance(made, Built) and made.is_tensor:
            if not isinstance(state, tuple) or len(state) != 4 or not isinstance(state[0], Storage):
                raise ValueError("a tensor with a state that is none")
            check_extent(*state, limit=self.limit)


Operation = Callable[[PickleCheck, object], None]
OPERATIONS: dict[str, Operation] = {
    "PROTO": lambda check, value: None,
    "MARK": PickleCheck.mark,
    "GLOBAL": lambda check, value: check.push(Name.of(value)),
    "REDUCE": PickleCheck.call,
    "NEWOBJ": PickleCheck.call,
    "BUILD": PickleCheck.build,
    "BINPERSID": PickleCheck.storage,
    "APPEND": lambda check, value: check.append(check.last(1)),
    "APPENDS": lambda check, value: check.append(check.marked()),
    "SETITEM": lambda check, value: check.set_items(check.last(2)),
    "SETITEMS": lambda check, value: check.set_items(check.marked()),
    "TUPLE": lambda check, value: check.push(tuple(check.marked())),
    **{f"TUPLE{n}": lambda check, value, n=n: check.push(tuple(check.last(n))) for n in (1, 2, 3)},  # type: ignore[misc]
    "EMPTY_TUPLE": lambda check, value: check.push(()),
    "EMPTY_LIST": lambda check, value: check.push([]),
    "EMPTY_DICT": lambda check, value: check.push(Built()),
    "EMPTY_SET": lambda check, value: check.push(Built()),
    "NONE": lambda check, value: check.push(None),
    "NEWFALSE": lambda check, value: check.push(False),
    "NEWTRUE": lambda check, value: check.push(True),
    **dict.fromkeys(("BINGET", "LONG_BINGET"), PickleCheck.get),
    **dict.fromkeys(("BINPUT", "LONG_BINPUT"), PickleCheck.keep),
    **dict.fromkeys(
        ("BININT", "BININT1", "BININT2", "BINFLOAT", "BINUNICODE", "SHORT_BINSTRING", "LONG1"), PickleCheck.push
    ),
}
