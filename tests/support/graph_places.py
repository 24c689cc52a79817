"""Positions of photos on the strategic cluster graph as drawn by the browser."""

from tests.support.browser import FITTED

CHART = ".st-key-cluster_graph .js-plotly-plot"
PLACE = f"""([selector, image]) => {{
  const fitted = {FITTED};"""
PLACE += """
  const chart = document.querySelector(selector), layout = chart?._fullLayout;
  if (!chart || !fitted(chart) || !layout?.xaxis) return null;
  const box = chart.getBoundingClientRect();
  for (const trace of chart._fullData) {
    const at = (trace.customdata || []).findIndex((row) => row[0] === image);
    if (at >= 0) return [
      box.left + layout.xaxis._offset + layout.xaxis.l2p(trace.x[at]),
      box.top + layout.yaxis._offset + layout.yaxis.l2p(trace.y[at]),
    ];
  }
}"""


def far_image(report) -> int:
    """The image whose point is farthest from all others, so that nothing covers it."""
    places = report.array("embedding")
    distance = ((places[:, None] - places[None]) ** 2).sum(-1) + 1e9 * (places[:, None] == places[None]).all(-1)
    return int(distance.min(axis=1).argmax())


def place_of(page, image: int) -> tuple[float, float]:
    page.wait_for_function(PLACE, arg=[CHART, image], timeout=120_000)
    page.locator(CHART).scroll_into_view_if_needed()
    before, now = None, page.evaluate(PLACE, [CHART, image])
    while now is None or before != now:  # the chart adapts to the width of its column
        page.wait_for_timeout(400)
        before, now = now, page.evaluate(PLACE, [CHART, image])
    return tuple(now)
