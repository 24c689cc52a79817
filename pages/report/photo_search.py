"""The choice of photos and of the open one, usable by keyboard."""

from dataclasses import fields

import streamlit as st

from concepts.data.dataset import ItemKind
from concepts.report.class_report import ClassReport
from concepts.report.queries.photo_filter import PhotoFilter, find_photos
from concepts.report.rendering.sentences import good_word, is_wrong
from concepts.report.schema import ReportData
from pages.state.reports import amounts, report_key
from pages.state.selection import choose_in_report, rerun_rest, sync_widget, view

MOST_OPTIONS = 5_000  # names in the list of photos; the graph can open all of them
BEGINNING, MOST_CHARACTERS = 60, 200  # of a text in the list; that are looked for
ICONS: dict[ItemKind, str] = {"images": ":material/photo_library:", "texts": ":material/article:"}
NOTHING: dict[str, None] = dict.fromkeys(
    ("strategy", "wrong", "predicted", "has", "lacks", "area", "suspect", "contains")
)


def chosen_images(report: ClassReport) -> list[int]:
    """The photos that match the filter in the address."""
    return _found(report_key(report), view().wanted, report)


@st.cache_data(max_entries=64, show_spinner=False)
def _found(key: tuple[str, int], wanted: PhotoFilter, _report: ClassReport) -> list[int]:
    """The matching photos, cached because several parts of the page need them."""
    return find_photos(_report, wanted, amounts(key, _report))


def open_image(report: ClassReport) -> int:
    """The photo in the address; else the most typical one of the chosen or the largest strategy; else the first."""
    data, wanted = report.data, view()
    if wanted.image is not None and 0 <= wanted.image < len(data.items):
        return wanted.image
    images = chosen_images(report)
    rows = [row for row in data.strategies if wanted.strategy in (None, row.label) and row.medoid in images]
    largest = max(rows, key=lambda row: row.n, default=None)
    return largest.medoid if largest else next(iter(images), 0)


def chooser(report: ClassReport, image: int) -> None:
    """Shows the filter, the list of photos, and the buttons for the previous and the next one."""
    data, noun = report.data, report.data.noun
    if view().image not in (None, image):
        st.warning(f"This report has no {noun} {view().image}: it holds {noun}s 0 to {len(data.items) - 1}.")
    if data.kind == "texts":
        _contains()
    images = chosen_images(report)
    which, open_one, steps = st.columns([5, 4, 3], vertical_alignment="bottom", gap="medium")
    with which:
        _which(report)
    if not images:
        st.info(f"No {noun} is like that: choose other {noun}s above.")
        return
    options = images[:MOST_OPTIONS] if image in images[:MOST_OPTIONS] else [image, *images[:MOST_OPTIONS]]
    sync_widget("photo", image, _name(data, image))
    open_one.selectbox(
        f"{noun.capitalize()} (type to search)",
        options,
        format_func=lambda i: _name(data, i),
        key="photo",
        on_change=_photo,
    )
    place = options.index(image)
    with steps.container(horizontal=True):
        for label, icon, to in (
            ("Previous", "left", options[place - 1]), ("Next", "right", options[(place + 1) % len(options)])
        ):  # fmt: skip
            st.button(label, icon=f":material/chevron_{icon}:", on_click=choose_in_report, kwargs={"image": to})


def _name(data: ReportData, image: int) -> str:
    row = data.items[image]
    said = f": {' '.join(data.texts[image].text[:BEGINNING].split())}" if data.kind == "texts" else ""
    return f"{'✗ ' if is_wrong(row) else ''}{row.name}{said}"


def _contains() -> None:
    """Shows the field for characters that the texts must hold."""
    sync_widget("contains", view().contains or "")
    st.text_input(
        "Contains", key="contains", icon=":material/search:", placeholder="words of the texts",
        max_chars=MOST_CHARACTERS,
        on_change=lambda: _choose(contains=st.session_state["contains"].strip() or None),
    )  # fmt: skip


def _photo() -> None:
    choose_in_report(image=st.session_state["photo"])


def _which(report: ClassReport) -> None:
    """Shows the choice of strategy, and a button with the other filters and the number of those in use."""
    data, wanted = report.data, view().wanted
    labels: list[int | None] = [None, *sorted({row.strategy for row in data.items}, key=lambda s: (s < 0, s))]
    if wanted.strategy not in labels:
        labels.append(wanted.strategy)
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    sync_widget("which", wanted.strategy, _strategy(report, wanted.strategy))
    left.selectbox(
        f"Which {data.noun}s", labels, format_func=lambda label: _strategy(report, label), key="which",
        on_change=lambda: _choose(strategy=st.session_state["which"]),
    )  # fmt: skip
    more = sum(
        getattr(wanted, each.name) != each.default
        for each in fields(wanted)
        if each.name not in ("strategy", "contains")
    )
    with right.popover(f"Find ({more} on)" if more else "Find", icon=":material/search:", width="stretch"):
        _answers(data)
        _concepts(report)
        if wanted.anything:
            st.button(
                f"All {data.noun}s", icon=":material/clear_all:", on_click=_choose, kwargs=NOTHING, width="stretch"
            )


def _strategy(report: ClassReport, label: int | None) -> str:
    return f"All {report.data.noun}s" if label is None else "Outliers" if label < 0 else report.names.strategy(label)


def _answers(data: ReportData) -> None:
    good = good_word(data)
    names = {None: "All", 0: good.capitalize(), 1: f"Not {good}"}
    sync_widget("wrong", view().wrong if view().wrong in names else 1)
    st.segmented_control(
        "Answers", list(names), format_func=names.__getitem__, key="wrong", required=True,
        on_change=lambda: _choose(wrong=st.session_state["wrong"]),
    )  # fmt: skip
    said: list[str | None] = [None, *sorted({row.predicted for row in data.items})]
    if view().predicted not in said:
        said.append(view().predicted)
    sync_widget("predicted", view().predicted)
    st.selectbox(
        "The model says", said, format_func=lambda name: "anything" if name is None else name, key="predicted",
        on_change=lambda: _choose(predicted=st.session_state["predicted"]),
    )  # fmt: skip


def _concepts(report: ClassReport) -> None:
    k = len(report.data.concepts)
    for key, label in (("has", "With these concepts (the most of them first)"), ("lacks", "Without these")):
        wanted = [j for j in getattr(view().wanted, key) if j < k]
        sync_widget(f"find_{key}", wanted, "|".join(map(report.names.concept, wanted)))
        st.multiselect(
            label, range(k), format_func=report.names.concept, key=f"find_{key}", placeholder="any",
            on_change=_concepts_chosen, args=(key,),
        )  # fmt: skip
    st.caption(f"Present: at least three tenths of what the concept reaches in its strongest {report.data.noun}s.")


def _concepts_chosen(key: str) -> None:
    _choose(**{key: ".".join(map(str, st.session_state[f"find_{key}"])) or None})


def _choose(**changes: str | int | None) -> None:
    """Changes the filter, reruns the page, and closes the open photo."""
    choose_in_report(image=None, **changes)
    rerun_rest()
