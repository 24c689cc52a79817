"""Provenance of the numbers, and checks of how far they can be trusted."""

import streamlit as st

from concepts.report.rendering.sentences import (
    accuracy_sentence,
    chosen,
    model_line,
    model_name,
    names_origin,
    others_sentence,
    photos_line,
    split_sentence,
)
from concepts.report.schema import LayerSummary, ReportData
from pages.components.safe_text import paragraph
from pages.components.tables import checks_table, facts_table, table, times_table

N_SKIPPED = 200


def show(data: ReportData) -> None:
    """Shows checks first, then model, data, settings, versions, times, and the photos that were skipped."""
    st.header("How these numbers were made", anchor="making")
    st.html(checks_table(data.checks))
    with st.expander(f"Model, {data.noun}s, settings, versions, times"):
        left, right = st.columns(2, gap="large")
    left.html(facts_table(_model_and_data(data), caption=f"Model and {data.noun}s"))
    left.html(times_table(data))
    right.html(facts_table(_settings(data), caption="Settings"))
    right.html(facts_table(list(data.versions.items()), caption="Versions"))
    _skipped(data)


def _model_and_data(data: ReportData) -> list[tuple[str, str]]:
    model, layer = data.model, data.layer
    rows = [
        ("model", model_line(data)),
        ("weights", f"{model_name(model.weights)} (fingerprint {model.fingerprint})"),
        ("weights in memory", model.memory_format.replace("_", " ") or None),
        ("class names", names_origin(data)),
        ("layer", f"{layer.path}: {layer.reason}"),
        ("layer gives", _layer_gives(layer, data.noun)),
        ("split check", split_sentence(layer)),
        ("class", f"{data.target.label} (index {', '.join(map(str, data.target.indices))})"),
        (f"{data.noun}s", photos_line(data)),
        (f"{data.noun}s of other classes", others_sentence(data)),
        ("accuracy", accuracy_sentence(data)),
        ("made", f"{data.created} UTC"),
    ]
    return [(name, value) for name, value in rows if value is not None]


def _layer_gives(layer: LayerSummary, noun: str) -> str:
    places = f"a grid of {' × '.join(map(str, layer.grid))} places" if layer.grid else f"one vector a {noun}"
    return f"{places}, {layer.channels} channels, {layer.sign} values"


def _settings(data: ReportData) -> list[tuple[str, str]]:
    return [
        *chosen(data.settings, data.noun),
        ("layout of the graph", data.clustering.embedding),
        ("evidence for strategies", data.clustering.evidence),
    ]


def _skipped(data: ReportData) -> None:
    skipped = data.dataset.skipped
    if not skipped:
        paragraph(f"No {data.noun} was skipped.")
        return
    with st.expander(f"{len(skipped):,} {data.noun}s were skipped"):
        rows = [(entry.name, entry.reason) for entry in skipped[:N_SKIPPED]]
        st.html(table(("name", "reason"), rows, caption=f"Skipped {data.noun}s"))
        if len(skipped) > N_SKIPPED:
            paragraph(f"and {len(skipped) - N_SKIPPED:,} more", "cx-note")
