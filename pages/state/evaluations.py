"""Evaluations, and dictionaries to compare, for the pages: cached until they change on disk."""

from pathlib import Path

import streamlit as st

from concepts.evaluation import Evaluation
from concepts.evaluation.evaluation import FILE, read_evaluations
from concepts.evaluation.settings import DictionaryName
from concepts.evaluation.side_by_side import (
    Concepts,
    SideBySide,
    dictionary_names,
    of_evaluation,
    of_report,
    side_by_side,
)
from concepts.report import ClassReport
from concepts.report.names import NUMBERS, Names
from concepts.storage.listing import reason_of
from pages.state.address import ReportView
from pages.state.computing import SEARCHING
from pages.state.reports import find_card, load, stamp
from pages.state.stored_results import StoredKind

EVALUATIONS = StoredKind("evaluations", FILE, read_evaluations, "evaluation")


def evaluations() -> list[Evaluation]:
    """All evaluations: the workspace's, then the demo's, each newest first; the first one where an id is repeated."""
    found = EVALUATIONS.listed().found
    return list({evaluation.id: evaluation for evaluation in reversed(found)}.values())[::-1]


def find_evaluation(id: str | None) -> Evaluation | None:
    """The evaluation with that id; None if there is none."""
    return next((each for each in evaluations() if each.id == id), None)


def dictionaries(evaluation: Evaluation) -> dict[str, DictionaryName]:
    """Its dictionaries by their address, EVALUATION/METHOD-K-SEED."""
    return {f"{evaluation.id}/{name}": name for name in dictionary_names(evaluation)}


def load_concepts(address: str) -> Concepts:
    """The dictionary at an address. Raises ValueError when there is none or it is damaged."""
    return _concepts(address, _place(address))


def _place(address: str) -> tuple[str, int]:
    """Its folder and the time of its last change. Raises ValueError when there is nothing at that address."""
    if "/" in address:
        evaluation = find_evaluation(address.split("/")[0])
        folder, file = evaluation.folder if evaluation else None, FILE
    else:
        card = find_card(ReportView(id=address))
        folder, file = card.folder if card else None, "report.json"
    if folder is None:
        raise ValueError("it is not here: it may have been removed, or this server keeps others")
    return str(folder), stamp(folder / file)


@st.cache_resource(max_entries=16, show_spinner="Opening the concepts …")
def _concepts(address: str, place: tuple[str, int]) -> Concepts:
    try:
        if "/" in address:
            return of_evaluation(Evaluation.load(place[0]), address.split("/", 1)[1])
        return of_report(ClassReport.load(place[0]))
    except (ValueError, OSError) as error:
        raise ValueError(reason_of(error, Path(place[0]))) from error


def names_at(address: str) -> Names:
    """The names that people gave a report's concepts; numbers for an evaluation, and where the report is damaged."""
    card = None if "/" in address else find_card(ReportView(id=address))
    try:
        return NUMBERS if card is None else load(card).names
    except ValueError:
        return NUMBERS


def match_concepts(first: str, second: str) -> SideBySide:
    """The concepts of both dictionaries, matched. Raises ValueError where they cannot be compared."""
    return _match(first, second, _place(first), _place(second))


@st.cache_resource(max_entries=16, show_spinner="Matching the concepts …")
def _match(first: str, second: str, place: tuple[str, int], other: tuple[str, int]) -> SideBySide:
    one, another = _concepts(first, place), _concepts(second, other)
    with SEARCHING.turn():
        return side_by_side(one, another)
