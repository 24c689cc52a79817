"""The ready-made reports that the app shows before the first analysis."""

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from concepts.demo.names import DEMO_TEXTS, DIGITS, REVIEWS, SHAPES, VILLAGE
from concepts.demo.pictures import demo_masks
from concepts.engine.analysis import analyse, load_split, open_request_photos
from concepts.report.folder import is_report
from concepts.report.request import Request
from concepts.report.settings import ReportSettings
from concepts.storage.store import new_folder

Progress = Callable[[str, float], None]
CLASSES = {  # those that demonstrate something, and how many concepts; not all, to keep the project small
    SHAPES: {"birthday": 10, "boat": 10, "sunflower": 10, "toadstool": 10, "gnome": 10},
    DIGITS: {"1": 8, "7": 8},
    VILLAGE: {"rain": 8, "festival": 9, "harbour": 9},
    REVIEWS: {"con": 10},
}


def build_reports(folder: Path, *, seed: int = 0, progress: Progress | None = None) -> Path:
    """Builds the demo's reports as a user would, in `folder`/reports, and returns the folder; atomic."""
    progress = progress or (lambda stage, share: None)
    check_reports_place(folder)
    final = folder / "reports"
    with new_folder(final) as part, tempfile.TemporaryDirectory() as store:
        for source, names in CLASSES.items():
            for i, (name, n_concepts) in enumerate(names.items()):
                settings = ReportSettings(n_concepts=n_concepts, seed=seed)
                request = Request(model=source, images=source, target=name, settings=settings)
                if source in DEMO_TEXTS:
                    request = replace(request, images="", texts=source)
                analyse(request, Path(store)).save(part / f"{source.split('/')[1]}-{name}")
                progress(f"reports of {source}", (i + 1) / len(names))
    return final


def build_evaluation(folder: Path, *, seed: int = 0, progress: Progress | None = None) -> Path:
    """A small comparison of methods on the class with three parts, in `folder`/evaluations, for the page Compare."""
    from concepts.evaluation import LabSettings
    from concepts.evaluation.evaluate import evaluate

    final = folder / "evaluations" / "shapes-birthday"
    request = Request(model=SHAPES, images=SHAPES)
    settings = LabSettings(
        methods=("nmf", "semi_nmf", "kmeans", "pca", "topk_sae", "random"),
        importances=("gradient_input", "integrated_gradients", "occlusion", "saliency", "rise", "hsic"),
        n_seeds=2,
        images=32,
        seed=seed,
    )
    with tempfile.TemporaryDirectory() as store:
        photos = open_request_photos(request, Path(store))
        split = load_split(request, None)
        masks = demo_masks(photos.names, {"birthday"})
        evaluate(split, photos, "birthday", settings, out=final, store=Path(store), masks=masks, progress=progress)
    return final


def check_reports_place(folder: Path) -> None:
    """Raises ValueError if `folder`/reports, which is replaced as a whole, holds anything but reports."""
    final = folder / "reports"
    foreign = [entry.name for entry in final.iterdir() if not is_report(entry)] if final.is_dir() else []
    if foreign:
        raise ValueError(f"{final} holds {foreign[0]}, which is no report and would be lost: choose another folder")
