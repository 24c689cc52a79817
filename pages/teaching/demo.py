"""The demo's reports and the truth about their pictures, for the tour and the exercises, cached."""

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st
from PIL import Image

from concepts.demo.repainting import answers_to, without_concept
from concepts.demo.texts.counting import WordsCounted, count_words
from concepts.demo.texts.word_order import WordOrder, read_word_order
from concepts.demo.truth import best_concept, overlaps, pictures_of
from concepts.demo.world import CLASS_NAMES, CLASSES
from concepts.report import ClassReport
from concepts.report.text_rows import ProbeRow
from concepts.report.verdict import CounterProof, Suspect
from pages.state.address import ReportView
from pages.state.reports import find_card, load, report_key
from pages.state.server_settings import server_settings

if TYPE_CHECKING:
    import numpy as np

MISSING = (
    "The tour speaks of the demo's own reports, and the one on “{target}” is not here. They come with the program in "
    "assets/demo/reports; “python -m concepts demo” builds them again."
)
UNPROVED = (
    "The demo's report on “{target}” has no counter-proof, which this step shows: “python -m concepts demo” builds it "
    "again."
)
UNPROBED = (
    "The demo's report on “{target}” has no probe “{probe}”, which this step shows: “python -m concepts demo” builds "
    "it again."
)
NO_ORDER = (
    "What the order of words does is not stored here. It comes with the program in assets/demo/texts; “python -m "
    "concepts demo” builds it again."
)
ASKED = 24  # pictures on which the network is run again


def demo_report(target: str, *, world: str = "shapes") -> ClassReport:
    """The demo's report on a class of its picture world, or of its "village". Raises ValueError where it is missing or
    damaged."""
    card = find_card(ReportView(id=f"{world}-{target}"))
    if card is None:
        raise ValueError(MISSING.format(target=target))
    return load(card)


def names_in(report: ClassReport) -> list[str]:
    """The names of its photos."""
    return [row.name for row in report.data.items]


def true_strategies(report: ClassReport) -> tuple[str, ...]:
    """The true strategy by which each photo was drawn."""
    return _strategies(tuple(names_in(report)))


@st.cache_data(max_entries=8, show_spinner="Drawing the pictures again …")
def _strategies(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(picture.strategy for picture in pictures_of(names))


def true_overlaps(report: ClassReport) -> "dict[str, np.ndarray]":
    """Part → (k,): overlap of each concept with it."""
    return _overlaps(report_key(report), report)


@st.cache_data(max_entries=8, show_spinner="Comparing the concepts with the true parts …")
def _overlaps(key: tuple[str, int], _report: ClassReport) -> "dict[str, np.ndarray]":
    return overlaps(_report.array("maps"), names_in(_report), _report.data.target.label)


def concept_of(report: ClassReport, part: str) -> int:
    """The concept with the largest overlap with a part."""
    return best_concept(true_overlaps(report)[part])


def mark_of(target: str) -> str:
    """The part that was planted in a class. Raises ValueError where none was."""
    mark = CLASSES[target].mark
    if mark is None:
        raise ValueError(f"nothing was planted in the class {target!r}")
    return mark.part


def marked(report: ClassReport) -> list[int]:
    """The photos with the planted mark."""
    part = mark_of(report.data.target.label)
    return [i for i, strategy in enumerate(true_strategies(report)) if strategy == part]


def suspect_of(report: ClassReport) -> Suspect:
    """What its verdict says that the model leans on. Raises ValueError where it was not proved on other photos."""
    verdict = report.data.verdict
    if verdict is None or verdict.suspect is None or not verdict.suspect.counterproof:
        raise ValueError(UNPROVED.format(target=report.data.target.label))
    return verdict.suspect


def words_proof(report: ClassReport) -> CounterProof:
    """What putting a suspect's words into other texts did. Raises ValueError where that was not done."""
    proof = next((each for each in suspect_of(report).counterproof if each.by == "words" and each.phrases), None)
    if proof is None:
        raise ValueError(UNPROVED.format(target=report.data.target.label))
    return proof


def probe_of(report: ClassReport, name: str) -> ProbeRow:
    """What a probe does to the report's texts. Raises ValueError where it was not tried."""
    row = next((each for each in report.data.probes if each.name == name and each.turned is not None), None)
    if row is None:
        raise ValueError(UNPROBED.format(target=report.data.target.label, probe=name))
    return row


def word_order() -> WordOrder:
    """What the order of words does to the village's sentences. Raises ValueError where it is missing or damaged."""
    try:
        return _word_order(server_settings().demo)
    except OSError as error:
        raise ValueError(NO_ORDER) from error


@st.cache_resource(max_entries=2, show_spinner=False)
def _word_order(demo: Path) -> WordOrder:
    return read_word_order(demo)


@st.cache_data(max_entries=4, show_spinner="Counting words in the sentences …")
def counted_words(each: tuple[str, ...], class_name: str) -> list[WordsCounted]:
    """In how many of the village's sentences each of these words stand."""
    return count_words(each, class_name)


def answers(report: ClassReport, images: list[int], left_out: tuple[str, ...] = ()) -> "np.ndarray":
    """(n, c): the network's answers to these photos, redrawn without some parts."""
    names = names_in(report)
    return _answers(tuple(names[i] for i in images), left_out)


@st.cache_data(max_entries=16, show_spinner="Painting the pictures again and asking the network …")
def _answers(names: tuple[str, ...], left_out: tuple[str, ...]) -> "np.ndarray":
    return answers_to(pictures_of(names, left_out=left_out))


def removed(report: ClassReport, concept: int, images: list[int]) -> "tuple[np.ndarray, np.ndarray]":
    """Probabilities (n, c) of these photos, unchanged and with one concept removed from the network."""
    return _removed(report_key(report), concept, tuple(images), report)


@st.cache_data(max_entries=16, show_spinner="Asking the network without the concept …")
def _removed(
    key: tuple[str, int], concept: int, images: tuple[int, ...], _report: ClassReport
) -> "tuple[np.ndarray, np.ndarray]":
    return without_concept(_report, concept, images)


@st.cache_data(max_entries=64, show_spinner=False)
def painted(name: str, left_out: tuple[str, ...] = ()) -> bytes:
    """A picture of the demo as PNG, twice its size, redrawn without some parts."""
    image = Image.fromarray(pictures_of([name], left_out=left_out)[0].image)
    content = BytesIO()
    image.resize((2 * image.width, 2 * image.height), Image.Resampling.LANCZOS).save(content, "PNG")
    return content.getvalue()


def class_index(target: str) -> int:
    """The index of a class in the network's outputs."""
    return CLASS_NAMES.index(target)
