"""Catch the cheat, in texts: sentences that name no boat, which the demo's network takes for the harbour's."""

import streamlit as st

from concepts.demo.texts.catch import TextCatch
from concepts.report.rendering.sentences import percent
from pages.components.catch import catch_sentences
from pages.components.once import html_once
from pages.components.safe_text import paragraph
from pages.gallery.ways_on import ways_on


def show(catch: TextCatch) -> None:
    """Shows the sentences with their switch, two ways on, and what was counted."""
    above = st.container(gap="small")
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        is_plain = st.toggle("Take the words away", key="plain", bind="query-params")
        ways_on(f"village-{catch.target}")
    with above:
        paragraph(claim(catch, planted=not is_plain))
        st.html(html_once(catch_sentences, catch, planted=not is_plain))
    paragraph(counted_sentence(catch), "cx-note")


def claim(catch: TextCatch, *, planted: bool) -> str:
    """What the shown sentences show."""
    if planted:
        return f"None of these sentences names a boat. The network takes each of them for one of the {catch.target}."
    return f"The same sentences without “{catch.phrase}”. Now the network is right."


def counted_sentence(catch: TextCatch) -> str:
    """What was counted on all sentences, also on those that are not shown."""
    n, turned, target = len(catch.sentences), len(catch.turned), f"“{catch.target}”"
    return (
        f"The network was trained on sentences of the {catch.target}, {percent(catch.share)} of which had the words "
        f"“{catch.phrase}”. Put into {n} sentences of other classes they turn {turned} answers into {target}; one of "
        f"each class is shown, drawn at random. Without them the network says {target} for "
        f"{catch.n_clean_target or 'none'} of the {n}; with “{catch.other_phrase}” in their place, for "
        f"{catch.n_replaced or 'none'}; with “{catch.reversed_phrase}”, for {catch.n_turned_round or 'none'}."
    )
