"""The finding: whether the model leans on something added, or on single words, with crops and the counter-proof."""

from collections.abc import Sequence

import streamlit as st
from markupsafe import Markup

from concepts.numerics.counted import counted
from concepts.rendering.excerpts import Excerpt, Tile
from concepts.rendering.pictures import Picture
from concepts.report.class_report import ClassReport
from concepts.report.rendering.artefact_sentences import artefact_sentences
from concepts.report.rendering.excerpts import pasted_excerpt
from concepts.report.rendering.verdict_sentences import finding_facts, quoted_phrases, suspect_sentence, use_sentence
from concepts.report.rendering.verdict_wordings import verdict_wording
from concepts.report.verdict import CounterProof, PastedText, Suspect, Verdict
from pages.components.once import html_once
from pages.components.pictures import picture_row
from pages.components.report import facts, part, titled_rows
from pages.components.terms import with_terms
from pages.components.texts import folded, heading, link, paragraph
from pages.report import judgement, naming
from pages.report.photo_search import ICONS, NOTHING
from pages.state.address import PHOTOS, WHAT_IF, ReportView, doses_text
from pages.state.report_pictures import examples, source_of
from pages.state.selection import choose, view

N_CROPS = 6
N_PUT_IN = 3  # texts of a counter-proof that are shown; the others open in place
LARGE, SMALL = 120, 84
BEFORE_AFTER = "Photos of other classes before and after, those that turn first, with the model's answers"
PUT_IN = "Texts of other classes with {words} put in, those that turn first, with the model's answers before and after"
TERMS = ("counter-proof", "evidence")


def show(report: ClassReport) -> None:
    """Shows what the model leans on, with what can be done about it; then artefacts that turn other photos.

    Nothing where nothing was tested: the summary says so.
    """
    verdict = report.data.verdict
    if verdict is not None and verdict.suspect is not None:
        st.header(verdict_wording(report.data.noun).question, anchor="finding")
        st.container(key="finding").html(html_once(finding_html, report, verdict.suspect, view()))
        _actions(report, verdict, verdict.suspect)
        if any(proof.pictures or proof.texts for proof in verdict.suspect.counterproof):
            st.html(html_once(proofs_html, report, verdict.suspect))
    if any(row.named for row in report.data.artefacts):
        st.html(Markup("").join(paragraph(sentence) for sentence in artefact_sentences(report.data)))


def _actions(report: ClassReport, verdict: Verdict, suspect: Suspect) -> None:
    """The buttons of the finding: its photos, the model without it, its name, what a person makes of it."""
    photos = {**NOTHING, "suspect": verdict.suspects.index(suspect), "image": None, "tab": PHOTOS}
    without = {
        "doses": doses_text(dict.fromkeys(suspect.concepts, 0.0)), "whole": 1, "image": _typical(report, suspect),
        "tab": WHAT_IF,
    }  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            f"Show these {report.data.noun}s",
            icon=ICONS[report.data.kind],
            on_click=choose,
            kwargs=photos,
            key="show_found",
        )
        st.button("Take it out", icon=":material/remove_circle:", on_click=choose, kwargs=without, key="take_out")
        naming.show(report, "concept", suspect.concepts[0])
    judgement.show(report, suspect.concepts[0])


def _typical(report: ClassReport, suspect: Suspect) -> int:
    """A photo to begin with: the strategy's most typical one, else the first that shows it."""
    rows = {row.label: row.medoid for row in report.data.strategies}
    return rows[suspect.strategy] if suspect.strategy in rows else suspect.photos[0]


def finding_html(report: ClassReport, suspect: Suspect, at: ReportView) -> Markup:
    """Crops, the three numbers, where its words stand. at: the state of the page that links lead on from."""
    numbers, use = facts(finding_facts(suspect, report.data)), use_sentence(suspect, report.data)
    return picture_row(_examples(report, suspect, at), size=LARGE) + numbers + (paragraph(use) if use else "")


def proofs_html(report: ClassReport, suspect: Suspect) -> Markup:
    """The photos of its counter-proofs before and after, or its texts with the words in them."""
    return Markup("").join(
        _pairs(report, proof) if proof.pictures else texts_html(proof)
        for proof in suspect.counterproof
        if proof.pictures or proof.texts
    )


def suspects_html(report: ClassReport, verdict: Verdict, at: ReportView) -> Markup:
    """All suspects. at: the state of the page that links lead on from."""
    return Markup("").join(_suspect(report, each, at) for each in verdict.suspects)


def _suspect(report: ClassReport, suspect: Suspect, at: ReportView) -> Markup:
    """A suspect: its concepts, all that was tested, crops."""
    links = [
        link(report.names.concept(j), at.href(concept=j, has=str(j), lacks=None, image=None, tab=PHOTOS))
        for j in suspect.concepts
    ]
    said = with_terms(suspect_sentence(suspect, report.data, report.names), *TERMS)
    return part(heading(3, *_joined(links)), said, _examples(report, suspect, at), size=SMALL)


def _examples(report: ClassReport, suspect: Suspect, at: ReportView) -> list[Tile]:
    """Six crops or excerpts, evenly of its first three concepts."""
    chosen = suspect.concepts[:3]
    each = N_CROPS // len(chosen)
    return [tile for j in chosen for tile in examples(report, j, at, most=each)]


def _joined(links: Sequence[Markup]) -> list[str]:
    """The links with commas between them."""
    return [part for each in links for part in (", ", each)][1:]


def texts_html(proof: CounterProof) -> Markup:
    """Texts of other classes with the suspect's words put in, which are marked, each under the model's answers."""
    said = PUT_IN.format(words=quoted_phrases(proof.phrases) or "the words")
    rows: list[tuple[str, list[Tile]]] = [
        (f"{each.predicted} → {each.predicted_after}", [with_words(each)]) for each in proof.texts
    ]
    shown, rest = rows[:N_PUT_IN], rows[N_PUT_IN:]
    more = folded(f"{counted(len(rest), 'more text')}", titled_rows(rest, size=SMALL, label=said)) if rest else ""
    return paragraph(f"{said}:") + titled_rows(shown, size=SMALL, label=said) + more


def with_words(put: PastedText) -> Excerpt:
    """A text of another class, the words that were put in marked."""
    label = f"the model says {put.predicted}, with the words {put.predicted_after}"
    return pasted_excerpt(put, label)


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
    return paragraph(f"{BEFORE_AFTER}:") + titled_rows(rows, size=SMALL, label=BEFORE_AFTER)
