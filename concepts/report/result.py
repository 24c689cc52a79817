"""A class report: tables, arrays and pictures; in memory, or in a folder that is read as it is needed.

Nothing heavy is imported here: a page that shows a stored report needs neither torch nor scikit-learn.
"""

import os
from collections.abc import Iterator
from copy import copy
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Self

import numpy as np

from concepts.report.names import NUMBERS, Names
from concepts.store import new_folder, read_json, write_json

FORMAT = 1


@dataclass(frozen=True)
class ImageRow:
    """One photo: what it is called, what the model said. `right` is None where its class is not known."""

    name: str
    label: str | None
    predicted: str
    probability: float  # of the predicted class
    score: float  # the target's logit (log-sum-exp for a group)
    recognised: bool  # is the target what the model answered?
    right: bool | None
    strategy: int  # -1: an outlier


@dataclass(frozen=True)
class CropRow:
    """A prototype: the place in a photo with one of a concept's largest codes."""

    file: str
    image: int
    box: tuple[float, float, float, float]  # left, top, right, bottom, as shares of the picture
    value: float  # the code at the peak


@dataclass(frozen=True)
class ConceptRow:
    """One concept, in the order of importance. Intervals are 95%, bootstrap over images (Wilson for reliability)."""

    index: int
    importance: float  # mean over images, in logits (saliency: logits per unit of code)
    low: float
    high: float
    share: float  # of the sum of |φ| over images and concepts
    share_low: float
    share_high: float
    prevalence: float  # share of images in which it is the most important concept
    reliability: float | None  # share of these that the model gets right
    reliability_low: float | None
    reliability_high: float | None
    dead: bool
    crops: tuple[CropRow, ...]


@dataclass(frozen=True)
class SubConceptRow:
    """A part of a concept, found at an earlier layer. Intervals are 95%, bootstrap over images."""

    path: tuple[int, ...]  # (3, 0, 1): part 1 of part 0 of concept 3; parts are numbered by their share
    layer: str
    share: float  # of the codes of its parent's parts
    effect: float  # mean fall of the target's score, in logits, when this part alone is taken out of the layer
    low: float
    high: float
    n_photos: int  # in which its parent is present and it was looked for
    crops: tuple[CropRow, ...]


@dataclass(frozen=True)
class StrategyRow:
    """One strategy: images recognised for the same reason. Its label is its index; outliers belong to none."""

    label: int
    n: int
    prevalence: float
    reliability: float | None
    reliability_low: float | None
    reliability_high: float | None
    concepts: tuple[int, ...]  # most telling first
    medoid: int  # image index
    suspicion: float | None  # in [0, 1]; None where it is the only strategy


@dataclass(frozen=True)
class SuspicionRow:
    """A concept with two populations of photos: present in some, absent in the others, not more or less.

    Accuracies are of at most 500 of the photos that show it, with 95% Wilson intervals.
    """

    concept: int
    suspicion: float  # in [0, 1]: how cleanly it is something added
    n: int  # photos that show it
    share: float  # of all photos
    effect: float  # mean φ where it is present, less the mean where it is not, in logits
    evidence: float  # its share of Σ |φ| in the photos that show it
    accuracy: float | None
    accuracy_low: float | None
    accuracy_high: float | None
    without: float | None  # the same photos with the concept taken out of the layer
    without_low: float | None
    without_high: float | None
    place: float | None  # share of these photos whose peak lies in one window of 3 × 3 places; None without places
    place_control: float | None  # the median of the other concepts in the same photos
    photos: tuple[int, ...]


@dataclass(frozen=True)
class MistakeRow:
    """Photos of one strategy that were taken for one class. Vectors have a number a concept, in logits (saliency:
    logits per unit of code), each the mean over photos."""

    strategy: int  # -1: outliers
    taken: str  # the class that the model answers
    photos: tuple[int, ...]
    n_asked: int  # of them, on which `toward` was measured
    toward: tuple[float, ...]  # φ for the class they were taken for
    own: tuple[float, ...]  # φ for the target
    n_well: int  # photos of the same strategy that went well
    lacking: tuple[float, ...]  # mean φ for the target in those, less `own`; empty where there are none


@dataclass(frozen=True)
class Check:
    """A figure with what it means in one sentence, its interval and its control where there are such."""

    name: str
    value: float | None
    sentence: str
    low: float | None = None
    high: float | None = None
    control: float | None = None
    control_name: str | None = None


@dataclass(frozen=True)
class ReportData:
    """All of `report.json`."""

    title: str
    created: str
    model: dict[str, Any]  # name, weights, fingerprint, n_classes
    layer: dict[str, Any]  # path, shape, kind, grid, sign, reason, check
    target: dict[str, Any]  # label, indices, names
    data: dict[str, Any]  # source, n_photos, n_used, skipped, labels_known, fingerprint
    settings: dict[str, Any]
    versions: dict[str, str]
    seconds: dict[str, float]  # by stage; "forward pass": `Activations.seconds`
    reused: tuple[str, ...]  # stages that came from the store
    accuracy: dict[str, Any]  # value, low, high, means
    images: tuple[ImageRow, ...]
    concepts: tuple[ConceptRow, ...]
    strategies: tuple[StrategyRow, ...]
    clustering: dict[
        str, Any
    ]  # silhouette, agreement, agreement_low, agreement_high, embedding, evidence, suspicion, links
    checks: tuple[Check, ...]
    subconcepts: tuple[SubConceptRow, ...] = ()  # parents before their parts
    suspicions: tuple[SuspicionRow, ...] = ()  # most suspicious first
    mistakes: tuple[MistakeRow, ...] = ()  # largest group first
    request: dict[str, Any] | None = None  # what was asked for, where it was asked in words (`Request`)
    command: str = ""  # that makes the report again; empty where no command, and no page, asked for it
    format: int = field(default=FORMAT)

    @property
    def suspicion(self) -> float | None:
        """The largest shortcut suspicion of a strategy, or of a concept that some photos show and others do not."""
        values = [self.clustering["suspicion"], *(row.suspicion for row in self.suspicions)]
        return max((value for value in values if value is not None), default=None)

    def parts_of(self, path: tuple[int, ...]) -> list[SubConceptRow]:
        """The sub-concepts directly under a concept, (3,), or under one of its parts, (3, 0)."""
        return [row for row in self.subconcepts if row.path[:-1] == path]

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Self:
        """The data as written by `asdict`. Raises ValueError when a part is missing or of another format."""
        if value.get("format") != FORMAT:
            raise ValueError(
                f"a report of format {value.get('format')!r}; this program reads format {FORMAT}: build it again"
            )
        try:
            value = LATER | value
            rows: dict[str, Any] = {
                name: tuple(_row(kind, entry) for entry in value[name]) for name, kind in _ROWS.items()
            }
            whole: dict[str, Any] = {f.name: rows.get(f.name, value[f.name]) for f in fields(cls)}
            return cls(**whole)
        except (KeyError, TypeError) as error:
            raise ValueError(f"the report is damaged or of another version ({error}): build it again") from error


LATER: dict[str, Any] = {
    "subconcepts": (),
    "suspicions": (),
    "mistakes": (),
    "request": None,
    "command": "",
}  # not in reports written before them
_ROWS: dict[str, Any] = {
    "images": ImageRow,
    "concepts": ConceptRow,
    "subconcepts": SubConceptRow,
    "strategies": StrategyRow,
    "suspicions": SuspicionRow,
    "mistakes": MistakeRow,
    "checks": Check,
}


def _row(kind: Any, entry: dict[str, Any]) -> Any:
    """One row from its JSON: lists become tuples, crops become rows of their own."""
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in entry.items()}
    if "crops" in values:
        values["crops"] = tuple(_row(CropRow, crop) for crop in values["crops"])
    return kind(**values)


class ClassReport:
    """The report of a class: `data` (every table), arrays, pictures.

    Arrays: `phi` (n, k), `maps` (n, h, w, k) concept maps, `components` (k, p), `embedding` (n, 2), `labels` (n,),
    `evidence` (n, k). Built ones hold everything in memory; loaded ones read arrays and pictures when asked. `names`:
    what people call its concepts and strategies, which is no part of the report on disk.
    """

    def __init__(
        self,
        data: ReportData,
        *,
        arrays: dict[str, np.ndarray] | None = None,
        pictures: dict[str, bytes] | None = None,
        folder: Path | None = None,
    ) -> None:
        self.data = data
        self.folder = folder
        self.names = NUMBERS
        self._arrays = arrays or {}
        self._pictures = pictures or {}

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """The report in that folder; only its tables are read now. Raises ValueError when it is none."""
        folder = Path(folder)
        if not (folder / "report.json").is_file():
            raise ValueError(f"{folder} holds no report.json: name the folder that a report was written to")
        return cls(ReportData.from_json(read_json(folder / "report.json")), folder=folder)

    def called(self, names: Names) -> Self:
        """The same report under these names; arrays that one has read the other need not read."""
        twin = copy(self)
        twin.names = names
        return twin

    def with_data(self, data: ReportData) -> Self:
        """The same arrays and pictures with other tables."""
        twin = copy(self)
        twin.data = data
        return twin

    def save(self, folder: str | Path) -> Path:
        """Writes report.json, arrays.safetensors, thumbnails, crops and report.html; complete or not at all.

        An earlier report is replaced. Raises ValueError where anything else stands there (`checked_place`).
        """
        from safetensors.numpy import save_file

        from concepts.report.library import CARD, ReportCard
        from concepts.report.place import checked_place

        with new_folder(checked_place(folder)) as part:
            for name, content in self._pictures.items():
                (part / name).parent.mkdir(exist_ok=True)
                (part / name).write_bytes(content)
            arrays = {name: np.ascontiguousarray(value) for name, value in self._arrays.items()}
            save_file(arrays, part / "arrays.safetensors")
            self.to_html(part / "report.html")
            write_json(part / "report.json", asdict(self.data))
            write_json(part / CARD, ReportCard.of(self.data).to_json())
        return Path(folder)

    def to_html(self, path: str | Path) -> Path:
        """One file that opens from disk without a network: graph, strategies, concepts, crops, provenance."""
        from concepts.report.html import write_html

        return write_html(self, Path(path))

    def array(self, name: str) -> np.ndarray:
        """One of the arrays above. Raises ValueError when the report has none of that name."""
        if name not in self._arrays:
            self._arrays[name] = self._read(name)
        return self._arrays[name]

    def concept_map(self, concept: int, image: int) -> np.ndarray:
        """U_i·j on its grid, (h, w) float32, ≥ 0 for nmf, semi_nmf and k-means. Reads this image only."""
        if "maps" in self._arrays:
            return self._arrays["maps"][image, ..., concept].astype(np.float32)
        return self._read("maps", image)[..., concept].astype(np.float32)

    def activity(self) -> np.ndarray:
        """(n, k) float32: the largest magnitude of each code in each image. Raises ValueError without maps."""
        return np.stack([np.abs(image).max(axis=(0, 1)) for image in self._each_map()]).astype(np.float32)

    def mean_codes(self) -> np.ndarray:
        """(n, k) float32: the mean of each code over each image's grid. Raises ValueError without maps."""
        return np.stack([image.mean(axis=(0, 1), dtype=np.float64) for image in self._each_map()]).astype(np.float32)

    def _each_map(self) -> Iterator[np.ndarray]:
        """(h, w, k) of one image after the other: maps of many photos need not fit into memory."""
        if not self.has_maps:
            raise ValueError("the report keeps no concept maps: its layer has no places")
        maps = self._arrays.get("maps")
        return (self._read("maps", i) if maps is None else maps[i] for i in range(len(self.data.images)))

    @property
    def has_maps(self) -> bool:
        """False when the layer gives pooled vectors: there is nothing to show over a photo."""
        return self.data.layer["grid"] is not None

    def picture(self, file: str) -> bytes:
        """Bytes of a thumbnail or crop by the name that the tables give."""
        if file in self._pictures:
            return self._pictures[file]
        if self.folder is None:
            raise ValueError(f"the report has no picture {file!r}")
        path = Path(os.path.normpath(self.folder / file))
        if self.folder not in path.parents or not path.is_file():
            raise ValueError(f"the report has no picture {file!r}")
        return path.read_bytes()

    def thumbnail(self, image: int) -> bytes:
        """What the model saw of a photo, JPEG."""
        return self.picture(thumbnail_name(image))

    def _read(self, name: str, image: int | None = None) -> np.ndarray:
        from safetensors import safe_open

        if self.folder is None:
            raise ValueError(f"the report has no array {name!r}")
        with safe_open(self.folder / "arrays.safetensors", framework="np") as file:
            if name not in file.keys():  # noqa: SIM118 - not a dict
                raise ValueError(f"the report has no array {name!r}")
            return file.get_tensor(name) if image is None else file.get_slice(name)[image]


def thumbnail_name(image: int) -> str:
    """The file of an image's thumbnail inside a report."""
    return f"thumbnails/{image:06d}.jpg"
