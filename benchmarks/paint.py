"""From the start of a navigation to the first useful paint of each page, and until all is drawn."""

from collections.abc import Sequence

from benchmarks.budgets import head, line
from tests.support.addresses import VISITS, Visit
from tests.support.browser import chromium, settle

BUDGET = 1_000  # milliseconds
USEFUL = (
    ".cx-title, .cx-card img, .js-plotly-plot .main-svg, .cx-places canvas, .stMain h2, .cx-headline, "
    ".st-key-tour_text p"
)
WATCH = """
(() => {
  window.painted = {};
  const watched = { useful: USEFUL, drawn: DRAWN };
  const look = () => {
    for (const [name, selector] of Object.entries(watched))
      if (window.painted[name] === undefined && document.querySelector(selector))
        window.painted[name] = performance.now();
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})();
"""


def measure_paint(address: str, *, rounds: int, visits: Sequence[Visit] = VISITS) -> None:
    """Prints the table. The visitor has been on the page before."""
    print(head("First useful paint"))
    with chromium() as browser:
        for visit in visits:
            taken = painted(browser, address, visit, rounds=rounds)
            useful = [each.get("useful", each["drawn"]) for each in taken]  # some tabs have neither
            print(line(f"{visit.name}: useful", useful, BUDGET), flush=True)
            print(line(f"{visit.name}: all drawn", [each["drawn"] for each in taken], BUDGET), flush=True)


def painted(browser, address: str, visit: Visit, *, rounds: int) -> list[dict[str, float]]:
    """Milliseconds of each visit; the first is that of a browser which was never here."""
    page = browser.new_page(viewport={"width": 1440, "height": 1000})
    page.add_init_script(WATCH.replace("USEFUL", repr(USEFUL)).replace("DRAWN", repr(visit.drawn)))
    found = []
    for _ in range(rounds + 1):
        page.goto(f"{address}/{visit.address}", wait_until="commit")
        settle(page, visit.drawn)
        found.append(page.evaluate("window.painted"))
    page.close()
    return found
