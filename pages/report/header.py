"""The head of a report: title, summary, main figures, downloads."""

from functools import partial

import streamlit as st
from markupsafe import Markup

from concepts.numerics.counted import counted
from concepts.publishing.tables import TABLES, notebook_of, parquet_zip, report_json, table_csv
from concepts.report.class_report import ClassReport
from concepts.report.rendering.html import render_report_html
from concepts.report.rendering.sentences import accuracy_fact, model_name
from concepts.report.rendering.summary import summary
from concepts.report.rendering.trust import trust_note, trust_of
from concepts.report.schema import ReportData
from pages.components.cards import verdict_badge
from pages.components.report import facts, title
from pages.components.terms import term_link
from pages.components.texts import paragraph
from pages.report import import_names
from pages.state.messages import without_folders
from pages.state.notes import history_of
from pages.state.reports import report_key


def show(report: ClassReport) -> None:
    """Shows title, summary, figures, downloads."""
    data = report.data
    words, actions = st.columns([5, 1], vertical_alignment="top")
    with words:
        st.html(_title(data) + paragraph(summary(data, report.names), kind="cx-lead"))
    with actions, st.popover("Download", icon=":material/download:", width="stretch"):
        downloads(report)
        import_names.show(report)
    st.html(_figures(data))


def _title(data: ReportData) -> Markup:
    under = f"{model_name(data.model.name)} · layer {data.layer.path} · photos: {data.dataset.source}"
    return title(data.target.label, under)


def _figures(data: ReportData) -> Markup:
    rows = (
        accuracy_fact(data),
        ("photos", f"{len(data.images):,}", f"{len(data.dataset.skipped):,} skipped"),
        ("concepts", f"{len(data.concepts)}", data.settings.method),
        ("strategies", f"{len(data.strategies)}", counted(sum(row.strategy < 0 for row in data.images), "outlier")),
    )
    kind = None if data.verdict is None else data.verdict.kind
    verdict = (term_link("does it lean on something added?"), verdict_badge(kind), "")
    trust = (term_link("trust"), trust_of(data).word, trust_note(data))
    return facts([verdict, trust, *((term_link(name), value, note) for name, value, note in rows)])


def downloads(report: ClassReport) -> None:
    """Shows downloads of the report as one file and of its tables, built on demand."""
    name = report.folder.name if report.folder else "report"
    report = report.with_data(without_folders(report.data))
    st.html(paragraph("The address of this page brings back what you see now.", kind="cx-note"))
    _button("One page (HTML)", lambda: render_report_html(report), f"{name}.html", "text/html")
    notes = partial(history_of, report_key(report), report)
    _button("Everything (JSON)", lambda: report_json(report, notes()), f"{name}.json", "application/json")
    for table in TABLES:
        _button(f"{table.capitalize()} (CSV)", partial(table_csv, report, table), f"{name}-{table}.csv", "text/csv")
    _button("All tables (Parquet)", lambda: parquet_zip(report), f"{name}-tables.zip", "application/zip")
    _button("Notebook", lambda: notebook_of(report), f"{name}.ipynb", "application/x-ipynb+json")


def _button(label: str, content, file: str, mime: str) -> None:
    st.download_button(label, content, file, mime, key=file, on_click="ignore", width="stretch")
