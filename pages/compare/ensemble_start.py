"""The start of an explained ensemble: texts, the models and columns that are its views, and a class."""

from dataclasses import replace
from itertools import product

import streamlit as st

from concepts.engine.ensembles import MOST, Views
from concepts.engine.jobs import JobOnDisk
from concepts.engine.texts_found import TextsFound
from concepts.numerics.counted import counted
from pages.analysis.short_names import photos_name
from pages.analysis.text_look import texts_found
from pages.analysis.text_models import choose_classifiers
from pages.analysis.texts import TextChoice, choose_texts
from pages.compare.job_start import Asked, Start
from pages.components.safe_text import paragraph
from pages.state.server_settings import ServerSettings

WAYS: dict[str, str] = {"mean": "the mean of the views' probabilities", "product": "their product (geometric mean)"}
COLUMNS_HELP = "Such as title and body. With none, the models read the column of texts."
NOTE = (
    f"Every chosen model reads every chosen column: each of these pairs is a view, and two to ten are explained. Of "
    f"more than {MOST:,} texts, so many are drawn. A head is fitted to the labels of the texts."
)


def _form(server: ServerSettings) -> Asked | None:
    texts = choose_texts(server)
    models = choose_classifiers(server, key="ensemble_models")
    found = None if texts is None else texts_found(server, texts.request_for())
    columns = _choose_columns(found, texts)
    left, right = st.columns(2)
    with left:
        target = _choose_class(found)
    combine = right.selectbox("The ensemble is", list(WAYS), format_func=lambda name: WAYS[name], key="combine")
    paragraph(NOTE, "cx-note")
    ready = bool(texts is not None and models and target)
    pressed = st.button("Explain", type="primary", key="ensemble_start", disabled=not ready)
    if not pressed or texts is None:
        return None
    request = replace(texts.request_for(), device=server.device, target=target)
    return Asked(request, views_of(models, columns, str(combine)))


def views_of(models: tuple[str, ...], columns: tuple[str, ...], combine: str) -> Views:
    """Every model on every column; the texts' own column where there is none."""
    if not columns:
        return Views(models, (), combine)
    pairs = list(product(models, columns))
    return Views(tuple(model for model, _ in pairs), tuple(column for _, column in pairs), combine)


def _choose_columns(found: TextsFound | None, texts: TextChoice | None) -> tuple[str, ...]:
    """Columns of a table that are read; () where the column of texts is, or there is no table."""
    if found is None or texts is None or len(found.columns) < 2:
        return ()
    offered = [name for name in found.columns if name not in (texts.label_column, texts.id_column)]
    return tuple(st.multiselect("Columns (optional)", offered, key="ensemble_columns", help=COLUMNS_HELP))


def _choose_class(found: TextsFound | None) -> str:
    """A label of the texts where they are known, else what is typed; "" for none."""
    words = "Class whose log-odds are shared out"
    if found is None or not found.per_class:
        return str(
            st.text_input(words, key="ensemble_typed", max_chars=200, placeholder="a label of the texts") or ""
        ).strip()
    return str(st.selectbox(words, [name for name, _ in found.per_class], key="ensemble_class") or "")


def _title(shown: JobOnDisk, server: ServerSettings) -> str:
    request, views = shown.request, shown.job.views
    n = max(len(views.models), len(views.columns))
    return f"{request.target} · {counted(n, 'view')} of texts {photos_name(str(request.texts), server)}"


START = Start("ensemble", "ensemble", "Explain an ensemble on your texts", _form, _title, forget=("text",))
