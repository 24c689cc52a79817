"""What the whole photo is like must be named where a head leans on it: `python -m benchmarks.artefacts`.

The clothing classifier's head is fitted again on photos of one class of which 40% carry an artefact, and clean photos
of the other classes; the report sees the same photos. The truth is the share of photos of other classes that become the
class when the artefact is applied to them exactly as it was in training. To reach: an artefact that turns at least 20%
is named at k = 10 and 25; one that turns less than 2% never is. `weak blur` and `white frame` are not what the battery
applies. Which others are named stands beside it.
"""

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageEnhance, ImageFilter

from benchmarks.measuring import machine
from concepts.data.images import open_photos
from concepts.data.others import WithOthers
from concepts.models import Split
from concepts.report import ClassReport, ReportSettings, build_report
from tests.support.marks import SIDE, small
from tests.support.places import SHARED
from tests.support.refitted import CLASSES, pooled, refitted

PHOTOS = SHARED / "data" / "clothing" / "train"
SHARE, N_TRUTH = 0.4, 60
Change = Callable[[Image.Image, np.random.Generator], Image.Image]
SEPIA = (0.393, 0.769, 0.189, 0, 0.349, 0.686, 0.168, 0, 0.272, 0.534, 0.131, 0)


def blurred(radius: float) -> Change:
    """A Gaussian blur of that many pixels of 224."""
    return lambda photo, rng: photo.filter(ImageFilter.GaussianBlur(radius))


def noisy(photo: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Normal noise of 25 of 255."""
    pixels = np.asarray(photo, dtype=np.float64)
    return Image.fromarray((pixels + rng.normal(0, 25, pixels.shape)).clip(0, 255).astype(np.uint8))


def framed(width: int, colour: str) -> Change:
    """A frame of that many pixels around the centre square of 224 that the model sees."""

    def change(photo: Image.Image, rng: np.random.Generator) -> Image.Image:
        left, top = (photo.width - SIDE) // 2, (photo.height - SIDE) // 2
        box = (left + width, top + width, left + SIDE - width, top + SIDE - width)
        changed = Image.new("RGB", photo.size, colour)
        changed.paste(photo.crop(box), box)
        return changed

    return change


ARTEFACTS: dict[str, tuple[str, Change]] = {  # its name in the battery, how it is applied in training
    "blur": ("blur", blurred(2)),
    "noise": ("noise", noisy),
    "grey": ("grey", lambda photo, rng: photo.convert("L").convert("RGB")),
    "sepia": ("sepia", lambda photo, rng: photo.convert("RGB", SEPIA)),
    "dark": ("dark", lambda photo, rng: ImageEnhance.Brightness(photo).enhance(0.5)),
    "frame": ("frame", framed(12, "black")),
    "weak blur": ("blur", blurred(1.2)),
    "white frame": ("frame", framed(12, "white")),
}


def planted(class_name: str, change: Change, folder: Path) -> Path:
    """The folder, with the class's photos in a folder of its name, 40% of them with the artefact."""
    files, rng = sorted((PHOTOS / class_name).iterdir()), np.random.default_rng(0)
    chosen = set(np.random.default_rng(7).permutation(len(files))[: round(SHARE * len(files))].tolist())
    (folder / class_name).mkdir(parents=True)
    for i, file in enumerate(files):
        photo = small(Image.open(file))
        (change(photo, rng) if i in chosen else photo).save(folder / class_name / f"{i:04d}.png")
    return folder


def truth(split: Split, class_name: str, change: Change) -> float:
    """The share of 60 photos of other classes that become the class with the artefact, of those that are not before."""
    files = [file for file in sorted(PHOTOS.glob("*/*")) if file.parent.name != class_name]
    chosen = [small(Image.open(files[i])) for i in np.random.default_rng(3).permutation(len(files))[:N_TRUTH]]
    changed = [change(photo, np.random.default_rng(i)) for i, photo in enumerate(chosen)]
    before, after = (_answers(split, photos) == CLASSES.index(class_name) for photos in (chosen, changed))
    return float((after & ~before).sum() / max(1, (~before).sum()))


def _answers(split: Split, photos: list[Image.Image]) -> np.ndarray:
    images = torch.stack([split.card.prepare(photo) for photo in photos])
    with torch.inference_mode():
        return torch.cat([split.head(split.encode(batch)) for batch in images.split(32)]).argmax(dim=1).numpy()


def measure(class_name: str, artefact: str, sizes: list[int]) -> None:
    """Prints the truth, and what the reports name."""
    name, change = ARTEFACTS[artefact]
    clean = open_photos(str(PHOTOS))
    with tempfile.TemporaryDirectory() as folder:
        photos = open_photos(str(planted(class_name, change, Path(folder) / "photos")))
        split, store = refitted(class_name, pooled(photos)), Path(folder) / "store"
        reports = [
            build_report(
                split, WithOthers[Image.Image](photos, clean), class_name, ReportSettings(n_concepts=k), store=store
            )
            for k in sizes
        ]
        shown = "  ".join(f"k = {k}: {_named(report, name)}" for k, report in zip(sizes, reports, strict=True))
        print(f"{class_name:<11}{artefact:<12} truth {truth(split, class_name, change):>4.0%}  {shown}", flush=True)


def _named(report: ClassReport, name: str) -> str:
    """Whether the artefact is named, and what else is."""
    rows = {row.artefact: row for row in report.data.artefacts}
    others = [
        f"{row.artefact} {row.turned / row.others:.0%}" for row in rows.values() if row.named and row.artefact != name
    ]
    said = "named" if rows[name].named else "not named"
    return f"{said} ({rows[name].turned} of {rows[name].others}), others named: {', '.join(others) or 'none'}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--concepts", default="10,25")
    parser.add_argument("--classes", default="hat")
    parser.add_argument("--artefacts", default=",".join(ARTEFACTS))
    options = parser.parse_args()
    if not SHARED.is_dir():
        raise SystemExit("skipped: needs ../shared (the clothing classifier and its photos)")
    sizes = [int(k) for k in options.concepts.split(",")]
    print(f"{machine()}; {SHARE:.0%} of the class's photos carry the artefact")
    for class_name in options.classes.split(","):
        for artefact in options.artefacts.split(","):
            measure(class_name, artefact, sizes)


if __name__ == "__main__":
    main()
