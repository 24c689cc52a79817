"""A report as one HTML file that opens from disk without a network, works without JavaScript, and can be printed."""

import io
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cache
from pathlib import Path
from typing import TypeVar, cast

from jinja2 import Environment
from PIL import Image

from concepts.data.dataset import ItemKind
from concepts.data.images.jpeg import jpeg_bytes
from concepts.numerics.samples import even_sample
from concepts.numerics.written import with_sign, without_powers, written
from concepts.rendering.environment import environment
from concepts.rendering.excerpts import Excerpt, Tile
from concepts.rendering.pictures import Picture, data_uri
from concepts.report.names import joined_names
from concepts.report.queries.local_importance import by_size
from concepts.report.rendering import (
    artefact_sentences,
    help_texts,
    probe_sentences,
    property_sentences,
    sentences,
    trust,
    verdict_sentences,
    wording_sentences,
)
from concepts.report.rendering.excerpts import concept_excerpts, decile_excerpts, pasted_excerpts, text_excerpt
from concepts.report.rendering.graph_geometry import colour_of, symbol_of
from concepts.report.rendering.overlay import overlay
from concepts.report.rendering.probe_views import label_view, probes_view
from concepts.report.rendering.summary import summary
from concepts.report.rendering.svg import SHAPES, GraphDrawing, graph_drawing
from concepts.report.rendering.verdict_wordings import verdict_wording
from concepts.report.rows import Check, ConceptRow, CropRow, ImageRow, StrategyRow, TextRow, WordingRow
from concepts.report.schema import ReportData
from concepts.report.stored import StoredReport, thumbnail_name
from concepts.report.verdict import PastedText, Suspect
from concepts.storage.store import write_text

T = TypeVar("T")
Report = TypeVar("Report", bound=StoredReport)
MOST_PHOTOS = 300  # embedded; the graph has a point for every photo
THUMBNAIL, CROP, MAP = 96, 104, 220  # pixels of the longer side
N_CROPS, N_MAPS, N_TOP = 6, 2, 3
N_RESTS, N_RESTS_CROPS = 3, 2  # concepts of a strategy, and crops of each
N_EXCERPTS, N_RESTS_EXCERPTS = 4, 1  # of a concept of texts, and of each concept of a strategy
MOST_SKIPPED = 100
LONGEST = 500  # characters of any text: a name of a megabyte would be in every sentence


def write_report_html(report: StoredReport, path: Path) -> Path:
    """Writes the file, complete or not at all; returns its path."""
    write_text(path, render_report_html(report))
    return path


@dataclass(frozen=True)
class SiteLinks:
    """Links from a report's page in a site: the site's title, and relative links to its gallery, its map, and the page
    of each concept."""

    title: str
    gallery: str
    map: str
    concepts: tuple[str, ...]


def render_report_html(report: StoredReport, around: SiteLinks | None = None) -> str:
    """The page as text. The template engine escapes every name in it; overlong names are cut."""
    report = readable(report)
    data, chosen = report.data, chosen_photos(report)
    named = data.verdict.suspect if data.verdict else None
    with ThreadPoolExecutor() as pool:  # Pillow releases the interpreter's lock
        concepts = list(pool.map(lambda row: _concept(report, row), data.concepts))
        photos = list(pool.map(lambda i: _photo(report, i), chosen))
    return (
        report_environment()
        .get_template("report.html.j2")
        .render(
            data=data,
            around=around,
            words=sentences,
            with_sign=with_sign,
            summary=summary(data, report.names),
            verdict=verdict_sentences,
            wording=verdict_wording(data.noun),
            artefacts=artefact_sentences,
            wordings=wording_sentences,
            properties=property_sentences,
            probe_words=probe_sentences,
            probes=probes_view(report, _concept_anchor),
            label=label_view(report, _concept_anchor),
            trust=trust,
            help=help_texts,
            names=report.names,
            colour_of=colour_of,
            shape_of=lambda label: SHAPES[symbol_of(label)],
            graph=_graph(report, set(chosen)),
            concepts=concepts,
            finding=verdict_sentences.finding_facts(named, data) if named else [],
            findings=[_suspect(report, each) for each in data.verdict.suspects] if data.verdict else [],
            rests={row.label: _rests_on(row, concepts, data.kind) for row in data.strategies},
            photos=photos,
            shown=set(chosen),
            checks=list(map(_check, data.checks)),
            settings=sentences.chosen(data.settings, data.noun),
            versions=", ".join(f"{name} {value}" for name, value in data.versions.items()),
            times=[(stage, _time(data, stage)) for stage in data.seconds],
            skipped=[(entry.name, entry.reason) for entry in data.dataset.skipped[:MOST_SKIPPED]],
        )
    )


def _concept_anchor(concept: int) -> str:
    return f"#concept-{concept}"


@cache
def report_environment() -> Environment:
    """The templates of reports, with the filter `percent`."""
    found = environment("concepts.report.rendering")
    found.filters |= {"percent": sentences.percent}
    return found


def readable(report: Report) -> Report:
    """The same report with every text cut to `LONGEST` characters; an ellipsis replaces the rest."""
    return report.with_data(replace(_cut(report.data), command=report.data.command))


def _cut(value: T) -> T:
    """The value with all its texts cut, at any depth."""
    return cast(T, _with_short_texts(value))


def _with_short_texts(value: object) -> object:
    if isinstance(value, str):
        return f"{value[:LONGEST]}…" if len(value) > LONGEST else value
    if isinstance(value, TextRow | PastedText):  # shown as excerpts, whose marks count its characters
        return replace(value, **_cut({name: part for name, part in vars(value).items() if name != "text"}))
    if isinstance(value, dict):
        return {name: _cut(part) for name, part in value.items()}
    if isinstance(value, tuple):
        return tuple(map(_cut, value))
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{part.name: _cut(getattr(value, part.name)) for part in fields(value)})
    return value


def chosen_photos(report: StoredReport) -> list[int]:
    """The items that are embedded: all, or the most informative ones and then an even sample, in their order.

    Informative are the strategies' medoids, the sources of crops and excerpts, wrong predictions and outliers, in this
    order.
    """
    rows, n = report.data.items, len(report.data.items)
    if n <= MOST_PHOTOS:
        return list(range(n))
    first = [row.medoid for row in report.data.strategies]
    first += [crop.image for concept in report.data.concepts for crop in concept.crops[:N_CROPS]]
    first += [each.text for row in report.data.wordings for each in row.excerpts[:N_EXCERPTS]]
    first += [i for i, row in enumerate(rows) if sentences.is_wrong(row)] + [
        i for i, row in enumerate(rows) if row.strategy < 0
    ]
    return sorted(list(dict.fromkeys(first + even_sample(n, MOST_PHOTOS)))[:MOST_PHOTOS])


def _graph(report: StoredReport, linked: set[int]) -> GraphDrawing:
    def picture(file: str) -> str | None:
        return _small(report, file, CROP)

    return graph_drawing(report.data, report.array("embedding"), linked, picture, report.names)


@dataclass(frozen=True)
class ShownConcept:
    """A concept with its crops or excerpts, maps over whole photos, its words, and texts over its whole range."""

    row: ConceptRow
    name: str
    sentence: str
    crops: list[Tile]
    maps: list[Picture]
    parts: list["ShownPart"]
    wording: WordingRow | None
    deciles: list[Excerpt]


@dataclass(frozen=True)
class ShownPart:
    """A sub-concept with its crops; depth 1 is a part of the concept itself."""

    name: str
    sentence: str
    depth: int
    crops: list[Picture]


def _concept(report: StoredReport, row: ConceptRow) -> ShownConcept:
    name = report.names.concept(row.index)
    crops = _examples(report, name, row)
    maps = [_map(report, row, crop) for crop in row.crops[:N_MAPS]]
    return ShownConcept(
        row, name, sentences.concept_sentence(row, report.data), crops, maps, _parts(report, (row.index,)),
        wording_sentences.wording_of(report.data, row.index), decile_excerpts(report, row.index),
    )  # fmt: skip


def _examples(report: StoredReport, name: str, row: ConceptRow, most: int = N_CROPS) -> list[Tile]:
    """What shows a concept best: crops, or excerpts of texts."""
    if report.data.kind == "texts":
        return [found for _, found in concept_excerpts(report, row.index, min(most, N_EXCERPTS))]
    return [*crop_pictures(report, name, row.crops[:most], CROP)]


def crop_pictures(report: StoredReport, name: str, crops: Sequence[CropRow], side: int) -> list[Picture]:
    """Crops of the concept or part of this name, embedded, of at most `side` pixels."""
    images = report.data.items
    return [Picture(_small(report, crop.file, side), f"{name}: crop of {images[crop.image].name}") for crop in crops]


@dataclass(frozen=True)
class ShownSuspect:
    """What could be a shortcut: its concepts, what was tested, crops or excerpts, photos of other classes before and
    after, and texts of other classes with its words in them."""

    title: str
    sentence: str
    crops: list[Tile]
    pairs: list[Picture]
    pasted: list[Excerpt]


def _suspect(report: StoredReport, suspect: Suspect) -> ShownSuspect:
    title = joined_names([report.names.concept(j) for j in suspect.concepts])
    rows = [report.data.concepts[j] for j in suspect.concepts[:N_RESTS]]
    crops = [
        crop for row in rows for crop in _examples(report, report.names.concept(row.index), row, N_CROPS // len(rows))
    ]
    pairs = [
        Picture(_small(report, file, CROP), f"{said}: {name}", caption=f"{said}: {name}")
        for proof in suspect.counterproof
        for pair in proof.pictures
        for file, said, name in ((pair.before, "before", pair.predicted), (pair.after, "after", pair.predicted_after))
    ]
    pasted = [each for proof in suspect.counterproof for each in pasted_excerpts(proof)]
    said = verdict_sentences.suspect_sentence(suspect, report.data, report.names)
    return ShownSuspect(title, said, crops, pairs, pasted)


def _rests_on(row: StrategyRow, concepts: list[ShownConcept], kind: ItemKind) -> list[Tile]:
    """Crops or excerpts of a strategy's first concepts, each a link to its concept."""
    most = N_RESTS_EXCERPTS if kind == "texts" else N_RESTS_CROPS
    return [
        replace(crop, caption=concepts[j].name, href=f"#concept-{j}")
        for j in row.concepts[:N_RESTS]
        for crop in concepts[j].crops[:most]
        if crop.shown
    ]


def _check(check: Check) -> tuple[str, ...]:
    """A check as a line of the table."""
    low = "" if check.low is None or check.high is None else f"{written(check.low, 3)} to {written(check.high, 3)}"
    control = "" if check.control is None else f"{written(check.control, 3)} ({check.control_name})"
    return check.name, written(check.value, 3), low, control, without_powers(check.sentence)


def _time(data: ReportData, stage: str) -> str:
    return f"{data.seconds[stage]:.2f}" + (" (taken from the store)" if stage in data.reused else "")


def _parts(report: StoredReport, path: tuple[int, ...]) -> list[ShownPart]:
    """The tree under a concept, every part before its own parts."""
    shown = []
    for row in report.data.parts_of(path):
        name = sentences.part_name(row.path)
        crops = crop_pictures(report, name, row.crops, CROP)
        shown.append(ShownPart(name, sentences.part_sentence(row, report.data), len(path), crops))
        shown += _parts(report, row.path)
    return shown


def _map(report: StoredReport, row: ConceptRow, crop: CropRow) -> Picture:
    alt = f"where {report.names.concept(row.index)} is in {report.data.items[crop.image].name}"
    try:
        photo = Image.open(io.BytesIO(report.thumbnail(crop.image)))
        laid = overlay(photo, report.concept_map(row.index, crop.image), top=row.crops[0].value, side=MAP)
    except (ValueError, OSError):
        return Picture(None, alt)
    return Picture(_encoded(laid, MAP), alt)


@dataclass(frozen=True)
class ShownPhoto:
    """A photo or a text with its prediction and its most important concepts, by name with φ."""

    image: int
    row: ImageRow
    wrong: bool
    source: str | None
    words: Excerpt | None
    top: list[tuple[str, float]]


def _photo(report: StoredReport, image: int) -> ShownPhoto:
    row, phi = report.data.items[image], report.array("phi")[image]
    words = text_excerpt(report.data.texts[image], window=LONGEST) if report.data.kind == "texts" else None
    return ShownPhoto(
        image, row, sentences.is_wrong(row), None if words else _small(report, thumbnail_name(image), THUMBNAIL), words,
        [(report.names.concept(j), float(phi[j])) for j in by_size(phi)[:N_TOP]],
    )  # fmt: skip


def _small(report: StoredReport, file: str, side: int) -> str | None:
    """A picture as a small data URI; None if it is missing or not a picture."""
    try:
        return _encoded(Image.open(io.BytesIO(report.picture(file))), side)
    except (ValueError, OSError):
        return None


def _encoded(picture: Image.Image, side: int) -> str:
    picture.thumbnail((side, side))  # before decoding: a JPEG is then read at a half or a quarter of its size
    return data_uri(jpeg_bytes(picture.convert("RGB")))
