"""A script of a user who has installed the program, run by that installation outside the checkout.

The working folder holds reports/digit, made from the demo's digits. Prints as JSON what the test checks.
"""

import json
import sys
import time
from pathlib import Path

from attribution.faithfulness import c_deletion, c_insertion, c_mu_fidelity
from attribution.importance import IMPORTANCE_METHODS, concept_importance
from attribution.similarity import similarity_map, similarity_points
from concepts.data.images import open_photos
from concepts.engine import jobs
from concepts.extraction import EXTRACTORS, make_extractor
from concepts.lexicon import Lexicon, lexical_activations
from concepts.metrics import frechet_distance, ood_score, relative_l2, sparsity, stability
from concepts.models import load_model, split_model
from concepts.publishing.tables import notebook_of
from concepts.report import ClassReport, build_report
from concepts.report.request import Request
from concepts.strategies import find_strategies

PUBLIC = (
    EXTRACTORS, IMPORTANCE_METHODS, ClassReport, Lexicon, build_report, c_deletion, c_insertion, c_mu_fidelity,
    concept_importance, find_strategies, frechet_distance, lexical_activations, load_model, make_extractor, ood_score,
    relative_l2, similarity_map, similarity_points, sparsity, split_model, stability,
)  # fmt: skip
ROOMS = ("concepts", "attribution", "pages")


def photos_per_class(photos: Path) -> dict[str, int]:
    """Number of photos per class, counted by a job in its own process."""
    request = Request(model="demo/digits", images=str(photos))
    job, end = jobs.submit(request, Path("workspace"), task="inspect"), time.time() + 120
    while not job.state.finished and time.time() < end:
        time.sleep(0.1)
    if job.state.status != "done":
        raise SystemExit(f"{job.state} {job.log.read_text(encoding='utf-8')}")
    return job.inspection.photos_per_class


def opened_by_its_notebook(report: ClassReport) -> ClassReport:
    """The report as opened by the first cell of its notebook; figures can be imported afterwards."""
    cells = json.loads(notebook_of(report))["cells"]
    names: dict = {}
    exec("".join(next(cell["source"] for cell in cells if cell["cell_type"] == "code")), names)
    return names["report"]


def main() -> None:
    """Opens the report and its photos, splits the demo's model, runs a job, draws a figure."""
    (photos,) = Path("reports/.concepts-store").glob("demo-digits-pictures-*/digits")
    report = opened_by_its_notebook(ClassReport.load(Path("reports/digit")))
    from pages.figures.graph import graph_figure
    from pages.state.server_settings import server_settings

    seen = {
        "title": report.data.title,
        "points": sum(len(trace.x) for trace in graph_figure(report).data if trace.customdata is not None),
        "layers": [layer.path for layer in split_model(load_model("demo/digits"), layer="features").layers()],
        "photos": len(open_photos(photos)),
        "photos of the job": sum(photos_per_class(photos).values()),
        "workspace": str(server_settings().workspace),
    }
    ours = (module for name, module in sys.modules.items() if name.split(".")[0] in ROOMS)
    print(json.dumps(seen | {"files": [module.__file__ for module in ours if getattr(module, "__file__", None)]}))


if __name__ == "__main__":
    main()
