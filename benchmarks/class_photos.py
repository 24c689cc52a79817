"""Photos of many classes of ImageNet, made of the few of ../shared, and the request of a run over them."""

from pathlib import Path

import numpy as np
from PIL import Image

from concepts.report.request import Request
from concepts.report.settings import ReportSettings
from tests.support.places import SHARED

SIDE = 224
ALL = 1_000  # photos in ../shared, one a class, in their order


def classes_of(n: int) -> list[int]:
    """The indices of n classes, spread over all. Raises ValueError for more than there are."""
    if not 1 <= n <= ALL:
        raise ValueError(f"{n} classes were asked for: give 1 to {ALL:,}")
    return [i * ALL // n for i in range(n)]


def draw_photos(folder: Path, classes: list[int], n: int) -> Path:
    """Class folders of n random cuts each of the photo of that class, by wnid; what is there from before stays."""
    files = sorted((SHARED / "data" / "imagenet_sample").glob("*.[jJ]*"))
    for index in classes:
        place = folder / files[index].name.split("_")[0]
        place.mkdir(parents=True, exist_ok=True)
        photo, rng = Image.open(files[index]).convert("RGB"), np.random.default_rng(index)
        shorter = min(photo.size)
        for i in range(n):
            side = int(rng.integers(min(SIDE * 2 // 3, shorter // 2), shorter))
            left, top = (int(rng.integers(0, length - side + 1)) for length in photo.size)
            if not (file := place / f"{i:04d}.jpg").is_file():
                photo.crop((left, top, left + side, top + side)).resize((SIDE, SIDE)).save(file)
    return folder


def request_on(photos: Path, evidence: str) -> Request:
    """The request of the runs: SqueezeNet with real weights, at its last layer."""
    weights = str(SHARED / "models" / "squeezenet1_0_imagenet.safetensors")
    settings = ReportSettings(evidence=evidence)
    return Request(model="squeezenet1_0", weights=weights, images=str(photos), layer="features", settings=settings)
