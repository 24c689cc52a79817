"""Pixel attribution of a concept: the pixels that drive its activation, by Captum.

A concept map is read at a layer and upsampled over the photo: it shows at which place of the layer the concept is,
not which pixels that place depends on. Attribution goes through the network to the pixels.

The concept's activation as a function of pixels is the projection of the layer on the concept's direction,

    F(x) = Σ_t w_t a_t(x) · v / ‖v‖,   Σ_t w_t = 1,

at places w that stay fixed while the pixels move: the place of the largest projection, or those that the caller passes.
The codes themselves are no such function: encoding by NMF is a minimisation under U ≥ 0.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

Encode = Callable[[Tensor], Tensor]
Reading = Callable[[Tensor, Tensor], Tensor]  # (m, 3, H, W), (m, T) -> (m,)
Method = Callable[[Reading, Tensor, Tensor, int], Tensor]

STEPS = 48  # of the integral; completeness is measured
DRAWS, NOISE = 16, 0.1  # of smoothgrad: noisy copies, and σ as a share of the range of the picture's values
PER_CALL = 8  # pictures per call of the network


@dataclass(frozen=True, eq=False)
class PixelMaps:
    """Maps (n, H, W) of n pictures with their reliability checks.

    integrated_gradients and gradient_input: signed, in units of the activation, summed over colours; saliency and
    smoothgrad: Σ over colours of |∂F/∂x| ≥ 0. activation: F(x), (n,). gap: |Σ map − (F(x) − F(x₀))| as a share of mean
    |F(x) − F(x₀)|, (n,), of integrated_gradients, else None. control: the maps of a direction with the same numbers
    on other channels: where it looks the same, the map shows the picture and not the concept.
    """

    maps: Tensor
    activation: Tensor
    gap: Tensor | None
    control: Tensor


def pixel_attribution(
    encode: Encode,
    images: Tensor,
    direction: Tensor,
    method: str = "integrated_gradients",
    *,
    places: Tensor | None = None,
    seed: int = 0,
) -> PixelMaps:
    """The pixels that drive a concept in each of n pictures.

    encode: images (n, 3, H, W) -> activations (n, T..., p), differentiable. direction: (p,), any length > 0. places:
    (n, T...) ≥ 0, the weights w, scaled to sum 1; None: the place of the largest projection. The integral starts at
    x₀, the picture's mean colour everywhere: no structure at all. seed: of smoothgrad's noise and of the control.
    Raises ValueError for an unknown method, shapes that do not fit, a direction of zeros, and places without weight.
    """
    if method not in PIXEL_METHODS:
        raise ValueError(f"unknown pixel method {method!r}: choose one of {', '.join(PIXEL_METHODS)}")
    images = images.detach()
    with torch.no_grad():
        projected = projection(encode(images), direction)
    weights = _weights(projected, places)
    generator = torch.Generator().manual_seed(seed)
    other = direction[torch.randperm(len(direction), generator=generator).to(direction.device)]
    reading, control = (_reading(encode, each) for each in (direction, other))
    maps = PIXEL_METHODS[method](reading, images, weights, seed)
    gap = completeness(reading, images, weights, maps) if method == "integrated_gradients" else None
    return PixelMaps(
        maps=_over_colours(maps, method),
        activation=(projected * weights).sum(dim=1),
        gap=gap,
        control=_over_colours(PIXEL_METHODS[method](control, images, weights, seed), method),
    )


def projection(activations: Tensor, direction: Tensor) -> Tensor:
    """(n, T): a_t · v / ‖v‖ of activations (n, T..., p), in their units. Raises ValueError where they do not fit."""
    if activations.ndim < 2 or direction.shape != activations.shape[-1:]:
        raise ValueError(
            f"the direction is {tuple(direction.shape)}, activations are {tuple(activations.shape)}: expected one "
            "number a channel"
        )
    if not direction.any():
        raise ValueError("the concept's direction is all zeros: it points nowhere")
    return activations.reshape(len(activations), -1, len(direction)) @ (direction / direction.norm())


def completeness(reading: Reading, images: Tensor, weights: Tensor, attributions: Tensor) -> Tensor:
    """|Σ attributions − (F(x) − F(x₀))| as a share of mean |F(x) − F(x₀)|, (n,): 0 when they add up."""
    with torch.no_grad():
        change = reading(images, weights) - reading(flat_colour(images), weights)
    return (attributions.flatten(1).sum(dim=1) - change).abs() / change.abs().mean().clamp(min=1e-12)


def flat_colour(images: Tensor) -> Tensor:
    """Each picture's mean colour everywhere, (n, 3, H, W)."""
    return images.mean(dim=(2, 3), keepdim=True).expand_as(images)


def _reading(encode: Encode, direction: Tensor) -> Reading:
    return lambda images, weights: (projection(encode(images), direction) * weights).sum(dim=1)


def _weights(projected: Tensor, places: Tensor | None) -> Tensor:
    if places is None:
        return torch.nn.functional.one_hot(projected.argmax(dim=1), projected.shape[1]).to(projected)
    flat = places.reshape(len(places), -1).to(projected)
    if flat.shape != projected.shape:
        raise ValueError(f"places are {tuple(places.shape)}, expected {len(projected)} × {projected.shape[1]} weights")
    if (flat < 0).any() or not flat.any(dim=1).all():
        raise ValueError("the weights of places must be at least 0, and not all of them 0")
    return flat / flat.sum(dim=1, keepdim=True)


def integrated_gradients(reading: Reading, images: Tensor, weights: Tensor, seed: int) -> Tensor:
    """(x − x₀) ∫₀¹ ∂F(x₀ + α(x − x₀))/∂x dα by Gauss-Legendre quadrature."""
    from captum.attr import IntegratedGradients

    return IntegratedGradients(reading).attribute(
        images,
        flat_colour(images),
        additional_forward_args=weights,
        n_steps=STEPS,
        internal_batch_size=max(len(images), PER_CALL),
    )


def gradient_input(reading: Reading, images: Tensor, weights: Tensor, seed: int) -> Tensor:
    """(x − x₀) ∂F/∂x: the first-order approximation of integrated gradients."""
    return (images - flat_colour(images)) * saliency(reading, images, weights, seed)


def saliency(reading: Reading, images: Tensor, weights: Tensor, seed: int) -> Tensor:
    """∂F/∂x, signed."""
    from captum.attr import Saliency

    shown = images.clone().requires_grad_()
    return Saliency(reading).attribute(shown, abs=False, additional_forward_args=weights)


def smoothgrad(reading: Reading, images: Tensor, weights: Tensor, seed: int) -> Tensor:
    """E[∂F/∂x] under Gaussian noise on the pixels (Smilkov et al. 2017), the same noise for every picture.

    Captum's own noise is set to 0, as it would come from the global generator; ours enters the function.
    """
    from captum.attr import NoiseTunnel, Saliency

    generator = torch.Generator().manual_seed(seed)
    width = NOISE * (images.amax() - images.amin())

    def noisy(repeated: Tensor, its_weights: Tensor) -> Tensor:
        copies = len(repeated) // len(images)
        noise = torch.randn(copies, *images.shape[1:], generator=generator, dtype=images.dtype).to(images.device)
        return reading(repeated + width * noise.repeat(len(images), 1, 1, 1), its_weights)

    return NoiseTunnel(Saliency(noisy)).attribute(
        images.clone().requires_grad_(),
        nt_type="smoothgrad",
        nt_samples=DRAWS,
        nt_samples_batch_size=max(1, PER_CALL // len(images)),
        stdevs=0.0,
        abs=False,
        additional_forward_args=weights,
    )


def _over_colours(attributions: Tensor, method: str) -> Tensor:
    """(n, H, W): the sum over colours, of magnitudes where the method returns a gradient."""
    signed = attributions if method in ADD_UP else attributions.abs()
    return signed.sum(dim=1).detach()


PIXEL_METHODS: dict[str, Method] = {
    "integrated_gradients": integrated_gradients,
    "smoothgrad": smoothgrad,
    "saliency": saliency,
    "gradient_input": gradient_input,
}
ADD_UP = ("integrated_gradients", "gradient_input")  # signed, in units of the activation
