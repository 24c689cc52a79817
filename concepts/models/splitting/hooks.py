"""Cutting a model with forward hooks, where it cannot be traced (control flow that depends on the data).

g runs the model and stops at the layer; h runs the whole model on a black image and replaces the layer's output by the
activations, so it costs a full pass. One lock covers hook, run and unhook; no hook remains on the model.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cached_property
from typing import NamedTuple, TypeVar

import torch
from torch import Tensor, nn

from concepts.models.adapted import AdaptedModel
from concepts.models.splitting.layers import Function, Output, allowed_difference, is_float_batch

_HOOKING = threading.RLock()
Out = TypeVar("Out")  # output type of the hooked modules


class _ReachedError(BaseException):
    """Ends a forward pass at the layer; not an Exception, so that no `except Exception` of a model catches it."""


class _Given(NamedTuple):
    """A module's output: the tensor, its in-place version counter, the module's path."""

    output: Tensor
    version: int
    path: str


@contextmanager
def hooked(hooks: Mapping[nn.Module, Callable[[Out], Tensor | None]]) -> Iterator[None]:
    """Replaces each module's output by the result of its function (None: unchanged), in this thread only."""
    thread = threading.get_ident()

    def forward_hook(module: nn.Module, _: object, output: Out) -> Tensor | None:
        return hooks[module](output) if threading.get_ident() == thread else None

    with _HOOKING, ExitStack() as stack:
        for module in hooks:
            stack.callback(module.register_forward_hook(forward_hook).remove)
        yield


class HookedModel:
    """A Cutter that only runs the model and finds cuts by measurement."""

    traced = False

    def __init__(self, f: AdaptedModel, images: Tensor, logits: Tensor) -> None:
        self._model, self._images, self._logits = f, images, logits
        self._modules = {path: module for path, module in f.model.named_modules() if path}
        self.calls: dict[str, int] = {}
        self._outer: dict[str, str] = {}
        self.outputs = self._observe(images)
        self._is_cut: dict[str, bool] = {}

    def _observe(self, images: Tensor) -> dict[str, Output]:
        """Output per module on these images, for modules that ran once and returned one float tensor."""
        seen: dict[str, Output] = {}
        calls: dict[str, int] = {}
        last: _Given | None = None

        def keeper(path: str) -> Callable[[object], None]:
            def keep(output: object) -> None:
                nonlocal last
                calls[path] = calls.get(path, 0) + 1
                if is_float_batch(output, len(images)):
                    seen[path] = Output(tuple(output.shape), float(output.min()))
                    if last is not None and output is last.output and output._version == last.version:
                        self._outer[last.path] = path  # a composite returns the output of its last part
                    last = _Given(output, output._version, path)

            return keep

        with torch.no_grad(), hooked({module: keeper(path) for path, module in self._modules.items()}):
            self._model(images)
        self.calls = calls
        return {path: output for path, output in seen.items() if calls[path] == 1}

    def shapes_at(self, images: Tensor) -> dict[str, tuple[int, ...]]:
        return {path: output.shape for path, output in self._observe(images).items()}

    def is_cut(self, path: str) -> bool:
        """Whether the logits stay the same when the model's input is a black image and the layer's output is kept."""
        if path not in self._is_cut:
            self._is_cut[path] = path in self.outputs and not self.gives_logits(path) and self._survives(path)
        return self._is_cut[path]

    def _survives(self, path: str) -> bool:
        g, h = self.cut(path)
        expected = self._logits_alone
        try:
            with torch.no_grad():
                logits = h(g(self._images[:1]))
        except (RuntimeError, ValueError):  # a black image takes another path through the model
            return False
        return float((logits - expected).abs().max()) <= allowed_difference(expected)

    @cached_property
    def _logits_alone(self) -> Tensor:
        """The logits of the first image alone: those of a batch may depend on the other images."""
        with torch.no_grad():
            return self._model(self._images[:1])

    def gives_logits(self, path: str) -> bool:
        if self.outputs[path].shape != tuple(self._logits.shape):
            return False
        with torch.no_grad():
            return torch.equal(self.cut(path)[0](self._images), self._logits)

    def canonical(self, path: str) -> str:
        while self._outer.get(path) in self.outputs:
            path = self._outer[path]
        return path

    def cut(self, path: str) -> tuple[Function, Function]:
        module, black = self._modules[path], torch.zeros_like(self._images[:1])

        def encode(images: Tensor) -> Tensor:
            return _stopped_at(self._model, module, images, path)

        def head(activations: Tensor) -> Tensor:
            images = black.expand(len(activations), -1, -1, -1)
            return _replaced_at(self._model, module, images, activations, path)

        return encode, head


def _stopped_at(model: nn.Module, module: nn.Module, images: Tensor, path: str) -> Tensor:
    """The module's output on these images; the pass ends there."""
    kept: list[Tensor] = []

    def stop(output: Tensor) -> None:
        kept.append(output)
        raise _ReachedError

    with hooked({module: stop}):
        try:
            model(images)
        except _ReachedError:
            return kept[0]
    raise ValueError(f"layer {path!r} did not run for these images: choose a layer that runs for every image")


def _replaced_at(model: nn.Module, module: nn.Module, images: Tensor, activations: Tensor, path: str) -> Tensor:
    """The logits of a pass in which the module's output is the activations."""
    calls: list[int] = []

    def replace(_: Tensor) -> Tensor:
        calls.append(1)
        return activations

    with hooked({module: replace}):
        logits = model(images)
    if len(calls) != 1:
        raise ValueError(
            f"layer {path!r} ran {len(calls)} times for a black image, expected once: "
            "the model takes another way for it, choose another layer"
        )
    return logits
