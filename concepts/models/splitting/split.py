"""split_model: f = h ∘ g at a layer, activations channels last, checked before it is returned."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor, nn

from concepts.models.adapted import AdaptedModel, adapt, random_images
from concepts.models.classifiers.card import ModelCard, card_of
from concepts.models.classifiers.wrappers import unwrapped
from concepts.models.outputs import Kind, Outputs
from concepts.models.splitting.batch_dependence import (
    ALONE,
    companion,
    depends_on_batch,
    model_depends_on_batch,
    one_by_one,
)
from concepts.models.splitting.default_layer import gradient_at
from concepts.models.splitting.layers import Function, LayerInfo, allowed_difference
from concepts.models.splitting.layout import Kind as LayoutKind
from concepts.models.splitting.layout import Layout
from concepts.models.splitting.split_points import OfferedLayers
from concepts.models.splitting.token_order import about_order, measured_order


@dataclass(frozen=True, eq=False)
class Split:
    """A model cut in two at `layer`: f = h ∘ g, g = `encode`, h = `head`.

    Safe to share between threads. `check` is max |h(g(x)) − f(x)| as measured on the probe images. `alone`: f, g and h
    run one photo at a time, because the model's answer for a photo depends on the others in its batch.
    """

    info: LayerInfo
    layout: Layout
    card: ModelCard
    reason: str
    check: float
    device: torch.device
    outputs: Outputs
    n_classes: int
    model_bytes: int
    differentiable: bool  # False where the head gives no gradient (quantised, or run under no_grad)
    alone: bool
    _measured: "_Measured" = field(repr=False)
    _f: Function = field(repr=False)
    _g: Function = field(repr=False)
    _h: Function = field(repr=False)
    _dtype: torch.dtype = field(repr=False)
    _changes_input: bool = field(repr=False)

    def encode(self, images: Tensor) -> Tensor:
        """g: (n, 3, H, W) → activations (n, h, w, p) of a map, (n, T, p) of tokens, (n, p) of a vector.

        On the device of the images. Differentiable in images that require a gradient. A model with another number of
        channels than 3 takes (n, channels, H, W). Raises ValueError for images of another shape.
        """
        if images.ndim != 4 or images.shape[1] != self.card.channels:
            raise ValueError(f"images {tuple(images.shape)}, expected (n, {self.card.channels}, H, W)")
        with _gradient_for(images):
            output = self._g(images.to(self.device, self._dtype))
            return self.layout.to_channels_last(output).to(images.device)

    def head(self, activations: Tensor) -> Tensor:
        """h: activations as returned by `encode` → logits (n, classes); all tokens are required.

        Differentiable in the activations, which are never changed. On their device.
        Raises ValueError when they do not have this layer's shape.
        """
        self.layout.check(activations)
        with _gradient_for(activations):
            a = self.layout.to_model(activations.to(self.device, self._dtype))
            if self._changes_input and a.data_ptr() == activations.data_ptr():
                a = a.clone()
            return self._h(a).to(activations.device)

    def measure(self, images: Tensor) -> float:
        """max |h(g(x)) − f(x)| on these images, (n, 3, H, W) as for `encode`.

        Raises ValueError when it is above 1e-4 · max |f(x)|.
        """
        return _check(self._f, images.to(self.device, self._dtype).split(16), self._g, self._h, self.layout, self.layer)

    def to_map(self, values: Tensor) -> Tensor:
        """(n, T..., k) → (n, h, w, k): tokens on their grid, class and other extra tokens left out, maps unchanged.

        Raises ValueError for a vector and for tokens without a grid.
        """
        return self.layout.to_map(values)

    def at(self, layer: str) -> "Split":
        """The same model split at another layer. Raises ValueError as `split_model`."""
        return _split_at(self._measured, *_chosen(self._measured.layers, layer))

    def layers(self) -> list[LayerInfo]:
        """Every layer that can be split at, in network order."""
        return self._measured.layers.infos()

    @property
    def model(self) -> nn.Module:
        """The whole unchanged model, without any wrapper; f is this model with logits as its output."""
        return self._measured.layers.model

    @property
    def layer(self) -> str:
        return self.info.path

    @property
    def kind(self) -> LayoutKind:
        return self.info.kind

    @property
    def grid(self) -> tuple[int, int] | None:
        return self.info.grid

    @property
    def named(self) -> tuple[str, ...]:
        """Names of the tokens before those of the grid: the class token, then registers and similar."""
        return ("class token", *(f"extra token {i}" for i in range(1, self.layout.n_extra)))[: self.layout.n_extra]

    @property
    def sign(self) -> str:
        """ ">= 0" or "signed", measured on the probe images."""
        return self.info.sign

    @property
    def traced(self) -> bool:
        return self.info.traced

    @property
    def n_positions(self) -> int:
        """T: h·w for a map, all tokens (class token included) for tokens, 1 for a vector."""
        return self.layout.n_positions

    @property
    def n_channels(self) -> int:
        return self.layout.n_channels


def split_model(
    model: nn.Module, layer: str | None = None, *, sample: Tensor | None = None, output: Kind | None = None
) -> Split:
    """The model split at a layer: f = h ∘ g.

    layer: a module path, or None for the default, which `Split.reason` explains.
    sample: real images (m, 3, H, W) for the check; without them, two seeded random images of the card's size.
    output: the meaning of the outputs (`concepts.models.outputs`); None for the card's, else it is measured (`adapt`).
    The model is traced (torch.fx), or cut with hooks where it cannot be traced; the model itself is not changed.
    A model in a wrapper (DataParallel, torch.compile, a moving average) is taken out of it.
    Raises ValueError when the model is in training mode, or its outputs cannot be read as logits; when the layer is
    unknown, bypassed (a residual connection) or has no readable layout, with the nearest layers that can be split
    at; when logits are NaN or infinite; and when max |h(g(x)) − f(x)| > 1e-4 · max |f(x)|. A model whose logits are
    the same for every image (a head of zeros) passes that check at any layer, so the check is not informative there.
    For a layer of tokens with a grid, which token answers to which place is measured (`measured_order`). A model
    whose answer depends on the rest of the batch is run one photo at a time; ValueError where that is of no use.
    """
    if model.training:
        raise ValueError("the model is in training mode, in which it does not repeat itself: call model.eval() first")
    measured = _measure(card_of(model), unwrapped(model), sample, output)
    return _split_at(measured, *_chosen(measured.layers, layer))


@dataclass(frozen=True, eq=False)
class _Measured:
    """A model as measured on probe images, before a layer is chosen. f: the model with logits as its output.

    images: (m, 3, H, W), for the check. probe: two of them, and their logits. alone: as in `Split`. place: one of the
    model's tensors.
    """

    card: ModelCard
    f: AdaptedModel
    layers: OfferedLayers
    images: Tensor
    probe: Tensor
    logits: Tensor
    alone: bool
    place: Tensor


def _measure(card: ModelCard, model: nn.Module, sample: Tensor | None, output: Kind | None) -> _Measured:
    place = next(iter((*model.parameters(), *model.buffers())), torch.zeros(()))
    images = _checked_images(sample, card, place)
    probe = images[torch.arange(2) % len(images)]
    with torch.no_grad():
        adapted = _adapted(model, probe, output or card.output)
        logits = _checked_logits(adapted(probe))
        alone = model_depends_on_batch(adapted, probe, logits)
        layers = OfferedLayers(adapted, probe, logits)
    return _Measured(card, adapted, layers, images, probe, logits, alone, place)


def _chosen(layers: OfferedLayers, layer: str | None) -> tuple[str, str]:
    """The path of a layer, and the reason: the given layer, or for None the default."""
    if layer is None:
        return layers.choose()
    path = layers.find(layer)
    return path, "chosen by you" if path == layer else f"chosen by you as {layer}, which gives the same activations"


def _split_at(measured: _Measured, path: str, reason: str) -> Split:
    """The checked split at a path of `OfferedLayers`."""
    layers, images, probe, alone = measured.layers, measured.images, measured.probe, measured.alone
    (g, h), layout = layers.cut(path), layers.layouts[path]
    f: Function = measured.f
    check = _check(f, (images[:1], *images.split(16)), g, h, layout, path)
    if alone := alone or _halves_depend(g, h, layout, probe):
        f, g, h = one_by_one(f), one_by_one(g), one_by_one(h)
        check = _check(f, (images,), g, h, layout, path)
    layout, order_notes = _in_picture_order(layers, path, g, probe, alone)
    notes = [*order_notes, *([ALONE] if alone else [])]
    return Split(
        info=layers.info(path),
        layout=layout,
        card=measured.card,
        reason=" ".join((reason if reason.endswith(".") or not notes else f"{reason}.", *notes)),
        check=check,
        device=measured.place.device,
        outputs=measured.f.outputs,
        n_classes=measured.logits.shape[1],
        model_bytes=sum(each.nbytes for each in (*layers.model.parameters(), *layers.model.buffers())),
        differentiable=gradient_at(h, g(probe[:1])) is not None,
        alone=alone,
        _measured=measured,
        _f=f,
        _g=g,
        _h=h,
        _dtype=probe.dtype,
        _changes_input=_changes_input(h, g, probe),
    )


def _gradient_for(x: Tensor) -> torch.set_grad_enabled:
    """Enables gradients only where x requires them, so that a plain pass keeps no graph."""
    return torch.set_grad_enabled(torch.is_grad_enabled() and x.requires_grad)


def _checked_images(sample: Tensor | None, card: ModelCard, like: Tensor) -> Tensor:
    """The sample, or two seeded random images of the card's size, with the model's device and dtype."""
    dtype = like.dtype if like.is_floating_point() else torch.float32
    if sample is None:
        return random_images(card.channels, card.input_size).to(like.device, dtype)
    if sample.ndim != 4 or sample.shape[1] != card.channels or len(sample) == 0:
        raise ValueError(f"sample {tuple(sample.shape)}, expected images (m, {card.channels}, H, W), at least one")
    return sample.detach().to(like.device, dtype)


def _adapted(model: nn.Module, images: Tensor, output: Kind | None) -> AdaptedModel:
    try:
        return adapt(model, images, stated=output)
    except ValueError:
        raise
    except Exception as error:  # the user's own forward can raise anything
        text = f"the model fails on images {tuple(images.shape)}: {type(error).__name__}: {error}"
        raise ValueError(f"{text}. Give sample= of the size that it takes") from error


def _checked_logits(logits: Tensor) -> Tensor:
    if not torch.isfinite(logits).all():
        raise ValueError("the model gives NaN or infinite logits: its weights are damaged, or its numbers overflow")
    return logits


def _check(f: Function, batches: Sequence[Tensor], g: Function, h: Function, layout: Layout, path: str) -> float:
    """max |h(g(x)) − f(x)| over the batches. Raises ValueError when it is above 1e-4 · max |f(x)|."""
    worst, allowed = 0.0, 0.0
    for batch in batches:
        with torch.no_grad():
            expected = f(batch)
            try:
                joined = h(layout.to_model(layout.to_channels_last(g(batch))))
            except RuntimeError as error:
                raise ValueError(f"split at {path!r}: fails on {len(batch)} images ({error}); {_ELSEWHERE}") from error
            difference = float((joined - expected).abs().max())
        worst = difference if difference != difference else max(worst, difference)  # NaN stays
        allowed = max(allowed, allowed_difference(expected))
    if not worst <= allowed:
        raise ValueError(f"split at {path!r}: max |h(g(x)) - f(x)| is {worst:.2e}, allowed {allowed:.2e}; {_ELSEWHERE}")
    return worst


def _halves_depend(g: Function, h: Function, layout: Layout, probe: Tensor) -> bool:
    """Whether g or h gives something else for an image when another one is in its batch."""
    with torch.no_grad():
        one, other = probe[:1], companion(probe)
        if depends_on_batch(g, one, other):
            return True
        a, b = (layout.to_channels_last(g(each)) for each in (one, other))
        return depends_on_batch(lambda both: h(layout.to_model(both).clone()), a, b)


def _in_picture_order(
    layers: OfferedLayers, path: str, g: Function, probe: Tensor, alone: bool
) -> tuple[Layout, list[str]]:
    """The layer's layout with the measured order of its tokens, and a sentence where that is not the assumed one."""
    layout = layers.layouts[path]
    grid = layout.grid
    if layout.kind != "tokens" or grid is None:
        return layout, []

    alike = layers.first_alike(path)
    first = g if alike == path else layers.cut(alike)[0]
    if alone and first is not g:
        first = one_by_one(first)
    order = measured_order(g, first, probe[:1], layout)
    moved = order is not None and order != tuple(range(len(order)))
    return replace(layout, order=order if moved else None), about_order(layout, order)


_ELSEWHERE = "choose another layer, or check that the model gives the same logits for the same images every time"


@torch.no_grad()
def _changes_input(h: Function, g: Function, images: Tensor) -> bool:
    """Whether h changes its input in place (an in-place ReLU right after the cut)."""
    a = g(images).clone()
    before = a._version
    h(a)
    return a._version != before
