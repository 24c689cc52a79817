"""What the site shows of one class alone, written by the process that made its report, so that no other need."""

from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING

from concepts.runs.run import SITE, RunClass, RunFolder
from concepts.storage.typed_json import read_typed, write_typed

if TYPE_CHECKING:
    from concepts.publishing.site.writing import ManifestEntry


def write_site_part(folder: RunFolder, each: RunClass) -> None:
    """Writes the pictures and the page of a class whose report stands, and a manifest of these."""
    from concepts.publishing.site.build import write_class

    write_typed(folder.site_part(each), write_class(folder.report(each), folder.path / SITE))


def site_parts(folder: RunFolder, classes: Iterable[RunClass]) -> "dict[str, ManifestEntry]":
    """The files of those of these classes whose processes came so far; what is missing, the build of the site makes."""
    from concepts.publishing.site.writing import Manifest

    found: dict[str, ManifestEntry] = {}
    for each in classes:
        with suppress(OSError, ValueError):
            found |= read_typed(Manifest, folder.site_part(each)).files
    return found
