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


def _number(text: str | None) -> int | None:
    try:
        return None if text is None else int(text)
    except ValueError:
        return None
