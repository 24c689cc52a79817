"""Part, object or scene: what each concept covers, where the true masks of the photos are known."""

import streamlit as st
from markupsafe import Markup

from concepts.lexicon.token_statistics.granularity import Granularity
from concepts.numerics.intervals import Estimate
from concepts.report import ClassReport
from concepts.report.names import Names
from concepts.report.rendering.sentences import interval_text, percent
from pages.components.charts import draw_once
from pages.components.safe_text import is_dark, paragraph
from pages.components.tables import table
from pages.figures.granularity import granularity_figure
from pages.state.languages import KnownParts


def show(report: ClassReport, known: KnownParts | None) -> None:
    """Shows the figure and its table; one sentence where no masks are known."""
    st.header("Part, object or scene", anchor="granularity")
    if known is None:
        paragraph(
            "It is not known where the object is in these photos, so that it cannot be told how much of it a concept "
            "covers. Open a report of the demo's picture world to see it."
        )
        return
    paragraph(counted(known.covered))
    left, right = st.columns([1, 1], gap="large")
    left.plotly_chart(
        draw_once(granularity_figure, known.covered, names=report.names, dark=is_dark()), key="granularity",
        config={"displayModeBar": False},
        alt="Each concept by the share of its places on the object and the share of the object that it covers; the "
        "figures are in the table",
    )  # fmt: skip
    right.html(_table(known.covered, report.names))


def counted(covered: list[Granularity]) -> str:
    """The number of concepts of each kind, and the definition of the kinds."""
    n = {kind: sum(row.kind == kind for row in covered) for kind in ("part", "object", "scene")}
    return (
        f"{n['part']} of {len(covered)} concepts stand for parts, {n['object']} for whole objects, {n['scene']} for "
        "the scene. A scene lies with more than half of its places beside the object; of the others, an object covers "
        "at least half of it, a part less. Counted in photos where the concept wins at least 2% of the places; the "
        "object is all its known parts together. Every place counts that a concept wins, also the many weak ones that "
        "its crops do not show."
    )


def _table(covered: list[Granularity], names: Names) -> Markup:
    rows = [
        (
            names.concept(row.concept),
            row.kind,
            _share(row.inside, row.inside_control),
            _share(row.covers, row.covers_control),
            f"{row.part}, {percent(row.part_share)}" if row.n and row.kind != "scene" else "–",
        )
        for row in covered
    ]
    header = ("Concept", "Stands for", "Places on the object", "Of the object", "Mostly on")
    return table(header, rows, caption="What each concept covers (95% interval; other photos' objects)")


def _share(value: Estimate, control: float) -> str:
    return f"{percent(float(value))} ({interval_text(value.low, value.high)}; control {percent(control)})"
