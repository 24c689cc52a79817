"""Training the demo's networks from scratch: seeded, on a CPU, in a minute or two."""

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from concepts.demo.digits import load_digits
from concepts.demo.network import SmallNet, demo_model, to_input
from concepts.demo.world import CLASS_NAMES, PER_CLASS, draw_class
from concepts.numerics.intervals import wilson

Progress = Callable[[str, float], None]  # stage, completed share
HELD_OUT_PER_CLASS = 100
SQUARES = 4  # along each side of the map; each is hidden or visible as a whole
EVALUATION_BATCH = 100


@dataclass(frozen=True)
class TrainingRecipe:
    """Training settings of a network.

    hidden: share of the squares of the feature map left out of the average, so that every part has to give evidence.
    energy, sparsity: weights of the map's mean square, which spreads evidence evenly over a part, and of its mean,
    which keeps places without evidence at zero. mirrored: half of the images are mirrored.
    """

    epochs: int
    batch: int = 50
    learning_rate: float = 4e-3
    weight_decay: float = 0.02
    hidden: float = 0.4
    energy: float = 0.1
    sparsity: float = 0.02
    mirrored: bool = True


RECIPES: dict[str, TrainingRecipe] = {
    "demo/shapes": TrainingRecipe(epochs=7),
    "demo/digits": TrainingRecipe(epochs=20, hidden=0.0, energy=0.02, mirrored=False),
}


@dataclass(frozen=True)
class LabelledImages:
    """images: (n, side, side, 3) uint8. labels: (n,) int64."""

    images: np.ndarray
    labels: np.ndarray


@dataclass(frozen=True)
class TrainingResult:
    """The trained weights, and a record of the training.

    accuracy: share of correct predictions on the n_held_out pictures, with its 95% Wilson interval. n_pictures: number
    of training pictures. seconds: including drawing.
    """

    state_dict: dict[str, Tensor]
    accuracy: float
    interval: tuple[float, float]
    seconds: float
    recipe: TrainingRecipe
    seed: int
    n_pictures: int
    n_held_out: int


def train_demo(name: str, seed: int = 0, progress: Progress | None = None) -> TrainingResult:
    """A demo network trained on its own pictures and tested on others, drawn or split by the same seed.

    The same seed yields the same network on the same machine with the same number of threads. Raises ValueError for an
    unknown name.
    """
    started, spec = time.perf_counter(), demo_model(name)
    show, recipe, pictures = progress or _silent, RECIPES[name], PICTURES[name]
    data = pictures(False, seed, show)
    model = fit(spec.build(), data, recipe, seed=seed, progress=show)
    held_out = pictures(True, seed, show)
    n, right = len(held_out.labels), count_right(model, held_out)
    return TrainingResult(
        state_dict=model.state_dict(),
        accuracy=right / n,
        interval=wilson(right, n),
        seconds=time.perf_counter() - started,
        recipe=recipe,
        seed=seed,
        n_pictures=len(data.labels),
        n_held_out=n,
    )


def fit(model: SmallNet, data: LabelledImages, recipe: TrainingRecipe, *, seed: int, progress: Progress) -> SmallNet:
    """The network with weights learned from the data, in eval mode; it is initialised from the seed first."""
    generator = torch.Generator().manual_seed(seed)
    initialise(model, generator)
    model.train().to(memory_format=torch.channels_last)
    steps = recipe.epochs * math.ceil(len(data.labels) / recipe.batch)
    optimizer = torch.optim.AdamW(model.parameters(), weight_decay=recipe.weight_decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, recipe.learning_rate, total_steps=steps, pct_start=0.2)
    for step, (images, labels) in enumerate(_batches(data, recipe, generator), start=1):
        loss = objective(model, images, labels, recipe, generator)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        progress("training", step / steps)
    return model.eval().to(memory_format=torch.contiguous_format)


def objective(
    model: SmallNet, images: Tensor, labels: Tensor, recipe: TrainingRecipe, generator: torch.Generator
) -> Tensor:
    """The training loss: cross-entropy of the prediction from the visible squares, plus penalties on the whole map.

    images: (n, 3, side, side). labels: (n,).
    """
    maps = model.features(images)  # (n, p, h, w)
    seen = maps if recipe.hidden == 0 else maps * _visible(maps, recipe.hidden, generator)
    logits = model.linear(model.flatten(model.pool(seen)))
    penalty = recipe.energy * maps.square().mean() + recipe.sparsity * maps.mean()
    return functional.cross_entropy(logits, labels) + penalty


def initialise(model: SmallNet, generator: torch.Generator) -> None:
    """Sets all weights at random (He's scale), batch norm to the identity. Touches no global generator."""
    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu", generator=generator)
        elif isinstance(module, nn.BatchNorm2d):
            module.reset_parameters()
        elif isinstance(module, nn.Linear):
            nn.init.normal_(module.weight, std=module.in_features**-0.5, generator=generator)
            nn.init.zeros_(module.bias)


@torch.no_grad()
def count_right(model: SmallNet, data: LabelledImages) -> int:
    """Number of images that the network classifies correctly."""
    parts = range(0, len(data.labels), EVALUATION_BATCH)
    answers = [model(to_input(data.images[i : i + EVALUATION_BATCH])).argmax(dim=1) for i in parts]
    return int((torch.cat(answers).numpy() == data.labels).sum())


def _visible(maps: Tensor, hidden: float, generator: torch.Generator) -> Tensor:
    """(n, 1, h, w): 0 on the squares left out, 1 / (1 − hidden) on the others, so that the average keeps its scale."""
    squares = (torch.rand(len(maps), 1, SQUARES, SQUARES, generator=generator) >= hidden).float() / (1 - hidden)
    return functional.interpolate(squares, size=maps.shape[-2:])


def _batches(
    data: LabelledImages, recipe: TrainingRecipe, generator: torch.Generator
) -> Iterator[tuple[Tensor, Tensor]]:
    labels = torch.from_numpy(data.labels)
    for _ in range(recipe.epochs):
        for chosen in torch.randperm(len(labels), generator=generator).split(recipe.batch):
            images = to_input(data.images[chosen.numpy()])
            if recipe.mirrored:
                flip = torch.rand(len(chosen), 1, 1, 1, generator=generator) < 0.5
                images = torch.where(flip, images.flip(-1), images)
            yield images.contiguous(memory_format=torch.channels_last), labels[chosen]


def _shapes(held_out: bool, seed: int, progress: Progress) -> LabelledImages:
    start, n = (PER_CLASS, HELD_OUT_PER_CLASS) if held_out else (0, PER_CLASS)
    images = []
    for number, name in enumerate(CLASS_NAMES, start=1):
        images += [picture.image for picture in draw_class(name, n, seed, start)]
        progress("trying" if held_out else "drawing", number / len(CLASS_NAMES))
    return LabelledImages(np.stack(images), np.repeat(np.arange(len(CLASS_NAMES)), n))


def _digits(held_out: bool, seed: int, progress: Progress) -> LabelledImages:
    digits = load_digits(held_out=held_out, seed=seed)
    progress("trying" if held_out else "drawing", 1.0)
    return LabelledImages(digits.images, digits.labels)


def _silent(stage: str, share: float) -> None:
    """Shows nothing."""


PICTURES: dict[str, Callable[[bool, int, Progress], LabelledImages]] = {"demo/shapes": _shapes, "demo/digits": _digits}
