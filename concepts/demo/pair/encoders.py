"""The pair as encoders: `load_pair` returns both sides and their shared lexicon."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor

from concepts.demo.canvas import SIDE
from concepts.demo.names import PAIR
from concepts.demo.pair.network import LONGEST, PairNet, load_net, padded, photo_transform
from concepts.demo.pair.words import WORDS, Spelled, spell
from concepts.lexicon.lexicon import Lexicon, lexical_activations
from concepts.models.classifiers.card import ModelCard, make_card
from concepts.models.encoders.base import TextTokens
from concepts.storage.app_folder import DEMO

BATCH = 64  # texts or photos per forward pass


@dataclass(frozen=True, eq=False)
class PairImages:
    """The image side, an `ImageEncoder`: photos to 24 × 24 patches, for use with `pair_lexicon()`."""

    card: ModelCard
    device: torch.device
    n_channels: int
    _net: PairNet = field(repr=False)
    layer: str = "patches"
    grid: tuple[int, int] = (SIDE // 4, SIDE // 4)
    named: tuple[str, ...] = ()

    def encode(self, images: Tensor) -> Tensor:
        """(n, 3, 96, 96) → patch vectors (n, 24, 24, p) ≥ 0, on the device of the images.

        Differentiable for images that require a gradient. Raises ValueError for images of another shape.
        """
        if images.ndim != 4 or images.shape[1:] != (3, SIDE, SIDE):
            raise ValueError(
                f"images {tuple(images.shape)}, expected (n, 3, {SIDE}, {SIDE}): prepare them with card.prepare"
            )
        with torch.set_grad_enabled(torch.is_grad_enabled() and images.requires_grad):
            return self._net.patches(images.to(self.device)).contiguous().to(images.device)

    def to_map(self, values: Tensor) -> Tensor:
        """(n, 24, 24, k) unchanged: every token is on the grid. Raises ValueError for another shape."""
        if values.ndim != 4 or values.shape[1:3] != self.grid:
            raise ValueError(f"values {tuple(values.shape)}, expected (n, {self.grid[0]}, {self.grid[1]}, k)")
        return values


@dataclass(frozen=True)
class TextWords:
    """Word activations of each word of a text: (t, L) over the vocabulary; spans (t) of characters in the text.

    given: (L,) bool, the vocabulary words in the text; all other activated words come from expansion.
    """

    text: str
    spans: tuple[tuple[int, int], ...]
    activations: Tensor
    given: Tensor

    @property
    def from_input(self) -> Tensor:
        """(t, L): the activations of words in the text, the others 0."""
        return self.activations * self.given

    @property
    def expanded(self) -> Tensor:
        """(t, L): the activations of words that are not in the text, the others 0."""
        return self.activations * ~self.given


@dataclass(frozen=True, eq=False)
class PairTexts:
    """The text side, a `TextEncoder`: the words of a text to vectors in the space of the patches.

    It knows only the words of the demo's captions. Other words raise an error that names them: a word that was never
    trained has no direction, and leaving it out would change the query. `longest` counts words.
    """

    fingerprint: str
    n_channels: int
    lexicon: Lexicon
    _net: PairNet = field(repr=False)
    name: str = PAIR
    longest: int = LONGEST

    def encode(self, texts: Sequence[str]) -> list[TextTokens]:
        """One `TextTokens` per text: a token per word, pooled = the mean of those in the vocabulary, or of all.

        Raises ValueError for a text without words, with unknown words (naming them), or with more than `longest`.
        """
        spelled, encoded = [self._spelled(text) for text in texts], []
        for start in range(0, len(spelled), BATCH):
            rows = padded([[word.row for word in words] for words in spelled[start : start + BATCH]])
            with torch.no_grad():
                encoded += list(self._net.texts(rows.to(self.lexicon.vectors.device)))
        return [_tokens(*each) for each in zip(texts, spelled, encoded, strict=True)]

    def embed(self, texts: Sequence[str]) -> Tensor:
        """(n, p): the texts' pooled vectors. Raises ValueError as `encode` does, and for no texts."""
        if not texts:
            raise ValueError("no texts were given: give at least one")
        return torch.stack([each.pooled for each in self.encode(texts)])

    def activations(self, text: str) -> TextWords:
        """The word activations of each word of the text. Raises ValueError as `encode` does."""
        (tokens,) = self.encode([text])
        given = torch.zeros(len(WORDS), dtype=torch.bool, device=tokens.vectors.device)
        given[[word.row for word in spell(text) if word.says]] = True
        return TextWords(text, tokens.spans, lexical_activations(tokens.vectors, self.lexicon), given)

    def _spelled(self, text: str) -> list[Spelled]:
        words = spell(text)
        if len(words) > self.longest:
            raise ValueError(
                f"the text has {len(words)} words, the demo's text encoder takes {self.longest}: shorten it"
            )
        return words


@dataclass(frozen=True, eq=False)
class Pair:
    """Both encoders and their shared lexicon; the three have one fingerprint."""

    images: PairImages
    texts: PairTexts
    lexicon: Lexicon

    def photo_words(self, images: Tensor) -> Tensor:
        """(n, 3, 96, 96) → (n, L): the largest activation of each word over the patches of each photo."""
        maps = (lexical_activations(self.images.encode(part), self.lexicon) for part in images.split(BATCH))
        return torch.cat([each.amax(dim=(1, 2)) for each in maps])

    def text_words(self, texts: Sequence[str]) -> Tensor:
        """(n, L): the largest activation of each word over the words of each text. Raises as `encode` does."""
        said = [lexical_activations(each.vectors, self.lexicon).amax(dim=0) for each in self.texts.encode(texts)]
        return torch.stack(said)


def load_pair(device: str = "cpu", *, folder: Path = DEMO) -> Pair:
    """The demo's image and text encoders with their shipped weights. Raises ValueError if the weights are missing."""
    return make_pair(load_net(device, folder=folder), weights="shipped")


def make_pair(net: PairNet, *, weights: str) -> Pair:
    """Both encoders and the lexicon of a network in eval mode; `weights` describes the origin of the weights."""
    card = make_card(net, name=PAIR, weights=weights, class_names=None, transform=photo_transform())
    vectors, bias = net.lexicon.weight.detach(), net.lexicon.bias.detach()
    lexicon = Lexicon(WORDS, vectors, bias, name="demo captions", space=card.fingerprint)
    images = PairImages(card, vectors.device, lexicon.n_channels, net)
    return Pair(images, PairTexts(card.fingerprint, lexicon.n_channels, lexicon, net), lexicon)


def pair_lexicon(*, folder: Path = DEMO) -> Lexicon:
    """The vocabulary of the demo's captions, for patches and words of the pair. Raises as `load_pair`."""
    return load_pair(folder=folder).lexicon


def _tokens(text: str, words: list[Spelled], vectors: Tensor) -> TextTokens:
    kept = vectors[: len(words)]
    says = [i for i, word in enumerate(words) if word.says] or list(range(len(words)))
    return TextTokens(text, tuple((word.start, word.stop) for word in words), kept, kept[says].mean(dim=0))
