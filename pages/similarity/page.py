"""The page Similarity: controls, the photo with its map, and the search in all photos."""

import streamlit as st
from markupsafe import Markup

from concepts.lexicon.collections import Collection, RetrievedPhotos, places_on_grid, share_space
from concepts.numerics.written import two_decimals
from concepts.rendering.colours import SEGMENTS, css
from concepts.report.names import joined_names
from concepts.report.rendering.overlay import scale_colours
from concepts.report.rendering.sentences import interval_text, percent
from pages.components.places import photo_places
from pages.components.safe_text import paragraph
from pages.components.scales import keys, scale
from pages.components.texts import code, empty, heading
from pages.similarity import answers, controls, directions, duplicates, only, typed_text
from pages.similarity.directions import Query
from pages.similarity.index_sentence import index_sentence
from pages.similarity.photo_choice import choose_among
from pages.state.address import PhotoQuestion
from pages.state.collections import collections
from pages.state.current import current_id, keep
from pages.state.messages import told
from pages.state.selection import choose, sync_widget

HINT = "Click a place of the photo, drag a box, or press the arrow keys; Shift adds places, Escape takes them away."
N_STOPS = 8  # colours in the legend
SHOWN = {"map": "The map alone", "points": "Points: look here, not there", "box": "A box around the best region"}


def show() -> None:
    """Shows the page, or what to do where there are no photos to query yet."""
    paragraph(
        "Click a place. All places are then coloured by how similar the model finds them (cosine), in this photo and "
        "in all others."
    )
    collection = controls.choose_collection(collections())
    if collection is None:
        nothing_yet()
        return
    left, right = st.columns(2)
    with left:
        image = controls.choose_photo(collection)
    with right:
        way = controls.choose_way(collection)
    second = _options(collection, way)
    _answer(collection, image, second, way)
    duplicates.show(collection, controls.question())


def nothing_yet() -> None:
    """Shows how to make a first collection."""
    how = (
        "Every analysis of a layer with places stores the tokens of its photos; then they can be asked here. On the "
        "command line: "
    )
    st.html(empty("No photos to ask yet", how, code("python -m concepts tokens"), "."))
    st.page_link("pages/views/analysis.py", label="New analysis", icon=":material/add_circle:")


def _options(collection: Collection, way: str) -> int | None:
    """Shows what can be set beside the question, folded unless something is that changes answers unseen.

    Returns the second photo, if any.
    """
    asked = controls.question()
    is_set = any(each is not None for each in (asked.centred, asked.condition, asked.only, asked.table_kept))
    with st.expander("More: a second photo, another model, how the map is shown", expanded=is_set):
        second = controls.choose_second(collection)
        only.choose_only(collection, asked)
        _map_options(collection, asked)
        if way != "words" and "words" in directions.ways(collection):
            paragraph(
                "Words that must fit as well: half of the likeness is then measured within their directions only, on "
                "the photo and in all photos."
            )
            controls.choose_words(controls.words_offered(collection), "condition", "Like this, with the same …")
    return second


def _map_options(collection: Collection, asked: PhotoQuestion) -> None:
    one, two, three = st.columns([3, 3, 4], vertical_alignment="bottom")
    with one:
        sync_widget("show_on_map", asked.show if asked.show in SHOWN else "map")
        st.selectbox(
            "Show", list(SHOWN), format_func=SHOWN.__getitem__, key="show_on_map",
            on_change=lambda: choose(show=st.session_state["show_on_map"].replace("map", "") or None),
        )  # fmt: skip
    with two:
        _beside(collection)
    with three:
        sync_widget("centred", bool(asked.centred))
        st.toggle(
            "Take out what all places share", key="centred",
            help="Subtracts the mean token before the cosine: where every place is like every other, differences show.",
            on_change=lambda: choose(centred=1 if st.session_state["centred"] else None),
        )  # fmt: skip


def _beside(collection: Collection) -> None:
    """Shows the choice of another layer or model with the same photos, to compare maps."""
    others = {
        id: other for id, other in collections().items() if id != collection.id and other.names == collection.names
    }
    wanted = controls.question().beside
    sync_widget("beside", wanted if wanted in others else None)
    st.selectbox(
        "Another layer or model beside it", [None, *others], key="beside", disabled=not others, placeholder="none",
        format_func=lambda id: "none" if id is None else controls.title_of(others[id]),
        on_change=lambda: choose(beside=st.session_state["beside"]),
    )  # fmt: skip


@st.fragment
def _answer(collection: Collection, image: int, second: int | None, way: str) -> None:
    """Shows what a click reruns: the photo and all photos, not the controls above them."""
    try:
        _answered(collection, image, second, way)
    except ValueError as error:
        st.warning(told(error))


def _answered(collection: Collection, image: int, second: int | None, way: str) -> None:
    asked = controls.question()
    if way == "words":
        words = controls.choose_words(
            controls.words_offered(collection), "words", directions.label_of("words", collection)
        )
        queries = directions.word_queries(collection, words)
        if len(queries) > 1:
            _segments(collection, image, second, queries, asked)
            return
        query = queries[0] if queries else None
    else:
        query = _query(collection, image, way, asked)
    condition = _condition(collection, way, asked)
    found = None if query is None else _found(collection, image, query, condition, asked)
    here, there = (st.container(), st.container()) if second is not None else st.columns([5, 7], gap="large")
    with here:
        _photo(collection, image, second, way, query, asked, condition, found)
    if query is None or found is None:
        return
    with there:
        _everywhere(collection, query, way, asked, condition, found)
    _compare(collection, image, way, query, asked, condition)


def _condition(collection: Collection, way: str, asked: PhotoQuestion) -> list[Query]:
    """The words that must fit as well; none for words, which are asked without."""
    return [] if way == "words" else directions.word_queries(collection, (asked.condition or "").split("|"))


def _query(collection: Collection, image: int, way: str, asked: PhotoQuestion) -> Query | None:
    if way == "place":
        return directions.place_query(collection, image, directions.places_asked(collection, image, asked))
    if way == "photo":
        wanted = asked.example if asked.example is not None and 0 <= asked.example < len(collection) else image
        choose_among("Like the whole of", collection, wanted, key="example", on_choose=lambda i: choose(example=i))
        return directions.photo_query(collection, wanted)
    if way == "text":
        return _text(collection)
    if way == "concept":
        return _concept(collection, asked)
    return directions.named_query(collection, image, way)


def _text(collection: Collection) -> Query | None:
    left, right = st.columns([7, 5])
    with left:
        tokens = typed_text.choose_text(collection)
    if tokens is None:
        return None
    with right:
        return directions.text_query(collection, tokens, typed_text.choose_token(tokens))


def _concept(collection: Collection, asked: PhotoQuestion) -> Query:
    reports = directions.reports_of(collection)
    id = asked.report if asked.report in reports else current_id(reports) or next(iter(reports))
    keep(id)
    left, right = st.columns(2)
    sync_widget("concept_report", id)
    left.selectbox(
        "Report", list(reports), format_func=lambda name: reports[name].data.title, key="concept_report",
        on_change=lambda: choose(report=st.session_state["concept_report"], concept=0),
    )  # fmt: skip
    n = len(reports[id].data.concepts)
    concept = asked.concept if asked.concept is not None and 0 <= asked.concept < n else 0
    names = reports[id].names
    sync_widget("concept_asked", concept, names.concept(concept))
    right.selectbox(
        "Concept", range(n), format_func=names.concept, key="concept_asked",
        on_change=lambda: choose(concept=st.session_state["concept_asked"]),
    )  # fmt: skip
    return directions.concept_query(reports[id], concept)


def _photo(
    collection: Collection, image: int, second: int | None, way: str, query: Query | None, asked: PhotoQuestion,
    condition: list[Query], found: RetrievedPhotos | None,
) -> None:  # fmt: skip
    """Shows the photo under its map, and the map as a file."""
    shown = [image] if second is None else [image, second]
    scale = None if found is None else answers.scale_of(found)
    maps = [None if query is None else answers.map_of(collection, i, query, asked, condition) for i in shown]
    photos = [
        answers.placed(
            collection, i, similarity, asked, answers.caption_of(collection, i, similarity, condition), scale
        )
        for i, similarity in zip(shown, maps, strict=True)
    ]
    picking = way == "place"
    photo_places(
        photos,
        key="similarity_photo",
        of=f"{collection.id} {image}",
        on_pick=controls.hear_places(collection, image) if picking else None,
        hint=HINT if picking else "The map shows where the photo is like that.",
        matrix=answers.self_similarity(collection, image, shown[1:], asked) if picking and not condition else None,
        picked=directions.places_asked(collection, image, asked) if picking else (),
        scale=scale,
    )
    if query is None or found is None or (similarity := maps[0]) is None:
        return
    st.html(_legend(found))
    st.download_button(
        "Points, box and mask (JSON)", lambda: answers.points_json(collection, image, similarity, query),
        "similarity.json", "application/json", icon=":material/download:",
    )  # fmt: skip


def _segments(
    collection: Collection, image: int, second: int | None, queries: list[Query], asked: PhotoQuestion
) -> None:
    shown = [image] if second is None else [image, second]
    photos, shares = zip(*(answers.segmented(collection, i, queries, asked) for i in shown), strict=True)
    here, there = (st.container(), st.container()) if second is not None else st.columns([5, 7], gap="large")
    with here:
        photo_places(photos, key="segments", legend=SEGMENTS[: len(queries)])
    rows = [
        (colour, f"{query.name}: {percent(share)} of places")
        for query, colour, share in zip(queries, SEGMENTS, shares[0], strict=False)
    ]
    with there:
        st.html(keys(rows))
        paragraph(
            "Each place bears the colour of the word that it is most like, after what all these words share is taken "
            "out (CLIP Surgery); places that are like none of them stay as they are."
        )
    for query in queries[:2]:
        found = _found(collection, image, query, [], asked)
        _everywhere(collection, query, "words", asked, [], found)


def _compare(
    collection: Collection, image: int, way: str, query: Query, asked: PhotoQuestion, condition: list[Query]
) -> None:
    """Shows the same query on another layer or model, where the same place, word or photo exists there."""
    other = collections().get(asked.beside or "")
    if other is None or other.names != collection.names:
        return
    st.html(heading(2, controls.title_of(other)))
    twin = _twin(collection, other, image, way, query, asked)
    if twin is None:
        paragraph("This question has no counterpart there: ask with a place, a photo, or a word that both know.")
        return
    mine = answers.map_of(collection, image, query, asked, [])
    theirs = answers.map_of(other, image, twin, asked, [])
    photo = answers.placed(other, image, theirs, asked, answers.caption_of(other, image, theirs))
    photo_places([photo], key="beside_photo")
    paragraph(answers.agreement(mine, theirs))
    if condition:
        paragraph("Both maps are compared without the words that must fit as well.")


def _twin(
    collection: Collection, other: Collection, image: int, way: str, query: Query, asked: PhotoQuestion
) -> Query | None:
    if way == "place":
        asked_for = directions.places_asked(collection, image, asked)
        places = places_on_grid(asked_for, collection.grid, other.grid)
        return directions.place_query(other, image, places)
    if way == "words":
        return next(iter(directions.word_queries(other, [query.name])), None)
    if way == "text":
        return query if share_space(collection, other) else None
    if way == "photo":
        return directions.photo_query(other, image if asked.example is None else asked.example)
    return directions.named_query(other, image, way) if way in other.named else None


def _found(
    collection: Collection, image: int, query: Query, condition: list[Query], asked: PhotoQuestion
) -> RetrievedPhotos:
    with st.spinner("Asking all photos …", show_time=False):
        return answers.everywhere(collection, query, condition, asked, image)


def _everywhere(
    collection: Collection, query: Query, way: str, asked: PhotoQuestion, condition: list[Query], found: RetrievedPhotos
) -> None:
    same = joined_names([each.name for each in condition]) if condition else ""
    st.html(heading(2, f"In all photos: {query.name}" + (f", with the same {same}" if same else ""), kind="cx-flat"))
    within = f": half of it is the cosine, the other half the cosine within the directions of {same} only"
    figure, measured = ("likeness", within) if same else ("cosine", "")
    reach = None if condition else answers.random_reach(collection, way, asked)
    paragraph(
        f"The best place of each of {found.n_asked:,} photos, best first, with its {figure}{measured}. The colours "
        f"mean the same on all photos; the white line is half-way to each photo's peak. "
        f"{_share_sentence(found, figure)} {_weak_sentence(way, reach)}"
    )
    taken = answers.index_of_question(collection, condition, asked)
    if said := index_sentence(taken, found, asked, way):
        paragraph(said, "cx-note")
    st.html(answers.everywhere_html(collection, found, asked, reach=reach, conditional=bool(condition)))


def _share_sentence(found: RetrievedPhotos, figure: str) -> str:
    """How many photos are alike: of all that were asked, or of those that were looked at, with the interval."""
    alike = f"have a place with a {figure} of {answers.ALIKE} or more."
    if found.n_looked == found.n_asked:
        return f"{percent(found.share)} of the photos {alike}"
    share = f"{percent(found.share)} ({interval_text(*found.share.interval)})"
    return f"Of {found.n_looked:,} photos looked at, {share} {alike}"


def _weak_sentence(way: str, reach: float | None) -> str:
    """How a weak match is defined; empty where none is marked."""
    if reach is None:
        return ""
    random = {"words": "word", "text": "word", "photo": "photo"}.get(way, "place")
    level = two_decimals(reach)
    return f"Below {level} a match is weak: a {random} drawn at random reaches that in half of the other photos."


def _legend(found: RetrievedPhotos) -> Markup:
    low, high = map(two_decimals, answers.scale_of(found))
    photos = "all" if found.n_looked == found.n_asked else f"{found.n_looked:,}"
    stops = [css(*colour) for colour in scale_colours(N_STOPS)]
    return scale(f"{low}: usual in {photos} photos", f"{high}: most like it", stops)
