"""An ensemble of text classifiers explained: the Shapley value of each view, over all texts and for one."""

import streamlit as st

from concepts.evaluation.ensembles.explanation import EnsembleExplanation
from concepts.evaluation.ensembles.sentences import HEADER, about_sentence, most_divided, rows_of, sum_sentence
from concepts.evaluation.ensembles.stored import FILE, TABLE
from concepts.report.rendering.sentences import percent
from pages.compare.ensemble_start import START
from pages.compare.job_start import show_start
from pages.compare.stored_results import choose_stored, nothing_yet, offer_files
from pages.components import texts
from pages.components.charts import draw_once
from pages.components.safe_text import is_dark, paragraph
from pages.components.tables import table
from pages.figures.ensembles import steps_figure
from pages.state.selection import choose, comparison, sync_widget
from pages.state.stored_results import ENSEMBLES

COMMAND = (
    "python -m concepts ensemble --model demo/reviews --model head:all-MiniLM-L6-v2 \\\n"
    "  --texts demo/reviews --target pro --out workspace/ensembles/reviews"
)
FILES = {"CSV": (TABLE, "text/csv"), "JSON": (FILE, "application/json")}  # label → file in the folder, its type
TITLE = 70  # characters of a text in the list


def show() -> None:
    """Shows the chosen ensemble, or how to make one."""
    offered = ENSEMBLES.listed().found
    paragraph(
        "Several models, or one model on several columns such as title and body, can answer as one classifier. How "
        "much of an answer is due to each of these views? All combinations of views are tried, so that the shares are "
        "exact and add up. A view that is left out says what it says of these texts on average."
    )
    show_start(START, start_open=not offered)
    if not offered:
        nothing_yet(
            "No explained ensemble yet",
            "Start one above, or on the command line, for example of two models of the demo's reviews:",
            COMMAND,
            "With --column, once for each view, a view is a column of the table. Whatever lies in the folder "
            "“ensembles” of the workspace is shown here.",
        )
        return
    stored = choose_stored(
        "ensemble", offered, comparison().ensemble, noun="ensemble",
        title=lambda each: each.explanation.target, forget=("text",),
    )  # fmt: skip
    choose(show="ensembles", ensemble=comparison().ensemble or stored.id)
    found = stored.explanation
    paragraph(about_sentence(found))
    st.html(table(HEADER, rows_of(found), caption="The views over all texts"))
    _one_text(found)
    offer_files(stored, FILES)


def _one_text(found: EnsembleExplanation) -> None:
    """One text: how its score comes about, and what each view reads."""
    st.header("One text", anchor="text")
    paragraph("Shown first is the text whose views pull most against each other.", "cx-note")
    text, names = found.texts[_choose_text(found)], [view.name for view in found.views]
    truth = "" if text.label is None else f" Its label is “{text.label}”."
    paragraph(f"The ensemble says “{text.predicted}”.{truth}")
    st.plotly_chart(
        draw_once(steps_figure, names, text.values, nothing=text.nothing, target=found.target, dark=is_dark()),
        key="steps", config={"displayModeBar": False},
        alt=f"From the log-odds with no view to those with all, one bar a view. {sum_sentence(found, text)}",
    )  # fmt: skip
    paragraph(sum_sentence(found, text))
    rows = [
        (name, percent(said), texts.isolated(read))
        for name, said, read in zip(names, text.said, text.texts, strict=True)
    ]
    st.html(table(("view", f"says “{found.target}” alone", "reads"), rows, caption="What each view reads and says"))


def _choose_text(found: EnsembleExplanation) -> int:
    """The place of the text in the address, else of the one whose views are most divided."""
    wanted, n = comparison().text, len(found.texts)
    if wanted is not None and not 0 <= wanted < n:
        st.warning(f"There is no text {wanted + 1}: this ensemble has {n:,}.")
    chosen = wanted if wanted is not None and 0 <= wanted < n else most_divided(found)
    sync_widget("text", chosen, _title(found, chosen))
    st.selectbox(
        "Text", range(n), key="text",
        format_func=lambda i: _title(found, i), on_change=lambda: choose(text=st.session_state["text"]),
    )  # fmt: skip
    return chosen


def _title(found: EnsembleExplanation, i: int) -> str:
    text = " ".join(found.texts[i].texts[0].split())
    return f"{found.texts[i].name}: {text if len(text) <= TITLE else text[: TITLE - 1] + '…'}"
