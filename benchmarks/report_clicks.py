"""Click to answer on a report's page: a slider of "What if?", a box on the graph; pan and zoom of 20,000 points."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.budgets import head, line
from concepts.report.class_report import ClassReport, thumbnail_name
from tests.support.addresses import CHART, REPORT
from tests.support.browser import chromium, settle

BUDGET, FRAME, WAITS = 200, 33, 200  # milliseconds
GRAPH = ".st-key-cluster_graph .js-plotly-plot"
CHOSEN = "[...document.querySelectorAll('.cx-flat')].find((e) => e.textContent.includes('chosen'))?.textContent"
ANSWERS = "document.querySelector('.st-key-answers')?.innerHTML"
WATCH = """
([kind, what]) => {
  const seen = () => eval(what), before = seen();
  window.took = undefined;
  document.addEventListener(kind, () => {
    const start = performance.now();
    const look = () => {
      const now = seen();
      if (now !== undefined && now !== before) window.took = performance.now() - start;
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }, { once: true, capture: true });
}
"""
FRAMES = """
() => {
  window.frames_seen = []; window.watching = true;
  let last = performance.now();
  const look = (now) => {
    window.frames_seen.push(now - last);
    last = now;
    if (window.watching) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}
"""


def many_points(folder: Path, n: int) -> None:
    """A made-up report of n photos: 200 of them, over and over, each time elsewhere on the graph."""
    from tests.support.made_up_report import made_up_report

    report = made_up_report(n=200, grid=False)
    times, data = n // 200, report.data
    arrays = {name: np.tile(report.array(name), (times, 1)) for name in ("phi", "embedding", "evidence")}
    arrays["embedding"] += np.random.default_rng(0).normal(0, 1, (n, 2)).astype(np.float32)
    arrays |= {"labels": np.tile(report.array("labels"), times), "components": report.array("components")}
    images = [replace(row, name=f"{turn:03d}/{row.name}") for turn in range(times) for row in data.images]
    pictures = {thumbnail_name(i): report.thumbnail(i % 200) for i in range(n)}
    ClassReport(replace(data, images=tuple(images)), arrays=arrays, pictures=pictures).save(folder)


def measure_report(address: str, *, times: int) -> None:
    """Prints the table of the demo's report."""
    print(head(f"Clicks on the report {REPORT}"))
    with chromium() as browser:
        page = _opened(browser, f"{address}/report?id={REPORT}&doses=0_0", ".st-key-dose_curve " + CHART)
        print(line("slider to answers", sliders(page, times), BUDGET), flush=True)
        page = _opened(browser, f"{address}/report?id={REPORT}", f"{GRAPH} .main-svg")
        _print_boxes(page, times)


def measure_many(address: str, id: str, *, n: int, times: int) -> None:
    """Prints the table of a report with n points."""
    print(head(f"{n:,} points on the graph"))
    with chromium() as browser:
        page = _opened(browser, f"{address}/report?id={id}", f"{GRAPH} .main-svg")
        drawn = [_drawn_after(page) for _ in range(4)]
        print(line("navigation to the graph drawn", drawn, 1_000), flush=True)
        print(line("a frame while panning", frames(page, _drag), FRAME), flush=True)
        print(line("a frame while zooming", frames(page, _turn), FRAME), flush=True)
        _print_boxes(page, times)


def _print_boxes(page, times: int) -> None:
    print(line("box to photos, let go at rest", boxes(page, times, rest=WAITS), BUDGET), flush=True)
    print(line("box to photos, let go while moving", boxes(page, times, rest=0), BUDGET), flush=True)


def _opened(browser, address: str, drawn: str):
    page = browser.new_page(viewport={"width": 1440, "height": 1000})
    page.goto(address)
    settle(page, drawn)
    return page


def _drawn_after(page) -> float:
    page.reload(wait_until="commit")
    page.wait_for_selector(f"{GRAPH} .main-svg", timeout=60_000)
    taken = float(page.evaluate("performance.now()"))
    settle(page, f"{GRAPH} .main-svg")
    return taken


def sliders(page, times: int) -> list[float]:
    """Milliseconds from a key on a slider to other bars."""
    slider, taken = page.locator("[class*=st-key-dose_] input[type=range]").first, []
    slider.focus()
    for i in range(times + 1):
        page.evaluate(WATCH, ["keydown", ANSWERS])
        page.keyboard.press("Home" if i % 2 else "End")
        taken.append(_took(page))
        page.wait_for_timeout(500)
        slider.focus()
    return taken


def boxes(page, times: int, *, rest: int) -> list[float]:
    """Milliseconds from the end of a box on the graph to another sentence about the chosen photos.

    rest: milliseconds the hand rests before it lets go; sooner than 100 after its last move, Plotly waits until then.
    """
    taken = []
    for i in range(times + 1):
        _take_up(page, "Box Select")
        left, top, width, height = _plot(page)
        page.evaluate(WATCH, ["mouseup", CHOSEN])
        start, end = (3, 0.7 - 0.07 * i % 0.4) if i % 2 else (width - 3, 0.3 + 0.07 * i % 0.4)  # outside the last box
        page.mouse.move(left + start, top + (3 if i % 2 else height - 3))
        page.mouse.down()
        page.mouse.move(left + width * end, top + height * (0.97 if i % 2 else 0.03), steps=6)
        page.wait_for_timeout(rest)
        page.mouse.up()
        taken.append(_took(page))
        page.wait_for_timeout(1_200)
    return taken


def frames(page, moves: Callable) -> list[float]:
    """Milliseconds between frames while the graph is moved."""
    _take_up(page, "Pan")
    left, top, width, height = _plot(page)
    page.mouse.move(left + width / 2, top + height / 2)
    page.evaluate(FRAMES)
    moves(page, left, top, width, height)
    return [float(each) for each in page.evaluate("window.watching = false, window.frames_seen.slice(1)")]


def _drag(page, left: float, top: float, width: float, height: float) -> None:
    """To and fro, without a rest."""
    page.mouse.down()
    for i in range(60):
        page.mouse.move(left + width * (0.5 + 0.2 * np.sin(i / 6)), top + height * (0.5 + 0.1 * np.cos(i / 6)))
    page.mouse.up()


def _turn(page, *_: float) -> None:
    """The wheel, in and out again, notch by notch."""
    for i in range(30):
        page.mouse.wheel(0, -40 if i < 15 else 40)
        page.wait_for_timeout(60)


def _take_up(page, tool: str) -> None:
    """The graph's tool of that name, once the graph stands still: a run of the page replaces it."""
    settle(page, f"{GRAPH} .main-svg")
    page.locator(GRAPH).last.scroll_into_view_if_needed()
    page.locator(GRAPH).last.hover()
    page.locator(f'.st-key-cluster_graph [data-title="{tool}"]').last.click()


def _plot(page) -> list[float]:
    return page.evaluate(
        "selector => { const chart = document.querySelector(selector), box = chart.getBoundingClientRect(),"
        " size = chart._fullLayout._size; return [box.left + size.l, box.top + size.t, size.w, size.h]; }",
        GRAPH,
    )


def _took(page) -> float:
    from playwright.sync_api import TimeoutError

    try:
        page.wait_for_function("window.took !== undefined", timeout=6_000)
    except TimeoutError:
        return float("nan")
    return float(page.evaluate("window.took"))
