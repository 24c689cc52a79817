"""The card of the chosen concept: crops, figures, what is like it in other reports."""

import streamlit as st
from markupsafe import Markup

from concepts.numerics.written import with_sign
from concepts.rendering.pictures import Picture
from concepts.report.class_report import ClassReport
from concepts.report.rendering.sentences import amount, importance_unit, interval_text, percent
from concepts.report.verdict import Kind
from pages.atlas import dose, words
from pages.atlas.choice import chosen_row, href_of, view
from pages.atlas.spaces import Atlas
from pages.components.atlas import Partner, concept_card, concept_partners
from pages.components.once import html_once
from pages.state.address import ReportView
from pages.state.report_pictures import crop_picture, source_of

N_CROPS = 6


def show(atlas: Atlas) -> None:
    """Shows the chosen concept."""
    row = chosen_row(atlas)
    if row is None:
        st.warning("There is no such concept here: its report may have been removed, or is of another model.")
        return
    report, j = report_of(atlas, row)
    st.html(html_once(card_html, report, j, atlas.placed.named.get(row)))
    dose.show(report, j)
    if near := atlas.placed.near[row]:
        st.html(html_once(concept_partners, [_partner(atlas, other, cosine) for other, cosine in near]))


def report_of(atlas: Atlas, row: int) -> tuple[ClassReport, int]:
    """The report of a concept, with the names that people gave, and the concept's index in it."""
    member, j = atlas.placed.space.nodes[row]
    return member.report.called(atlas.names[atlas.owner(row)]), j


def card_html(report: ClassReport, concept: int, named: Kind | None) -> Markup:
    """A concept's card. named: the verdict of its report, where it names the concept."""
    data, at = report.data, address_in_report(report)
    row = data.concepts[concept]
    interval = f"{with_sign(row.low)} to {with_sign(row.high)}"
    figures = (
        ("share of the evidence", percent(row.share), interval_text(row.share_low, row.share_high)),
        ("importance", amount(row.importance, importance_unit(data)), interval),
    )
    return concept_card(
        report.names.concept(concept), data.target.label, href=at.href(concept=concept), named=named, figures=figures,
        crops=[crop_picture(report, concept, crop, at) for crop in row.crops[:N_CROPS]],
    )  # fmt: skip


def address_in_report(report: ClassReport) -> ReportView:
    """The address of a report's own page."""
    data = report.data
    return ReportView(
        report.folder.name if report.folder else None, data.model.name, data.target.label, data.layer.path
    )


def _partner(atlas: Atlas, row: int, cosine: float) -> Partner:
    member, j = atlas.placed.space.nodes[row]
    crops, name = member.report.data.concepts[j].crops, words.title(atlas, row)
    source = source_of(member.report, crops[0].file) if crops else None
    href = href_of(atlas, row, view())
    return Partner(
        name, href, Picture(source, f"{name}: its first crop", href=href), cosine, atlas.placed.is_shared(cosine)
    )
