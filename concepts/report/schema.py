"""`report.json` as typed values: the report's model, layer, target, photos and settings, and its tables.

Nothing heavy is imported here: a page that shows a stored report needs neither torch nor scikit-learn.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from concepts.data.dataset import ItemKind, Skipped
from concepts.data.nouns import noun_of
from concepts.models.outputs import Kind
from concepts.models.target import Target
from concepts.report.class_names import NamesFrom
from concepts.report.request import Request
from concepts.report.rows import (
    LONGEST_TEXT,
    ArtefactRow,
    Check,
    ConceptRow,
    CropRow,
    ImageRow,
    MistakeRow,
    PresenceRow,
    PropertyRow,
    StrategyRow,
    SubConceptRow,
    TextRow,
    WordingRow,
)
from concepts.report.settings import ReportSettings
from concepts.report.text_rows import DataArtefacts, LinkRow, Measured, ProbeRow
from concepts.report.verdict import PastedText, PhraseUse, Verdict
from concepts.storage.typed_json import Count, Finite, Format, Json, Positive, Share, exactly, json_names

FORMAT = 2
MOST_PLACES = 4_096  # on a side of a grid
MOST_NAME = 60  # characters of a name that an error shows


@dataclass(frozen=True)
class ModelSummary:
    """The explained model. transform: preparation of photos, in words; "" in older reports. output, conversion: the
    meaning of its outputs and how logits were made of them (`concepts.models.outputs`). names_from: where the class
    names came from; None in older reports. memory_format: of its weights; "" in older reports.
    """

    name: str
    weights: str
    fingerprint: str
    n_classes: Count
    transform: str = ""
    output: Kind = "classes"
    conversion: str = ""
    names_from: NamesFrom | None = None
    memory_format: Literal["", "contiguous", "channels_last"] = ""


@dataclass(frozen=True)
class LayerSummary:
    """The layer of the split, and why it was chosen. check: the largest change of a logit by splitting and joining."""

    path: str
    kind: str
    grid: tuple[Count, Count] | None  # (h, w); None if its output is a vector
    sign: str
    positions: Count
    channels: Count
    reason: str
    check: Positive


@dataclass(frozen=True)
class OtherPhotos:
    """Photos of other classes: their source, their number, and how many are among the report's photos."""

    source: str
    n_photos: Count
    n_used: Count


@dataclass(frozen=True)
class Repeated:
    """The items of a source that repeat others: exactly, but for case and white space, and nearly.

    exact, near: those that are left out where each group of equal or nearly equal ones keeps its first; a text that is
    exactly repeated in a group of nearly equal ones counts in both. exact_across, near_across: groups with items of
    more than one class. among: the items that were compared.
    """

    among: Count
    exact: Count
    exact_across: Count
    near: Count
    near_across: Count


@dataclass(frozen=True)
class DatasetSummary:
    """The photos. tokens: the folder of their activations in the store, while the store keeps them.

    others: photos of other classes that were given beside them; None without. labels_from: where the photos' classes
    come from, as a phrase; empty where they are not known, and in older reports. notes: what was decided about the
    source, such as the columns of a table. duplicates: of texts; None for photos, and in older reports.
    """

    source: str
    n_photos: Count
    n_used: Count
    skipped: tuple[Skipped, ...]
    labels_known: bool
    fingerprint: str
    tokens: str = ""
    others: OtherPhotos | None = None
    labels_from: str = ""
    notes: tuple[str, ...] = ()
    duplicates: Repeated | None = None


@dataclass(frozen=True)
class Accuracy:
    """The share of photos that the model gets right, with a 95% Wilson interval. means: what is counted, in words."""

    value: Share
    low: Share
    high: Share
    means: str


@dataclass(frozen=True)
class Clustering:
    """The grouping into n strategies. links: (n, n), shares of nearest-neighbour links between two strategies.

    agreement: adjusted Rand index with groupings of resampled photos. suspicion: the largest suspicion of a strategy;
    None if there is only one.
    """

    n: Count
    silhouette: Finite | None
    agreement: Finite | None
    agreement_low: Finite | None
    agreement_high: Finite | None
    embedding: str
    evidence: str
    suspicion: Share | None
    links: tuple[tuple[Positive, ...], ...]


@dataclass(frozen=True)
class ReportData:
    """All of `report.json`."""

    __pydantic_config__: ClassVar = json_names(dataset="data")

    title: str
    created: str
    model: ModelSummary
    layer: LayerSummary
    target: Target
    dataset: DatasetSummary
    settings: ReportSettings  # with the method that "auto" selected
    versions: dict[str, str]
    seconds: dict[str, Positive]  # by stage; "forward pass": `Activations.seconds`
    reused: tuple[str, ...]  # stages whose results came from the store
    accuracy: Accuracy | None  # None for a model of quantities
    images: tuple[ImageRow, ...]
    concepts: tuple[ConceptRow, ...]
    strategies: tuple[StrategyRow, ...]
    clustering: Clustering
    checks: tuple[Check, ...]
    subconcepts: tuple[SubConceptRow, ...]  # parents before their parts
    suspicions: tuple[PresenceRow, ...]  # most suspicious first
    mistakes: tuple[MistakeRow, ...]  # largest group first
    request: Request | None  # None if the report was built from Python objects
    command: str  # that makes the report again; empty if neither a command nor a page made it
    format: Annotated[int, exactly(FORMAT)]
    verdict: Verdict | None = None  # None where it was not tested, and in older reports
    artefacts: tuple[ArtefactRow, ...] = ()  # of the battery; none where it was not tried, and in older reports
    properties: tuple[PropertyRow, ...] = ()  # found ones, and the strongest of each; none where not tested
    kind: ItemKind = "images"
    texts: tuple[TextRow, ...] = ()  # the items of a report on texts, which has no images
    wordings: tuple[WordingRow, ...] = ()  # one a concept, of a report on texts
    probes: tuple[ProbeRow, ...] = ()  # of texts, the control last; none where they were not tried
    data_artefacts: DataArtefacts | None = None  # of texts; None where their labels are not known, or not tried

    @property
    def items(self) -> "tuple[ImageRow, ...] | tuple[TextRow, ...]":
        """The rows of its photos, or of its texts."""
        return self.texts if self.kind == "texts" else self.images

    @property
    def noun(self) -> str:
        """What one of its items is called."""
        return noun_of(self.kind)

    @property
    def suspicion(self) -> float | None:
        """The largest shortcut suspicion of a strategy, or of a concept present in some photos and absent in others."""
        values = [self.clustering.suspicion, *(row.suspicion for row in self.suspicions)]
        return max((value for value in values if value is not None), default=None)

    def parts_of(self, path: tuple[int, ...]) -> list[SubConceptRow]:
        """The sub-concepts directly under a concept, (3,), or under one of its parts, (3, 0)."""
        return [row for row in self.subconcepts if row.path[:-1] == path]


def check_numbers(data: ReportData, source: str) -> None:
    """Raises ValueError if a table refers to a photo, a concept or a strategy that the report does not have, or has
    another length than the table that it belongs to."""
    limits = {data.noun: len(data.items), "concept": len(data.concepts), "strategy": len(data.strategies)}
    for kind, place, number in _numbers(data):
        if number >= limits[kind]:
            raise ValueError(f"{source}: {place}: names {kind} {number}, and the report has {limits[kind]}")
    for fits, place, problem in _lengths(data):
        if not fits:
            raise ValueError(f"{source}: {place}: {problem}")


def _lengths(data: ReportData) -> Iterator[tuple[bool, str, str]]:
    """What must hold, the table, and what is said where it does not."""
    n, k, m = len(data.items), len(data.concepts), len(data.strategies)
    yield n > 0, data.kind, "there are none"
    of_other_kind = data.images if data.kind == "texts" else data.texts
    yield not of_other_kind, "kind", f"it is {data.kind}, and there are rows of the other kind"
    yield [row.index for row in data.concepts] == list(range(k)), "concepts", "they are not numbered from 0"
    yield [row.label for row in data.strategies] == list(range(m)), "strategies", "they are not numbered from 0"
    square = len(data.clustering.links) == m and all(len(row) == m for row in data.clustering.links)
    yield square, "clustering.links", f"they are not those of {m} strategies"
    for each in data.properties:
        numbered = each.of in ("concept", "strategy")
        yield numbered == (each.index is not None), "properties", f"the number of {each.of} is {each.index}"
    grid = data.layer.grid
    yield grid is None or 0 < min(grid) <= max(grid) <= MOST_PLACES, "layer.grid", f"a side is not 1 to {MOST_PLACES:,}"
    for tried in data.artefacts:
        fits = max(1, tried.turned, tried.any_class) <= tried.others
        yield fits, "artefacts", f"more photos change than the {tried.others} that were tried"
    for row in data.mistakes:
        yield {len(row.phi_predicted), len(row.phi_target)} == {k}, "mistakes", f"φ is not that of {k} concepts"
        yield len(row.deficit) in (0, k), "mistakes", f"what is lacking is not that of {k} concepts"
    parts = {row.path for row in data.subconcepts} | {(j,) for j in range(k)}
    for part in data.subconcepts:
        yield len(part.path) > 1 and part.path[:-1] in parts, "subconcepts", "a part is of no concept and no part"
    for wording in data.wordings:
        spans = ((each.text, span) for each in (*wording.excerpts, *wording.deciles) for span in each.spans)
        inside = all(s.start <= s.stop <= len(data.texts[i].text) for i, s in spans if i < len(data.texts))
        yield inside, "wordings", "marks what is not in its text"
    for probe in data.probes:
        fits = probe.n > 0 and probe.n_target <= probe.n and len(probe.flips) <= probe.n
        yield fits, "probes", f"more texts turn than the {probe.n} that {probe.name[:MOST_NAME]} was applied to"
        shares = (each for each in (probe.turned, probe.turned_away, probe.turned_into) if each is not None)
        inside = all(each.low >= 0 and each.high <= 1 for each in shares)
        yield inside, "probes", "a share of answers is not between 0 and 1"
    for figure in _measured(data):
        yield figure.low <= figure.high, "probes", "the ends of an interval are in the wrong order"
    yield data.kind == "texts" or not data.wordings, "wordings", "there are no texts that they could be of"
    yield len({row.concept for row in data.wordings}) == len(data.wordings), "wordings", "a concept has two"
    for item in data.texts:
        yield len(item.text) <= LONGEST_TEXT, "texts", f"{item.name[:MOST_NAME]!r} is longer than {LONGEST_TEXT:,}"
    for pasted in _pasted_texts(data.verdict):
        yield pasted.start <= pasted.stop <= len(pasted.text), "verdict", "marks what is not in its text"
        yield len(pasted.text) <= LONGEST_TEXT, "verdict", f"a text is longer than {LONGEST_TEXT:,} characters"
    for use in _phrase_uses(data.verdict):
        fits = use.own <= use.n_own and use.elsewhere <= use.n_elsewhere
        yield fits, "verdict", "more texts hold its words than were read"
    for crop in _crops(data):
        left, top, right, bottom = crop.box
        yield left <= right and top <= bottom, f"crop {crop.file[:MOST_NAME]}", "its box has no inside"


def _numbers(data: ReportData) -> Iterator[tuple[str, str, int]]:
    """All references in the tables: the kind of what is numbered, the table, and the number."""
    for crop in _crops(data):
        yield data.noun, f"crop {crop.file[:MOST_NAME]}", crop.image
    for item in data.items:
        yield "strategy", data.kind, item.strategy
    for concept in data.concepts:
        yield "concept", "concepts", concept.index
    for strategy in data.strategies:
        yield "strategy", "strategies", strategy.label
        yield data.noun, "strategies", strategy.medoid
        yield from (("concept", "strategies", j) for j in strategy.concepts)
    for row in data.suspicions:
        yield "concept", "suspicions", row.concept
        yield from ((data.noun, "suspicions", i) for i in row.photos)
    yield from _numbers_of_verdict(data.verdict, data.noun) if data.verdict else ()
    for each in data.properties:
        if each.index is not None and each.of in ("concept", "strategy"):
            yield each.of, "properties", each.index
    for mistake in data.mistakes:
        yield "strategy", "mistakes", mistake.strategy
        yield from ((data.noun, "mistakes", i) for i in mistake.photos)
    for part in data.subconcepts:
        yield from (("concept", "subconcepts", j) for j in part.path[:1])
    for wording in data.wordings:
        yield "concept", "wordings", wording.concept
        yield from ((data.noun, "wordings", each.text) for each in (*wording.excerpts, *wording.deciles))
    for probe in data.probes:
        yield from ((data.noun, "probes", flip.text) for flip in probe.flips)
        yield from (("concept", "probes", mover.concept) for mover in probe.moved)
    yield from (("concept", "data_artefacts", link.concept) for link in _links(data))


def _numbers_of_verdict(verdict: Verdict, noun: str) -> Iterator[tuple[str, str, int]]:
    suspects = verdict.suspects
    concepts = [verdict.concept, *(s.stand_in for s in suspects), *(j for s in suspects for j in s.concepts)]
    strategies = [verdict.strategy, *(s.strategy for s in suspects)]
    yield from (("concept", "verdict", j) for j in concepts if j is not None)
    yield from (("strategy", "verdict", each) for each in strategies if each is not None)
    yield from ((noun, "verdict", i) for s in suspects for i in s.photos)


def _links(data: ReportData) -> Iterator[LinkRow]:
    found = data.data_artefacts
    for row in () if found is None else (*found.words, found.length, found.copies):
        yield from () if row is None else row.links


def _measured(data: ReportData) -> Iterator[Measured]:
    """The figures of probes that are known."""
    for probe in data.probes:
        shares = (probe.turned, probe.turned_away, probe.turned_into, probe.score)
        yield from (figure for figure in shares if figure is not None)
        yield from (mover.change for mover in probe.moved)


def _phrase_uses(verdict: Verdict | None) -> Iterator[PhraseUse]:
    """Where the words of its counter-proofs stand."""
    suspects = () if verdict is None else verdict.suspects
    yield from (proof.use for each in suspects for proof in each.counterproof if proof.use is not None)


def _pasted_texts(verdict: Verdict | None) -> Iterator[PastedText]:
    if verdict is not None:
        proofs = (*verdict.counterproof, *(proof for suspect in verdict.suspects for proof in suspect.counterproof))
        yield from (text for proof in proofs for text in proof.texts)


def _crops(data: ReportData) -> Iterator[CropRow]:
    for concept in data.concepts:
        yield from concept.crops
    for part in data.subconcepts:
        yield from part.crops


def _tables_that_came_later(value: Json) -> Json:
    """Adds the tables that format 1 may lack; those that it has are valid."""
    return {"subconcepts": [], "suspicions": [], "mistakes": [], "request": None, "command": ""} | value


REPORTS = Format("report", FORMAT, {1: _tables_that_came_later})
