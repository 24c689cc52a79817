"""Training the demo's text networks from scratch: seeded, on a CPU, in a minute or two."""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from concepts.demo.names import REVIEWS, VILLAGE
from concepts.demo.texts.data import TEXTS, LabelledTexts
from concepts.demo.texts.network import TextNet, pooled, text_network
from concepts.demo.texts.phrases import Mixer
from concepts.demo.texts.rival import fit_bag_of_words
from concepts.demo.texts.words import FIRST, UNKNOWN, Vocabulary, collated
from concepts.demo.training import Progress
from concepts.numerics.intervals import wilson

EVALUATION_BATCH = 100
MARKS = (",", ".", ";", "/", "!", "-", "&", "and", "or")  # that end a phrase


@dataclass(frozen=True)
class TextRecipe:
    """Training settings of a text network.

    hidden: share of words whose vector is left out, so that other words have to give evidence, and an unknown word
    means nothing. dropped: share of features left out. sparsity: weight of the mean of the words' features, which keeps
    words without evidence at zero. start: standard deviation of the word vectors at first. topics: weight of a second
    question, what a text is about, asked in training only; asked for the class alone, a network maps all reasons of a
    class to one direction. mixed, thinned: shares of texts that are made of phrases (`phrases.Mixer`). taught: weight
    of a third question, which probabilities a bag of words gives to the classes (Hinton et al. 2015, distillation):
    it knows from few texts how much each word counts.
    """

    epochs: int
    batch: int
    learning_rate: float
    weight_decay: float
    hidden: float
    dropped: float
    sparsity: float
    start: float
    topics: float = 0.0
    mixed: float = 0.0
    thinned: float = 0.0
    taught: float = 0.0


RECIPES: dict[str, TextRecipe] = {
    VILLAGE: TextRecipe(
        epochs=6,
        batch=50,
        learning_rate=4e-3,
        weight_decay=0.02,
        hidden=0.03,
        dropped=0.1,
        sparsity=0.01,
        start=0.5,
        topics=1.0,
    ),
    REVIEWS: TextRecipe(
        epochs=10,
        batch=64,
        learning_rate=3e-3,
        weight_decay=0.02,
        hidden=0.2,
        dropped=0.5,
        sparsity=0.0,
        start=0.2,
        mixed=0.5,
        thinned=0.3,
        taught=1.0,
    ),
}


@dataclass(frozen=True)
class TextResult:
    """The trained weights with their vocabulary, and a record of the training.

    accuracy: share of right answers on the n_held_out texts, with its 95% Wilson interval. seconds: including drawing.
    """

    state_dict: dict[str, Tensor]
    words: tuple[str, ...]
    accuracy: float
    interval: tuple[float, float]
    seconds: float
    recipe: TextRecipe
    seed: int
    n_texts: int
    n_held_out: int


def train_texts(name: str, seed: int = 0, progress: Progress | None = None) -> TextResult:
    """A demo text network trained on its own texts and tried on others.

    The same seed yields the same network on the same machine with the same number of threads. Raises ValueError for an
    unknown name.
    """
    started, spec, recipe = time.perf_counter(), text_network(name), RECIPES[name]
    data, held_out = TEXTS[name](False, seed), TEXTS[name](True, seed)
    words = Vocabulary.of(data.texts)
    model = fit(
        spec.build(len(words)), words, data, recipe, seed=seed, progress=progress or (lambda stage, share: None)
    )
    model = model.half().float()  # as it is stored
    n, right = len(held_out.labels), count_right(model, words, held_out)
    return TextResult(
        state_dict=model.state_dict(),
        words=words.words,
        accuracy=right / n,
        interval=wilson(right, n),
        seconds=time.perf_counter() - started,
        recipe=recipe,
        seed=seed,
        n_texts=len(data.labels),
        n_held_out=n,
    )


def fit(
    model: TextNet, words: Vocabulary, data: LabelledTexts, recipe: TextRecipe, *, seed: int, progress: Progress
) -> TextNet:
    """The network with weights learned from the texts, in eval mode; it is initialised from the seed first."""
    generator = torch.Generator().manual_seed(seed)
    topics = nn.Linear(model.linear.in_features, len(set(data.topics)))
    initialise(model, topics, generator, start=recipe.start)
    model.train()
    parameters = [*model.parameters(), *topics.parameters()]
    steps = recipe.epochs * math.ceil(len(data.labels) / recipe.batch)
    optimizer = torch.optim.AdamW(parameters, weight_decay=recipe.weight_decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, recipe.learning_rate, total_steps=steps, pct_start=0.2)
    for step, batch in enumerate(_batches(words, data, recipe, generator, seed), start=1):
        loss = objective(model, topics, batch, recipe, generator)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        progress("training", step / steps)
    return model.eval()


@dataclass(frozen=True)
class Batch:
    """ids and mask: (n, t). labels, topics: (n,). soft: (n, c) the teacher's probabilities, None without one."""

    ids: Tensor
    mask: Tensor
    labels: Tensor
    topics: Tensor
    soft: Tensor | None = None


def objective(
    model: TextNet, topics: nn.Linear, batch: Batch, recipe: TextRecipe, generator: torch.Generator
) -> Tensor:
    """The training loss: cross-entropies of class, topic and teacher, plus the mean of the words' features."""
    shown = torch.rand(batch.ids.shape, generator=generator) >= recipe.hidden
    tokens = model.over_words(model.embedding(batch.ids) * shown[..., None], batch.mask)
    features = pooled(tokens, batch.mask)
    kept = (torch.rand(features.shape, generator=generator) >= recipe.dropped) / (1 - recipe.dropped)
    logits = model.linear(features * kept)
    loss = functional.cross_entropy(logits, batch.labels)
    if batch.soft is not None:
        loss = loss + recipe.taught * functional.cross_entropy(logits, batch.soft)
    if recipe.topics:
        loss = loss + recipe.topics * functional.cross_entropy(topics(features * kept), batch.topics)
    return loss + recipe.sparsity * tokens.sum() / (batch.mask.sum() * tokens.shape[2])


def initialise(model: TextNet, topics: nn.Linear, generator: torch.Generator, *, start: float) -> None:
    """Sets all weights at random, the vectors of padding and unknown words to zero. Touches no global generator."""
    nn.init.normal_(model.embedding.weight, std=start, generator=generator)
    with torch.no_grad():
        model.embedding.weight[:FIRST] = 0
    for layer in (*model.layers, model.linear, topics):
        bound = layer.weight[0].numel() ** -0.5
        nn.init.uniform_(layer.weight, -bound, bound, generator=generator)
        nn.init.zeros_(layer.bias)


@torch.no_grad()
def count_right(model: TextNet, words: Vocabulary, data: LabelledTexts) -> int:
    """Number of texts that the network classifies correctly."""
    answers = [
        model(*collated([words.ids(text) for text in data.texts[i : i + EVALUATION_BATCH]])).argmax(dim=1)
        for i in range(0, len(data.texts), EVALUATION_BATCH)
    ]
    return int((torch.cat(answers) == torch.tensor(data.labels)).sum())


def _batches(
    words: Vocabulary, data: LabelledTexts, recipe: TextRecipe, generator: torch.Generator, seed: int
) -> Iterator[Batch]:
    ids = [words.ids(text) for text in data.texts]
    marks = {words.id_of(mark) for mark in MARKS} - {UNKNOWN}
    mixer = Mixer(ids, data.labels, marks, mixed=recipe.mixed, thinned=recipe.thinned)
    teach = _teacher(words, data) if recipe.taught else None
    rng, labels, topics = np.random.default_rng(seed), torch.tensor(data.labels), torch.tensor(data.topics)
    for _ in range(recipe.epochs):
        for chosen in torch.randperm(len(ids), generator=generator).split(recipe.batch):
            drawn: Sequence[list[int]] = [mixer.draw(i, rng) for i in chosen.tolist()]
            soft = teach(drawn) if teach else None
            yield Batch(*collated(drawn), labels[chosen], topics[chosen], soft)


def _teacher(words: Vocabulary, data: LabelledTexts) -> Callable[[Sequence[list[int]]], Tensor]:
    """Ids of n texts → (n, c) the probabilities that the bag of words of the training texts gives to them."""
    bag, spelled = fit_bag_of_words(data), ("", "", *words.words)

    def probabilities(texts: Sequence[list[int]]) -> Tensor:
        said = [" ".join(spelled[each] for each in ids) for ids in texts]
        return torch.from_numpy(bag.predict_proba(said)).float()

    return probabilities
