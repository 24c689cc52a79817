"""The first look at photos: their digests, and for photos without class folders the model's answers."""

from typing import TYPE_CHECKING, Any

from concepts.data.dataset import UnreadableItem
from concepts.data.images.photoset import PhotoSet
from concepts.data.others import part_of
from concepts.data.read_ahead import read_ahead
from concepts.report.pipeline.known_answers import asked
from concepts.runs.bench import Bench
from concepts.runs.looked import Looked, write_look

if TYPE_CHECKING:
    from concepts.data.dataset import Dataset


def look(bench: Bench, number: int) -> None:
    """Looks at a slice of the photos, and writes what it finds."""
    run, items = bench.run, bench.items
    chosen = range(number * run.looked, min((number + 1) * run.looked, len(items)))
    digests = tuple(found for _, found in read_ahead(lambda i: digest_of(items, i), chosen))
    answers = answers_on(bench, items.subset(chosen)) if run.answered else ()
    write_look(bench.folder, number, Looked(digests, answers))


def digest_of(items: "Dataset[Any]", i: int) -> str | None:
    """The digest of photo i; None where it cannot be read, or is no photo."""
    photos, place = part_of(items, i)
    try:
        return photos.digest(place) if isinstance(photos, PhotoSet) else None
    except UnreadableItem:
        return None


def answers_on(bench: Bench, items: "Dataset[Any]") -> tuple[int, ...]:
    """The class of the largest output for each item, −1 where it cannot be read or the model gives no number."""
    found = asked(bench.split, items, batch_size=bench.run.request.settings.batch_size)
    return tuple(-1 if answer is None else answer for answer in found)
