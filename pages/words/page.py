"""The page Words: the words of each place of a photo, and words searched on it and in all photos."""

from dataclasses import replace

import streamlit as st

from concepts.lexicon import Lexicon, top_words
from concepts.lexicon.collections import Collection
from concepts.numerics.written import written
from concepts.rendering.pictures import Picture
from concepts.report.rendering.sentences import percent
from pages.components.charts import draw_once
from pages.components.pictures import picture_grid
from pages.components.places import photo_places
from pages.components.safe_text import is_dark, paragraph
from pages.components.tables import table
from pages.components.texts import heading
from pages.components.words import word_cloud
from pages.figures.words import word_bars
from pages.similarity import controls
from pages.similarity.page import nothing_yet
from pages.state.address import PhotoQuestion
from pages.state.collections import collections, is_of_classes, lexicons_of
from pages.state.messages import told
from pages.state.part_choice import choose_part
from pages.state.selection import choose, sync_widget
from pages.words import layers, readings, text_reading
from pages.words.readings import PhotosRead
from pages.words.vocabulary import Vocabulary, choose_vocabulary

QUIET = {"displayModeBar": False}
HINT = (
    "Click a place to read its words, drag a box, or press the arrow keys; Shift adds places, Escape reads the whole."
)
PARTS = {"photo": "A photo", "text": "A text"}
MODELS = {"layers": "A language model, layer by layer"}
N_CLOUD = 30  # words in the cloud
EVERYWHERE = 0.5  # share of photos from which a word counts as activated everywhere


def show() -> None:
    """Shows the page, or what to do where there are no photos to read yet."""
    paragraph(
        "Click a place of a photo, or type a text, and see which words the model finds there, the strongest first. "
        "They are a reading of the model, not a caption."
    )
    models = layers.offered()
    part = _choose_part(PARTS | MODELS if models else PARTS)
    if part in MODELS:
        layers.show(models)
        return
    left, right = st.columns(2) if part == "photo" else (st.container(), st.container())
    with left:
        readable = {id: found for id, found in collections().items() if lexicons_of(found)}
        collection = controls.choose_collection(readable)
    if collection is None:
        nothing_yet()
        return
    vocabulary = choose_vocabulary(_lexicon(collection))
    if part == "photo":
        with right:
            image = controls.choose_photo(collection)
        _show_photo(collection, vocabulary, image)
        return
    try:
        text_reading.show(collection, vocabulary.lexicon)
    except ValueError as error:
        st.warning(told(error))


def _choose_part(parts: dict[str, str]) -> str:
    wanted = controls.question().show
    part = wanted if wanted in parts else "photo"
    return choose_part("Read", parts, part, key="words_part", on_choose=lambda name: choose(show=name))


def _lexicon(collection: Collection) -> Lexicon:
    offered = lexicons_of(collection)
    wanted = controls.question().lexicon
    name = wanted if wanted in offered else next(iter(offered))
    if len(offered) > 1:
        sync_widget("lexicon", name)
        st.selectbox(
            "Lexicon", list(offered), key="lexicon", on_change=lambda: choose(lexicon=st.session_state["lexicon"])
        )
    return offered[name]


@st.fragment
def _show_photo(collection: Collection, vocabulary: Vocabulary, image: int) -> None:
    """Shows what a click reruns: the photo and its words, not the controls above them."""
    try:
        _photo(collection, vocabulary, image)
    except ValueError as error:
        st.warning(told(error))


def _photo(collection: Collection, vocabulary: Vocabulary, image: int) -> None:
    lexicon = vocabulary.lexicon
    asked = controls.question()
    left, right = st.columns([5, 7], gap="large")
    with left:
        kind = "class" if is_of_classes(lexicon) else "word"
        words = controls.choose_words(lexicon.words, "words", f"Light up a {kind}", most=1)
    with right:
        sync_widget("discount", not asked.centred)
        st.toggle(
            "Leave out what is said everywhere", key="discount",
            help="From each word its mean activation over all photos (LexVLA's overuse), from its map what all words "
            "share at a place (CLIP Surgery).",
            on_change=lambda: choose(centred=None if st.session_state["discount"] else 1),
        )  # fmt: skip
    read = readings.read_all(collection, vocabulary)
    said = readings.said_on(collection, lexicon, image, None if asked.centred else read)
    with left:
        photo = readings.plain_photo(collection, image)
        if words:
            photo = readings.lit(collection, lexicon, image, words[0], shared=bool(asked.centred))
        photo_places(
            [photo], key="words_photo", of=f"{collection.id} {image}", hint=HINT, says=readings.lines_of(said, lexicon),
            on_pick=controls.hear_places(collection, image), picked=controls.places_on(collection),
        )  # fmt: skip
    with right:
        _words(collection, lexicon, said, image)
    if words:
        _photos_that_say(collection, read, words[0], asked)
    _overused(read, lexicon)


def _words(collection: Collection, lexicon: Lexicon, said, image: int) -> None:
    places = controls.places_on(collection)
    found = top_words(said, lexicon, places, top=readings.TOP)
    what = "the whole photo" if not places else "this place" if len(places) == 1 else f"these {len(places)} places"
    st.html(heading(2, f"What {what} says", kind="cx-flat"))
    if not found:
        paragraph("No word of this lexicon is said here beyond what is said everywhere.")
        return
    st.plotly_chart(
        draw_once(word_bars, found, dark=is_dark()), key="word_bars", config=QUIET,
        alt=f"Words of {what}: " + ", ".join(f"{word} {value:.2f}" for word, value in found[:5]),
    )  # fmt: skip
    n = len(places) or said.shape[0]
    paragraph(
        f"The largest activation of each word over {n:,} {'place' if n == 1 else 'places'}; log(1 + z); 0 is not "
        f"said. The lexicon {lexicon.name} has {len(lexicon):,} words."
    )
    st.html(word_cloud(top_words(said, lexicon, places, top=N_CLOUD)))


def _photos_that_say(collection: Collection, read: PhotosRead, word: str, asked: PhotoQuestion) -> None:
    found = readings.photos_that_say(collection, read, word)
    st.html(heading(2, f"Photos that say “{word}”", kind="cx-flat"))
    if not found:
        paragraph("No photo has it among its first words.")
        return
    paragraph(
        "The photo that says it most comes first. Only the first words of each photo are searched. Click one to read "
        "it."
    )
    pictures = []
    for row, score, content in found:
        name = collection.names[row]
        href = replace(asked, image=row, places=None, words=word).href("words")
        pictures.append(Picture.of(content, f"photo {name} and where it says {word}", f"{score:.2f} · {name}", href))
    st.html(picture_grid(pictures, columns=6))


def _overused(read: PhotosRead, lexicon: Lexicon) -> None:
    used = read.overuse
    often = [w for w in used.most_used(12) if used.share[w] >= EVERYWHERE]
    share = used.said_everywhere(EVERYWHERE)
    with st.expander(f"Words that are said everywhere: {percent(share)} of the lexicon on at least half of the photos"):
        paragraph(
            "Such a word says little about a photo. Overuse is the sum over words of the squared mean activation "
            f"(LexVLA): {written(used.penalty, 3)} here, over {used.n_photos:,} photos."
        )
        rows = [[lexicon.words[w], percent(float(used.share[w])), f"{used.mean[w]:.3f}"] for w in often]
        if rows:
            st.html(table(("word", "photos that say it", "mean activation"), rows, caption="Most used words"))
