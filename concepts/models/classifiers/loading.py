"""load_model: a classifier by torchvision name, from the user's file, or built in."""

import difflib
import inspect
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import nn

from concepts.data.texts import one_line
from concepts.models.classifiers.card import card_of, make_card, own_class_names, own_transform
from concepts.models.classifiers.classnames import check_count, read_class_names
from concepts.models.classifiers.factory import call_factory, is_factory
from concepts.models.classifiers.fitting import read_fitting
from concepts.models.classifiers.memory_format import choose_memory_format
from concepts.models.classifiers.probing import probe_images, probed
from concepts.models.classifiers.statedict import check_fits, classes_in, for_torchvision, put_into
from concepts.models.classifiers.transform import (
    Overrides,
    PhotoTransform,
    from_preset,
    with_overrides,
)
from concepts.models.classifiers.wrappers import unwrapped
from concepts.models.outputs import Kind, Outputs
from concepts.models.sources import MODELS, ModelOptions

if TYPE_CHECKING:
    from torchvision.models import WeightsEnum

IMAGENET_CLASSES = 1000
MOST_CLASSES = 100_000  # of random weights; a file may have as many as it has bytes
DEVICES = ("cpu", "cuda")
SUFFIXES = (".safetensors", ".pt", ".pth", ".bin", ".ckpt", ".tar")  # what is meant as a file, if it exists or not
Names = Sequence[str] | str | Path


def load_model(
    name: str,
    weights: str | Path | None = None,
    *,
    n_classes: int | None = None,
    class_names: Names | None = None,
    device: str | torch.device = "cpu",
    seed: int = 0,
    resize: int | None = None,
    crop: int | None = None,
    mean: Sequence[float] | None = None,
    std: Sequence[float] | None = None,
    output: Kind | None = None,
) -> nn.Module:
    """The classifier in eval mode, its parameters frozen, with a ModelCard as its attribute `card`.

    name: a torchvision classification model; `path/to/file.py:factory`, the user's own code, which is run;
    or a name of another source (`concepts.models.sources`), such as the built-in `demo/…`.
    weights: None or "" for random weights (torch's own initialisation with `seed`; the global generator is left
    unchanged); "DEFAULT" or a torchvision entry such as "IMAGENET1K_V1", downloaded if it is not cached yet; or the
    path of a local file of safetensors or torch.save, by any name, which never runs code: the state dict in it that
    fits the model is taken (`fitting`).
    n_classes: taken from the weights file if not given. class_names: a sequence, a .txt or a .json.
    resize, crop, mean, std replace single numbers of the model's transform.
    output: the meaning of the outputs (`concepts.models.outputs`); None: measured when the model is split.
    Raises ValueError for an unknown name, entry or device, a file that is missing or does not fit, a failed
    download, user code that fails (with its line), or a number of class names other than one per class.
    """
    place = checked_device(device)
    options = ModelOptions(place, weights, n_classes, class_names, seed, resize, crop, mean, std, output)
    model = (MODELS.opener(name) or _open_torchvision)(name, options)
    if class_names is not None:
        model.card = replace(card_of(model), names_given=True)  # type: ignore[assignment]
    return model.to(place).eval().requires_grad_(False)


def _tuple(numbers: Sequence[float] | None) -> tuple[float, ...] | None:
    return None if numbers is None else tuple(numbers)


def checked_device(device: str | torch.device) -> torch.device:
    try:
        place = torch.device(device)
    except RuntimeError as error:
        raise ValueError(f"unknown device {device!r}: expected cpu, cuda, cuda:1, …") from error
    if place.type not in DEVICES:
        raise ValueError(f"device {device!r} is not one that models run on here: use {' or '.join(DEVICES)}")
    if place.type == "cuda" and not torch.cuda.is_available():
        raise ValueError(f"device {device!r} was asked for, but torch sees no CUDA GPU here: use cpu")
    try:
        torch.zeros(1, device=place)
    except (RuntimeError, AssertionError) as error:  # no such GPU, or torch was built without support for it
        reason = str(error).strip().splitlines()[0]
        raise ValueError(f"device {device!r} does not work ({reason}): use another, or cpu") from error
    return place


def short_name(name: str) -> str:
    """file.py:factory without the folders: the displayed name, the same on every machine."""
    file, _, function = name.rpartition(":")
    return f"{Path(file).name}:{function}"


def _open_factory(name: str, options: ModelOptions) -> nn.Module:
    if options.n_classes is not None:
        raise ValueError(
            f"n_classes={options.n_classes} cannot be given with a factory: {name!r} decides its classes itself"
        )
    return _load_factory(name, options)


def _open_torchvision(name: str, options: ModelOptions) -> nn.Module:
    model = _load_torchvision(name, options)
    if options.device.type == "cpu":
        model.to(memory_format=torch.channels_last)
        model.card = replace(card_of(model), memory_format="channels_last")  # type: ignore[assignment]
    return model


def _overrides(options: ModelOptions) -> Overrides:
    return Overrides(options.resize, options.crop, _tuple(options.mean), _tuple(options.std))


def _load_factory(name: str, options: ModelOptions) -> nn.Module:
    weights, class_names = options.weights, options.class_names
    with seeded(options.seed):
        given, module, path = call_factory(name)
    model = unwrapped(given)
    text = "the factory's own"
    if weights:
        file = _weights_path(weights)
        if file is None:
            raise ValueError(
                f"weights {weights!r} for a factory: expected a local file (safetensors, or of torch.save) or none"
            )
        fitted = read_fitting(file, model)
        put_into(model, fitted.state, file)
        text = fitted.text
    own = own_transform(given) or own_transform(model)
    transform = with_overrides(own or PhotoTransform(), _overrides(options))
    model.eval()
    f, transform = probed(model, name, transform, own=own is not None, output=options.output)
    if class_names is not None:
        names: tuple[str, ...] | None = read_class_names(class_names, None)
    else:
        names = own_class_names(given) or own_class_names(model) or own_class_names(module, ("CLASS_NAMES", "CLASSES"))
    if names is not None:
        names = f.outputs.names(names, f.n_classes)
        check_count(names or (), f.n_classes)
    card = make_card(
        model,
        name=short_name(name),
        weights=text,
        class_names=names,
        transform=transform,
        source=path,
        output=options.output,
    )
    if options.device.type == "cpu":
        card = replace(card, memory_format=choose_memory_format(model, f, probe_images(model, transform)))
    model.card = card  # type: ignore[assignment]
    return model


def _load_torchvision(name: str, options: ModelOptions) -> nn.Module:
    from torchvision.models import get_model_weights

    weights, n_classes, seed = options.weights, options.n_classes, options.seed
    _check_known(name)
    entries = get_model_weights(name)
    entry = _entry(weights, entries)
    file = _weights_path(weights) if entry is None else None
    if entry is not None:
        model, classes, text = _download(name, entry, n_classes), IMAGENET_CLASSES, entry.name
    elif file is not None:
        model, classes, text = _from_file(name, file, n_classes)
    elif not weights:
        classes, text = n_classes or IMAGENET_CLASSES, f"random, seed {seed}"
        _check_classes(classes, most=MOST_CLASSES)
        with seeded(seed):
            model = _build(name, classes)
    else:
        raise ValueError(
            f"weights {weights!r} of {name}: expected one of {', '.join(entries.__members__)}, DEFAULT, "
            "or a local file (safetensors, or of torch.save), or none for random ones"
        )
    source = entry or entries["DEFAULT"]
    outputs = Outputs(options.output or "classes")
    n_named = 2 if outputs.kind == "binary" and classes == 1 else classes
    names = _torchvision_names(options.class_names, outputs, n_named, source if weights else None)
    transform = with_overrides(from_preset(source.transforms()), _overrides(options))
    model.card = make_card(  # type: ignore[assignment]
        model, name=name, weights=text, class_names=names, transform=transform, output=options.output
    )
    return model


def _torchvision_names(
    given: Names | None, outputs: Outputs, n_classes: int, entry: "WeightsEnum | None"
) -> tuple[str, ...] | None:
    if given is not None:
        names = outputs.names(read_class_names(given, None), n_classes)
        check_count(names or (), n_classes)
        return names
    categories = entry.meta["categories"] if entry is not None else ()
    return tuple(categories) if len(categories) == n_classes else None


def _check_known(name: str) -> None:
    import torchvision

    known = torchvision.models.list_models(module=torchvision.models)
    if name not in known:
        near = difflib.get_close_matches(name.lower(), known, n=3, cutoff=0.5) or ["resnet50", "squeezenet1_0"]
        raise ValueError(
            f"unknown model {name!r}: near names are {', '.join(near)}; "
            "expected a torchvision classification model or path/to/file.py:factory"
        )


def _entry(weights: str | Path | None, entries: "type[WeightsEnum]") -> "WeightsEnum | None":
    """The torchvision weights entry of that name (also written ResNet50_Weights.IMAGENET1K_V1), or None."""
    text = str(weights or "").removeprefix(f"{entries.__name__}.")
    return entries[text] if text in entries.__members__ else None


def _weights_path(weights: str | Path | None) -> Path | None:
    """The path if it is that of a weights file, else None; the function that reads it checks whether it exists."""
    if not weights:
        return None
    path = Path(weights).expanduser()
    return path if path.suffix.lower() in SUFFIXES or len(path.parts) > 1 or path.exists() else None


def _build(name: str, n_classes: int) -> nn.Module:
    """A torchvision model with torch's initialisation and no auxiliary heads (eval mode never runs them)."""
    from torchvision.models import get_model_builder

    builder = get_model_builder(name)
    has_more_heads = "aux_logits" in inspect.signature(_class_of(builder)).parameters
    options = {"aux_logits": False, "init_weights": False} if has_more_heads else {}
    return builder(weights=None, num_classes=n_classes, **options)


def _check_classes(n_classes: int, *, most: int) -> None:
    if not 1 <= n_classes <= most:
        raise ValueError(f"n_classes={one_line(n_classes, 20)}: expected 1 to {most}")


def _class_of(builder: Callable[..., nn.Module]) -> Callable[..., nn.Module]:
    """The module class that a builder returns, from its annotation; the builder itself if it has none."""
    return inspect.signature(builder, eval_str=True).return_annotation or builder


def _from_file(name: str, file: Path, n_classes: int | None) -> tuple[nn.Module, int, str]:
    """The model, its number of classes, and what its card says of the file."""
    with torch.device("meta"), seeded(0):
        empty = _build(name, IMAGENET_CLASSES)
    fitted = read_fitting(file, empty, n_classes=IMAGENET_CLASSES, adapt=for_torchvision)
    classes = n_classes or classes_in(fitted.state, empty, IMAGENET_CLASSES)
    _check_classes(classes, most=max(MOST_CLASSES, file.stat().st_size))
    with torch.device("meta"), seeded(0):
        check_fits(_build(name, classes), fitted.state, file)
    with seeded(0):
        model = _build(name, classes)
    if hasattr(model, "transform_input"):  # GoogLeNet and Inception: their ImageNet weights need it
        model.transform_input = True  # type: ignore[assignment]
    put_into(model, fitted.state, file)
    return model, classes, fitted.text


def _download(name: str, entry: "WeightsEnum", n_classes: int | None) -> nn.Module:
    from torchvision.models import get_model

    if n_classes not in (None, IMAGENET_CLASSES):
        raise ValueError(f"weights {entry.name} have {IMAGENET_CLASSES} classes, n_classes={n_classes} was asked for")
    try:
        with seeded(0):
            return get_model(name, weights=entry, progress=False)
    except (OSError, HTTPException, RuntimeError) as error:
        file = entry.url.rsplit("/", 1)[-1]
        raise ValueError(
            f"weights {entry.name} of {name} could not be fetched ({error}): there is no network, or the file is gone. "
            f"Fetch {entry.url} elsewhere and pass the local file, weights='…/{file}' (.safetensors or .pt)"
        ) from error


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Seeds torch's default generator inside the block and restores its state afterwards."""
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        yield


MODELS.register(is_factory, _open_factory)
