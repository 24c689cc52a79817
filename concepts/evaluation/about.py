"""Provenance of an evaluation, the first part of its JSON file: inputs, settings and versions."""

from dataclasses import dataclass
from typing import ClassVar

from concepts.evaluation.settings import LabSettings
from concepts.storage.typed_json import Count, Positive, json_names


@dataclass(frozen=True)
class MeasuredModel:
    """name: as requested. weights: their origin. fingerprint: a hash of them."""

    name: str
    weights: str
    fingerprint: str


@dataclass(frozen=True)
class MeasuredLayer:
    """path: of the module. grid: (h, w) places, None without places. sign: of its activations. channels: p."""

    path: str
    grid: tuple[Count, Count] | None
    sign: str
    channels: Count


@dataclass(frozen=True)
class MeasuredTarget:
    """label: as shown to the reader. indices: of its classes."""

    label: str
    indices: tuple[Count, ...]


@dataclass(frozen=True)
class MeasuredPhotos:
    """n photos were used for the fit, `measured` of them for the measures; `names` (measured,) are the latter, in the
    order of the rows of a dictionary's activity: empty in evaluations made before names were kept."""

    source: str
    n: Count
    measured: Count
    fingerprint: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Seconds:
    """Duration of the whole evaluation, and of one forward pass over the same photos."""

    __pydantic_config__: ClassVar = json_names(forward_pass="forward pass")

    whole: Positive
    forward_pass: Positive


@dataclass(frozen=True)
class About:
    """created: UTC, to the second. versions: library → version."""

    created: str
    model: MeasuredModel
    layer: MeasuredLayer
    target: MeasuredTarget
    photos: MeasuredPhotos
    settings: LabSettings
    versions: dict[str, str]
    seconds: Seconds
