"""Building a static site on disk from reports."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from hashlib import blake2b
from pathlib import Path

from concepts.annotations import NoteStore
from concepts.atlas import Space, spaces_of
from concepts.publishing.site.classes import SiteClass, collect, site_class
from concepts.publishing.site.pages import SimilarConcept, class_page, concept_page, gallery_page, map_page, nearest
from concepts.publishing.site.writing import (
    Files,
    Item,
    Manifest,
    Progress,
    WriteCounts,
    checked_out,
    write_ahead,
    write_site,
)
from concepts.report.rendering.overlay import overlay_bytes
from concepts.storage.app_folder import PACKAGE
from concepts.storage.store import key_of

TITLE = "What has the network learned?"
ROOMS = ("rendering", "report", "atlas", "publishing/site")  # whose code determines the look of a page
LONGEST_TITLE = 200


@dataclass(frozen=True)
class SiteSummary:
    """A site on disk: numbers of classes and concepts, of files written, and the reports left out with the reasons."""

    folder: Path
    n_classes: int
    n_concepts: int
    written: WriteCounts
    left_out: tuple[str, ...]


def build_site(
    reports: Sequence[str | Path],
    out: str | Path,
    *,
    title: str = TITLE,
    note_store: NoteStore | None = None,
    ahead: Files | None = None,
    progress: Progress | None = None,
) -> SiteSummary:
    """Writes a static site of reports (report folders, or folders of reports) to `out`; only changed files are written.

    note_store: source of users' names for concepts and strategies; None: numbers only. ahead: files that `write_class`
    has written there. progress: called with (stage, share done). Raises ValueError for a folder without reports, an
    `out` that holds anything but a site of this program, or an unusable database.
    """
    progress = progress or (lambda stage, share: None)
    place = checked_out(Path(out))
    progress("reports", 0.0)
    classes, left_out = collect([Path(folder) for folder in reports], note_store)
    progress("reports", 1.0)
    spaces = spaces_of(classes)
    items = items_of(title[:LONGEST_TITLE], classes, spaces, progress)
    written = write_site(place, items, ahead or {}, progress)
    return SiteSummary(
        place,
        len(classes),
        sum(len(each.components) for each in classes),
        written,
        tuple(each.text for each in left_out),
    )


def write_class(report: Path, out: Path, *, title: str = TITLE) -> Manifest:
    """Writes what a site that was begun shows of one report alone, so that a build that is given the files (`ahead`)
    need not.

    Any number of processes may do so at a time, each for a report of its own, also beside a build. Raises ValueError or
    OSError where the report cannot be read.
    """
    return write_ahead(out, own_items(title[:LONGEST_TITLE], site_class(report)))


def items_of(title: str, classes: list[SiteClass], spaces: list[Space[SiteClass]], progress: Progress) -> list[Item]:
    """All files of the site: pictures before the pages that show them, the gallery last."""
    items = []
    for done, space in enumerate(spaces):
        for place, member in enumerate(space.members):
            items += own_items(title, member)
            items += [_concept(title, space, member, j, near) for j, near in enumerate(nearest(space, place))]
        progress("matching", (done + 1) / len(spaces))
    digests = [(each.stem, each.digest) for each in classes]
    items.append(_item("map.html", partial(map_page, title, spaces), title=title, of=digests))
    items.append(_item("index.html", partial(gallery_page, title, classes, spaces), title=title, of=digests))
    return items


def own_items(title: str, own: SiteClass) -> list[Item]:
    """The files of a class that are made from its report alone, whatever other classes there are: pictures and page."""
    pictures = [item for j in range(len(own.components)) for item in _pictures(own, j)]
    return [*pictures, _item(own.page, partial(class_page, title, own), title=title, of=own.digest)]


def _concept(title: str, space: Space[SiteClass], own: SiteClass, concept: int, near: list[SimilarConcept]) -> Item:
    """The page of a concept, made from its report and the summaries of its neighbours, not from all their reports."""
    make, said = partial(concept_page, title, own, concept, near, space.threshold), list(map(vars, near))
    return _item(own.concept_page(concept), make, title=title, of=own.digest, near=said, chance=space.threshold)


def _pictures(own: SiteClass, concept: int) -> list[Item]:
    """A concept's crops unchanged, and whole photos under its map."""
    report, top = own.report, own.report.data.concepts[concept].crops
    items = [
        Item(path, _key(path, of=own.digest), partial(report.picture, file)) for path, file, _ in own.crops(concept)
    ]
    for path, image in own.maps(concept):
        make = partial(_laid_over, own, concept, image, top[0].value)
        items.append(Item(path, _key(path, of=own.digest), make))
    return items


def _laid_over(own: SiteClass, concept: int, image: int, top: float) -> bytes:
    """The photo under the concept's map; the photo alone if either is damaged."""
    photo = own.report.thumbnail(image)
    try:
        return overlay_bytes(photo, own.report.concept_map(concept, image), top=top)
    except (ValueError, OSError):
        return photo


def _item(path: str, page: Callable[[], str], **made_from: object) -> Item:
    return Item(path, _key(path, **made_from), lambda: page().encode("utf-8"))


def _key(path: str, **made_from: object) -> str:
    """A hash of the inputs of a file, including the program."""
    return key_of(path=path, program=_program(), **made_from)


@cache
def _program() -> str:
    """A hash of the code and templates that determine the look of a page: a new version rewrites all pages."""
    whole = blake2b(digest_size=12)
    for file in program_files():
        whole.update(file.relative_to(PACKAGE).as_posix().encode() + b"=" + file.read_bytes())
    return whole.hexdigest()


def program_files() -> list[Path]:
    """The code and templates that determine the look of a page, sorted."""
    return sorted(path for room in ROOMS for path in (PACKAGE / room).rglob("*") if path.suffix in (".py", ".j2"))
