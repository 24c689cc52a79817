"""The pages of the app as a visitor opens them, one line per page or view, for all tests and benchmarks of pages.

Reports and photos are the built-in demo's, so that every workspace with the demo's collection shows all of them. Where
the results of `write_results` are missing, the page says that there are none.
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
TEXTS, REVIEWS = "village-harbour", "reviews-con"
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
    Visit("atlas-chosen", _to("atlas", report=OTHER, concept=2), CHART),
    Visit("atlas", _to("atlas"), CHART),
    Visit("compare-methods", _to("compare", show="methods"), CHART),
    Visit("compare-importances", _to("compare", show="methods", part="importances"), CHART),
    Visit("compare-dictionaries", _to("compare", show="dictionaries", first=REPORT, second=OTHER), ".cx-match img"),
    Visit("compare-pooling", _to("compare", show="pooling"), ".stMain h2"),
    Visit("compare-ensembles", _to("compare", show="ensembles"), ".stMain h2"),
    Visit("compare-compression", _to("compare", show="compression"), ".stMain h2"),
    Visit("similarity", _to("similarity", collection=ID, image=0, places=300, second=2), MAP),
    Visit("photos", _to("photos", collection=ID, image=2), CHART),
    Visit("words-photo", _to("words", collection=ID, image=0, words="cake"), MAP),
    Visit("words-text", _to("words", collection=ID, show="text", text="a cake with balloons"), ".stMain h2"),
    Visit("language", _to("language", id=REPORT), CHART),
    Visit("language-together", _to("language", id=REPORT, part="together"), CHART),
    Visit("language-covered", _to("language", id=REPORT, part="covered"), CHART),
    Visit("tour", _to("tour", step=7), CHART),
    Visit("tour-presented", _to("tour", step=4, present=1), CHART),
    Visit("exercises", _to("exercises"), ".stMain h2"),
    Visit("glossary", _to("glossary", term="strategy"), ".stMain h2"),
    Visit("analysis", _to("analysis"), ".stMain h2"),
    Visit("runs", _to("runs"), ".stMain .cx-text"),
)
TEXT_VISITS = (
    Visit("texts", _to("report", id=TEXTS), CHART),
    Visit("texts-concepts", _to("report", id=TEXTS, concept=1), ".cx-crow.cx-open"),
    Visit("texts-texts", _to("report", id=TEXTS, image=7, concept=1), CHART),
    Visit("texts-whatif", _to("report", id=TEXTS, image=7, tab="whatif"), ".stMain h2"),
    Visit("texts-probes", _to("report", id=TEXTS, tab="probes"), ".cx-table"),
    Visit("texts-mistakes", _to("report", id=REVIEWS, tab="mistakes"), "#mistakes"),
    Visit("texts-method", _to("report", id=TEXTS, tab="method"), ".cx-table"),
    Visit("texts-tour", _to("tour", step=11), ".stMain h1"),
    Visit("texts-tour-counted", _to("tour", step=12), ".stMain h1"),
    Visit("texts-exercises", _to("exercises", task=7), ".stMain h2"),
    Visit("texts-analysis", _to("analysis", of="Texts", step=2), ".stMain h2"),
    Visit("texts-analysis-start", _to("analysis", of="Texts", step=3, texts="the demo's own texts"), ".stMain h2"),
)
PRESENTED = tuple(
    Visit(f"tour-presented-{step}", _to("tour", step=step, present=1), ".stMain h1") for step in range(1, 13)
)  # for a projector
