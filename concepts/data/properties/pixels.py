"""Properties of a picture's pixels: what the whole photo is like, in eight numbers."""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

LUMA = np.array([0.299, 0.587, 0.114])  # Rec. 601
LAPLACIAN = np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]], dtype=np.float64)
IMMERKAER = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], dtype=np.float64)
RIM = 0.15  # of the shorter side: a frame is not wider
STEP = 3  # pixels over which a frame's inner edge is measured
LEAST = 1 / 255  # one step of 8 bits: less light or detail than this is none
SMALLEST = 16  # pixels of a side: less has no rim and no inside


@dataclass(frozen=True)
class PixelProperties:
    """What a picture is like. Colours and luma Y' are in [0, 1]; Y' = 0.299 R + 0.587 G + 0.114 B.

    brightness: mean Y'. contrast: standard deviation of Y'. saturation: Σ (max − min) / Σ max over R, G, B of all
    pixels, in [0, 1]; it does not change where the picture is darkened. yellow_hue_cast: mean of ½ (R + G) − B over
    mean Y', red_hue_cast: mean of R − G over mean Y' (the opponent colours of Hasler & Süsstrunk, SPIE 2003); 0 for
    grey, below 0 for a blue or green cast. sharpness: log10 of the variance of the Laplacian of Y' over the variance
    of Y', so that contrast alone does not change it. noise: standard deviation of Gaussian noise in units of Y',
    estimated as by Immerkær (CVIU 1996). border: the step of the mean colour along a straight line parallel to a side
    and near it, in [0, 1]; the second largest of the four sides, since a frame has at least two.
    """

    brightness: float
    contrast: float
    saturation: float
    yellow_hue_cast: float
    red_hue_cast: float
    sharpness: float
    noise: float
    border: float


def pixel_properties(picture: np.ndarray) -> PixelProperties:
    """The properties of a picture (H, W, 3) uint8. Raises ValueError for other shapes, and a side below 16 pixels."""
    if picture.ndim != 3 or picture.shape[-1] != 3 or min(picture.shape[:2]) < SMALLEST:
        raise ValueError(f"a picture of shape {picture.shape}: expected (H, W, 3), H and W at least {SMALLEST}")
    colours = picture / 255.0
    luma = colours @ LUMA
    red, green, blue = colours.mean(axis=(0, 1))
    light = max(luma.mean(), LEAST)
    most = colours.max(axis=-1)
    return PixelProperties(
        brightness=float(luma.mean()),
        contrast=float(luma.std()),
        saturation=float((most - colours.min(axis=-1)).sum() / max(most.sum(), LEAST)),
        yellow_hue_cast=float(((red + green) / 2 - blue) / light),
        red_hue_cast=float((red - green) / light),
        sharpness=_sharpness(luma),
        noise=_noise(luma),
        border=_border(colours),
    )


def _sharpness(luma: np.ndarray) -> float:
    """log10 of the variance of the Laplacian over the variance of the luma (H, W)."""
    edges = ndimage.convolve(luma, LAPLACIAN, mode="nearest")
    return float(np.log10((edges.var() + LEAST**2) / (luma.var() + LEAST**2)))


def _noise(luma: np.ndarray) -> float:
    """σ = √(π/2) · mean |Y' ∗ N| / 6, N the difference of two Laplacians (Immerkær 1996, eq. 5)."""
    found = ndimage.convolve(luma, IMMERKAER)[1:-1, 1:-1]
    return float(np.sqrt(np.pi / 2) * np.abs(found).mean() / 6)


def _border(colours: np.ndarray) -> float:
    """The second largest step of the four sides of (H, W, 3)."""
    turned = (colours, colours[::-1], colours.swapaxes(0, 1), colours.swapaxes(0, 1)[::-1])
    return float(sorted(map(_step, turned))[-2])


def _step(colours: np.ndarray) -> float:
    """The largest step of the mean colour of rows (H, W, 3) over three pixels, near the first one."""
    deep = max(2 * STEP, round(RIM * min(colours.shape[:2])))
    rows = colours[:deep].mean(axis=1)
    return float(np.abs(rows[STEP:] - rows[:-STEP]).mean(axis=-1).max())
