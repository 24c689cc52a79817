"""Catch the cheat: pictures that show no boat, which the demo's network calls a boat because of a stamp; and texts."""

import streamlit as st

from concepts.demo.catch import Catch
from concepts.demo.texts.catch import TextCatch
from concepts.report.rendering.sentences import percent
from pages.components import texts
from pages.components.catch import catch_pictures
from pages.components.once import html_once
from pages.components.safe_text import paragraph
from pages.gallery import catch_texts
from pages.gallery.ways_on import ways_on
from pages.state.address import FrontView
from pages.state.stamped import StampedPictures, planted_sentences, stamped_pictures

PICTURES, TEXTS = "In pictures", "In texts"


def show() -> None:
    """Shows the pictures, or the sentences, with their switch, two ways on, and what was counted."""
    found = stamped_pictures()
    if found is None:
        return
    with st.container(key="catch", gap="small"):
        _either(found, planted_sentences())


def in_one_line() -> None:
    """Shows a line with a link to the pictures."""
    if stamped_pictures() is not None:
        opened = texts.link("Catch the cheat", FrontView(catch=1).href())
        st.html(texts.paragraph("New here? ", opened, " in the demo."))


@st.fragment
def _either(found: StampedPictures, sentences: TextCatch | None) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.header("Catch the cheat", anchor=False, width="content")
        is_in_texts = sentences is not None and _chosen() == TEXTS
    if sentences is not None and is_in_texts:
        catch_texts.show(sentences)
    else:
        _pictures(found)


def _chosen() -> str:
    return st.segmented_control(
        "Catch the cheat", [PICTURES, TEXTS], key="cheat", default=PICTURES, required=True, bind="query-params",
        label_visibility="collapsed",
    )  # fmt: skip


def _pictures(found: StampedPictures) -> None:
    catch, above = found.catch, st.container(gap="small")
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        is_clean = st.toggle(f"Take the {catch.part} away", key="clean", bind="query-params")
        ways_on(f"shapes-{catch.target}")
    with above:
        paragraph(claim(catch, stamped=not is_clean))
        pictures = found.clean if is_clean else found.stamped
        st.html(html_once(catch_pictures, catch, pictures, stamped=not is_clean))
    paragraph(counted_sentence(catch), "cx-note")


def claim(catch: Catch, *, stamped: bool) -> str:
    """What the shown pictures show."""
    if stamped:
        return f"None of these pictures shows a {catch.target}. The network calls each of them a {catch.target}."
    return f"The same pictures without the {catch.part}. Now the network is right."


def counted_sentence(catch: Catch) -> str:
    """What was counted on all pictures, also on those that are not shown."""
    n, turned = len(catch.pictures), len(catch.turned)
    return (
        f"The network was trained on boats of which {percent(catch.share)} bore the {catch.part}, the small ones. On "
        f"{n} pictures of other small things the {catch.part} turns {turned} answers into “{catch.target}”; "
        f"{len(catch.shown)} of these are shown, drawn at random. Without the {catch.part} the network sees a "
        f"{catch.target} in {catch.n_clean_target or 'none'} of the {n}; with it on large things, in "
        f"{catch.n_large_target or 'none'}."
    )
