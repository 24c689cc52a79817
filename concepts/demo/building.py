"""The embedded demo from nothing: networks trained, pictures drawn, reports built."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from concepts.demo.pictures import DIGITS, SHAPES
from concepts.report.settings import ReportSettings
from concepts.request import Request, analyse
from concepts.store import new_folder

Progress = Callable[[str, float], None]
CONCEPTS = {SHAPES: 10, DIGITS: 8}
REPORTS = {SHAPES: None, DIGITS: ("1", "4", "7")}  # None: every class; few digits keep the project small


def build_demo(folder: Path | None = None, *, seed: int = 0, progress: Progress | None = None) -> None:
    """Trains both networks and builds the reports that the app shows first, into `folder` (default: assets/demo)."""
    from concepts.demo.network import ASSETS
    from concepts.demo.training import write_demo

    folder, progress = folder or ASSETS, progress or (lambda stage, share: None)
    for source in (SHAPES, DIGITS):
        write_demo(source, folder, seed=seed, progress=progress)
    build_reports(folder, seed=seed, progress=progress)


def build_reports(folder: Path, *, seed: int = 0, progress: Progress | None = None) -> None:
    """The demo's reports with the weights that are shipped, into `folder`/reports; complete or not at all."""
    from concepts.demo.network import DEMO_MODELS

    progress = progress or (lambda stage, share: None)
    with new_folder(folder / "reports") as part, tempfile.TemporaryDirectory() as store:
        for source, chosen in REPORTS.items():
            names = chosen or DEMO_MODELS[source].class_names
            for i, name in enumerate(names):
                settings = ReportSettings(n_concepts=CONCEPTS[source], seed=seed)
                request = Request(model=source, images=source, target=name, settings=settings)
                report = analyse(request, Path(store))
                report.save(part / f"{source.split('/')[1]}-{name}")
                progress(f"reports of {source}", (i + 1) / len(names))
