"""What follows the reports of a run: the site of all classes, and the places of their concepts in the atlas."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial

from concepts.publishing.site.build import SiteSummary, build_site
from concepts.report.stored import ReplacedReportError
from concepts.runs.class_report import stands
from concepts.runs.run import SITE, RunFolder
from concepts.runs.site_part import site_parts
from concepts.storage.listing import folders_in

Progress = Callable[[str, float], None]
MOST_REPLACED = 5  # times that reports may be replaced under the site


def finish(folder: RunFolder, progress: Progress | None = None) -> SiteSummary:
    """Writes the site of all reports of a run, and the planes of the atlas; what has not changed stays."""
    summary = build_run_site(folder, progress)
    lay_out(folder)
    return summary


def build_run_site(folder: RunFolder, progress: Progress | None = None) -> SiteSummary:
    """Writes the site of the reports that stand: of all in the run's own folder, in a home of the run's classes.

    It is begun anew where another command on the run has made a report again meanwhile.
    """
    there = [each for each in folder.run.classes if stands(folder, each)]
    reports = [folder.reports] if folder.run.home is None else [folder.report(each) for each in there]
    build = partial(build_site, reports, folder.path / SITE, ahead=site_parts(folder, there), progress=progress)
    for _ in range(MOST_REPLACED):
        with suppress(ReplacedReportError):
            return build()
    return build()


def lay_out(folder: RunFolder) -> None:
    """Keeps the plane of every space of the reports, which the app's atlas takes from there."""
    from concepts.atlas import spaces_of
    from concepts.atlas.plane import find_plane, keep_plane, plane_of
    from concepts.atlas.reading import read_atlas_reports

    for space in spaces_of(read_atlas_reports(folders_in(folder.reports)).found):
        if find_plane(space, [folder.planes]) is None:
            keep_plane(space, plane_of(space), folder.planes)
