"""The finding: whether the model leans on something added, with crops and the counter-proof."""

from collections.abc import Sequence

import streamlit as st
from markupsafe import Markup

from concepts.rendering.pictures import Picture
from concepts.report.class_report import ClassReport
from concepts.report.rendering.artefact_sentences import CAPTION, HEADER, artefact_sentences, artefact_table
from concepts.report.rendering.verdict_sentences import finding_facts, suspect_sentence
from concepts.report.verdict import CounterProof, Suspect, Verdict
from pages.components.once import html_once
from pages.components.pictures import picture_row
from pages.components.report import facts, part, titled_rows
from pages.components.tables import table
from pages.components.terms import with_terms
from pages.components.texts import heading, link, paragraph
from pages.state.address import ReportView
from pages.state.report_pictures import crop_picture, source_of
from pages.state.selection import view

N_CROPS = 6
LARGE, SMALL = 120, 84
TERMS = ("counter-proof", "evidence")


def show(report: ClassReport) -> None:
    """Shows what the model leans on: crops, three numbers, the counter-proof; then all that was tested.

    Nothing where nothing was tested: the summary says so.
    """
    verdict = report.data.verdict
    if verdict is not None and verdict.suspects:
        _show_suspects(report, verdict)
    if report.data.artefacts:
        _show_artefacts(report)
    if report.data.artefacts or (verdict is not None and verdict.suspects):
        st.divider()


def _show_suspects(report: ClassReport, verdict: Verdict) -> None:
    st.header("Does the model lean on something added?", anchor="finding")
    if verdict.suspect is not None:
        st.html(html_once(finding_html, report, verdict.suspect, view()))
    with st.expander("All that was tested, with intervals"):
        st.html(html_once(suspects_html, report, verdict, view()))


def finding_html(report: ClassReport, suspect: Suspect, at: ReportView) -> Markup:
    """What the verdict names. at: the state of the page that links lead on from."""
    pictures = picture_row(_crops(report, suspect, at), size=LARGE)
    proofs = Markup("").join(_pairs(report, proof) for proof in suspect.counterproof if proof.pictures)
    return pictures + facts(finding_facts(suspect, report.data)) + proofs


def suspects_html(report: ClassReport, verdict: Verdict, at: ReportView) -> Markup:
    """All suspects. at: the state of the page that links lead on from."""
    return Markup("").join(_suspect(report, each, at) for each in verdict.suspects)


def _show_artefacts(report: ClassReport) -> None:
    """Shows what the whole photo is like: a sentence where an artefact is named, and the table of all."""
    said = Markup("").join(paragraph(sentence) for sentence in artefact_sentences(report.data))
    is_named = any(row.named for row in report.data.artefacts)
    if is_named:
        st.html(said)
    with st.expander("Artefacts of the whole photo that were tried"):
        st.html((Markup("") if is_named else said) + table(HEADER, artefact_table(report.data), caption=CAPTION))


def _suspect(report: ClassReport, suspect: Suspect, at: ReportView) -> Markup:
    """A suspect: its concepts, all that was tested, crops."""
    links = [
        link(report.names.concept(j), at.href(concept=j, has=str(j), lacks=None, image=None)) for j in suspect.concepts
    ]
    said = with_terms(suspect_sentence(suspect, report.data, report.names), *TERMS)
    return part(heading(3, *_joined(links)), said, _crops(report, suspect, at), size=SMALL)


def _crops(report: ClassReport, suspect: Suspect, at: ReportView) -> list[Picture]:
    """Six crops, evenly of its first three concepts."""
    chosen = suspect.concepts[:3]
    each = N_CROPS // len(chosen)
    return [crop_picture(report, j, crop, at) for j in chosen for crop in report.data.concepts[j].crops[:each]]


def _joined(links: Sequence[Markup]) -> list[str]:
    """The links with commas between them."""
    return [part for each in links for part in (", ", each)][1:]


def _pairs(report: ClassReport, proof: CounterProof) -> Markup:
    """Photos of other classes before and after, each pair under the model's answers."""
    rows = [
        (
            f"{pair.predicted} → {pair.predicted_after}",
            [
                Picture(source_of(report, file), f"{when}: the model says {said}")
                for file, when, said in (
                    (pair.before, "before", pair.predicted), (pair.after, "after", pair.predicted_after)
                )
            ],
        )
        for pair in proof.pictures
    ]  # fmt: skip
    title = paragraph("Photos of other classes before and after, those that turn first, with the model's answers:")
    return title + titled_rows(rows, size=SMALL)
