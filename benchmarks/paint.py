"""From the start of a navigation to the first useful paint of each page, and until all is drawn."""

from benchmarks.addresses import VISITS, Visit
from benchmarks.browser import chromium, settle
from benchmarks.budgets import head, line

BUDGET = 1_000  # milliseconds
USEFUL = ".cx-title, .cx-card img, .js-plotly-plot .main-svg, .cx-places canvas, .stMain h2"
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


def measure_paint(address: str, *, visitors: int, rounds: int) -> None:
    """Prints the table. Every visitor has been on the page before; all of them open it at once."""
    print(head(f"First useful paint, {visitors} visitor{'s' if visitors > 1 else ''} at once"))
    with chromium() as browser:
        for visit in VISITS:
            taken = painted(browser, address, visit, visitors=visitors, rounds=rounds)
            print(line(f"{visit.name}: useful", [each["useful"] for each in taken], BUDGET), flush=True)
            print(line(f"{visit.name}: all drawn", [each["drawn"] for each in taken], BUDGET), flush=True)


def painted(browser, address: str, visit: Visit, *, visitors: int, rounds: int) -> list[dict[str, float]]:
    """Milliseconds of each visit; the first is that of a browser which was never here."""
    contexts = [browser.new_context(viewport={"width": 1440, "height": 1000}) for _ in range(visitors)]
    pages = [context.new_page() for context in contexts]
    for page in pages:
        page.add_init_script(WATCH.replace("USEFUL", repr(USEFUL)).replace("DRAWN", repr(visit.drawn)))
    found = _opened(pages[:1], address, visit)
    for page in pages[1:]:
        _opened([page], address, visit)
    for _ in range(rounds):
        found += _opened(pages, address, visit)
    for context in contexts:
        context.close()
    return found


def _opened(pages: list, address: str, visit: Visit) -> list[dict[str, float]]:
    for page in pages:
        page.goto(f"{address}/{visit.address}", wait_until="commit")
    for page in pages:
        settle(page, visit.drawn)
    return [page.evaluate("window.painted") for page in pages]
