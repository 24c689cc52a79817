"""Many photos, decoded ahead of their reader."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar, overload

from PIL import Image

from concepts.photos.photo import UnreadablePhoto
from concepts.photos.photoset import PhotoSet

AHEAD = 2  # photos in the making for each worker
T = TypeVar("T")


@overload
def read_many(
    photoset: PhotoSet,
    indices: Iterable[int],
    *,
    transform: None = None,
    short_side: int | None = None,
    workers: int = 2,
) -> Iterator[tuple[int, Image.Image | UnreadablePhoto]]: ...


@overload
def read_many(
    photoset: PhotoSet,
    indices: Iterable[int],
    *,
    transform: Callable[[Image.Image], T],
    short_side: int | None = None,
    workers: int = 2,
) -> Iterator[tuple[int, T | UnreadablePhoto]]: ...


def read_many(
    photoset: PhotoSet,
    indices: Iterable[int],
    *,
    transform: Callable[[Image.Image], object] | None = None,
    short_side: int | None = None,
    workers: int = 2,
) -> Iterator[tuple[int, object]]:
    """(index, photo) in the order of the indices: the RGB image, what `transform` makes of it, or an UnreadablePhoto.

    Threads read, decode and transform; Pillow releases the interpreter's lock. At most 2 photos a worker are held
    beside the one handed over, and closing the iterator (or leaving it to the collector) ends the threads.
    short_side is the hint of `decode`. An unreadable photo is handed over, not raised, also when `transform` finds it
    to be one; any other error of `transform` is raised, being a bug.

    Raises ValueError for workers < 1, and IndexError for an index outside the set when its turn comes.
    """
    if workers < 1:
        raise ValueError(f"workers is {workers}: reading takes at least 1")

    def read(i: int) -> object:
        try:
            image = photoset.open(i, short_side=short_side)
            return image if transform is None else transform(image)
        except UnreadablePhoto as error:
            return error

    return _in_order(read, iter(indices), workers)


def read_all(
    photoset: PhotoSet, indices: Iterable[int], *, transform: Callable[[Image.Image], T], workers: int = 2
) -> Iterator[T]:
    """What `transform` makes of each photo, in the order of the indices, as `read_many` reads them.

    Raises UnreadablePhoto for the first photo that cannot be read.
    """
    for _, read in read_many(photoset, indices, transform=transform, workers=workers):
        if isinstance(read, UnreadablePhoto):
            raise read
        yield read


def _in_order(read: Callable[[int], T], indices: Iterator[int], workers: int) -> Iterator[tuple[int, T]]:
    pool = ThreadPoolExecutor(workers, thread_name_prefix="photos")
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
