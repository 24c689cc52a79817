"""The head of a report, which stays in view: class, main figures, verdict, chosen photos, downloads."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import streamlit as st
from markupsafe import Markup

from concepts.numerics.counted import counted
from concepts.publishing.tables import notebook_of, parquet_zip, report_json, table_csv, tables_of
from concepts.report.class_report import ClassReport
from concepts.report.names import in_line, joined_names
from concepts.report.rendering.html import render_report_html
from concepts.report.rendering.sentences import accuracy_fact, model_name
from concepts.report.rendering.trust import trust_note, trust_of
from concepts.report.rows import NO_COUNT, SAME_FOR_ALL
from concepts.report.schema import ReportData
from pages.components.cards import flag, verdict_badge
from pages.components.once import html_once
from pages.components.report import facts, head, verdict_link, verdict_with_crop
from pages.components.terms import explained
from pages.components.texts import paragraph
from pages.report import import_names
from pages.report.judgement import judgement_on
from pages.report.photo_search import NOTHING, chosen_images
from pages.state.address import OVERVIEW, ReportView
from pages.state.messages import without_folders
from pages.state.notes import history_of
from pages.state.report_pictures import examples
from pages.state.reports import report_key
from pages.state.selection import choose_in_report, view
from pages.state.sharing import offered, owner_of, shared


def show(report: ClassReport) -> None:
    """Shows the line that stays in view: class, figures, verdict, the chosen photos, downloads; below it the rest."""
    at = view()
    with st.container(key="report_head", horizontal=True, vertical_alignment="center", gap="small"):
        st.html(html_once(head_html, report, at, _judged(report)))
        _selection(report)
        with st.popover("Share", icon=":material/ios_share:"):
            downloads(report)
            import_names.show(report)
    st.container(key="report_under").html(paragraph(_under(report.data), kind="cx-note"))


def _judged(report: ClassReport) -> str | None:
    """What people say of the concept that the verdict names."""
    verdict = report.data.verdict
    return None if verdict is None or verdict.concept is None else judgement_on(report, verdict.concept)


def head_html(report: ClassReport, at: ReportView, judged: str | None = None) -> Markup:
    """The class with its main figures and the verdict. at: the state of the page that links lead on from; judged: what
    people say of what the verdict names."""
    data = report.data
    name, value, note = accuracy_fact(data)
    trust = trust_of(data)
    figures = [(explained(name), value, note), (explained("trust"), trust.word, trust_note(data))]
    return head(data.target.label, facts(figures), _verdict(report, at, judged), _state(data))


def _verdict(report: ClassReport, at: ReportView, judged: str | None) -> Markup:
    """The badge with a crop of what it is about, or with its words, linked to the finding; then what people say."""
    said = Markup(" ") + flag(judged) if judged else Markup("")
    return _badge(report, at) + said


def _badge(report: ClassReport, at: ReportView) -> Markup:
    verdict = report.data.verdict
    if verdict is None:
        return verdict_badge(None)
    badge, finding = verdict_badge(verdict.kind, verdict.phrase), at.href(tab=OVERVIEW)
    if report.data.kind == "texts":
        return verdict_link(badge, finding) if verdict.phrase else badge
    found = examples(report, verdict.concept, at, most=1) if verdict.concept is not None else []
    return verdict_with_crop(replace(found[0], href=finding), badge) if found else badge


def _state(data: ReportData) -> str:
    """What makes every figure doubtful, in two words; empty where nothing does."""
    if data.model.weights.startswith("random"):
        return "untrained"
    found = {check.name for check in data.checks}
    if NO_COUNT in found:
        return "no concept counts"
    if SAME_FOR_ALL in found:
        return "same answer for all"
    accuracy = data.accuracy
    return "does not recognise it" if accuracy is not None and accuracy.value == 0 else ""


def _selection(report: ClassReport) -> None:
    """Shows the number of chosen photos with the button that chooses all again; nothing where all are."""
    if not view().wanted.anything:
        return
    n, noun = len(chosen_images(report)), report.data.noun
    st.button(
        f"{counted(n, noun)} {chosen_how(report)}", key="all_again", icon=":material/close:", on_click=_all,
        help=f"Show all {noun}s again", type="secondary",
    )  # fmt: skip


def chosen_how(report: ClassReport) -> str:
    """How the photos were chosen, in a few words."""
    wanted = view().wanted
    if wanted.area:
        return "in your box"
    if wanted.suspect is not None:
        return "of the finding"
    if wanted.contains:
        return f"with “{in_line(wanted.contains)}”"
    if wanted.has:
        return f"with {joined_names([report.names.short.concept(j) for j in wanted.has])}"
    if wanted.strategy is not None:
        return f"of {report.names.short.strategy(wanted.strategy)}" if wanted.strategy >= 0 else "of no strategy"
    return "chosen"


def _all() -> None:
    choose_in_report(image=None, **NOTHING)


def _under(data: ReportData) -> str:
    """Model, layer and items in a line."""
    n, skipped = len(data.items), len(data.dataset.skipped)
    outliers = sum(row.strategy < 0 for row in data.items)
    photos = counted(n, data.noun) + (f" ({skipped:,} skipped)" if skipped else "")
    strategies = counted(len(data.strategies), "strategy") + (f", {counted(outliers, 'outlier')}" if outliers else "")
    concepts = f"{counted(len(data.concepts), 'concept')} ({data.settings.method})"
    where = (model_name(data.model.name), f"layer {data.layer.path}", f"{photos} of {data.dataset.source}")
    return " · ".join((*where, concepts, strategies))


def downloads(report: ClassReport) -> None:
    """Shows downloads of the report as one file and of its tables, built on demand, to whoever may share it."""
    st.html(paragraph("The address of this page brings back what you see now.", kind="cx-note"))
    owner = owner_of(report.folder)
    if not offered(owner):
        return
    name = report.folder.name if report.folder else "report"
    report = report.with_data(without_folders(report.data))
    notes = partial(history_of, report_key(report), report)
    _button(owner, "One page (HTML)", lambda: render_report_html(report), f"{name}.html", "text/html")
    _button(owner, "Everything (JSON)", lambda: report_json(report, notes()), f"{name}.json", "application/json")
    for table in tables_of(report):
        content, file = partial(table_csv, report, table), f"{name}-{table}.csv"
        _button(owner, f"{table.capitalize()} (CSV)", content, file, "text/csv")
    _button(owner, "All tables (Parquet)", lambda: parquet_zip(report), f"{name}-tables.zip", "application/zip")
    _button(owner, "Notebook", lambda: notebook_of(report), f"{name}.ipynb", "application/x-ipynb+json")


def _button(owner: str | None, label: str, content: Callable[[], str | bytes], file: str, mime: str) -> None:
    made = shared(f"reports/{file}", owner, content)
    st.download_button(label, made, file, mime, key=file, on_click="ignore", width="stretch")
