"""The state of each page, as read from the parameters of an address and written back to them."""

import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from typing import Self
from urllib.parse import urlencode

from concepts.report.card import ReportCard
from concepts.report.queries.photo_filter import PhotoFilter

MOST, CORNERS = 1_000, 60  # numbers read at most, corners written at most
LONGEST = 500_000  # characters of a value: more than any page writes
LARGEST = 10**9  # no index is larger
NAMES = {"target": "class"}  # `class` is a Python keyword
OVERVIEW, CONCEPTS, PHOTOS, WHAT_IF, MISTAKES, METHOD = "overview", "concepts", "photos", "whatif", "mistakes", "method"
PROBES = "probes"  # of texts
TABS = (OVERVIEW, CONCEPTS, PHOTOS, WHAT_IF, PROBES, MISTAKES, METHOD)  # of a report's page


@dataclass(frozen=True)
class ReportView:
    """The state of a report's page. Numbers are indices in report.json; strategy −1 stands for the outliers.

    The selected photos: wrong: 1 for those that the model got wrong, 0 for the others. predicted: the model's answer.
    has, lacks: concepts, "3.5". area: corners on the graph, "x_y_x_y …". suspect: the one of the verdict whose photos
    they are; contains: characters of the texts. colour: what colours the graph.
    doses: of an intervention, "3_0.5~7_0"; whole: 1 applies them to all photos of the photo's strategy. tab: one of
    `TABS`; addresses without it open the tab that shows what they choose (`open_tab`).
    """

    id: str | None = None
    model: str | None = None
    target: str | None = None
    layer: str | None = None
    strategy: int | None = None
    concept: int | None = None
    image: int | None = None
    wrong: int | None = None
    predicted: str | None = None
    has: str | None = None
    lacks: str | None = None
    area: str | None = None
    colour: str | None = None
    doses: str | None = None
    whole: int | None = None
    tab: str | None = None
    suspect: int | None = None
    contains: str | None = None

    @classmethod
    def of(cls, params: Mapping[str, str]) -> Self:
        """The state in the parameters of an address; a missing or non-numeric value is left out."""
        given = {f.name: _text(params, NAMES.get(f.name, f.name)) for f in fields(cls)}
        numbers = {name: _number(given[name]) for name in ("strategy", "concept", "image", "wrong", "whole", "suspect")}
        return cls(**(given | numbers))  # type: ignore[arg-type]

    @classmethod
    def of_card(cls, card: ReportCard) -> Self:
        """The state of a report that has just been opened."""
        return cls(card.id, card.model, card.target, card.layer)

    @property
    def open_tab(self) -> str:
        """The tab that is open: the one in the address, else the first that shows what the address chooses."""
        if self.tab in TABS:
            return str(self.tab)
        if self.doses is not None or self.whole is not None:
            return WHAT_IF
        return PHOTOS if self.image is not None else OVERVIEW if self.concept is None else CONCEPTS

    def params(self) -> dict[str, str]:
        """The parameters of its address."""
        return {NAMES.get(name, name): str(value) for name, value in vars(self).items() if value is not None}

    @property
    def names_one(self) -> bool:
        """True where it says which report is meant."""
        return any(part is not None for part in (self.id, self.model, self.target, self.layer))

    @property
    def wanted(self) -> PhotoFilter:
        """The filter that selects the photos."""
        return PhotoFilter(
            strategy=self.strategy,
            wrong=None if self.wrong is None else bool(self.wrong),
            predicted=self.predicted,
            has=numbers_in(self.has),
            lacks=numbers_in(self.lacks),
            area=corners_in(self.area),
            suspect=self.suspect,
            contains=self.contains or None,
        )

    def href(self, **changes: str | int | None) -> str:
        """Its address, relative to the gallery's; changes: with these choices in place of its own."""
        return "report?" + urlencode((replace(self, **changes) if changes else self).params())  # type: ignore[arg-type]


def numbers_in(text: str | None) -> tuple[int, ...]:
    """The numbers of "3.5"; parts that are no number are left out."""
    found = (_index(part) for part in (text or "").split(".", MOST)[:MOST])
    return tuple(number for number in found if number is not None)


def corners_in(text: str | None) -> tuple[tuple[float, float], ...]:
    """The corners of "0.5_1_2_-3", x before y; () if any part is no number, or beyond any graph."""
    try:
        values = [float(part) for part in (text or "").split("_")[: 2 * MOST]]
    except ValueError:
        return ()
    if not all(abs(value) < LARGEST for value in values):
        return ()
    return tuple(zip(values[::2], values[1::2], strict=False))


def doses_in(text: str | None, k: int | None = None) -> dict[int, float]:
    """Concept → dose in "3_0.5~7_0", for k concepts (None: any) and doses in [0, 2]; invalid pairs are left out."""
    found = {}
    for part in (text or "").split("~")[:MOST]:
        number, _, dose = part.partition("_")
        concept = _index(number)
        with suppress(ValueError):
            if concept is not None and (k is None or concept < k) and 0 <= float(dose) <= 2:
                found[concept] = float(dose)
    return found


def doses_text(doses: Mapping[int, float]) -> str | None:
    """The doses as written in an address; None if there are none."""
    return "~".join(f"{concept}_{dose:g}" for concept, dose in doses.items()) or None


def corners_text(xs: Sequence[float], ys: Sequence[float]) -> str | None:
    """The corners as written in an address, thinned out evenly to at most 60; None for fewer than three."""
    step = max(1, math.ceil(len(xs) / CORNERS))
    pairs = list(zip(xs, ys, strict=True))[::step]
    return "_".join(f"{value:.3f}" for pair in pairs for value in pair) if len(pairs) >= 3 else None


@dataclass(frozen=True)
class FrontView:
    """The state of the first page. catch: 1 shows the demo's pictures also where there are own reports."""

    catch: int | None = None

    @classmethod
    def of(cls, params: Mapping[str, str]) -> Self:
        """The state in the parameters of an address; a missing or non-numeric value is left out."""
        return cls(_number(params.get("catch")))

    def href(self) -> str:
        """Its address, relative to the gallery's."""
        return "?" + urlencode({name: value for name, value in vars(self).items() if value is not None})


@dataclass(frozen=True)
class CompareView:
    """The state of the page Compare. show: "methods", "pooling", "ensembles", "compression" or "dictionaries".

    part: of the methods, "extractions" or "importances". extraction: METHOD-K. measure: of an evaluation, or of the
    comparison of poolings whose id is `pooling`. ensemble: the id of an explained ensemble; text: the place of one of
    its texts, from 0. compression: the id of a comparison of codes.
    first, second: the id of a report, or EVALUATION/METHOD-K-SEED. pair: a concept of the first, with its partner.
    """

    show: str | None = None
    evaluation: str | None = None
    part: str | None = None
    pooling: str | None = None
    ensemble: str | None = None
    compression: str | None = None
    text: int | None = None
    extraction: str | None = None
    measure: str | None = None
    first: str | None = None
    second: str | None = None
    pair: int | None = None

    @classmethod
    def of(cls, params: Mapping[str, str]) -> Self:
        """The state in the parameters of an address; a missing or non-numeric value is left out."""
        given = {f.name: _text(params, f.name) for f in fields(cls)}
        return cls(**(given | {name: _number(given[name]) for name in ("pair", "text")}))  # type: ignore[arg-type]

    def href(self) -> str:
        """Its address, relative to the gallery's."""
        return "compare?" + urlencode({name: value for name, value in vars(self).items() if value is not None})


@dataclass(frozen=True)
class LanguageView:
    """The state of the page Language: the id of a report and the concept whose co-occurrences are shown, or a
    collection and one of its lexicons; and the part of the page that is open."""

    id: str | None = None
    concept: int | None = None
    collection: str | None = None
    lexicon: str | None = None
    part: str | None = None

    @classmethod
    def of(cls, params: Mapping[str, str]) -> Self:
        """The state in the parameters of an address; a missing or non-numeric value is left out."""
        given = {f.name: _text(params, f.name) for f in fields(cls)}
        return cls(**(given | {"concept": _number(params.get("concept"))}))  # type: ignore[arg-type]

    def href(self) -> str:
        """Its address, relative to the gallery's."""
        return "language?" + urlencode({name: value for name, value in vars(self).items() if value is not None})


@dataclass(frozen=True)
class AtlasView:
    """The state of the page Atlas. space: the key of a model and layer. classes: ids of the reports that stand out,
    "a|b". report, concept: the chosen concept. area: corners on the plane, "x_y_x_y …". dose: of the concept, in
    [0, 2]; None: the model is not asked.
    """

    space: str | None = None
    classes: str | None = None
    report: str | None = None
    concept: int | None = None
    area: str | None = None
    dose: float | None = None

    @classmethod
    def of(cls, params: Mapping[str, str]) -> Self:
        """The state in the parameters of an address; a missing or non-numeric value is left out."""
        given = {f.name: _text(params, f.name) for f in fields(cls)}
        dose = doses_in(f"0_{given['dose']}").get(0)
        return cls(**(given | {"concept": _number(given["concept"]), "dose": dose}))  # type: ignore[arg-type]

    @property
    def class_list(self) -> list[str]:
        """The ids of the reports that stand out; none: all do."""
        return [id for id in (self.classes or "").split("|") if id]

    def href(self, **changes: str | float | None) -> str:
        """Its address, relative to the gallery's; changes: with these choices in place of its own."""
        found = replace(self, **changes) if changes else self  # type: ignore[arg-type]
        return "atlas?" + urlencode({name: value for name, value in vars(found).items() if value is not None})


@dataclass(frozen=True)
class PhotoQuestion:
    """The state of the pages Similarity and Words. collection, beside: ids. image, second: rows of the collection.

    ask: the kind of query: "place", "words", "text", "concept", "photo" or the name of a token without a place.
    places: indices on the grid, "12.13.25". words: "cake|balloons". text: the text to read; token: the token of it that
    is the query. report, concept: the concept whose direction is the query. example: the row of the photo that is the
    query. show: "points", "box" or None. centred: 1 subtracts the mean token. condition: words, as in `words`.
    language: a code. added: new words and their parts, "birthday=cake|candle;…". model: the name of a language model;
    layer: the one of it whose words are shown for the whole text. only: "class:dress|answer:hat", the photos asked.
    table_kept: HASH/NAME of an uploaded table about the photos.
    """

    collection: str | None = None
    lexicon: str | None = None
    image: int | None = None
    second: int | None = None
    ask: str | None = None
    places: str | None = None
    words: str | None = None
    report: str | None = None
    concept: int | None = None
    example: int | None = None
    beside: str | None = None
    condition: str | None = None
    text: str | None = None
    token: int | None = None
    show: str | None = None
    centred: int | None = None
    language: str | None = None
    added: str | None = None
    model: str | None = None
    layer: int | None = None
    only: str | None = None
    table_kept: str | None = None

    @classmethod
    def of(cls, params: Mapping[str, str]) -> Self:
        """The state in the parameters of an address; a missing or non-numeric value is left out."""
        given = {f.name: _text(params, f.name) for f in fields(cls)}
        whole = ("image", "second", "token", "concept", "example", "centred", "layer")
        numbers = {name: _number(given[name]) for name in whole}
        return cls(**(given | numbers))  # type: ignore[arg-type]

    @property
    def place_list(self) -> list[int]:
        """The places of the query; parts that are no number, or larger than any grid, are left out."""
        found = (_index(part) for part in (self.places or "").split(".")[:10_000])
        return [place for place in found if place is not None]

    @property
    def word_list(self) -> list[str]:
        """The words of the query."""
        return [word for word in (self.words or "").split("|") if word]

    def href(self, page: str) -> str:
        """Its address on a page, relative to the gallery's."""
        return f"{page}?" + urlencode({name: value for name, value in vars(self).items() if value is not None})


@dataclass(frozen=True)
class PhotoMapView:
    """The state of the page Photo map. collection, only, table_kept: as in `PhotoQuestion`.

    points: what they are, "photos" or "places". part: what is seen of the plane, "left_bottom_right_top". area:
    corners on the plane, "x_y_x_y …". image: the row of the open photo; place: of its grid, row · columns + column, on
    a map of places; near: so many points nearest to it are kept. repeats: "once" keeps one of each group of
    near-duplicates, "only" keeps these groups alone.
    """

    collection: str | None = None
    only: str | None = None
    table_kept: str | None = None
    points: str | None = None
    part: str | None = None
    area: str | None = None
    image: int | None = None
    place: int | None = None
    near: int | None = None
    repeats: str | None = None

    @classmethod
    def of(cls, params: Mapping[str, str]) -> Self:
        """The state in the parameters of an address; a missing or non-numeric value is left out."""
        given = {f.name: _text(params, f.name) for f in fields(cls)}
        return cls(**(given | {name: _number(given[name]) for name in ("image", "place", "near")}))  # type: ignore[arg-type]

    @property
    def sides(self) -> tuple[float, float, float, float] | None:
        """Left, bottom, right and top of what is seen; None for all of it, and where they are no part of a plane."""
        corners = corners_in(self.part)
        if len(corners) != 2:
            return None
        (left, bottom), (right, top) = corners
        return (left, bottom, right, top) if left < right and bottom < top else None

    def href(self, **changes: str | int | None) -> str:
        """Its address, relative to the gallery's; changes: with these choices in place of its own."""
        now = vars(replace(self, **changes))  # type: ignore[arg-type]
        return "photos?" + urlencode({name: value for name, value in now.items() if value is not None})


@dataclass(frozen=True)
class TourView:
    """The state of the tour: the step, from 1, and whether it is shown for a projector."""

    step: int | None = None
    present: int | None = None

    @classmethod
    def of(cls, params: Mapping[str, str]) -> Self:
        """The state in the parameters of an address; a missing or non-numeric value is left out."""
        return cls(_number(params.get("step")), _number(params.get("present")))

    def href(self) -> str:
        """Its address, relative to the gallery's."""
        return "tour?" + urlencode({name: value for name, value in vars(self).items() if value is not None})


@dataclass(frozen=True)
class ExerciseView:
    """The state of the page Exercises: the task, from 1, and an answer to it: options of the task, "0.4.7".

    given: the answers to all tasks, in their order, "0~2~~0.4.7"; one that is not answered is empty. The task after the
    last one is the end.
    """

    task: int | None = None
    answer: str | None = None
    given: str | None = None

    @classmethod
    def of(cls, params: Mapping[str, str]) -> Self:
        """The state in the parameters of an address; a missing or non-numeric value is left out."""
        return cls(_number(params.get("task")), _text(params, "answer"), _text(params, "given"))

    @property
    def chosen(self) -> tuple[int, ...]:
        """The options of the answer."""
        return numbers_in(self.answer)

    def href(self) -> str:
        """Its address, relative to the gallery's."""
        return "exercises?" + urlencode({name: value for name, value in vars(self).items() if value is not None})

    def answers(self, n: int) -> tuple[tuple[int, ...], ...]:
        """The options of the answers to n tasks; () where one is not answered."""
        found = [numbers_in(part) for part in (self.given or "").split("~", n)[:n]]
        return tuple(found) + ((),) * (n - len(found))


def answers_text(answers: Sequence[Sequence[int]]) -> str | None:
    """The answers to all tasks as written in an address; None where there is none."""
    text = "~".join(".".join(map(str, answer)) for answer in answers).rstrip("~")
    return text or None


def step_in(params: Mapping[str, str], n: int) -> int:
    """The step in the parameters of an address, 1 … n; 1 where there is none."""
    return min(max(_number(params.get("step")) or 1, 1), n)


def _text(params: Mapping[str, str], name: str) -> str | None:
    """A value as text that can be written again; None where it is missing or longer than any that pages write."""
    value = params.get(name)
    return None if value is None or len(value) > LONGEST else value.encode(errors="replace").decode()


def _number(text: str | None) -> int | None:
    """A whole number of either sign, at most `LARGEST`; None for what is none, or has more digits than Python reads."""
    try:
        return None if text is None else max(-LARGEST, min(int(text), LARGEST))
    except ValueError:
        return None


def _index(text: str) -> int | None:
    """A number below `LARGEST`, of digits alone; None for anything else."""
    number = _number(text) if text.isdecimal() else None
    return None if number == LARGEST else number
