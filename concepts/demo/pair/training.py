"""Training the pair from scratch: seeded, on a CPU, within five minutes, from pictures and captions alone."""

import math
import time
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from concepts.demo.pair.batches import PairBatch, batches, has_words
from concepts.demo.pair.losses import contrast, overuse, own_word, scores, true_of
from concepts.demo.pair.network import PairNet, saturated
from concepts.demo.pair.pictures import Captioned, training_pictures
from concepts.demo.pair.views import Increments, ViewActivations, views
from concepts.demo.pair.words import WORDS
from concepts.demo.training import Progress

EVERY = 2  # stride of the patches along each side that are trained on


@dataclass(frozen=True)
class PairRecipe:
    """Training settings of the pair.

    studies: per picture. photo_overuse, text_overuse, own: weights of `overuse` and `own_word`. expands_from: share
    of the training before which a text activates only its own words, so that each word gets its own meaning. soft,
    sharp: sharpness of the pictures' activations at the start and at the end; at low sharpness, a word without
    activation can still be learned.
    """

    studies: int = 2
    epochs: int = 7
    batch: int = 64
    learning_rate: float = 4e-3
    weight_decay: float = 0.02
    increments: Increments = field(default_factory=Increments)
    photo_overuse: float = 3e-3
    text_overuse: float = 1e-2
    own: float = 0.3
    expands_from: float = 0.5
    soft: float = 0.25
    sharp: float = 10.0


@dataclass(frozen=True)
class PairResult:
    """The trained weights, and a record of the training.

    seconds: including drawing. n_pictures: trained on, including studies. threads: of the CPU.
    """

    state_dict: dict[str, Tensor]
    seconds: float
    recipe: PairRecipe
    seed: int
    n_pictures: int
    threads: int


def train_pair(seed: int = 0, progress: Progress | None = None, recipe: PairRecipe | None = None) -> PairResult:
    """The pair trained on the pictures before index 300 of every class, their captions, and studies of them.

    The same seed yields the same networks on the same machine with the same number of threads.
    """
    started, recipe, show = time.perf_counter(), recipe or PairRecipe(), progress or (lambda stage, share: None)
    drawn = training_pictures(seed, recipe.studies, progress=show)
    net = fit_pair(PairNet(), drawn, recipe, seed=seed, progress=show)
    seconds = time.perf_counter() - started
    return PairResult(net.state_dict(), seconds, recipe, seed, len(drawn.texts), torch.get_num_threads())


def fit_pair(net: PairNet, data: Captioned, recipe: PairRecipe, *, seed: int, progress: Progress) -> PairNet:
    """The pair with weights learned from the data, in eval mode; it is initialised from the seed first."""
    generator = torch.Generator().manual_seed(seed)
    initialise_pair(net, generator)
    net.train().to(memory_format=torch.channels_last)
    steps = recipe.epochs * math.ceil(len(data.texts) / recipe.batch)
    optimizer = torch.optim.AdamW(net.parameters(), weight_decay=recipe.weight_decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, recipe.learning_rate, total_steps=steps, pct_start=0.15)
    for step, batch in enumerate(batches(data, epochs=recipe.epochs, size=recipe.batch, generator=generator), start=1):
        loss = objective(net, batch, recipe, generator, done=step / steps)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        progress("training", step / steps)
    return net.eval().to(memory_format=torch.contiguous_format)


def objective(net: PairNet, batch: PairBatch, recipe: PairRecipe, generator: torch.Generator, *, done: float) -> Tensor:
    """The training loss: contrast of the texts with every view of the pictures, overuse on both sides, own words.

    done: completed share of the training.
    """
    spoken = has_words(batch.rows)
    readings = net.lexicon(net.texts(batch.rows))
    texts = (saturated(readings) * (batch.rows >= 0)[..., None]).amax(dim=1)  # (n, L)
    if done <= recipe.expands_from:
        texts = texts * spoken
    loss = recipe.own * own_word(readings, batch.rows, len(WORDS)) + recipe.text_overuse * overuse(texts)
    said = net.say(net.patches(batch.images, every=EVERY), sharpness=sharpness(recipe, done))
    for view in views(said, recipe.increments, generator, done=done):
        seen = torch.ones_like(batch.studies) if view.whole else batch.studies
        if seen.any():
            loss = loss + recipe.photo_overuse * overuse(view.said[:, seen])
            loss = loss + _contrasts(net, view, seen, batch, texts, spoken)
    return loss


def initialise_pair(net: PairNet, generator: torch.Generator) -> None:
    """Sets all weights at random, batch norm to the identity. Touches no global generator."""
    for module in net.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu", generator=generator)
        elif isinstance(module, nn.BatchNorm2d):
            module.reset_parameters()
        elif isinstance(module, nn.Linear):
            nn.init.normal_(module.weight, std=module.in_features**-0.5, generator=generator)
            nn.init.zeros_(module.bias)
    nn.init.normal_(net.texts.own.weight, generator=generator)
    nn.init.ones_(net.lexicon.bias)  # every word is active at first, so that none is dead before it is learned
    nn.init.zeros_(net.scale)


def sharpness(recipe: PairRecipe, done: float) -> float:
    """The sharpness at a share of the training, from `soft` to `sharp` on a logarithmic scale, slowly at first."""
    return recipe.soft * (recipe.sharp / recipe.soft) ** done**2


def _contrasts(
    net: PairNet, view: ViewActivations, seen: Tensor, batch: PairBatch, texts: Tensor, spoken: Tensor
) -> Tensor:
    """Mean contrast of the view with the texts and with one word of each: no word is learned only with another."""
    alone = has_words(batch.single)
    loss = torch.zeros((), device=texts.device)
    for said, words in ((texts, spoken), (alone.float(), alone)):
        fits = net.scale.exp() * scores(view.said[:, seen], said[seen])
        loss = loss + contrast(fits, true_of(words[seen], batch.captions[seen]), both=not view.single) / 2
    return loss
