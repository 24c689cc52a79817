"""The state dict that fits a model, wherever it lies in a checkpoint and whatever is in front of its names.

Every mapping in the checkpoint is a candidate, with every prefix under which its names end in the model's; the state
of an optimizer is none. Of several that fit, the order of preference is: plain weights before averaged ones (EMA, SWA,
a teacher), then the key in the order of `PREFERRED`, then the mapping that lies less deep, the shorter prefix, and the
order in the file.
"""

import re
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice, takewhile
from pathlib import Path

from torch import Size, Tensor, nn

from concepts.data.texts import one_line
from concepts.models.classifiers.checkpoint import read_checkpoint
from concepts.models.classifiers.statedict import State, few, missing_names

PREFERRED = ("state_dict", "model_state_dict", "model", "module", "net", "network", "student", "params", "weights")
AVERAGED = re.compile(r"(^|[._\s])(ema|swa|avg|averaged?|teacher|momentum|shadow|target)(?=[._\d\s]|$)")
NO_WEIGHTS = re.compile(
    r"optim|^opt(_|$)|(^|_)grad(s|ients?)?$|^exp_avg|^(momentum|square)_(avg|buffer)", re.IGNORECASE
)
COUNTER = "n_averaged"  # of averaged models, beside their tensors
MOST_PREFIXES = 8  # of one mapping, by the number of names that they explain
MOST_PLACES = 1000  # mappings with tensors in one file
DEEPEST, JUDGED = 10_000, 20  # keys that lead to a mapping; the last ones, which tell whether it is averaged
LONGEST_NAME = 1000  # characters of a tensor's name
Adapt = Callable[[State], State]


@dataclass(frozen=True)
class Place:
    """The tensors of a mapping in a checkpoint, and the keys that lead to it."""

    keys: tuple[str, ...]
    tensors: State


@dataclass(frozen=True)
class Candidate:
    """A place and a prefix: the tensors under it, named as the model names them.

    n_missing: names of the model that it lacks or has in another shape. beside: names in the file under no prefix that
    fits; they are left out.
    """

    place: Place
    prefix: str
    state: State
    n_missing: int
    n_unexpected: int
    beside: tuple[str, ...]

    @property
    def fits(self) -> bool:
        return self.n_missing == self.n_unexpected == 0

    @property
    def label(self) -> str:
        """Its place, as the model's card states it."""
        prefix = f"{self.prefix}…" if self.prefix else ""
        parts = filter(None, (".".join(self.place.keys[:JUDGED]), prefix))
        return one_line(" ".join(parts) or "names without a prefix", 100)

    @property
    def order(self) -> tuple[int, bool, int, bool, int, int, int]:
        """The lower, the earlier it is taken."""
        last = self.place.keys[-1] if self.place.keys else PREFERRED[0]
        rank = PREFERRED.index(last) if last in PREFERRED else len(PREFERRED)
        size = len(self.place.tensors) if self.n_missing else 0  # where none fits, the largest is told about
        averaged = AVERAGED.search(f"{' '.join(self.place.keys[-JUDGED:])} {self.prefix}".lower()) is not None
        depth = len(self.place.keys)
        return self.n_missing, self.n_unexpected > 0, -size, averaged, rank, depth, len(self.prefix)


@dataclass(frozen=True)
class Fitted:
    """A state dict for a model, and what its card says of the file."""

    state: State
    text: str


def read_fitting(path: Path, model: nn.Module, *, n_classes: int | None = None, adapt: Adapt = lambda s: s) -> Fitted:
    """The state dict in a file that fits the model best, named as the model names it.

    n_classes: of the model, where the file may have another number of classes; adapt: converts names of old.
    Raises ValueError as `read_checkpoint` does, and when the file holds no tensors with names. Whether the state dict
    fits is checked where it is put into the model.
    """
    shapes = {key: value.shape for key, value in model.state_dict().items() if isinstance(value, Tensor)}
    fit = _Fit(model, shapes, n_classes, adapt)
    places = islice(_places(read_checkpoint(path)), MOST_PLACES)
    found = [each for place in places for each in fit.candidates(place)]
    if not found:
        raise ValueError(f"{str(path)!r} holds no state dict: expected names and tensors, as model.state_dict() gives")
    best, *others = sorted(found, key=lambda each: each.order)
    return Fitted(best.state, _text(path, best, [each.label for each in others if each.fits]))


def _text(path: Path, best: Candidate, others: list[str]) -> str:
    if not best.fits:
        return path.name
    notes = [f"{best.label}; also there: {few(others)}"] if others else []
    notes += [f"left out: {few(list(best.beside))}"] if best.beside else []
    return f"{path.name} ({'; '.join(notes)})" if notes else path.name


def _places(content: object) -> Iterator[Place]:
    """The mappings that hold tensors by name, from the outermost inwards, each once; not those of an optimizer."""
    queue: deque[tuple[tuple[str, ...], object]] = deque([((), content)])
    seen: set[int] = set()
    while queue:
        keys, each = queue.popleft()
        if id(each) in seen or len(keys) > DEEPEST or _is_optimizer(keys, each):
            continue
        seen.add(id(each))
        if isinstance(each, dict):
            items = dict.items(each)  # the file may have given an OrderedDict an attribute `items`
            if tensors := {key: value for key, value in items if _is_named_tensor(key, value)}:
                yield Place(keys, _with_metadata(tensors, each))
            queue.extend(((*keys, _as_text(key)), value) for key, value in items if _may_hold(value))
        elif isinstance(each, list | tuple):
            queue.extend(((*keys, str(i)), value) for i, value in enumerate(each) if _may_hold(value))


def _is_named_tensor(key: object, value: object) -> bool:
    return isinstance(key, str) and len(key) <= LONGEST_NAME and isinstance(value, Tensor)


def _as_text(key: object) -> str:
    return str(key)[:LONGEST_NAME] if isinstance(key, str | int) else type(key).__name__


def _may_hold(value: object) -> bool:
    return isinstance(value, dict | list | tuple)


def _is_optimizer(keys: tuple[str, ...], content: object) -> bool:
    named = bool(keys) and NO_WEIGHTS.search(keys[-1]) is not None
    return named or (isinstance(content, dict) and "param_groups" in content)


@dataclass(frozen=True)
class _Fit:
    """How a model names its tensors."""

    model: nn.Module
    shapes: Mapping[str, Size]
    n_classes: int | None
    adapt: Adapt

    def candidates(self, place: Place) -> list[Candidate]:
        """One for each prefix under which all names of the model are found; else one for each of the likely ones.

        Where all names of the model have a prefix of their own, the file's may lack it.
        """
        found: list[Candidate] = []
        for own in dict.fromkeys(("", _common_prefix(self.shapes))):
            prefixes = self._prefixes(place.tensors, own)
            complete = [prefix for prefix in prefixes if not self._missing(_renamed(place.tensors, prefix, own))]
            if complete:
                return [self._complete(place, prefix, own, complete) for prefix in complete]
            found += [self._incomplete(place, prefix, own) for prefix in prefixes]
        return found

    def _prefixes(self, tensors: State, own: str) -> list[str]:
        """What stands in the file in front of the model's names, from most names to fewest; "" always among them."""
        votes: Counter[str] = Counter()
        for key, value in tensors.items():
            starts = [0, *(match.end() for match in re.finditer(r"\.", key))]
            votes.update(key[:start] for start in starts if self._is_own(own + key[start:], value))
        return list(dict.fromkeys((*(prefix for prefix, _ in votes.most_common(MOST_PREFIXES)), "")))

    def _is_own(self, name: str, value: Tensor) -> bool:
        """Whether the model has a tensor of this name and shape, but for the number of classes."""
        shape = self.shapes.get(name)
        if shape is None or shape == value.shape:
            return shape is not None
        head = bool(shape) and shape[0] == self.n_classes
        return head and value.ndim == len(shape) and value.shape[1:] == shape[1:]

    def _missing(self, renamed: State) -> list[str]:
        state = self.adapt(renamed)
        return missing_names(self.model, [name for name, value in state.items() if self._is_own(name, value)])

    def _complete(self, place: Place, prefix: str, own: str, complete: list[str]) -> Candidate:
        """The tensors under the prefix, less those under a longer one that is complete as well."""
        longer = tuple(each for each in complete if each != prefix and each.startswith(prefix))
        others = {key: value for key, value in place.tensors.items() if key.startswith(longer) or key == COUNTER}
        rest = {key: value for key, value in place.tensors.items() if key not in others}
        state = self.adapt(_renamed(_with_metadata(rest, place.tensors), prefix, own))
        n_unexpected = sum(name not in self.shapes for name in state)
        beside = tuple(key for key in rest if not key.startswith(tuple(complete)))
        return Candidate(place, prefix, state, 0, n_unexpected, beside)

    def _incomplete(self, place: Place, prefix: str, own: str) -> Candidate:
        """The tensors under the prefix, and the others by their own names, so that an error can state them."""
        renamed = _renamed(place.tensors, prefix, own)
        others = {key: value for key, value in place.tensors.items() if not key.startswith(prefix)}
        state = self.adapt(OrderedDict({**renamed, **others}))
        return Candidate(place, prefix, state, len(self._missing(renamed)), 0, ())


def _renamed(tensors: State, prefix: str, own: str) -> State:
    """The tensors whose names have the prefix, with the model's `own` in its place; metadata of modules alike."""
    under = OrderedDict((own + key[len(prefix) :], each) for key, each in tensors.items() if key.startswith(prefix))
    metadata = getattr(tensors, "_metadata", None)
    if isinstance(metadata, Mapping) and not own:
        parts = {
            f"{key}."[len(prefix) :].removesuffix("."): each
            for key, each in metadata.items()
            if f"{key}.".startswith(prefix)
        }
        under._metadata = parts  # type: ignore[attr-defined]
    return under


def _with_metadata(tensors: Mapping[str, Tensor], source: object) -> State:
    """The tensors with the metadata of a state dict, in which modules keep their versions."""
    state = OrderedDict(tensors)
    if isinstance(metadata := getattr(source, "_metadata", None), dict):
        state._metadata = {  # type: ignore[attr-defined]
            key: {"version": version}
            for key, each in dict.items(metadata)
            if isinstance(key, str) and isinstance(each, dict) and isinstance(version := dict.get(each, "version"), int)
        }
    return state


def _common_prefix(names: Iterable[str]) -> str:
    """The modules with which all names begin, with a dot at the end of each."""
    levels = zip(*(name.split(".")[:-1] for name in names), strict=False)
    return "".join(f"{level[0]}." for level in takewhile(lambda level: len(set(level)) == 1, levels))
