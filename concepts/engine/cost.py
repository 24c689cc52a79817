"""Cost estimate of an analysis before it starts: time, memory, disk."""

import math
from dataclasses import dataclass

from attribution.methods import IMPORTANCES
from concepts.data.dataset import ItemKind
from concepts.report.pipeline.evidence.artefacts import BATTERY
from concepts.report.settings import ReportSettings
from concepts.report.verdict import MOST_OTHERS, MOST_WITH_ARTEFACTS

THUMBNAIL = 12_000  # bytes of a 224 px thumbnail with its crops, measured on photos
SHOWN: dict[ItemKind, int] = {"images": 2 * THUMBNAIL, "texts": 2_000}  # bytes a photo or text in the report
FIXED_SECONDS = 12  # imports, strategies, writing
SLOWER = 1.4  # factor for everything but importance, relative to the pass over the photos, see benchmarks/report.py
RUN, GRADIENT = 0.07, 0.15  # one run of the head, without and with gradient: same unit, SqueezeNet on a CPU
BATCH = 32
PASSES = 3  # of a counter-proof: photos as they are, with the suspect, with its control
MOST_WORDS = 120  # of a text that are taken out one by one (`concepts.report.pipeline.evidence.phrases`)
BATTERY_PASSES = 1 + len(BATTERY)  # of the battery: photos as they are, with each artefact
FIXED_MEMORY = 700 * 2**20  # Python with torch and the rest


@dataclass(frozen=True)
class Cost:
    """Estimates: seconds, peak memory in bytes, bytes on disk (store and report)."""

    seconds: float
    memory: int
    disk: int


def estimate(
    n_photos: int,
    shape: tuple[int, ...],
    n_concepts: int,
    *,
    seconds_per_photo: float,
    model_bytes: int,
    importance: str = "gradient_input",
    affine: bool = False,
    n_tried: int = 0,
    n_others: int = 0,
    n_changed: int = 0,
    kind: ItemKind = "images",
) -> Cost:
    """The estimated cost of a report. shape: of one image's activations (T..., p). seconds_per_photo: as measured.

    n_tried: photos on which the order of the class names is tried before. n_others: photos of other classes for the
    counter-proof, of which at most 120 are used, each in three passes, and for the artefacts, at most 60, each in
    twelve; 0 where evidence is off. n_changed: texts without one of their words each (`texts_without_words`). With kind
    "texts", photos stand for texts, and there are no artefacts. affine: whether the
    head is known to be affine. Then methods that are complete there cost nothing: φ has a closed form.
    Raises ValueError for an unknown importance method.
    """
    slower = SLOWER + importance_share(importance, n_concepts, affine=affine)
    values, positions = math.prod(shape), math.prod(shape[:-1])
    codes = n_photos * positions * n_concepts * 2
    passed = slower * n_photos + n_tried + passed_others(n_others, kind) + n_changed
    return Cost(
        seconds=FIXED_SECONDS + seconds_per_photo * passed,
        memory=FIXED_MEMORY + 2 * model_bytes + 2 * codes + 8 * BATCH * values * 4,
        disk=n_photos * (values * 2 + SHOWN[kind]) + 2 * codes,
    )


def texts_without_words(n_texts: int, n_concepts: int, words_per_text: float) -> int:
    """The texts without one of their words that a report runs: of each concept's top texts, each word in turn."""
    tops = min(n_texts, ReportSettings().n_excerpts * n_concepts)
    return round(tops * (1 + min(words_per_text, MOST_WORDS)))


def passed_others(n: int, kind: ItemKind) -> int:
    """How often a photo or text of another class goes through the model, in all."""
    battery = BATTERY_PASSES if kind == "images" else 0
    return PASSES * min(n, MOST_OTHERS) + battery * min(n, MOST_WITH_ARTEFACTS)


def importance_share(method: str, n_concepts: int, *, affine: bool) -> float:
    """The time of importance as a multiple of the pass over the photos; 0 where an affine head makes it exact."""
    if method not in IMPORTANCES:
        raise ValueError(f"unknown importance method {method!r}: choose one of {', '.join(IMPORTANCES)}")
    chosen = IMPORTANCES[method]
    if affine and chosen.complete_when_affine:
        return 0.0
    return (GRADIENT if chosen.passes.backward else RUN) * chosen.passes.forwards(n_concepts)
