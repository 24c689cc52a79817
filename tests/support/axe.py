"""axe-core on a page of a real browser: WCAG 2.1 A and AA."""

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]


def violations(page) -> list[tuple[str, str]]:
    """Rule and markup of each violation. Elements that pass are counted, not described: there are thousands."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]}).response
    assert len(found["passes"]) > 10  # rules that applied: the page was there
    return [(each["id"], node["html"][:300]) for each in found["violations"] for node in each["nodes"]]
