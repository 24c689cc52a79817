"""Cutting a model by tracing it (torch.fx): g is the graph up to the cut, h is the graph after it.

Both parts are separate modules that share the parameters; the model itself is not changed.
"""

import threading
from collections.abc import Callable
from typing import TypeGuard

import torch
from torch import Tensor, fx, nn

from concepts.models.adapted import AdaptedModel
from concepts.models.splitting.layers import Function, Output, allowed_difference, is_float_batch, same_content

_TRACING = threading.Lock()  # torch.fx patches nn.Module during a trace
# A value of shape arithmetic: it depends only on the size of the image.
Size = int | float | str | torch.dtype | torch.device | None | tuple["Size", ...] | list["Size"]
Sizes = dict[fx.Node, Size]


class _Tracer(fx.Tracer):
    """A tracer that records the output of every module call, composite modules included.

    While it runs, torch.fx routes the module calls of all threads here; those of other threads pass unchanged.
    """

    def __init__(self) -> None:
        super().__init__()
        self.thread = threading.get_ident()
        self.module_outputs: dict[str, list[object]] = {}

    def call_module(
        self, m: nn.Module, forward: Callable[..., object], args: tuple[object, ...], kwargs: dict[str, object]
    ) -> object:
        if threading.get_ident() != self.thread:
            return forward(*args, **kwargs)
        path = self.path_of_module(m)
        output = super().call_module(m, forward, args, kwargs)
        self.module_outputs.setdefault(path, []).append(output)
        return output

    def getattr(self, attr: str, attr_val: object, parameter_proxy_cache: dict[str, fx.Proxy]) -> object:
        if threading.get_ident() != self.thread:
            return attr_val
        return super().getattr(attr, attr_val, parameter_proxy_cache)


class TracedModel:
    """A Cutter that uses the traced graph of the model.

    Raises whatever the model's forward raises when it cannot be traced, and ValueError when the traced model's logits
    differ from the model's.
    """

    traced = True

    def __init__(self, f: AdaptedModel, images: Tensor, logits: Tensor) -> None:
        with _TRACING:
            tracer = _Tracer()
            graph = tracer.trace(f)
        self._whole = fx.GraphModule(tracer.root, graph)
        self._graph = self._whole.graph
        nodes = {node.name: node for node in self._graph.nodes}
        self._node_of = {
            path.removeprefix("model").removeprefix("."): nodes[outputs[0].node.name]
            for path, outputs in tracer.module_outputs.items()
            if len(outputs) == 1 and isinstance(outputs[0], fx.Proxy)
        }
        self.calls = {path.removeprefix("model."): len(each) for path, each in tracer.module_outputs.items()}
        self._skipped = {name for name, module in f.model.named_modules() if same_content(module)}
        self._probe(images, logits)

    def _probe(self, images: Tensor, logits: Tensor) -> None:
        probe = _Probe(self._whole, set(self._node_of.values()), len(images))
        difference = (probe.run(images) - logits).abs().max()
        if not difference <= allowed_difference(logits):
            raise ValueError(f"the traced model differs from the model by {difference:.2e}")
        self._sizes = probe.sizes
        self._bypassed = _bypassed(self._graph, probe.sizes)
        order = {node: index for index, node in enumerate(self._graph.nodes)}
        found = [(path, node) for path, node in self._node_of.items() if node in probe.outputs]
        found.sort(key=lambda pair: order[pair[1]])
        self.outputs = {path: probe.outputs[node] for path, node in found}
        self._images = images
        self._sizes_of_3: Sizes | None = None
        self._shortest: dict[fx.Node, str] = {}
        for path in sorted(self.outputs, key=lambda path: (path in self._skipped, path.count("."))):
            self._shortest.setdefault(self._node_of[path], path)

    def is_cut(self, path: str) -> bool:
        return path in self.outputs and self._node_of[path] not in self._bypassed

    def gives_logits(self, path: str) -> bool:
        return any(user.op == "output" for user in self._node_of[path].users)

    def canonical(self, path: str) -> str:
        return self._shortest[self._node_of[path]]

    def cut(self, path: str) -> tuple[Function, Function]:
        node = self._node_of[path]
        g, h = _graph_up_to(self._graph, node), _graph_after(self._graph, node, self._sizes, self._sizes_of_3_images)
        return fx.GraphModule(self._whole, g), fx.GraphModule(self._whole, h)

    def _sizes_of_3_images(self) -> Sizes:
        if self._sizes_of_3 is None:
            probe = _Probe(self._whole, set(), 3)
            probe.run(self._images[[0, 1, 0]])
            self._sizes_of_3 = probe.sizes
        return self._sizes_of_3

    def shapes_at(self, images: Tensor) -> dict[str, tuple[int, ...]]:
        probe = _Probe(self._whole, set(self._node_of.values()), len(images))
        probe.run(images)
        return {path: probe.outputs[node].shape for path, node in self._node_of.items() if node in probe.outputs}


class _Probe(fx.Interpreter):
    """Runs the graph once; keeps shapes and minima of the wanted nodes, and the values that are only sizes."""

    def __init__(self, whole: fx.GraphModule, wanted: set[fx.Node], n: int) -> None:
        super().__init__(whole)
        self.wanted, self.n = wanted, n
        self.outputs: dict[fx.Node, Output] = {}
        self.sizes: Sizes = {}

    def run_node(self, n: fx.Node) -> object:
        value: object = super().run_node(n)
        if n in self.wanted and is_float_batch(value, self.n):
            self.outputs[n] = Output(tuple(value.shape), float(value.detach().min()))
        if _is_size(value) and (value is None or self._reads_shapes_only(n)):
            self.sizes[n] = value
        return value

    def _reads_shapes_only(self, node: fx.Node) -> bool:
        """Whether the node reads only the size or type of its tensors (not .item())."""
        if all(each in self.sizes for each in node.all_input_nodes):
            return True
        return node.target is getattr or (node.op == "call_method" and node.target in ("size", "dim", "numel"))


def _is_size(value: object) -> TypeGuard[Size]:
    """Whether a value comes from shape arithmetic: it depends only on the size of the image."""
    if isinstance(value, tuple | list):
        return all(_is_size(each) for each in value)
    return value is None or isinstance(value, int | float | str | torch.dtype | torch.device)


def _bypassed(graph: fx.Graph, sizes: Sizes) -> set[fx.Node]:
    """The nodes that are not cuts: after them, another value that depends on the images is still needed.

    A value is live from its computation to its last use. Sizes and parameters do not count, and reading only the size
    of a value is not a use.
    """
    nodes = list(graph.nodes)
    order = {node: index for index, node in enumerate(nodes)}
    depends = _depending(graph) - sizes.keys()
    last_use = {node: max((order[user] for user in node.users if user not in sizes), default=-1) for node in depends}
    live: set[fx.Node] = set()
    bypassed = set(nodes)
    for index, node in enumerate(nodes):
        live = {each for each in live if last_use[each] > index}
        if node in depends and last_use[node] > index:
            live.add(node)
        if live == {node} and node.op != "placeholder" and not any(user.op == "output" for user in node.users):
            bypassed.discard(node)
    return bypassed


def _depending(graph: fx.Graph) -> set[fx.Node]:
    """The nodes that depend on the images."""
    found: set[fx.Node] = set()
    for node in graph.nodes:
        if node.op == "placeholder" or any(each in found for each in node.all_input_nodes):
            found.add(node)
    return found


def _graph_up_to(graph: fx.Graph, cut: fx.Node) -> fx.Graph:
    """g: every node up to the cut, in order (in-place nodes and the model's own checks included)."""
    g = fx.Graph()
    copies: dict[fx.Node, fx.Node] = {}
    for node in graph.nodes:
        copies[node] = g.node_copy(node, copies.__getitem__)
        if node is cut:
            break
    g.output(copies[cut])
    return g


def _graph_after(graph: fx.Graph, cut: fx.Node, sizes: Sizes, sizes_of_3: Callable[[], Sizes]) -> fx.Graph:
    """h: every node after the cut; its parameters are fetched again, sizes are computed from the number of images."""
    h = fx.Graph()
    activations = h.placeholder("activations")
    copies, depends = {cut: activations}, _depending(graph)

    def copy(node: fx.Node) -> fx.Node:
        if node not in copies:
            if node in depends:
                copies[node] = h.call_function(size_for, (activations, sizes[node], sizes_of_3()[node]))
            else:
                copies[node] = h.node_copy(node, copy)
        return copies[node]

    nodes = list(graph.nodes)
    for node in nodes[nodes.index(cut) + 1 :]:
        known = all(each in copies or each not in depends or each in sizes for each in node.all_input_nodes)
        copies[node] = h.node_copy(node, copy) if known else copy(node)
    return h


def size_for(activations: Tensor, at_two: Size, at_three: Size) -> Size:
    """A size of the model's shape arithmetic, for the number of images in the activations.

    Sizes are linear in the number of images n, or constant: s(n) = s(2) + (n − 2) (s(3) − s(2)).
    Raises ValueError for a value that differs and is not a number.
    """
    if isinstance(at_two, tuple | list) and isinstance(at_three, tuple | list):
        return tuple(size_for(activations, a, b) for a, b in zip(at_two, at_three, strict=True))
    if at_two == at_three:
        return at_two
    if isinstance(at_two, int | float) and isinstance(at_three, int | float):
        return at_two + (activations.shape[0] - 2) * (at_three - at_two)
    raise ValueError(f"the model computes {at_two!r} for 2 images and {at_three!r} for 3: choose another layer")
