"""The pages of a site as HTML text."""

from base64 import b64encode
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256

from jinja2 import Environment
from markupsafe import Markup

from concepts.atlas import Space
from concepts.atlas.spaces import LEVEL, SEED, SHUFFLES
from concepts.numerics.written import minus, with_sign
from concepts.publishing.site.classes import SiteClass
from concepts.publishing.site.concept_map import MapDrawing, MapPoint, map_drawing
from concepts.rendering.environment import environment
from concepts.rendering.excerpts import Excerpt
from concepts.rendering.pictures import Picture
from concepts.report.card import ReportCard
from concepts.report.names import in_line
from concepts.report.rendering import help_texts, sentences, verdict_sentences, wording_sentences
from concepts.report.rendering.excerpts import concept_excerpts, decile_excerpts
from concepts.report.rendering.graph_geometry import colour_of, symbol_of
from concepts.report.rendering.html import SiteLinks, render_report_html
from concepts.report.rendering.svg import SHAPES
from concepts.report.rendering.verdict_wordings import verdict_wording

N_CROPS = 4  # on a card
UP = "../"  # from a page in a subfolder to the root of the site


@dataclass(frozen=True)
class SimilarConcept:
    """A concept of another report similar to the one shown."""

    title: str
    page: str
    crop: str | None
    cosine: float
    shared: bool


@dataclass(frozen=True, eq=False)
class GalleryCard:
    """A class in the gallery. words: the text that the search matches."""

    own: SiteClass
    card: ReportCard
    crops: list[Picture]
    words: str


def gallery_page(title: str, classes: list[SiteClass], spaces: list[Space[SiteClass]]) -> str:
    """The gallery of all classes as cards: a plain list that a script makes searchable and sortable."""
    cards = [GalleryCard(each, each.card, _crops_of(each), _words_of(each)) for each in classes]
    n_shared = sum(len(space.groups) for space in spaces)
    nouns = sorted({each.card.noun for each in classes})
    most = " or ".join(f"{noun}s" for noun in nouns)
    leans = " or ".join(verdict_wording(noun).leaned_on for noun in nouns)
    return _render(
        "index.html.j2", "index.js.j2", title=title, root="", cards=cards, n_shared=n_shared, most=f"most {most}",
        leans=f"leans on {leans}",
    )  # fmt: skip


def _words_of(each: SiteClass) -> str:
    """All texts by which a class can be found."""
    concepts = [each.display_name(j) for j in range(len(each.components))]
    names = each.report.data.target.names
    said = [each.words(j) for j in range(len(each.components))]
    return " ".join([each.label, each.card.model, each.card.layer, each.card.source, *names, *concepts, *said])


def _crops_of(each: SiteClass) -> list[Picture]:
    """The first crop of the most important concepts, each with a link to its concept."""
    found = [(j, each.first_crop(j)) for j in range(min(N_CROPS, len(each.components)))]
    return [
        Picture(crop, f"{each.display_name(j)} of {each.label}", href=each.concept_page(j)) for j, crop in found if crop
    ]


def class_page(title: str, own: SiteClass) -> str:
    """The report of a class, with a link back to the site."""
    pages = tuple(UP + own.concept_page(j) for j in range(len(own.components)))
    return render_report_html(own.report, SiteLinks(title, f"{UP}index.html", f"{UP}map.html", pages))


def concept_page(title: str, own: SiteClass, concept: int, near: list[SimilarConcept], threshold: float | None) -> str:
    """The page of a concept: its figures, its crops, its maps on whole photos, similar concepts of other classes."""
    data, k = own.report.data, len(own.components)
    row = data.concepts[concept]
    return _render(
        "concept.html.j2",
        title=title,
        root=UP,
        own=own,
        data=data,
        row=row,
        name=own.display_name(concept),
        crops=_pictures(own, concept),
        wording=wording_sentences.wording_of(data, concept),
        excerpts=_excerpts(own, concept),
        deciles=decile_excerpts(own.report, concept),
        maps=_maps(own, concept),
        near=near,
        threshold=threshold,
        widest=max(each.share_high for each in data.concepts),
        before=concept - 1 if concept else None,
        after=concept + 1 if concept + 1 < k else None,
    )


def _pictures(own: SiteClass, concept: int) -> list[Picture]:
    """The crops of a concept, each with the name of its photo."""
    found = [(path, own.report.data.items[image].name) for path, _, image in own.crops(concept)]
    return [Picture(UP + path, f"crop of {name}", name) for path, name in found]


def _excerpts(own: SiteClass, concept: int) -> list[Excerpt]:
    """The texts that show a concept best, each with its name and the model's prediction."""
    rows = own.report.data.items
    return [
        replace(found, caption=f"{in_line(rows[i].name)}: {sentences.answer(rows[i])}")
        for i, found in concept_excerpts(own.report, concept)
    ]


def _maps(own: SiteClass, concept: int) -> list[Picture]:
    """Whole photos under the concept's map, each with the model's prediction."""
    found = [(path, own.report.data.items[image]) for path, image in own.maps(concept)]
    called = own.display_name(concept)
    return [
        Picture(UP + path, f"where {called} is in {row.name}", f"{in_line(row.name)}: {sentences.answer(row)}")
        for path, row in found
    ]


def nearest(space: Space[SiteClass], member: int) -> list[list[SimilarConcept]]:
    """For each concept of a report, the similar concepts of other reports, as shown on its page."""
    return [[_near(space, other, cosine) for other, cosine in row] for row in space.nearest(member)]


def _near(space: Space[SiteClass], other: int, cosine: float) -> SimilarConcept:
    own, j = space.nodes[other]
    words = f": {said}" if (said := own.words(j)) else ""
    title, crop = f"{own.display_name(j)} of {own.label}{words}", own.first_crop(j)
    return SimilarConcept(title, own.concept_page(j), crop, round(cosine, 4), space.above_chance(cosine))


@dataclass(frozen=True, eq=False)
class SpaceMap:
    """A space on the page of maps. groups: the points of concepts that classes share, and the smallest cosine."""

    own: Space[SiteClass]
    drawing: MapDrawing
    groups: list[tuple[list[MapPoint], float]]
    n_classes: int


def map_page(title: str, spaces: list[Space[SiteClass]]) -> str:
    """The page of maps: each space as a map, the concepts shared between classes as a list, all concepts by class."""
    return _render("map.html.j2", "map.js.j2", title=title, root="", spaces=[_shown(space) for space in spaces])


def _shown(space: Space[SiteClass]) -> SpaceMap:
    drawing = map_drawing(space)
    groups = [([drawing.points[row] for row in group], cosine) for group, cosine in space.groups]
    return SpaceMap(space, drawing, groups, len(space.members))


def _render(template: str, script: str = "", **values: object) -> str:
    """The page; the template engine escapes all text. Only our own scripts run: the page contains their hash."""
    templates = _environment()
    code = Markup(templates.get_template(script).render()) if script else ""
    policy = f"'sha256-{b64encode(sha256(code.encode()).digest()).decode()}'" if code else "'none'"
    return templates.get_template(template).render(
        script=code,
        policy=policy,
        words=sentences,
        verdicts=verdict_sentences,
        help=help_texts,
        wordings=wording_sentences,
        **values,
    )


@cache
def _environment() -> Environment:
    found = environment("concepts.publishing.site", "concepts.report.rendering")
    found.filters |= {"percent": sentences.percent}
    found.globals |= {"colour_of": colour_of, "shape_of": lambda place: SHAPES[symbol_of(place)]}
    found.globals |= {"minus": minus, "with_sign": with_sign}
    found.globals |= {"chance": f"{LEVEL:.0%} of {SHUFFLES} cases", "seed": SEED}
    return found
