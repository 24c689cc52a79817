"""Many photos, decoded ahead of their reader."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from PIL import Image

from concepts.photos.photo import UnreadablePhoto
from concepts.photos.photoset import PhotoSet

AHEAD = 2  # photos in the making for each worker


def read_many(
    photoset: PhotoSet,
    indices: Iterable[int],
    *,
    transform: Callable[[Image.Image], Any] | None = None,
    short_side: int | None = None,
    workers: int = 2,
) -> Iterator[tuple[int, Any]]:
    """(index, photo) in the order of the indices: the RGB image, what `transform` makes of it, or an UnreadablePhoto.

    Threads read, decode and transform; Pillow releases the interpreter's lock. At most 2 photos a worker are held
    beside the one handed over, and closing the iterator (or leaving it to the collector) ends the threads.
    short_side is the hint of `decode`. An unreadable photo is handed over, not raised, also when `transform` finds it
    to be one; any other error of `transform` is raised, being a bug.

    Raises ValueError for workers < 1, and IndexError for an index outside the set when its turn comes.
    """
    if workers < 1:
        raise ValueError(f"workers is {workers}: reading takes at least 1")

    def read(i: int) -> Any:
        try:
            image = photoset.open(i, short_side=short_side)
            return image if transform is None else transform(image)
        except UnreadablePhoto as error:
            return error

    return _in_order(read, iter(indices), workers)


def _in_order(read: Callable[[int], Any], indices: Iterator[int], workers: int) -> Iterator[tuple[int, Any]]:
    pool = ThreadPoolExecutor(workers, thread_name_prefix="photos")
    waiting: deque[tuple[int, Future[Any]]] = deque()
    try:
        for i in indices:
            waiting.append((i, pool.submit(read, i)))
            if len(waiting) == AHEAD * workers:
                yield _next(waiting)
        while waiting:
            yield _next(waiting)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _next(waiting: deque[tuple[int, Future[Any]]]) -> tuple[int, Any]:
    i, future = waiting.popleft()
    return i, future.result()
