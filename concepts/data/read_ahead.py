"""Reading many items of a dataset ahead of the caller, in threads."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar, overload

from concepts.data.dataset import Dataset, UnreadableItem

AHEAD = 2  # items in progress per worker
Item = TypeVar("Item")
T = TypeVar("T")


@overload
def read_many(
    dataset: Dataset[Item], indices: Iterable[int], *, transform: None = None, workers: int = 2
) -> Iterator[tuple[int, Item | UnreadableItem]]: ...


@overload
def read_many(
    dataset: Dataset[Item], indices: Iterable[int], *, transform: Callable[[Item], T], workers: int = 2
) -> Iterator[tuple[int, T | UnreadableItem]]: ...


def read_many(
    dataset: Dataset[Item],
    indices: Iterable[int],
    *,
    transform: Callable[[Item], object] | None = None,
    workers: int = 2,
) -> Iterator[tuple[int, object]]:
    """(index, item) in the order of the indices: the item, the result of `transform`, or an UnreadableItem.

    Threads read and transform, as in `read_ahead`. An UnreadableItem is returned, not raised, also when `transform`
    raises it; any other error of `transform` is a bug and is raised.

    Raises ValueError for workers < 1, and IndexError for an index outside the dataset when it is reached.
    """

    def read(i: int) -> object:
        try:
            item = dataset.open(i)
            return item if transform is None else transform(item)
        except UnreadableItem as error:
            return error

    return read_ahead(read, indices, workers=workers)


def read_all(
    dataset: Dataset[Item], indices: Iterable[int], *, transform: Callable[[Item], T], workers: int = 2
) -> Iterator[T]:
    """The result of `transform` for each item, in the order of the indices, read as in `read_many`.

    Raises UnreadableItem for the first item that cannot be read.
    """
    for _, read in read_many(dataset, indices, transform=transform, workers=workers):
        if isinstance(read, UnreadableItem):
            raise read
        yield read


def read_ahead(read: Callable[[int], T], indices: Iterable[int], *, workers: int = 2) -> Iterator[tuple[int, T]]:
    """(index, result of `read`) in the order of the indices, computed by threads ahead of the caller.

    Pillow releases the GIL while it decodes. At most 2 items per worker are held beside the one being returned. Closing
    the iterator (or its garbage collection) ends the threads. Raises ValueError for workers < 1.
    """
    if workers < 1:
        raise ValueError(f"workers is {workers}: reading takes at least 1")
    return _in_order(read, iter(indices), workers)


def _in_order(read: Callable[[int], T], indices: Iterator[int], workers: int) -> Iterator[tuple[int, T]]:
    pool = ThreadPoolExecutor(workers, thread_name_prefix="reading")
    waiting: deque[tuple[int, Future[T]]] = deque()
    try:
        for i in indices:
            waiting.append((i, pool.submit(read, i)))
            if len(waiting) == AHEAD * workers:
                yield _next(waiting)
        while waiting:
            yield _next(waiting)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _next(waiting: deque[tuple[int, Future[T]]]) -> tuple[int, T]:
    i, future = waiting.popleft()
    return i, future.result()
