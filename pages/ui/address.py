"""Addresses: which report, photo, concept and strategy, which comparison or which language a link shows, and back."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Self
from urllib.parse import urlencode

NAMES = {"target": "class"}  # `class` is a word of Python


@dataclass(frozen=True)
class View:
    """What a report's page shows. Numbers are the indices of report.json; strategy −1 means the outliers.

    wrong: 1 lists only the photos that the model got wrong.
    """

    id: str | None = None
    model: str | None = None
    target: str | None = None
    layer: str | None = None
    strategy: int | None = None
    concept: int | None = None
    image: int | None = None
    wrong: int | None = None

    @classmethod
    def of(cls, params: Mapping[str, str]) -> Self:
        """From the parameters of an address; what is missing or no number is left out."""
        given = {f.name: params.get(NAMES.get(f.name, f.name)) for f in fields(cls)}
        numbers = {name: _number(given[name]) for name in ("strategy", "concept", "image", "wrong")}
        return cls(**(given | numbers))  # type: ignore[arg-type]

    def params(self) -> dict[str, str]:
        """The parameters of its address."""
        return {NAMES.get(name, name): str(value) for name, value in asdict(self).items() if value is not None}

    def href(self) -> str:
        """Its address, from the gallery's."""
        return "report?" + urlencode(self.params())


@dataclass(frozen=True)
class Comparison:
    """What the page Compare shows. show: "methods" or "dictionaries". extraction: METHOD-K.

    first, second: the id of a report, or EVALUATION/METHOD-K-SEED. pair: a concept of the first, with its partner.
    """

    show: str | None = None
    evaluation: str | None = None
    extraction: str | None = None
    measure: str | None = None
    first: str | None = None
    second: str | None = None
    pair: int | None = None

    @classmethod
    def of(cls, params: Mapping[str, str]) -> Self:
        """From the parameters of an address; what is missing or no number is left out."""
        given = {f.name: params.get(f.name) for f in fields(cls)}
        return cls(**(given | {"pair": _number(given["pair"])}))  # type: ignore[arg-type]

    def href(self) -> str:
        """Its address, from the gallery's."""
        return "compare?" + urlencode({name: value for name, value in asdict(self).items() if value is not None})


@dataclass(frozen=True)
class Reading:
    """What the page Language shows: the id of a report, and the concept whose company is looked at."""

    id: str | None = None
    concept: int | None = None

    @classmethod
    def of(cls, params: Mapping[str, str]) -> Self:
        """From the parameters of an address; what is missing or no number is left out."""
        return cls(params.get("id"), _number(params.get("concept")))

    def href(self) -> str:
        """Its address, from the gallery's."""
        return "language?" + urlencode({name: value for name, value in asdict(self).items() if value is not None})


@dataclass(frozen=True)
class Question:
    """What the pages Similarity and Words show. collection, beside: ids. image, second: rows of the collection.

    ask: "place", "words", "text", "concept", "photo" or the name of a token without a place. places: "12.13.25",
    indices on the grid. words: "cake|balloons". text, token: what is read, and the token of it that is asked with.
    report, concept: whose direction is asked with. example: the row of the photo that is asked with. show: "points",
    "box" or None. centred: 1 takes out what all places share. condition: words, as in `words`. language: a code. added:
    new words and what they are made of, "birthday=cake|candle;…".
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

    @classmethod
    def of(cls, params: Mapping[str, str]) -> Self:
        """From the parameters of an address; what is missing or no number is left out."""
        given = {f.name: params.get(f.name) for f in fields(cls)}
        numbers = {name: _number(given[name]) for name in ("image", "second", "token", "concept", "example", "centred")}
        return cls(**(given | numbers))  # type: ignore[arg-type]

    @property
    def place_list(self) -> list[int]:
        """The places asked with; what is no number, or none that a grid could have, is left out."""
        parts = (self.places or "").split(".")[:10_000]
        return [int(part) for part in parts if part.isdecimal() and len(part) < 8]

    @property
    def word_list(self) -> list[str]:
        """The words asked with."""
        return [word for word in (self.words or "").split("|") if word]

    def href(self, page: str) -> str:
        """Its address on a page, from the gallery's."""
        return f"{page}?" + urlencode({name: value for name, value in asdict(self).items() if value is not None})


def _number(text: str | None) -> int | None:
    try:
        return None if text is None else int(text)
    except ValueError:
        return None
