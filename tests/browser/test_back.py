"""Back and Forward over ordered pairs of pages: each visit is one entry, and each entry brings its page back.

Every page is left and entered; `EVERY_PAIR=1` walks over every ordered pair, which takes minutes.
"""

import os
from itertools import pairwise

import pytest

from tests.support.browser import listen

pytestmark = pytest.mark.browser
HEADINGS = {
    "": "What has the network learned?", "similarity": "Similarity maps", "words": "Words",
    "atlas": "Atlas", "language": "Language", "compare": "Compare", "tour": "A model that is right. Is that enough?",
    "exercises": "Exercises", "glossary": "Glossary", "analysis": "New analysis", "runs": "Runs",
}  # fmt: skip
SECTIONS = {
    "Reports": ("", "report", "atlas", "runs"), "Explore": ("similarity", "words", "language"), "Methods": ("compare",),
    "Learn": ("tour", "exercises", "glossary"),
}  # fmt: skip
PAGES = [name for names in SECTIONS.values() for name in names] + ["analysis"]
MOST = 40  # entries in a walk: a browser keeps 50
HURRIES = 3  # times that Forward is pressed through a whole walk, without waiting
SHORT = [
    "", "compare", "similarity", "report", "language", "words", "atlas", "runs", "tour", "analysis", "exercises",
    "glossary",
]  # fmt: skip
ARRIVED = """([name, headings]) => {
  const title = document.querySelector(".stMain h1")?.innerText;
  const found = Object.entries(headings).find(([, heading]) => title?.startsWith(heading))?.[0] ?? "report";
  return location.pathname === `/${name}` && title && found === name;
}"""
RESTS = "() => document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'notRunning'"


def walks() -> list[list[str]]:
    """Walks over the pages that together hold every ordered pair."""
    pages, steps = list(PAGES), []
    for i, page in enumerate(pages):
        steps += [page] + [each for other in pages[i + 1 :] for each in (other, page)]
    return [steps[start : start + MOST + 1] for start in range(0, len(steps) - 1, MOST)]


def arrive(page, name: str) -> str:
    """Waits for a page to show its heading; its address."""
    page.wait_for_function(ARRIVED, arg=[name, HEADINGS], timeout=120_000)
    return page.url


def visit(page, name: str) -> str:
    """Goes to a page by the bar, and waits until it has written its address."""
    if name != "analysis":
        section = next(section for section, pages in SECTIONS.items() if name in pages)
        page.locator("[data-testid=stTopNavSection]", has_text=section).click()
    page.locator(f"[data-testid^=stTopNav][href$='/{name}']").click()
    arrive(page, name)
    page.wait_for_function(RESTS, timeout=120_000)
    return page.url


def forward_at_once(page, walk: list[str], seen: list[str]) -> None:
    """Presses Forward as an impatient visitor does, from the first page of a walk to the last, which must be drawn."""
    for name, url in zip(walk[1:], seen[1:], strict=True):
        page.go_forward(wait_until="commit")
        assert page.url == url, name
    assert arrive(page, walk[-1]) == seen[-1]
    page.wait_for_function(RESTS)
    assert page.url == seen[-1]


def n_entries(page) -> int:
    return page.evaluate("history.length")


def test_every_ordered_pair_is_walked():
    found = {pair for walk in walks() for pair in pairwise(walk)}
    assert found >= {(one, other) for one in PAGES for other in PAGES if one != other}


def test_the_short_walk_meets_every_page():
    assert sorted(SHORT) == sorted(PAGES)


WALKS = walks() if os.environ.get("EVERY_PAIR") else [SHORT]


@pytest.mark.parametrize("walk", WALKS, ids=lambda walk: f"from-{walk[0] or 'gallery'}")
def test_back_and_forward_over_every_pair(browser, address, walk):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    errors = listen(page)
    page.goto(f"{address}/report?id=first")  # the small report goes along
    arrive(page, "report")
    visit(page, walk[0])
    page.wait_for_function(RESTS)
    seen, start = [page.url], n_entries(page)
    for name in walk[1:]:
        seen.append(visit(page, name))
    assert n_entries(page) == start + len(walk) - 1
    for name, url in zip(walk[-2::-1], seen[-2::-1], strict=True):
        page.go_back(wait_until="commit")
        assert arrive(page, name) == url
    for hurry in range(HURRIES):
        if hurry:
            page.evaluate("steps => history.go(steps)", 1 - len(walk))
            assert arrive(page, walk[0]) == seen[0]
        forward_at_once(page, walk, seen)
        assert errors == []  # such as a connection that ended: nothing more would be drawn
    page.close()
