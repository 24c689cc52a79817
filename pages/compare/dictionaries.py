"""Comparison of two dictionaries: their concepts matched, best pair first."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st
from markupsafe import Markup

from concepts.evaluation.side_by_side import ALIKE, SAME, Concepts, SideBySide, similarity_word
from concepts.report.names import NUMBERS, Names
from concepts.report.rendering.sentences import model_name
from pages.components import texts
from pages.components.charts import draw_once
from pages.components.once import html_once
from pages.components.pairs import Side, all_pairs, alone, chosen_pair, pair, side
from pages.components.safe_text import is_dark, paragraph, plain, wide
from pages.figures.similarity import similarity_figure
from pages.state.address import CompareView, ReportView
from pages.state.current import current_id, keep
from pages.state.evaluations import dictionaries, evaluations, load_concepts, match_concepts, names_at
from pages.state.messages import told
from pages.state.reports import cards
from pages.state.selection import choose, comparison, sync_widget

SMALL, LARGE = (76, 4), (112, 8)  # pixels and number of crops, in the list and of the chosen pair


def show() -> None:
    """Shows the choice of two dictionaries, then what they have in common."""
    offered = options()
    paragraph(
        "Which concepts of one dictionary are found in another? Choose any two: they may differ in method, layer, "
        "seed, class or model. Each concept has one partner at most, so that all pairs together are as alike as can be."
    )
    if len(offered) < 2:
        how = "It takes two reports, or one evaluation with two dictionaries. The gallery lists the reports there are."
        st.html(texts.empty("Nothing to compare yet", how))
        st.page_link("pages/views/gallery.py", label="See all reports", icon=":material/grid_view:")
        return
    first, second = _choose_two(offered)
    sides = [_load(address, offered) for address in (first, second)]
    if sides[0] is None or sides[1] is None:
        return
    try:
        found = match_concepts(first, second)
    except ValueError as error:
        st.warning(told(error))
        return
    paragraph(_how(found, sides[0], sides[1]))
    _shared(found, sides[0], sides[1])
    _pairs(
        found, ChosenDictionary(sides[0], first, names_at(first)), ChosenDictionary(sides[1], second, names_at(second))
    )


@dataclass(frozen=True)
class DictionaryOption:
    """A dictionary that can be chosen: its title, and its model and layer, within which two can always be compared."""

    title: str
    place: tuple[str, str]


@dataclass(frozen=True)
class ChosenDictionary:
    """One of the two dictionaries: its concepts, its address, the names of its concepts."""

    concepts: Concepts
    address: str
    names: Names


def options() -> dict[str, DictionaryOption]:
    """All dictionaries to compare, by address: reports, then the dictionaries of evaluations."""
    found = {}
    for card in cards():
        words = f"{card.target} · {model_name(card.model)} · {card.layer} · report {card.id}"
        found[card.id] = DictionaryOption(words, (card.model, card.layer))
    for evaluation in evaluations():
        about = evaluation.about
        model, layer = about.model.name, about.layer.path
        for address, made in dictionaries(evaluation).items():
            words = f"{about.target.label} · {made.words} · {model_name(model)} · {layer} · evaluation {evaluation.id}"
            found[address] = DictionaryOption(words, (model, layer))
    return found


def pick(offered: dict[str, DictionaryOption], first: str | None, second: str | None) -> tuple[str, str]:
    """Both addresses; a missing one is the first option comparable with the other, else any other option."""
    if first is None and second is not None:
        return pick(offered, second, None)[1], second
    if first is None:
        first = next((name for name in offered if _partner(name, offered)), next(iter(offered)))
    return first, second or _partner(first, offered) or next(name for name in offered if name != first)


def _partner(address: str, offered: dict[str, DictionaryOption]) -> str | None:
    """The first other option at the same model and layer."""
    place = offered[address].place if address in offered else None
    return next((name for name, other in offered.items() if name != address and other.place == place), None)


def _choose_two(offered: dict[str, DictionaryOption]) -> tuple[str, str]:
    """The two of the address, else two comparable ones; the address of a missing one is kept and shown as missing."""
    asked = comparison()
    first, second = pick(offered, asked.first or (current_id(offered) if asked.second is None else None), asked.second)
    if first in {card.id for card in cards()}:
        keep(first)
    for key, value, label, place in zip(
        ("first", "second"), (first, second), ("First", "Second"), st.columns(2, gap="large"), strict=True
    ):
        listed = [*offered] if value in offered else [value, *offered]
        sync_widget(key, value, _title(value, offered))
        place.selectbox(
            label, listed, format_func=lambda name: _title(name, offered), key=key,
            on_change=lambda key=key: choose(**{key: st.session_state[key]}, pair=None),
        )  # fmt: skip
    choose(show="dictionaries", first=first, second=second)
    return first, second


def _title(address: str, offered: dict[str, DictionaryOption]) -> str:
    return offered[address].title if address in offered else f"{address} (not here)"


def _load(address: str, offered: dict[str, DictionaryOption]) -> Concepts | None:
    try:
        return load_concepts(address)
    except ValueError as error:
        st.error(f"{plain(_title(address, offered))} cannot be shown: {told(error)}")
        return None


def _how(found: SideBySide, a: Concepts, b: Concepts) -> str:
    if found.measure == "cosine":
        text = (
            f"Both lie in layer {a.layer} of {a.model}: a concept is a direction there, and two are as "
            "alike as the cosine of the angle between them"
        )
        text += ", whatever its sign." if found.signed else "."
    else:
        text = (
            f"They lie in different spaces (layer {a.layer} of {a.model}, layer {b.layer} of "
            f"{b.model}): two concepts are as alike as the correlation of how strong they are over the "
            f"{found.n_photos:,} photos that both have."
        )
    if found.apart is not None:
        text += f" Concepts that are not a pair reach {found.apart:.2f} on average: near that, a pair means little."
    return text


def _shared(found: SideBySide, a: Concepts, b: Concepts) -> None:
    """Shows the number of shared concepts; for two classes at one layer, concepts shared between classes."""
    pairs = len(found.matching.pairs)
    if found.measure == "cosine" and a.target != b.target:
        name = f"Concepts shared between the classes “{a.target}” and “{b.target}”"
    else:
        name = "Concepts that both have"
    st.header(f"{plain(name)}: {found.n_shared} of {pairs}", anchor="shared")
    paragraph(
        f"Shared means a {found.measure} of at least {ALIKE} (from {SAME} on: the same; below {ALIKE}: different).",
        "cx-note",
    )


def _pairs(found: SideBySide, a: ChosenDictionary, b: ChosenDictionary) -> None:
    chosen, first, second = _choose_pair(found, a.names, b.names), a.concepts.name, b.concepts.name
    st.html(html_once(_chosen, found, a, b, chosen))
    st.subheader("All pairs, best first", anchor="pairs")
    st.html(html_once(_best_first, found, a, b))
    _without(found, a, b)
    st.subheader("Every concept with every other", anchor="matrix")
    paragraph(
        "The pairs lie on the diagonal, framed; strong shades off it are concepts that more than one partner would "
        "suit, often one concept that the other dictionary splits in two."
    )
    with wide("matrix"):
        st.plotly_chart(
            draw_once(
                similarity_figure, found, first=first, second=second, names=(a.names, b.names), chosen=chosen,
                dark=is_dark(),
            ),
            key="matrix", config={"displayModeBar": False},
            alt=f"{found.measure} of every concept of {first} with every concept of {second}; the pairs are above",
        )  # fmt: skip


def _chosen(found: SideBySide, a: ChosenDictionary, b: ChosenDictionary, chosen: tuple[int, int]) -> Markup:
    """The chosen pair, large."""
    (size, n), (i, j) = LARGE, chosen
    return chosen_pair(pair(_side(a, i), _side(b, j), _alike(found)[chosen], found.measure, size=size, n=n))


def _best_first(found: SideBySide, a: ChosenDictionary, b: ChosenDictionary) -> Markup:
    """All pairs, each a link that chooses it."""
    (size, n), alike = SMALL, _alike(found)
    rows = [
        pair(
            _side(a, i), _side(b, j), alike[i, j], found.measure, size=size, n=n,
            href=CompareView("dictionaries", first=a.address, second=b.address, pair=i).href(),
        )
        for i, j in found.matching.pairs
    ]  # fmt: skip
    return all_pairs(a.concepts.name, b.concepts.name, rows)


def _alike(found: SideBySide) -> dict[tuple[int, int], float]:
    """How alike each pair is."""
    return {pair: float(v) for pair, v in zip(found.matching.pairs, found.matching.cosines, strict=True)}


def _choose_pair(found: SideBySide, one: Names, other: Names) -> tuple[int, int]:
    """The pair in the address, identified by its concept of the first; else the best."""
    pairs, wanted = found.matching.pairs, comparison().pair
    by_first = dict(pairs)
    if wanted is not None and wanted not in by_first:
        st.warning(f"{NUMBERS.concept(wanted)} of the first has no partner here: the best pair is shown.")
    first = wanted if wanted in by_first else pairs[0][0]
    values = dict(zip(found.matching.first.tolist(), found.matching.cosines.tolist(), strict=True))

    def said(i: int) -> str:
        return f"{one.concept(i)} and {other.concept(by_first[i])}: {values[i]:.2f}, {similarity_word(values[i])}"

    sync_widget("pair", first, said(first))
    st.selectbox(
        "Pair", list(by_first), key="pair", width=460,
        format_func=said,
        on_change=lambda: choose(pair=st.session_state["pair"]),
    )  # fmt: skip
    return first, by_first[first]


def _without(found: SideBySide, a: ChosenDictionary, b: ChosenDictionary) -> None:
    """Shows the concepts without a partner."""
    for chosen, left in ((a, found.left_over[0]), (b, found.left_over[1])):
        if left:
            st.subheader(f"Without a partner in {plain(chosen.concepts.name)}")
            st.html(html_once(_alone, chosen, left))


def _alone(chosen: ChosenDictionary, concepts: Sequence[int]) -> Markup:
    size, n = SMALL
    return alone([side(_side(chosen, j), size=size, n=n) for j in concepts])


def _side(chosen: ChosenDictionary, j: int) -> Side:
    concepts = chosen.concepts
    share = None if concepts.shares is None else float(concepts.shares[j])
    href = "" if "/" in chosen.address else ReportView(chosen.address, concept=j).href()
    return Side(concepts.name, chosen.names.concept(j), concepts.crops[j], share, href)
