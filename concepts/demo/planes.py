"""The planes of the demo's concepts, ready-made: laying them out takes seconds that no first visit should wait for."""

from pathlib import Path

from concepts.atlas import spaces_of
from concepts.atlas.plane import keep_plane, plane_of
from concepts.atlas.reading import read_atlas_reports
from concepts.storage.listing import folders_in
from concepts.storage.store import new_folder


def build_planes(folder: Path) -> Path:
    """Writes `folder`/planes for the reports in `folder`/reports and returns it; atomic."""
    found = read_atlas_reports(folders_in(folder / "reports"))
    final = folder / "planes"
    with new_folder(final) as part:
        for space in spaces_of(found.found):
            keep_plane(space, plane_of(space), part)
    return final
