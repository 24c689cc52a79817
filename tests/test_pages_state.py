"""Addresses, the operator's settings, the shelf, texts: plain functions behind the pages."""

from dataclasses import fields
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from concepts.report.card import ReportCard
from pages.components.safe_text import plain
from pages.gallery.shelf import ORDERS, PER_PAGE, GalleryFilter, n_pages, page_of, shelf
from pages.state.address import ReportView
from pages.state.server_settings import ServerSettings
from tests.support.made_up_report import made_up_report, renamed
from tests.support.places import ROOT


def card(**changes) -> ReportCard:
    base = {
        "title": "cat · net", "target": "cat", "model": "net", "layer": "l4", "source": "photos", "created": "2025",
        "accuracy": 0.9, "n_images": 10, "n_concepts": 5, "n_strategies": 2, "suspicion": 0.1, "crops": (),
        "folder": Path("/somewhere/id"),
    }  # fmt: skip
    return ReportCard(**(base | changes))


@pytest.mark.parametrize(
    "view",
    [
        ReportView(),
        ReportView(id="a b&c", model="m=1", target="<b>ü</b>", layer="x.y", strategy=-1, concept=0, image=12, wrong=1),
        ReportView(model="net", target="cat", layer="l4"),
    ],
)
def test_an_address_brings_back_the_view(view):
    query = {name: values[0] for name, values in parse_qs(urlsplit(view.href()).query).items()}
    assert ReportView.of(query) == view
    assert query == view.params()


def test_the_class_is_called_class_in_an_address():
    assert ReportView(target="cat").params() == {"class": "cat"}


@pytest.mark.parametrize("text", ["x", "", "1.5", "1e3", "99999999999999999999999x"])
def test_what_is_no_number_is_left_out(text):
    assert ReportView.of({"image": text, "concept": text, "strategy": text}) == ReportView()


def test_the_operator_s_defaults():
    server = ServerSettings.of({})
    assert server.workspace == ROOT / "workspace"
    assert server.reports == (ROOT / "workspace" / "reports", ROOT / "assets" / "demo" / "reports")
    assert server.photos == server.models == ()


def test_the_operator_s_choices(tmp_path):
    environment = {
        "CONCEPTS_WORKSPACE": str(tmp_path),
        "CONCEPTS_PHOTOS": "/a:/b",
        "CONCEPTS_MODELS": "file.py:make; resnet18\n",
    }
    server = ServerSettings.of(environment)
    assert server.workspace == tmp_path.resolve()
    assert server.photos == (Path("/a"), Path("/b"))
    assert server.models == ("file.py:make", "resnet18")


def test_search_takes_every_word_in_any_field():
    cards = [card(), card(target="dog", title="dog", model="resnet"), card(model="resnet")]
    assert shelf(cards, GalleryFilter(query="CAT resnet")) == [cards[2]]
    assert shelf(cards, GalleryFilter(query="bird")) == []
    assert len(shelf(cards, GalleryFilter(query="  "))) == 3


def test_filters_and_orders():
    cards = [
        card(accuracy=0.5, verdict="one way"), card(accuracy=0.9, verdict="leans", layer="l3"), card(n_strategies=9),
        card(verdict="differs"),
    ]  # fmt: skip
    assert [c.layer for c in shelf(cards, GalleryFilter(layer="l3"))] == ["l3"]
    assert shelf(cards, GalleryFilter(order="Lowest accuracy"))[0] is cards[0]
    assert shelf(cards, GalleryFilter(order="Leaned on first")) == [cards[1], cards[3], cards[0], cards[2]]
    assert shelf(cards, GalleryFilter(order="Most strategies"))[0] is cards[2]
    assert shelf(cards, GalleryFilter(order="Newest")) == cards
    assert set(ORDERS) >= {"Class", "Highest accuracy"}


def test_pages_of_cards():
    cards = [card(n_images=i) for i in range(2 * PER_PAGE + 1)]
    assert n_pages(len(cards)) == 3
    assert [c.n_images for c in page_of(cards, 3)] == [2 * PER_PAGE]
    assert page_of(cards, 99) == page_of(cards, 3)
    assert n_pages(0) == 1


@pytest.mark.parametrize("text", ["**b**", "[a](http://x)", "![](x)", ":red[x]", "$x$", "<b>", "`c`", "# h", "a_b_"])
def test_plain_text_holds_no_markup(text):
    escaped = plain(text)
    assert escaped.replace("\\", "") == text
    for sign in "*[]()!:$<>`#_":
        assert escaped.count(sign) == escaped.count("\\" + sign)


def test_a_view_has_a_default_for_everything():
    assert all(f.default is None for f in fields(ReportView))
    assert renamed(made_up_report(n=5), title="x").data.title == "x"


def test_old_links_keep_working_and_new_ones_do_not_break_old_pages():
    old = {"id": "a", "model": "net", "class": "cat", "layer": "l4", "strategy": "1", "image": "7", "wrong": "1"}
    assert ReportView.of(old) == ReportView("a", "net", "cat", "l4", strategy=1, image=7, wrong=1)
    assert ReportView.of(old | {"from_a_later_version": "x"}) == ReportView.of(old)
    assert ReportView.of(old).params() == old  # fields that came later are not written into it
