"""The layers of a model that can be split at, the default layer, and why other layers cannot be split at."""

import difflib

import torch
from torch import Tensor, nn

from concepts.models.adapted import AdaptedModel
from concepts.models.splitting.default_layer import choose_layer, reaching_share
from concepts.models.splitting.hooks import HookedModel
from concepts.models.splitting.layers import Cutter, Function, LayerInfo, allowed_difference, rearranges, same_content
from concepts.models.splitting.layout import Layout, is_ambiguous, read_layout
from concepts.models.splitting.tracing import TracedModel

WIDER_BY = 64


class OfferedLayers:
    """The layers of one model that can be split at; `layouts` holds every layer with a readable output."""

    def __init__(self, f: AdaptedModel, probe: Tensor, logits: Tensor) -> None:
        self.f, self.model, self.probe, self.logits = f, f.model, probe, logits
        self.modules = dict(f.model.named_modules())
        self._look_with(self._traced() or self._hooked())

    def _traced(self) -> Cutter | None:
        try:
            return TracedModel(self.f, self.probe, self.logits)
        except Exception:  # a forward that cannot be traced can raise anything; hooks accept any model
            return None

    def _hooked(self) -> Cutter:
        with torch.no_grad():
            difference = float((self.f(self.probe) - self.logits).abs().max())
        if not difference <= allowed_difference(self.logits):
            raise ValueError(
                f"the model gives other logits for the same images the second time (by {difference:.2e}): "
                "take the randomness or the counting out of its forward"
            )
        return HookedModel(self.f, self.probe, self.logits)

    def _look_with(self, cutter: Cutter) -> None:
        self.cutter = cutter
        self.layouts = read_layouts(cutter, self.probe)

    def info(self, path: str) -> LayerInfo:
        layout, sign = self.layouts[path], self.cutter.outputs[path].sign
        return LayerInfo(path, layout.kind, layout.shape, layout.grid, sign, self.cutter.traced)

    def infos(self) -> list[LayerInfo]:
        """Every layer that can be split at, in network order, each under its shortest path."""
        paths = dict.fromkeys(self.cutter.canonical(path) for path in self.layouts if self._is_listed(path))
        return [self.info(path) for path in paths]

    def _is_listed(self, path: str) -> bool:
        skipped = same_content(self.modules[self.cutter.canonical(path)])
        return path in self.layouts and not skipped and self.cutter.is_cut(path)

    def cut(self, path: str) -> tuple[Function, Function]:
        return self.cutter.cut(path)

    def first_alike(self, path: str) -> str:
        """The first layer that can be split at with the same number of tokens on the same grid; maybe itself."""
        layout = self.layouts[path]
        alike = (
            each
            for each, other in self.layouts.items()
            if other.kind == "tokens" and (other.shape[0], other.grid) == (layout.shape[0], layout.grid)
        )
        return next((each for each in alike if each == path or self.cutter.is_cut(each)), path)

    def find(self, layer: str) -> str:
        """The layer's shortest path. Raises ValueError, with the nearest layers, where it cannot be split at."""
        if layer not in self.modules or not layer:
            near = difflib.get_close_matches(layer, self.modules, n=4, cutoff=0.4) or list(self.modules)[1:5]
            raise ValueError(f"unknown layer {layer!r}: near names are {', '.join(near)}")
        if self.cutter.traced and layer not in self.cutter.calls:  # inside a module that is traced as one piece
            self._look_with(self._hooked())
        if layer in self.layouts and self.cutter.is_cut(layer):
            return self.cutter.canonical(layer)
        raise ValueError(f"layer {layer!r} {self._fault(layer)}{self._nearest(layer)}")

    def _fault(self, layer: str) -> str:
        n_calls, output = self.cutter.calls.get(layer, 0), self.cutter.outputs.get(layer)
        if n_calls != 1:
            return f"cannot be split at: it runs {n_calls} times in one pass, expected once"
        if output is None:
            return "cannot be split at: it does not give one float tensor with the images first"
        if self.cutter.gives_logits(layer):
            return "cannot be split at: it gives the logits themselves, nothing comes after it"
        if layer not in self.layouts:
            return f"cannot be split at: its output {output.shape} cannot be read as positions and channels"
        return "cannot be split at: it is bypassed (inside a residual block or one of several branches)"

    def _nearest(self, layer: str) -> str:
        """The nearest layers before and after this one that can be split at, as the end of a sentence."""
        order = list(self.cutter.calls)
        if layer not in order:
            return ""
        place = order.index(layer)
        sides = (reversed(order[:place]), order[place + 1 :])
        found = [
            next((path for path in side if path in self.layouts and self._is_listed(path)), None) for side in sides
        ]
        names = dict.fromkeys(self.cutter.canonical(path) for path in found if path)
        return f"; the nearest layers that can be: {', '.join(names) or 'none'}"

    def choose(self) -> tuple[str, str]:
        """The default layer and the reason. Raises ValueError when no layer can be split at."""
        if best := self._best():
            return best
        if self.cutter.traced and any(isinstance(module, nn.TransformerEncoder) for module in self.modules.values()):
            cutter, layouts = self.cutter, self.layouts
            self._look_with(self._hooked())  # torch.fx treats the encoder as one node, hooks see its layers
            if best := self._best():
                return best
            self.cutter, self.layouts = cutter, layouts
        if not (infos := self.infos()):
            raise ValueError("the model has no layer that can be split at: every one is bypassed or gives the logits")
        path = infos[-1].path
        return path, f"{path} is the last layer that can be split at. None has a grid: concepts will have no place."

    def _best(self) -> tuple[str, str] | None:
        worth = [self.info(path) for path in self.layouts if self.cutter.canonical(path) == path]
        worth = [info for info in worth if not rearranges(self.modules[info.path])]
        chosen = choose_layer(worth, self._is_usable, self._reach)
        return chosen and (chosen[0].path, chosen[1])

    def _is_usable(self, info: LayerInfo) -> bool:
        return self.cutter.is_cut(info.path) and not self._is_scores(info)

    def _is_scores(self, info: LayerInfo) -> bool:
        """Whether the channels are already the classes: equal in number, without parameters after the layer."""
        if info.shape[-1] != self.logits.shape[1]:
            return False
        h = self.cut(info.path)[1]
        return not (isinstance(h, nn.Module) and next(h.parameters(), None) is not None)

    def _reach(self, info: LayerInfo) -> float:
        g, h = self.cut(info.path)
        layout = self.layouts[info.path]
        with torch.no_grad():
            a = layout.to_channels_last(g(self.probe[:1]))
        return reaching_share(lambda a: h(layout.to_model(a).clone()), a)


def read_layouts(cutter: Cutter, probe: Tensor) -> dict[str, Layout]:
    """Module path → layout, for every readable output; ambiguous ones are resolved with a wider image."""
    image = (probe.shape[2], probe.shape[3])
    wider: dict[str, tuple[int, ...]] = {}
    if any(is_ambiguous(output.shape, image) for output in cutter.outputs.values()):
        try:
            with torch.no_grad():
                wider = cutter.shapes_at(nn.functional.pad(probe, (0, WIDER_BY)))
        except Exception:  # the model accepts one image size only; channels first is the better guess
            wider = {}
    layouts: dict[str, Layout] = {}
    grid: tuple[int, int] | None = None
    for path, output in cutter.outputs.items():
        layout = read_layout(output.shape, image, wider=wider.get(path), earlier_grid=grid)
        if layout is not None:
            layouts[path] = layout
            grid = layout.grid if layout.kind == "map" else grid
    return layouts
