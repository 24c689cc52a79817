"""The pages of the app as a visitor opens them, one line per page or view, for all tests and benchmarks of pages.

Reports and photos are the built-in demo's, so that every workspace with the demo's collection shows all of them.
"""

from dataclasses import dataclass
from urllib.parse import urlencode

from concepts.demo.collection import ID


@dataclass(frozen=True)
class Visit:
    """A name for files and tables, the address relative to the server's, and the selector of what is drawn last."""

    name: str
    address: str
    drawn: str


REPORT, OTHER = "shapes-birthday", "shapes-boat"
CHART, MAP = ".js-plotly-plot .main-svg", ".cx-places canvas"


def _to(page: str, **query: object) -> str:
    return page + ("?" + urlencode(query) if query else "")


VISITS = (
    Visit("gallery", _to(""), ".cx-card img"),
    Visit("report", _to("report", id=OTHER), CHART),
    Visit("report-chosen", _to("report", id=REPORT, has="0"), CHART),
    Visit("report-concepts", _to("report", id=OTHER, concept=2), ".cx-crow.cx-open"),
    Visit("report-photos", _to("report", id=REPORT, image=7, concept=2), CHART),
    Visit("report-whatif", _to("report", id=REPORT, doses="0_0~2_1.5"), ".st-key-dose_curve " + CHART),
    Visit("report-mistakes", _to("report", id=OTHER, tab="mistakes"), "#mistakes"),
    Visit("report-method", _to("report", id=OTHER, tab="method"), ".cx-table"),
    Visit("atlas", _to("atlas", report=OTHER, concept=2), CHART),
    Visit("atlas", _to("atlas"), CHART),
    Visit("compare-methods", _to("compare", show="methods"), CHART),
    Visit("compare-dictionaries", _to("compare", show="dictionaries", first=REPORT, second=OTHER), ".cx-match img"),
    Visit("similarity", _to("similarity", collection=ID, image=0, places=300, second=2), MAP),
    Visit("words-photo", _to("words", collection=ID, image=0, words="cake"), MAP),
    Visit("words-text", _to("words", collection=ID, show="text", text="a cake with balloons"), ".stMain h2"),
    Visit("language", _to("language", id=REPORT), CHART),
    Visit("tour", _to("tour", step=7), CHART),
    Visit("tour-presented", _to("tour", step=4, present=1), CHART),
    Visit("exercises", _to("exercises"), ".stMain h2"),
    Visit("glossary", _to("glossary", term="strategy"), ".stMain h2"),
    Visit("analysis", _to("analysis"), ".stMain h2"),
    Visit("runs", _to("runs"), ".stMain .cx-text"),
)
