"""Values that are made once for all visitors and kept while there is room."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from threading import Lock
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Kept(Generic[Value]):
    """Values by key, of at most `most_bytes` together; those that nobody asked for longest leave first.

    size: the bytes of a value; one that is larger than all the room is made anew each time. Visitors who ask for the
    same key at once wait for one value. What fails is not kept: the error goes to all who wait.
    """

    def __init__(self, most_bytes: int, size: Callable[[Value], int]) -> None:
        self._most_bytes, self._size = most_bytes, size
        self._values: OrderedDict[Hashable, Future[Value]] = OrderedDict()
        self._bytes, self._lock = 0, Lock()

    def __contains__(self, key: Hashable) -> bool:
        """True where `get` would return at once."""
        found = self._values.get(key)
        return found is not None and found.done()

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """The value of that key, made if it is not kept.

        make: asks for no other of these values, and shows nothing: who leaves the page meanwhile would stop all who
        wait.
        """
        with self._lock:
            value, is_new = self._values.get(key), key not in self._values
            if value is None:
                value = self._values[key] = Future()
            self._values.move_to_end(key)
        if is_new:
            self._fill(key, value, make)
        return value.result()

    def _fill(self, key: Hashable, value: "Future[Value]", make: Callable[[], Value]) -> None:
        try:
            value.set_result(make())
        except BaseException as error:
            with self._lock:
                self._values.pop(key, None)
            value.set_exception(error)
        else:
            with self._lock:
                self._bytes += self._size(value.result())
                self._make_room()

    def _make_room(self) -> None:
        """Lets go of the oldest values; those that are still being made have no size and stay."""
        for key in list(self._values):
            if self._bytes <= self._most_bytes:
                return
            if self._values[key].done():
                self._bytes -= self._size(self._values.pop(key).result())
