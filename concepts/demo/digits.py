"""Handwritten digits: the 1,797 of scikit-learn (Alpaydin and Kaynak, 1998) as pictures."""

from dataclasses import dataclass

import numpy as np
from PIL import Image

SIDE = 32  # pixels; the scans have 8
DIGIT_NAMES: tuple[str, ...] = tuple("0123456789")
BRIGHTEST = 16  # value of full ink in the scans
HELD_OUT = 360


@dataclass(frozen=True)
class Digits:
    """images: (n, 32, 32, 3) uint8, light strokes on black. labels: (n,) int64."""

    images: np.ndarray
    labels: np.ndarray


def load_digits(*, held_out: bool, seed: int = 0) -> Digits:
    """The 1,437 digits for training, or the 360 held-out ones; the seed determines the split."""
    from sklearn.datasets import load_digits as load_scans

    scans = load_scans()
    order = np.random.default_rng(seed).permutation(len(scans.target))
    chosen = order[:HELD_OUT] if held_out else order[HELD_OUT:]
    images = np.stack([digit_picture(scan) for scan in scans.images[chosen]])
    return Digits(images, scans.target[chosen].astype(np.int64))


def digit_picture(scan: np.ndarray) -> np.ndarray:
    """One 8 × 8 scan, values 0 to 16, as a smooth (32, 32, 3) uint8 picture."""
    grey = Image.fromarray(np.rint(scan * (255 / BRIGHTEST)).astype(np.uint8))
    return np.asarray(grey.resize((SIDE, SIDE), Image.Resampling.BICUBIC).convert("RGB"))
