"""Feature visualisation by MACO: an image that drives a concept, with the spectrum of real photos.

Only the phase of the picture's Fourier spectrum is optimised; its magnitude stays the photos' average, so that
the picture cannot drift into high frequencies. Source: Fel et al., "Unlocking Feature Visualization for Deeper
Networks with MAgnitude Constrained Optimization", NeurIPS 2023, eq. 2-5.

Departures: the magnitude is that of the photos given, not of ImageNet; colours are decorrelated by the principal axes
of these photos' pixels; values are clipped to [0, 1] instead of passed through a sigmoid, so that before clipping the
magnitude is exactly the constraint; the mean colour stays fixed.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import affine_grid, grid_sample

from attribution.pixels import Encode, projection

STEPS, CROPS = 48, 4  # so that SqueezeNet needs less than 30 s on two cores: benchmarks/visualisation.py
SMALLEST, LARGEST = 0.35, 0.9  # side of a crop as a share of the picture's
NOISE = 0.05  # σ of the noise on crops, at the start; it falls to a tenth of that
RATE = 0.5  # radians: Adam's step at the start; it falls to a tenth of that
RANDOM = 8  # pictures of random phases, for the control


@dataclass(frozen=True, eq=False)
class Spectrum:
    """Averages of photos: mean colour (3,), orthogonal colour axes (3, 3), magnitude (3, H, W//2 + 1) on these axes.

    The magnitude of the mean colour itself, at frequency 0, is 0.
    """

    mean: Tensor
    axes: Tensor
    magnitude: Tensor
    size: tuple[int, int]


@dataclass(frozen=True, eq=False)
class Visualisation:
    """image: (3, H, W) in [0, 1]. transparency: (H, W) in [0, 1], 0 where the optimisation changed nothing.

    Activations are max over places of a · v / ‖v‖: `reached`, of the picture; `random`, the mean over pictures of the
    same spectrum with random phases, and `random_best` the largest; `photos`, of each of the photos given.
    """

    image: Tensor
    transparency: Tensor
    reached: float
    random: float
    random_best: float
    photos: tuple[float, ...]


def measure_spectrum(pictures: Tensor) -> Spectrum:
    """The mean colour, colour axes and mean spectrum magnitude of pictures (n, 3, H, W) in [0, 1]."""
    if pictures.ndim != 4 or pictures.shape[1] != 3 or not len(pictures):
        raise ValueError(f"pictures {tuple(pictures.shape)}, expected (n, 3, H, W), at least one")
    mean = pictures.mean(dim=(0, 2, 3))
    centred = pictures - mean[:, None, None]
    colours = centred.movedim(1, -1).reshape(-1, 3)
    _, axes = torch.linalg.eigh(colours.T @ colours)
    axes = torch.where(axes.sum(dim=0) < 0, -axes, axes)  # an axis has no sign of its own
    magnitude = torch.fft.rfft2(_on_axes(centred, axes)).abs().mean(dim=0)
    magnitude[:, 0, 0] = 0
    return Spectrum(mean, axes, magnitude, (pictures.shape[2], pictures.shape[3]))


def picture_of_phase(phase: Tensor, spectrum: Spectrum) -> Tensor:
    """(..., 3, H, W): the picture of a phase (..., 3, H, W//2 + 1), in radians, not yet clipped to [0, 1]."""
    waves = torch.polar(spectrum.magnitude.expand_as(phase), mirrored(phase, spectrum.size[1]))
    values = torch.fft.irfft2(waves, s=spectrum.size)
    return _on_axes(values, spectrum.axes.T) + spectrum.mean[:, None, None]


def mirrored(phase: Tensor, width: int) -> Tensor:
    """The phase with φ(−f) = −φ(f) on the columns that hold both halves, as in the spectrum of a real picture.

    Frequencies that are their own mirror image therefore have phase 0.
    """
    columns = [0, width // 2] if width % 2 == 0 else [0]
    parts = list(phase.unbind(dim=-1))
    for column in columns:
        back = parts[column].flip(-1).roll(1, dims=-1)
        parts[column] = (parts[column] - back) / 2
    return torch.stack(parts, dim=-1)


def feature_visualisation(
    encode: Encode,
    direction: Tensor,
    spectrum: Spectrum,
    *,
    steps: int = STEPS,
    crops: int = CROPS,
    seed: int = 0,
    photos: Tensor | None = None,
) -> Visualisation:
    """The picture whose phase drives the concept most, by Adam from a random start; the same for the same seed.

    encode: pixels (n, 3, H, W) in [0, 1] -> activations (n, T..., p), differentiable. direction: (p,), any length > 0.
    Each step raises the mean over places and crops of (a · v̂) cos(a, v), on `crops` random crops, resized to the
    picture's size, with noise: a pattern for one place does not survive this. The transparency is the mean magnitude of
    the gradient over all steps. photos: (n, 3, H, W) real ones to compare with. Runs on the device of the direction.
    """
    if steps < 1 or crops < 1:
        raise ValueError(f"{steps} steps of {crops} crops: both must be at least 1")
    generator = torch.Generator().manual_seed(seed)
    shape = (RANDOM, *spectrum.magnitude.shape)
    starts = ((2 * torch.rand(shape, generator=generator) - 1) * math.pi).to(spectrum.magnitude)
    phase = starts[0].clone().requires_grad_()
    optimiser = torch.optim.Adam([phase], lr=RATE)
    found = torch.zeros(spectrum.size, dtype=phase.dtype, device=phase.device)
    for step in range(steps):
        fade = 0.55 + 0.45 * math.cos(math.pi * step / steps)  # from 1 to 0.1
        optimiser.param_groups[0]["lr"] = RATE * fade
        picture = picture_of_phase(phase, spectrum).clamp(0, 1)
        views = _crops(picture, crops, generator) + _noise(picture, crops, NOISE * fade, generator)
        gradient = torch.autograd.grad(-_objective(encode(views), direction), picture, retain_graph=True)[0]
        phase.grad = torch.autograd.grad(picture, phase, gradient)[0]
        optimiser.step()
        found += gradient.abs().mean(dim=0)
    return _judged(encode, direction, spectrum, phase.detach(), starts, found, photos)


def _objective(activations: Tensor, direction: Tensor) -> Tensor:
    """Mean over places of (a · v̂) cos(a, v): large only along v."""
    along = projection(activations, direction)
    lengths = activations.reshape(*along.shape, -1).norm(dim=-1)
    return (along * along.clamp(min=0) / lengths.clamp(min=1e-6)).mean()


def _crops(picture: Tensor, n: int, generator: torch.Generator) -> Tensor:
    """(n, 3, H, W): parts of the picture, of its shape, at random places, resized to its size, bilinear."""
    sides = SMALLEST + (LARGEST - SMALLEST) * torch.rand(n, 1, generator=generator)
    centres = (2 * torch.rand(n, 2, generator=generator) - 1) * (1 - sides)
    affine = torch.zeros(n, 2, 3)
    affine[:, 0, 0], affine[:, 1, 1] = sides[:, 0], sides[:, 0]
    affine[:, :, 2] = centres
    grid = affine_grid(affine.to(picture), [n, *picture.shape], align_corners=False)
    return grid_sample(picture.expand(n, -1, -1, -1), grid, padding_mode="reflection", align_corners=False)


def _noise(picture: Tensor, n: int, width: float, generator: torch.Generator) -> Tensor:
    return width * torch.randn(n, *picture.shape, generator=generator).to(picture)


@torch.no_grad()
def _judged(
    encode: Encode,
    direction: Tensor,
    spectrum: Spectrum,
    phase: Tensor,
    starts: Tensor,
    found: Tensor,
    photos: Tensor | None,
) -> Visualisation:
    image = picture_of_phase(phase, spectrum).clamp(0, 1)
    random = _peaks(encode, direction, picture_of_phase(starts, spectrum).clamp(0, 1))
    return Visualisation(
        image=image,
        transparency=(found / found.flatten().quantile(0.95).clamp(min=1e-12)).clamp(0, 1),
        reached=float(_peaks(encode, direction, image[None])[0]),
        random=float(random.mean()),
        random_best=float(random.max()),
        photos=() if photos is None else tuple(_peaks(encode, direction, photos).tolist()),
    )


def _peaks(encode: Encode, direction: Tensor, pictures: Tensor) -> Tensor:
    """(n,): max over places of a · v̂."""
    return torch.cat([projection(encode(part), direction).amax(dim=1) for part in pictures.split(RANDOM)])


def _on_axes(values: Tensor, axes: Tensor) -> Tensor:
    """(..., 3, H, W): the colours of each pixel in the basis of the columns of axes."""
    return torch.einsum("...chw,cd->...dhw", values, axes)
