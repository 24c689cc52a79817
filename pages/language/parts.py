"""The parts of the page Language, of which one is shown: together they are more than anybody scrolls through."""

import streamlit as st

from concepts.lexicon.token_statistics.description import LanguageReport
from concepts.report import ClassReport
from pages.state.address import LanguageView
from pages.state.part_choice import choose_part
from pages.state.selection import choose as write

RANKS, ORDER, TOGETHER, COVERED = "ranks", "order", "together", "covered"
TITLES = {
    RANKS: "How often", ORDER: "How ordered", TOGETHER: "What stands together", COVERED: "Part, object, scene",
}  # fmt: skip


def offered(language: LanguageReport, report: ClassReport | None) -> list[str]:
    """The parts that can be shown: words of photos, without a report, have the first two only."""
    if report is None:
        return [RANKS, ORDER]
    return [RANKS, ORDER, *([TOGETHER] if language.together is not None else []), COVERED]


def choose(parts: list[str]) -> str:
    """Shows the choice; returns the part of the address, else the one that a chosen concept is for, else the first."""
    asked = LanguageView.of(st.query_params.to_dict())
    part = asked.part if asked.part in parts else TOGETHER if asked.concept is not None and TOGETHER in parts else RANKS
    titles = {name: TITLES[name] for name in parts}
    return choose_part("What is counted", titles, part, key="language_part", on_choose=lambda name: write(part=name))
