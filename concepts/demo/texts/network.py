"""The demo's small text networks: word vectors, convolutions over words, their sum, a linear head; their weights."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

from concepts.demo.language import CLASS_NAMES as VILLAGE_CLASSES
from concepts.demo.names import REVIEWS, VILLAGE
from concepts.demo.texts.reviews import CLASS_NAMES as REVIEW_CLASSES
from concepts.demo.texts.words import PADDING, UNKNOWN, Vocabulary, collated, words_of
from concepts.storage.app_folder import DEMO
from concepts.storage.typed_json import read_typed

LONGEST = 256  # words that are read of a text
MOST_BYTES = 2**20  # of a file with a vocabulary
FOLDER = "texts"


@dataclass(frozen=True)
class Convolution:
    """One layer over words: how many neighbours it sees, how far apart they are, and its channels."""

    channels: int
    kernel: int
    dilation: int = 1


class TextNet(nn.Module):
    """Word vectors (`embedding`), convolutions with ReLU (`layers`), the sum over words / √t, `linear` to logits.

    What is no token counts as zero in every layer, so that a text has the same features whatever is padded to it. The
    head is affine in the features, and these are sums over words: concept importance has a closed form (Holistic,
    theorem 1), and falls into parts that words add.
    """

    def __init__(self, n_words: int, n_classes: int, *, width: int, layers: Sequence[Convolution]) -> None:
        super().__init__()
        self.embedding = nn.Embedding(n_words, width)
        incoming = (width, *(layer.channels for layer in layers[:-1]))
        self.layers = nn.ModuleList(_convolution(*each) for each in zip(incoming, layers, strict=True))
        self.linear = nn.Linear(layers[-1].channels, n_classes)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Logits (n, c) of ids (n, t) and a mask (n, t), 1 for a token that is read, 0 for none."""
        return self.linear(self.features(ids, mask))

    def features(self, ids: Tensor, mask: Tensor) -> Tensor:
        """(n, p) ≥ 0, what the last linear layer reads: Σ_t `tokens` / √(number of tokens)."""
        return pooled(self.tokens(ids, mask), mask)

    def tokens(self, ids: Tensor, mask: Tensor) -> Tensor:
        """(n, t, p) ≥ 0, each word with its neighbours; 0 where the mask is."""
        return self.over_words(self.embedding(ids), mask)

    def over_words(self, vectors: Tensor, mask: Tensor) -> Tensor:
        """(n, t, p) ≥ 0 of word vectors (n, t, width), as `tokens`."""
        seen = mask[:, None].to(vectors.dtype)  # (n, 1, t)
        h = vectors.transpose(1, 2) * seen
        for layer in self.layers:
            h = functional.relu(layer(h)) * seen
        return h.transpose(1, 2)


def pooled(tokens: Tensor, mask: Tensor) -> Tensor:
    """(n, p): the sum of tokens (n, t, p) over t / √(number of tokens); 0 for a text without one."""
    n_tokens = mask.sum(dim=1, keepdim=True).clamp(min=1).to(tokens.dtype)
    return tokens.sum(dim=1) / n_tokens.sqrt()


@dataclass(frozen=True)
class TextNetwork:
    """The specification of a demo network, without its weights and vocabulary."""

    file: str  # of the weights
    words_file: str
    class_names: tuple[str, ...]
    width: int  # of a word's vector
    layers: tuple[Convolution, ...]

    def build(self, n_words: int) -> TextNet:
        """The network with weights not yet learned. n_words: ids of the vocabulary."""
        return TextNet(n_words, len(self.class_names), width=self.width, layers=self.layers)


TEXT_NETWORKS: dict[str, TextNetwork] = {
    VILLAGE: TextNetwork("village.safetensors", "village.json", VILLAGE_CLASSES, 32, (Convolution(64, 11),)),
    REVIEWS: TextNetwork("reviews.safetensors", "reviews.json", REVIEW_CLASSES, 96, (Convolution(64, 3),)),
}


@dataclass(frozen=True)
class WordList:
    """Content of a network's JSON file. classes: in the order of the logits; words: in the order of the ids from 2."""

    classes: tuple[str, ...]
    words: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class TextClassifier:
    """A demo network with its shipped weights, in eval mode, and its vocabulary.

    Takes a text as `prepare`, `collate` and `model`, whose `linear` reads `features` ≥ 0.
    """

    model: TextNet
    words: Vocabulary
    class_names: tuple[str, ...]

    def tokenize(self, text: str) -> tuple[list[int], list[tuple[int, int]]]:
        """The ids of a text's words, UNKNOWN for a word that was in no training text, and their characters."""
        words = words_of(text)
        return [self.words.id_of(word.text) for word in words], [(word.start, word.stop) for word in words]

    def prepare(self, text: str) -> Tensor:
        """(t,) int64 ids of the words that are read, at most LONGEST."""
        return torch.tensor(self.tokenize(text)[0][:LONGEST], dtype=torch.int64)

    def collate(self, prepared: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
        """(n, t) ids of n prepared texts, padded right, and (n, t) their mask."""
        return collated([ids.tolist() for ids in prepared])

    @torch.no_grad()
    def features(self, texts: Sequence[str]) -> Tensor:
        """(n, p) ≥ 0: what the last linear layer reads of these texts."""
        return self.model.features(*self.collate([self.prepare(text) for text in texts]))

    @torch.no_grad()
    def logits(self, texts: Sequence[str]) -> Tensor:
        """(n, c)."""
        return self.model.linear(self.features(texts))


def text_network(name: str) -> TextNetwork:
    """The entry of TEXT_NETWORKS. Raises ValueError, with the available names, for any other."""
    if name not in TEXT_NETWORKS:
        raise ValueError(f"no demo network for texts is called {name!r}; there are {', '.join(TEXT_NETWORKS)}")
    return TEXT_NETWORKS[name]


def load_text_classifier(name: str, *, folder: Path = DEMO) -> TextClassifier:
    """A demo network for texts with its shipped weights and vocabulary.

    Its `model` alone is what a user's own factory of a text model returns: `tokenize`, `longest`, `pad`, `mask_id` and
    `class_names` are its attributes. Raises ValueError for an unknown name, or if a file is missing or damaged.
    """
    spec = text_network(name)
    weights, words_file = folder / FOLDER / spec.file, folder / FOLDER / spec.words_file
    for path in (weights, words_file):
        if not path.is_file():
            raise ValueError(f"{name} has no file {path}: build it with `python -m concepts demo`")
    listed = read_typed(WordList, words_file, most_bytes=MOST_BYTES)
    words = Vocabulary(listed.words)
    model = spec.build(len(words))
    model.load_state_dict({key: value.float() for key, value in load_file(weights).items()})
    classifier = TextClassifier(model.eval(), words, listed.classes)
    own = {"longest": LONGEST, "pad": PADDING, "mask_id": UNKNOWN, "class_names": listed.classes}
    for attribute, value in {"tokenize": classifier.tokenize, **own}.items():
        setattr(model, attribute, value)
    return classifier


def _convolution(incoming: int, layer: Convolution) -> nn.Conv1d:
    around = layer.dilation * (layer.kernel // 2)
    return nn.Conv1d(incoming, layer.channels, layer.kernel, dilation=layer.dilation, padding=around)
