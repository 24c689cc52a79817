"""Training the demo's networks from nothing: seeded, on a CPU, in a minute or two."""

import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from concepts.demo.digits import load_digits
from concepts.demo.network import DemoModel, SmallNet, demo_model, to_input
from concepts.demo.world import CLASS_NAMES, PER_CLASS, draw_class

Progress = Callable[[str, float], None]  # stage, share done
LEARNING_RATE, WEIGHT_DECAY, BATCH = 4e-3, 0.02, 50
ENERGY, HIDE, CELL = 0.0, 0.0, 6


@dataclass(frozen=True)
class Recipe:
    """How a network is trained. sparsity: weight of the feature map's mean in the loss; mirrored: images are flipped."""

    epochs: int
    sparsity: float
    mirrored: bool


RECIPES: dict[str, Recipe] = {
    "demo/shapes": Recipe(epochs=8, sparsity=0.1, mirrored=True),
    "demo/digits": Recipe(epochs=12, sparsity=0.1, mirrored=False),
}


@dataclass(frozen=True)
class LabelledImages:
    """images: (n, side, side, 3) uint8. labels: (n,) int64."""

    images: np.ndarray
    labels: np.ndarray


def fit(spec: DemoModel, data: LabelledImages, recipe: Recipe, *, seed: int, progress: Progress) -> SmallNet:
    generator = torch.Generator().manual_seed(seed)
    model = spec.build()
    initialise(model, generator)
    model.train().to(memory_format=torch.channels_last)
    steps = recipe.epochs * -(-len(data.labels) // BATCH)
    optimizer = torch.optim.AdamW(model.parameters(), lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, LEARNING_RATE, total_steps=steps, pct_start=0.2)
    for step, (images, labels) in enumerate(batches(data, recipe, generator)):
        loss = objective(model, images, labels, recipe.sparsity, generator)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        progress("training", (step + 1) / steps)
    return model.eval()


def objective(model, images, labels, sparsity, generator):
    maps = model.features(images)
    seen = maps
    if HIDE:
        c = maps.shape[-1] // CELL
        keep = (torch.rand(len(images), 1, c, c, generator=generator) >= HIDE).float() / (1 - HIDE)
        seen = maps * functional.interpolate(keep, scale_factor=CELL)
    logits = model.linear(model.flatten(model.pool(seen)))
    return functional.cross_entropy(logits, labels) + sparsity * maps.mean() + ENERGY * maps.square().mean()


def initialise(model, generator):
    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu", generator=generator)
        elif isinstance(module, nn.Linear):
            nn.init.normal_(module.weight, std=module.in_features**-0.5, generator=generator)
            nn.init.zeros_(module.bias)


def batches(data, recipe, generator):
    for _ in range(recipe.epochs):
        order = torch.randperm(len(data.labels), generator=generator)
        for chosen in order.split(BATCH):
            images = to_input(data.images[chosen.numpy()]).contiguous(memory_format=torch.channels_last)
            if recipe.mirrored:
                flip = torch.rand(len(chosen), 1, 1, 1, generator=generator) < 0.5
                images = torch.where(flip, images.flip(-1), images)
            yield images, torch.from_numpy(data.labels[chosen.numpy()])
