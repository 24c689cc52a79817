"""The site in a real browser, opened from disk with the network off: as a visitor goes, and for every visitor."""

import re
from dataclasses import replace

import pytest

from concepts.publishing.site import build_site
from tests.support.axe import violations
from tests.support.browser import listen, need_chromium
from tests.support.made_up_report import made_up_report, renamed

pytestmark = pytest.mark.browser
LABELS = ("boat", "mushroom", "\u202e<i>turned</i> " + "long" * 60)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    need_chromium()
    root = tmp_path_factory.mktemp("www")
    for seed, label in enumerate(LABELS):
        made = made_up_report(n=12, seed=seed, label=label, grid=seed < 2)
        model = replace(made.data.model, fingerprint=f"model {seed // 2}")
        renamed(made, model=model).save(root / "reports" / f"r{seed}")
    return build_site([root / "reports"], root / "any where" / "site ü").folder


@pytest.fixture
def visit(browser):
    """Opens a file in a page of its own, without a network; every request that is not to a file is noted."""
    contexts = []

    def opened(file, *, width=1280, scheme="light", script=True):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=script
        )
        contexts.append(context)
        context.set_offline(True)
        page = context.new_page()
        page.asked = []
        page.on("request", lambda request: page.asked.append(request.url))
        page.errors = listen(page)
        page.goto(file.as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()


def kinds(site) -> dict:
    """A page of each kind; of the classes the one with the longest name."""
    return {
        "gallery": site / "index.html",
        "map": site / "map.html",
        "concept": next(site.glob("concepts/boat-*-0.html")),
        "class": next(site.glob("classes/i-turned-*.html")),
    }


def test_from_the_gallery_to_a_class_a_concept_and_the_map(site, visit):
    page = visit(site / "index.html")
    cards = page.locator("#cards > li")
    page.get_by_label("Search").fill("MUSH tinynet")
    assert cards.locator("visible=true").locator("h2").all_inner_texts() == ["mushroom"]
    assert page.locator("#count").inner_text() == "1 of 3 shown"
    page.get_by_label("Search").fill("no such class")
    assert page.locator("#count").inner_text() == "0 of 3 shown"
    page.get_by_label("Search").fill("")
    page.get_by_label("Sort by").select_option("accuracy")
    rates = [float(card.get_attribute("data-accuracy")) for card in cards.all()]
    assert rates == sorted(rates)
    page.get_by_role("link", name="boat", exact=True).click()
    assert page.get_by_role("heading", level=1).inner_text() == "boat"
    page.get_by_role("link", name="Concept 3", exact=True).first.click()
    page.wait_for_url(re.compile(r"/concepts/boat-[0-9a-f]+-2\.html$"))
    assert page.get_by_role("heading", level=1).inner_text() == "Concept 3"
    page.get_by_role("link", name="Map of concepts").click()
    point = page.locator('svg a[data-title^="Concept 4 of mushroom"]').first
    box = point.locator("image").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert page.locator("#shown").inner_text().startswith("Concept")
    assert page.locator("#shown img").evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_url(re.compile(r"/concepts/.*\.html$"))
    assert page.errors == []
    assert {url.split(":")[0] for url in page.asked} <= {"file", "data"}


def test_every_picture_loads_and_no_page_is_wider_than_a_phone(site, visit):
    for file in kinds(site).values():
        page = visit(file, width=390)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, file.name
        broken = page.evaluate(
            "Promise.all([...document.images].map((image) => { image.loading = 'eager';"
            " return image.decode().then(() => 0, () => 1); })).then((all) => all.reduce((a, b) => a + b, 0))"
        )
        assert broken == 0, file.name
        assert page.errors == []


def test_without_a_script_the_gallery_is_a_list_of_links(site, visit):
    page = visit(site / "index.html", script=False)
    assert page.locator("#cards > li").count() == 3
    assert not page.locator("#ask").is_visible()
    page.get_by_role("link", name="mushroom", exact=True).click()
    assert page.get_by_role("heading", level=1).inner_text() == "mushroom"


@pytest.mark.parametrize("kind", ["gallery", "map", "concept", "class"])
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_axe_finds_no_violation(site, visit, kind, width, scheme):
    page = visit(kinds(site)[kind], width=width, scheme=scheme)
    assert violations(page) == []
