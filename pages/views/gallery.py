"""Page: what the program is for, and all reports as cards."""

import streamlit as st

from concepts.numerics.counted import counted
from pages.components.cards import report_cards
from pages.components.left_out import tell_left_out
from pages.components.once import html_once
from pages.components.safe_text import paragraph
from pages.gallery import catch, controls
from pages.gallery.shelf import is_own, n_pages, page_of, shelf
from pages.state.address import FrontView, ReportView
from pages.state.judgements import judgement_of
from pages.state.reports import cards, crops_of, left_out_reports

all_cards = cards()
st.title("What has the network learned?", anchor=False)
paragraph(
    "This program finds what a classifier of photos or texts looks at, and proves what it leans on. You decide "
    "whether that should matter."
)
if any(map(is_own, all_cards)) and FrontView.of(st.query_params.to_dict()).catch != 1:
    catch.in_one_line()
else:
    catch.show()
if not all_cards:
    controls.nothing_yet()
    tell_left_out(left_out_reports(), "report")
    st.stop()
fitting = shelf(all_cards, controls.gallery_filter(all_cards), judgement_of)
if not fitting:
    controls.nothing_fits(len(all_cards))
    st.stop()
page = controls.choose_page(n_pages(len(fitting)))
shown = page_of(fitting, page)
reports = counted(len(fitting), "report")
paragraph(reports if len(shown) == len(fitting) else f"{reports}, {len(shown)} on this page", "cx-note")
addresses = [ReportView.of_card(card).href() for card in shown]
judged = [judgement_of(card) for card in shown]
st.html(html_once(report_cards, shown, addresses, [crops_of(card) for card in shown], judged))
tell_left_out(left_out_reports(), "report")
