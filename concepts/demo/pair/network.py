"""The two networks of the pair, and their shared lexicon."""

import math
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

from concepts.demo.canvas import SIDE
from concepts.demo.network import MIDDLE, SPREAD
from concepts.demo.pair.words import KNOWN, WORDS
from concepts.models.classifiers.transform import PhotoTransform
from concepts.storage.app_folder import DEMO

FILE = "pair.safetensors"
LONGEST = 32  # words in a text
WIDTHS = (32, 48, 64, 64)  # channels of the convolutions; the last is p, the width of both sides' vectors
PADDING = -1  # row without a word, at the end of a text that is shorter than the others


class PatchNet(nn.Module):
    """Pictures to one vector per patch: four convolutions; a patch covers 20 × 20 pixels, at a stride of 4.

    images (n, 3, side, side) → (n, p, h, w) ≥ 0, h = w = side / 4. every: 2 returns every second patch along each side,
    with the same values (in eval mode) at half of the cost.
    """

    def __init__(self, widths: tuple[int, int, int, int]) -> None:
        super().__init__()
        self.first = _block(3, widths[0], kernel=4, stride=4)
        self.second = _block(widths[0], widths[1], kernel=3)
        self.third = _block(widths[1], widths[2], kernel=3)
        self.last = _block(widths[2], widths[3], kernel=1)

    def forward(self, images: Tensor, *, every: int = 1) -> Tensor:
        """(n, p, h / every, w / every)."""
        h = self.second(self.first(images))
        h = functional.conv2d(h, self.third[0].get_parameter("weight"), stride=every, padding=1)
        return self.last(self.third[1:](h))


class TextMixer(nn.Module):
    """Words to vectors: each word's own vector, one attention head over the other words, and a layer on top.

    Word order is ignored. rows: (n, t) of KNOWN, then PADDING → (n, t, p); vectors at PADDING are meaningless.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.own = nn.Embedding(len(KNOWN), width)
        self.asked = nn.Linear(width, 3 * width)  # query, key, value
        self.brought = nn.Linear(width, width)
        self.widened = nn.Linear(width, 2 * width)
        self.narrowed = nn.Linear(2 * width, width)

    def forward(self, rows: Tensor) -> Tensor:
        """(n, t, p)."""
        there = rows != PADDING
        h = self.own(rows.clamp(min=0))
        query, key, value = self.asked(_evened(h)).chunk(3, dim=-1)
        h = h + self.brought(functional.scaled_dot_product_attention(query, key, value, attn_mask=there[:, None]))
        return h + self.narrowed(functional.relu(self.widened(_evened(h))))


class PairNet(nn.Module):
    """Pictures and texts as activations of the same words.

        a_tw = log(1 + max(0, v_t · e_w + b_w))

    v_t: vector of a patch, or of a word of a text. e_w, b_w: the lexicon, shared by both sides. A whole picture or text
    has the largest activation of each word over its patches or words.
    Source: LexLIP (Luo et al., ICCV 2023); the bias is an addition, it sets the threshold of a word's activation.
    """

    def __init__(self, widths: tuple[int, int, int, int] = WIDTHS) -> None:
        super().__init__()
        self.photos = PatchNet(widths)
        self.texts = TextMixer(widths[-1])
        self.lexicon = nn.Linear(widths[-1], len(WORDS))  # e and b
        self.scale = nn.Parameter(torch.zeros(()))  # log of the factor on the products of the two sides

    def patches(self, images: Tensor, *, every: int = 1) -> Tensor:
        """(n, 3, side, side) → vectors (n, h, w, p) ≥ 0; of every second patch along each side if `every` is 2."""
        return self.photos(images, every=every).movedim(1, -1)

    def say(self, vectors: Tensor, *, sharpness: float = math.inf) -> Tensor:
        """(…, p) → activations (…, L) ≥ 0."""
        return saturated(self.lexicon(vectors), sharpness)

    def text(self, rows: Tensor) -> Tensor:
        """(n, t) → activations (n, t, L), 0 at PADDING."""
        return self.say(self.texts(rows)) * (rows != PADDING)[..., None]


def saturated(readings: Tensor, sharpness: float = math.inf) -> Tensor:
    """log(1 + max(0, z)); with a sharpness s, max(0, z) is softened to log(1 + exp(s z)) / s."""
    return functional.softplus(readings, beta=sharpness).log1p() if sharpness < math.inf else readings.relu().log1p()


def padded(rows: list[list[int]]) -> Tensor:
    """(n, t): rows of KNOWN, padded to one length."""
    return nn.utils.rnn.pad_sequence([torch.tensor(each) for each in rows], batch_first=True, padding_value=PADDING)


def photo_transform() -> PhotoTransform:
    """The transform from a photo to the input of `PairNet.patches`."""
    return PhotoTransform(resize=SIDE, crop=SIDE, mean=(MIDDLE,) * 3, std=(SPREAD,) * 3)


def load_net(device: str = "cpu", *, folder: Path = DEMO) -> PairNet:
    """The pair with its shipped weights, in eval mode. Raises ValueError if they are missing."""
    path = folder / FILE
    if not path.is_file():
        raise ValueError(f"the weights of the demo's pair are not at {path}: build them with `python -m concepts demo`")
    net = PairNet()
    net.load_state_dict(load_file(path))
    return net.eval().to(device)


def _block(incoming: int, outgoing: int, *, kernel: int, stride: int = 1) -> nn.Sequential:
    convolution = nn.Conv2d(incoming, outgoing, kernel, stride=stride, padding=(kernel - 1) // 2, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(outgoing), nn.ReLU())


def _evened(h: Tensor) -> Tensor:
    return functional.layer_norm(h, h.shape[-1:])
