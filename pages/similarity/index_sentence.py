"""What the index may have missed of an answer, in words."""

from concepts.lexicon.collections import PhotoIndex, RetrievedPhotos
from concepts.report.rendering.sentences import percent
from concepts.token_search import MeasuredRecall
from pages.similarity.directions import KINDS
from pages.state.address import PhotoQuestion
from pages.state.collections import TakenIndex

FOUND = "Found by an index, and ranked by the exact cosine"
COMPARED = "Each place of these photos was compared: no match is lost."
SCANNED = "Each place of these photos was compared, without the index: no match is lost."
SMALL = "This collection is so small that each place is compared, and its index is not needed: no match is lost."


def index_sentence(taken: TakenIndex, found: RetrievedPhotos, asked: PhotoQuestion, way: str) -> str:
    """What the index may have missed, as it was measured, that nothing was, or why it is not used; empty without one.

    way: the kind of query. What was measured for places is no measure of another kind, and is said as such.
    """
    if taken.unused:
        return f"There is an index of these photos, which is not used: {taken.unused}. {COMPARED}"
    if taken.index is None:
        return ""
    sampled = f" What is usual is that of {found.n_looked:,} photos." if found.n_looked < found.n_asked else ""
    return f"{_compared(taken.index) if found.scanned else _measured(taken.index, asked, way)}{sampled}"


def _compared(index: PhotoIndex) -> str:
    return SMALL if index.photos is not None and index.photos.scanned else SCANNED


def _measured(index: PhotoIndex, asked: PhotoQuestion, way: str) -> str:
    unlike = " without conditions" if asked.only else ""
    photos, tokens = index.photos, index.tokens.recall
    if photos is None:
        what = "How many of the best photos it gives was not measured: it was measured for places alone."
        return f"{FOUND}. {what} {_of_places(tokens, unlike)}".rstrip()
    recall = photos.words if way == "words" else photos.places if way == "place" and not _several(asked) else None
    if recall is not None:
        thing = "words" if way == "words" else "places"
        return f"{FOUND}: {_gives(recall)}, measured{unlike} on {recall.queries} {thing} of its own."
    places = f"for places {_gives(photos.places)}, measured{unlike} on {photos.places.queries} of its own"
    other = "several places" if way == "place" else _asked_with(way)
    return f"{FOUND}. How many of the best photos it gives was not measured for {other}; {places}."


def _gives(recall: MeasuredRecall) -> str:
    return f"of the {recall.top} best photos the index gives {_share(recall)}"


def _of_places(recall: MeasuredRecall | None, unlike: str) -> str:
    if recall is None:
        return ""
    most = f"Of the {recall.top} places most like a place it gives {_share(recall)}"
    return f"{most}, measured{unlike} on {recall.queries} places of its own."


def _share(recall: MeasuredRecall) -> str:
    return f"{percent(recall.value)} ({percent(recall.low)} to {percent(recall.high)})"


def _several(asked: PhotoQuestion) -> bool:
    """Whether the mean of several places is asked with."""
    return len(asked.place_list) > 1


def _asked_with(way: str) -> str:
    """A kind of query within a sentence."""
    return "words" if way == "words" else KINDS.get(way, f"the {way}").lower()
