"""The controls of the page Similarity: the collection, the photo shown, the kind of query."""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from concepts.lexicon.collections import Collection
from concepts.lexicon.typed_words import TypedWords, by_lower_case
from concepts.report.rendering.sentences import model_name
from pages.components.left_out import tell_left_out
from pages.components.safe_text import plain, shortened
from pages.similarity.directions import label_of, ways
from pages.similarity.photo_choice import NONE, choose_among
from pages.state.address import PhotoQuestion
from pages.state.collections import left_out_collections, lexicons_of
from pages.state.current import current_card
from pages.state.messages import told
from pages.state.selection import choose, sync_widget


def question() -> PhotoQuestion:
    """The query in the address."""
    return PhotoQuestion.of(st.query_params.to_dict())


def title_of(collection: Collection) -> str:
    """The label of a collection in a list."""
    encoder = collection.encoder
    return f"{collection.source} · {model_name(encoder.name)} · {encoder.layer} · {len(collection):,} photos"


def choose_collection(offered: Mapping[str, Collection]) -> Collection | None:
    """The collection in the address, else of the report chosen last, else the first; None without any.

    Warns of a missing one and of damaged ones.
    """
    wanted = question().collection
    tell_left_out(left_out_collections(), "collection")
    if not offered:
        return None
    if wanted is not None and wanted not in offered:
        st.warning(
            f"There is no collection {plain(shortened(wanted))} to ask here, or its tokens are no longer stored."
        )
    id = wanted if wanted is not None and wanted in offered else _of_current(offered) or next(iter(offered))
    sync_widget("collection", id)
    st.selectbox(
        "Photos", list(offered), format_func=lambda name: title_of(offered[name]), key="collection",
        on_change=lambda: choose(collection=st.session_state["collection"], **FRESH),
    )  # fmt: skip
    choose(collection=id)
    try:
        _ = offered[id].activations  # which says that the collection is in use
        _ = offered[id].grid
    except ValueError as error:
        st.error(told(error))
        return None
    return offered[id]


def _of_current(offered: Mapping[str, Collection]) -> str | None:
    """The newest collection with tokens of the layer of the report chosen last, of its photos if there is one."""
    card = current_card()
    alike = [
        (each.source == card.source, id)
        for id, each in offered.items()
        if card is not None and (each.encoder.name, each.encoder.layer) == (card.model, card.layer)
    ]
    return next((id for is_same, id in sorted(alike, key=lambda pair: not pair[0])), None)


FRESH: dict[str, None] = dict.fromkeys(
    ("image", "second", "places", "words", "token", "report", "concept", "example", "beside", "condition", "lexicon",
     "added", "only", "table_kept", "part", "area", "points", "place", "near", "repeats")
)  # fmt: skip


def choose_photo(collection: Collection) -> int:
    """The photo in the address, else one in the middle."""
    wanted = question().image
    image = wanted if wanted is not None and 0 <= wanted < len(collection) else len(collection) // 2
    choose_among("Photo", collection, image, key="photo", on_choose=lambda i: choose(image=i, places=None))
    choose(image=image)
    return image


def places_on(collection: Collection) -> list[int]:
    """The places in the address that are on the grid of its photos."""
    rows, columns = collection.grid
    return [place for place in question().place_list if place < rows * columns]


def hear_places(collection: Collection, image: int) -> Callable[[list[int]], None]:
    """A callback that writes picked places into the address, unless another photo was chosen in the meantime.

    An empty list is written as well: without one, the page asks with a place of its own choice.
    """

    def hear(places: list[int]) -> None:
        now = question()
        if (now.collection, now.image) == (collection.id, image):
            choose(places=".".join(map(str, places)))

    return hear


def choose_second(collection: Collection) -> int | None:
    """A second photo to show, or None."""
    wanted = question().second
    second = wanted if wanted is not None and 0 <= wanted < len(collection) else NONE
    choose_among(
        "A second photo beside it", collection, second, key="second", none="none",
        on_choose=lambda i: choose(second=None if i == NONE else i),
    )  # fmt: skip
    return None if second == NONE else second


def choose_way(collection: Collection) -> str:
    """The kind of query: a place, words, a concept, a photo, or a token without a place."""
    offered = ways(collection)
    wanted = question().ask
    way = wanted if wanted in offered else offered[0]
    sync_widget("ask", way)
    st.segmented_control(
        "Ask with", offered, format_func=lambda way: label_of(way, collection), key="ask", required=True,
        on_change=lambda: choose(ask=st.session_state["ask"]),
    )  # fmt: skip
    return way


def choose_words(offered: Sequence[str], key: str, label: str, *, most: int = 8) -> list[str]:
    """The chosen words among those offered, stored in the address under `key`.

    Any word can be typed, several with commas. Those that are not offered stay unanswered: a warning names them, and
    what is near.
    """
    typed = TypedWords.of((getattr(question(), key) or "").split("|"), by_lower_case(offered))
    if typed.sentence:
        st.warning(plain(typed.sentence))
    known = list(typed.known)[:most]
    sync_widget(f"choose_{key}", known)
    st.multiselect(
        label, offered, key=f"choose_{key}", placeholder="Type words, with commas", accept_new_options=True,
        on_change=lambda: choose(**{key: _typed(st.session_state[f"choose_{key}"], offered, most)}),
    )  # fmt: skip
    return known


def _typed(chosen: Sequence[str], offered: Sequence[str], most: int) -> str | None:
    """The chosen words as the address holds them: the last known ones, as many as there is room for, and the others.

    What was typed with commas is several words, unless it is offered as it is.
    """
    there = by_lower_case(offered)
    parts = [part for each in chosen for part in ([each] if each in offered else each.replace("|", ",").split(","))]
    words = [word.strip() for word in parts if word.strip()]
    known = [word for word in words if word.casefold() in there]
    return "|".join([*known[-most:], *(word for word in words if word not in known)]) or None


def words_offered(collection: Collection) -> list[str]:
    """The words of all lexicons of a collection, each once."""
    return list(dict.fromkeys(word for lexicon in lexicons_of(collection).values() for word in lexicon.words))
