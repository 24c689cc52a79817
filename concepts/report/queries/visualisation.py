"""Visualisation of a concept: a feature visualisation, kept in the store, and its attribution to a photo's pixels.

Stored visualisations are read without torch.
"""

import io
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from concepts.numerics.samples import even_sample
from concepts.report.rendering.overlay import THRESHOLD
from concepts.report.stored import StoredReport
from concepts.storage.entries import new_entry
from concepts.storage.store import key_of
from concepts.storage.typed_json import Count, Finite, Positive, read_typed, write_typed

if TYPE_CHECKING:
    from torch import Tensor

    from concepts.models import Split

FORMAT = 1  # raise when the stored content changes
STEPS, CROPS = 48, 4  # as attribution.maco has them: SqueezeNet then needs less than 30 s on two cores
N_SPECTRUM, N_STRONGEST = 64, 8  # photos for the spectrum; photos that the drawing is compared with
METHOD = "integrated_gradients"


@dataclass(frozen=True)
class DrawingFigures:
    """Figures that show how far to trust a drawing. Activations: max over places of a · v / ‖v‖.

    reached: of the drawing. random, random_best: mean and largest of pictures of the same spectrum with random phases.
    photo: of the report's photo `image`, the strongest of those with a crop; None if there is no crop.
    """

    reached: Finite
    random: Finite
    random_best: Finite
    photo: Finite | None
    image: Count | None
    seconds: Positive
    steps: int
    crops: int
    seed: int


@dataclass(frozen=True)
class ConceptDrawing:
    """A feature visualisation as PNG, with transparency 0 where nothing drove the concept, and its figures."""

    picture: bytes
    figures: DrawingFigures


def find_drawing(
    report: StoredReport, concept: int, store: Path, *, steps: int = STEPS, crops: int = CROPS, seed: int = 0
) -> ConceptDrawing | None:
    """The stored drawing; None if there is none or it is damaged."""
    folder = _folder(report, concept, store, (steps, crops, seed))
    try:
        picture = (folder / "picture.png").read_bytes()
        with Image.open(io.BytesIO(picture)) as opened:
            opened.load()
            if opened.mode != "RGBA":
                return None
        return ConceptDrawing(picture, read_typed(DrawingFigures, folder / "figures.json"))
    except (OSError, ValueError, SyntaxError):  # Pillow raises SyntaxError for a broken PNG
        return None


def draw_concept(
    report: StoredReport,
    split: "Split",
    concept: int,
    *,
    store: Path,
    steps: int = STEPS,
    crops: int = CROPS,
    seed: int = 0,
) -> ConceptDrawing:
    """The picture that activates the concept most (MACO), from the store or computed now and stored.

    Raises ValueError for a concept without a direction and for missing thumbnails.
    """
    import torch

    from attribution.maco import feature_visualisation, measure_spectrum

    found = find_drawing(report, concept, store, steps=steps, crops=crops, seed=seed)
    if found is not None:
        return found
    begin = time.perf_counter()
    n = len(report.data.items)
    even = even_sample(n, N_SPECTRUM)
    strongest = _strongest(report, concept)
    drawn = feature_visualisation(
        _encode(split), _direction(report, concept, split), measure_spectrum(_pictures(report, even).to(split.device)),
        steps=steps, crops=crops, seed=seed,
        photos=_pictures(report, strongest).to(split.device) if strongest else None,
    )  # fmt: skip
    best = int(np.argmax(drawn.photos)) if drawn.photos else None
    figures = DrawingFigures(
        drawn.reached, drawn.random, drawn.random_best, None if best is None else drawn.photos[best],
        None if best is None else strongest[best], time.perf_counter() - begin, steps, crops, seed,
    )  # fmt: skip
    pixels = torch.cat([drawn.image, drawn.transparency[None]]).mul(255).round().to(torch.uint8)
    result = ConceptDrawing(_png(pixels.permute(1, 2, 0).cpu().numpy()), figures)
    with new_entry(_folder(report, concept, store, (steps, crops, seed)), keep=False) as folder:
        (folder / "picture.png").write_bytes(result.picture)
        write_typed(folder / "figures.json", figures)
    return result


@dataclass(frozen=True, eq=False)
class ConceptInPixels:
    """Attribution of a concept's activation to the pixels of one photo, (H, W), signed, in units of the activation.

    The activation is the mean of a · v / ‖v‖ over the places where the concept map is at least half of its peak. gap:
    completeness gap, as a share of the activation's change from a picture of one colour. agreement: Spearman's rank
    correlation of the positive attribution with the concept map, on the map's grid; control: the same for the
    concept's components on other channels. alike: the correlation of the two attributions, pixel by pixel: near 1 the
    pixels show where the concept is, not which concept it is.
    """

    pixels: np.ndarray
    activation: float
    gap: float
    agreement: float
    control: float
    alike: float

    @property
    def top(self) -> float:
        """The end of the colour scale: the 99.5% quantile of `shown`."""
        return float(np.quantile(self.shown, 0.995))

    @cached_property
    def shown(self) -> np.ndarray:
        """(H, W) ≥ 0: the positive attribution, averaged over squares of 4% of the side for display."""
        reach = round(0.02 * max(self.pixels.shape))
        window, values = np.full(2 * reach + 1, 1 / (2 * reach + 1)), np.maximum(self.pixels, 0)
        for axis in (0, 1):
            values = np.apply_along_axis(np.convolve, axis, values, window, mode="same")
        return values


def concept_in_pixels(report: StoredReport, split: "Split", concept: int, image: int) -> ConceptInPixels:
    """Attribution of a concept's activation to the pixels of a photo, by integrated gradients.

    The photo is the report's thumbnail, a JPEG of what the model saw. Raises ValueError if the layer has no places or
    the concept is nowhere in the photo.
    """
    import torch

    from attribution.pixels import pixel_attribution
    from attribution.similarity import map_agreement

    if not report.has_maps:
        raise ValueError("this layer has no places: the pixels of a place cannot be told")
    concept_map = torch.from_numpy(report.concept_map(concept, image)).clamp(min=0)
    if not concept_map.any():
        raise ValueError("the concept is nowhere in this photo: no pixel drives it here")
    encode = _encode(split)
    found = pixel_attribution(
        lambda pixels: split.to_map(encode(pixels)), _pictures(report, [image]).to(split.device),
        _direction(report, concept, split), METHOD,
        places=(concept_map >= THRESHOLD * concept_map.max())[None].float().to(split.device),
    )  # fmt: skip
    raising, other = (each[0].clamp(min=0).cpu() for each in (found.maps, found.control))
    return ConceptInPixels(
        pixels=found.maps[0].cpu().numpy(),
        activation=float(found.activation),
        gap=float(found.gap if found.gap is not None else torch.nan),
        agreement=map_agreement(concept_map, raising),
        control=map_agreement(concept_map, other),
        alike=map_agreement(raising, other),
    )


def _encode(split: "Split") -> "Callable[[Tensor], Tensor]":
    """A function from pixels (n, 3, H, W) in [0, 1] to activations; it applies the transform's normalisation."""
    from concepts.activations.previews import pixel_range

    low, high = (values.to(split.device) for values in pixel_range(split.card))
    return lambda pixels: split.encode(low + pixels * (high - low))


def _direction(report: StoredReport, concept: int, split: "Split") -> "Tensor":
    import torch

    return torch.from_numpy(report.array("components")[concept]).float().to(split.device)


def _strongest(report: StoredReport, concept: int) -> list[int]:
    return list(dict.fromkeys(crop.image for crop in report.data.concepts[concept].crops))[:N_STRONGEST]


def _pictures(report: StoredReport, images: Sequence[int]) -> "Tensor":
    """(n, 3, H, W) in [0, 1]: these photos, as the model saw them."""
    import torch

    pixels = [np.asarray(Image.open(io.BytesIO(report.thumbnail(i))).convert("RGB")) for i in images]
    return torch.from_numpy(np.stack(pixels)).permute(0, 3, 1, 2).float().div(255).contiguous()


def _behaviour(report: StoredReport) -> dict[str, str]:
    """What tells the report's model from others that are written alike; nothing for a report that does not hold it."""
    with suppress(ValueError):
        seen = report.array("behaviour_activations")
        return {"behaviour": blake2b(seen.tobytes(), digest_size=12).hexdigest()}
    return {}


def _folder(report: StoredReport, concept: int, store: Path, settings: tuple[int, int, int]) -> Path:
    """The folder of a drawing, named by a key of the model, the layer, the direction, the photos and the settings."""
    data = report.data
    direction = np.ascontiguousarray(report.array("components")[concept], dtype=np.float32).tobytes()
    key = key_of(
        format=FORMAT,
        model=data.model.fingerprint,
        transform=data.model.transform,
        layer=data.layer.path,
        direction=blake2b(direction, digest_size=12).hexdigest(),
        photos=data.dataset.fingerprint,
        names=[row.name for row in data.items],
        strongest=_strongest(report, concept),
        settings=settings,
        **_behaviour(report),
    )
    return store / f"visualisation-{key}"


def _png(pixels: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels, mode="RGBA").save(buffer, "PNG")
    return buffer.getvalue()
