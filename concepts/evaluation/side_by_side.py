"""Concepts of two dictionaries side by side, which may differ by method, layer, seed, class or model.

Nothing heavy is imported here: a page that compares stored dictionaries needs no torch.
"""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from concepts.evaluation.about import MeasuredPhotos
from concepts.evaluation.arrays import DictionaryArrays, read_arrays
from concepts.evaluation.cell import ARRAYS
from concepts.evaluation.evaluation import Evaluation
from concepts.evaluation.settings import DictionaryName
from concepts.extraction.methods import has_signed_codes
from concepts.numerics.matching import Matching, match, match_dictionaries
from concepts.rendering.pictures import check_picture
from concepts.report.class_report import ClassReport
from concepts.report.rendering.graph_geometry import picture_or_none
from concepts.report.rendering.sentences import model_name
from concepts.storage.reading import file_inside, read_file

SAME, ALIKE = 0.95, 0.8  # least similarities
FEWEST = 10  # least number of common photos for a comparison by activity
Photo = tuple[str, str]  # source, and name in it: equal names in other sources are other photos


@dataclass(frozen=True)
class Concepts:
    """A stored dictionary. components: (k, p). shares: (k,) of the evidence, None where not stored.

    activity: (n, k) the largest magnitude of each concept's codes in each of `photos`; None where not stored.
    crops: the pictures of each concept, the strongest first. model, layer: names; weights: fingerprint of the model.
    """

    name: str
    model: str
    weights: str
    layer: str
    target: str
    method: str
    components: np.ndarray
    activity: np.ndarray | None
    photos: tuple[Photo, ...]
    crops: tuple[tuple[bytes, ...], ...]
    shares: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.components)

    def same_place(self, other: "Concepts") -> bool:
        """True where both directions are in the same space: same model, same layer, same number of channels."""
        mine, theirs = ((c.weights, c.layer, c.components.shape[1]) for c in (self, other))
        return mine == theirs


def of_report(report: ClassReport) -> Concepts:
    """The concepts of a class report. Raises ValueError when its arrays or pictures do not fit its tables."""
    data, rows = report.data, report.data.concepts
    components = _checked(report.array("components"), len(rows))
    made = DictionaryName(data.settings.method, len(rows), data.settings.seed)
    return Concepts(
        title(data.target.label, data.model.name, data.layer.path, made),
        model_name(data.model.name),
        data.model.fingerprint,
        data.layer.path,
        data.target.label,
        made.method,
        components,
        report.activity() if report.has_maps else None,
        tuple((data.dataset.source, row.name) for row in data.items),
        tuple(_there(picture_or_none(report, crop.file) for crop in row.crops) for row in rows),
        np.array([row.share for row in rows]),
    )


def title(target: str, model: str, layer: str, made: DictionaryName) -> str:
    """Everything in which two dictionaries can differ, so that every title is unique."""
    return f"{target} · {model_name(model)} · {layer} · {made.words}"


def dictionary_names(evaluation: Evaluation) -> list[DictionaryName]:
    """Names of the dictionaries in an evaluation, sorted by their text."""
    names = (DictionaryName.parse(file.parent.name) for file in evaluation.folder.glob(f"dictionaries/[!.]*/{ARRAYS}"))
    return sorted((name for name in names if name is not None), key=str)


def of_evaluation(evaluation: Evaluation, name: str) -> Concepts:
    """The dictionary of an evaluation with this name, as text. Raises ValueError when there is none."""
    made = DictionaryName.parse(name)
    if made is None or made not in dictionary_names(evaluation):
        raise ValueError(f"the evaluation {evaluation.id!r} holds no dictionary {name!r}")
    folder, about = f"dictionaries/{made}", evaluation.about
    stored = DictionaryArrays.of(read_arrays(file_inside(evaluation.folder, f"{folder}/{ARRAYS}")))
    components = _checked(stored.components, len(stored.components))
    return Concepts(
        title(about.target.label, about.model.name, about.layer.path, made),
        model_name(about.model.name),
        about.model.fingerprint,
        about.layer.path,
        about.target.label,
        made.method,
        components,
        stored.activity,
        _measured(about.photos, len(stored.activity)),
        tuple(_crops(evaluation.folder, f"{folder}/concept_{j:03d}") for j in range(len(components))),
    )


def _measured(photos: MeasuredPhotos, n: int) -> tuple[Photo, ...]:
    """The photos of the rows of an activity; numbered in evaluations made before names were kept."""
    if photos.names and len(photos.names) != n:
        raise ValueError(f"its dictionary was measured on {n} photos, and {len(photos.names)} are named")
    if photos.names:
        return tuple((photos.source, name) for name in photos.names)
    return tuple((photos.fingerprint, str(row)) for row in range(n))


def _crops(folder: Path, start: str) -> tuple[bytes, ...]:
    """The pictures with names that start so; those that are links or no pictures are left out."""
    found = []
    for place in range(100):
        with suppress(ValueError, OSError):
            if not (file := file_inside(folder, f"{start}_{place}.jpg")).exists():
                break
            content = read_file(file)
            check_picture(content, file.name)
            found.append(content)
    return tuple(found)


def _there(pictures: Iterable[bytes | None]) -> tuple[bytes, ...]:
    return tuple(picture for picture in pictures if picture is not None)


def _checked(components: np.ndarray, k: int) -> np.ndarray:
    if components.ndim != 2 or len(components) != k or not k or not np.isfinite(components).all():
        raise ValueError(f"its dictionary of shape {components.shape} is damaged: expected {k} finite rows")
    return components


@dataclass(frozen=True)
class SideBySide:
    """Concepts matched one to one. measure: "cosine" of atoms, or "correlation" of activity over n_photos photos.

    signed: the sign of an atom is ignored. left_over: the concepts of each that have no partner. apart: mean
    similarity of all pairs that are not matched, the level that any two concepts have; None where there are none.
    """

    measure: str
    matching: Matching
    left_over: tuple[tuple[int, ...], tuple[int, ...]]
    apart: float | None
    signed: bool = False
    n_photos: int = 0

    @property
    def n_shared(self) -> int:
        """Number of pairs that are at least alike."""
        return int((self.matching.cosines >= ALIKE).sum())


def side_by_side(a: Concepts, b: Concepts) -> SideBySide:
    """Every concept of one dictionary with its partner in the other, best pair first (Hungarian method).

    By the cosine of their atoms where model, layer and channels are the same; else by the correlation of their
    activity over the common photos. Raises ValueError with the reason where neither is available.
    """
    if a.same_place(b):
        signed = has_signed_codes(a.method) or has_signed_codes(b.method)
        return _beside("cosine", match_dictionaries(a.components, b.components, signed=signed), signed=signed)
    place_b = {photo: i for i, photo in enumerate(b.photos)}
    shared = [(i, place_b[photo]) for i, photo in enumerate(a.photos) if photo in place_b]
    if a.activity is None or b.activity is None or len(shared) < FEWEST:
        raise ValueError(_why_not(a, b, len(shared)))
    in_a, in_b = (list(places) for places in zip(*shared, strict=True))
    similarity = correlation(a.activity[in_a], b.activity[in_b])
    return _beside("correlation", match(similarity), n_photos=len(shared))


def correlation(X: np.ndarray, Y: np.ndarray) -> np.ndarray:
    """(k, l) Pearson correlation of each column of X (n, k) with each of Y (n, l), in [-1, 1].

    A constant column has correlation 0 with every other, as the cosine of an atom of zeros.
    """
    X, Y = _standardised(X), _standardised(Y)
    return (X.T @ Y).clip(-1, 1)


def _standardised(X: np.ndarray) -> np.ndarray:
    """Columns of mean 0 and length 1; a constant column becomes 0."""
    X = np.asarray(X, dtype=np.float64)
    X = X - X.mean(axis=0)
    length = np.linalg.norm(X, axis=0)
    return X / np.where(length > 0, length, 1)


def _beside(measure: str, found: Matching, *, signed: bool = False, n_photos: int = 0) -> SideBySide:
    k, l = found.similarity.shape  # noqa: E741 - the letters of `Matching`
    left_over = (
        tuple(j for j in range(k) if j not in set(found.first.tolist())),
        tuple(j for j in range(l) if j not in set(found.second.tolist())),
    )
    others = np.ones((k, l), dtype=bool)
    others[found.first, found.second] = False
    apart = float(found.similarity[others].mean()) if others.any() else None
    return SideBySide(measure, found, left_over, apart, signed, n_photos)


def _why_not(a: Concepts, b: Concepts, n_shared: int) -> str:
    start = (
        f"These two cannot be compared. “{a.name}” lies in layer {a.layer} of {a.model}, “{b.name}” in layer {b.layer} "
        f"of {b.model}: their concepts are directions in different spaces. They could be compared by the photos in "
        f"which they are active, but "
    )
    if n_shared >= FEWEST:
        unknown = " and ".join(f"“{each.name}”" for each in (a, b) if each.activity is None)
        return f"{start}{unknown} keeps no concept maps."
    both = {0: "no photo is", 1: "1 photo is"}.get(n_shared, f"{n_shared} photos are")
    return f"{start}{both} in both; at least {FEWEST} are needed: analyse the same photos with both."


def similarity_word(value: float) -> str:
    """A similarity as a word."""
    if value >= SAME:
        return "the same"
    return "alike" if value >= ALIKE else "different"
