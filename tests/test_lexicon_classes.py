"""The classes as words: a place's z is the logit map, on small nets, SqueezeNet and a transformer; word maps."""

import math

import numpy as np
import pytest
import torch
from torch import nn
from torchvision.models import VisionTransformer

from concepts.lexicon import Lexicon, class_lexicon, class_reading, word_map, word_maps
from concepts.lexicon.classes import distinct_names
from concepts.lexicon.maps import gaussian, peak
from concepts.models import load_model, split_model
from concepts.models.classifiers.transform import PhotoTransform

N_CLASSES, P = 4, 6


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def net(*head: nn.Module, seed: int = 0) -> nn.Module:
    """Features (n, 6, 8, 8), signed, and a head."""
    torch.manual_seed(seed)
    model = nn.Sequential()
    model.add_module("features", nn.Sequential(nn.Conv2d(3, 12, 4, stride=4), nn.ReLU(), nn.Conv2d(12, P, 1)))
    model.add_module("head", nn.Sequential(*head))
    return model.eval().requires_grad_(False)


def pooled_linear() -> tuple[nn.Module, ...]:
    return nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(P, N_CLASSES)


def conv_relu_mean(bias: bool = True) -> tuple[nn.Module, ...]:
    conv = nn.Conv2d(P, N_CLASSES, 1, bias=bias)
    return nn.Dropout(), conv, nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten()


def z_of(tokens: torch.Tensor, lexicon: Lexicon) -> torch.Tensor:
    return tokens @ lexicon.vectors.T + (0 if lexicon.bias is None else lexicon.bias)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_mean_of_an_affine_heads_words_is_the_logit(seed):
    split = split_model(net(*pooled_linear(), seed=seed), "features")
    lexicon = class_lexicon(split)
    images = torch.randn(3, 3, 32, 32)
    tokens = split.encode(images)
    torch.testing.assert_close(z_of(tokens, lexicon).mean(dim=(1, 2)), split.model(images))
    assert class_reading(split) == "mean"
    assert lexicon.space == split.card.fingerprint + "features"
    assert lexicon.words == ("class 0", "class 1", "class 2", "class 3")


@pytest.mark.parametrize("bias", [True, False])
def test_words_of_a_convolution_are_its_logit_map_before_the_relu(bias):
    split = split_model(net(*conv_relu_mean(bias)), "features")
    lexicon = class_lexicon(split)
    images = torch.randn(3, 3, 32, 32)
    tokens = split.encode(images)
    convolution = split.model.head[1]
    expected = convolution(tokens.movedim(-1, 1)).movedim(1, -1)
    torch.testing.assert_close(z_of(tokens, lexicon), expected)
    torch.testing.assert_close(expected.relu().mean(dim=(1, 2)), split.model(images))
    assert class_reading(split) == "mean of the positive part"
    assert (lexicon.bias is not None) == bias


def test_squeezenet_with_random_weights_has_its_classes_at_features():
    torch.manual_seed(0)
    split = split_model(load_model("squeezenet1_0"), "features", sample=torch.randn(1, 3, 96, 96))
    lexicon = class_lexicon(split)
    images = torch.randn(2, 3, 96, 96)
    tokens = split.encode(images)
    expected = split.model.classifier[1](tokens.movedim(-1, 1)).movedim(1, -1)
    torch.testing.assert_close(z_of(tokens, lexicon), expected, atol=1e-4, rtol=1e-4)
    assert (len(lexicon), lexicon.n_channels) == (1000, 512)


def test_a_pooled_vector_is_read_as_it_is_and_a_class_token_alone():
    model = net(*pooled_linear())
    assert class_reading(split_model(model, "head.1")) == "mean"  # of one place
    torch.manual_seed(0)
    vit = VisionTransformer(32, 8, num_layers=2, num_heads=2, hidden_dim=16, mlp_dim=32, num_classes=N_CLASSES)
    nn.init.normal_(vit.heads[0].weight)
    split = split_model(vit.eval().requires_grad_(False), "encoder.ln", sample=torch.randn(1, 3, 32, 32))
    lexicon = class_lexicon(split)
    assert class_reading(split) == "class token"
    images = torch.randn(2, 3, 32, 32)
    torch.testing.assert_close(z_of(split.encode(images), lexicon)[:, 0], split.model(images), atol=1e-5, rtol=1e-4)


def test_a_norm_before_the_head_is_an_error_that_names_the_layer_after_it():
    torch.manual_seed(0)
    vit = VisionTransformer(32, 8, num_layers=2, num_heads=2, hidden_dim=16, mlp_dim=32, num_classes=N_CLASSES)
    nn.init.normal_(vit.heads[0].weight)
    vit.transform = PhotoTransform(resize=32, crop=32)
    split = split_model(vit.eval(), "encoder.layers.encoder_layer_1")
    with pytest.raises(ValueError, match=r"no words at encoder\.layers: .*they are at encoder: split there"):
        class_lexicon(split)
    assert class_reading(split) == ""


def test_where_no_layer_would_do_the_error_says_so():
    hidden = nn.Sequential(nn.Linear(P, P), nn.Tanh())
    model = net(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(P, P), nn.Tanh(), nn.Linear(P, N_CLASSES))
    with pytest.raises(ValueError, match=r"they are at head\.3: split there"):
        class_lexicon(split_model(model, "features"))
    scaled = net(nn.AdaptiveAvgPool2d(1), nn.Flatten(), hidden, nn.Linear(P, N_CLASSES), nn.Softmax(dim=1))
    with pytest.raises(ValueError, match=r"nor are they at head\.0, head\.1, "):
        class_lexicon(split_model(scaled, "features"))


def test_a_square_layer_that_is_not_the_last_is_not_taken_for_the_head():
    model = net(nn.Conv2d(P, P, 1), *pooled_linear())  # affine as a whole, but no layer reads P into the classes
    with pytest.raises(ValueError, match="no words at features"):
        class_lexicon(split_model(model, "features"))
    assert len(class_lexicon(split_model(model, "head.0"))) == N_CLASSES


def test_names_are_made_distinct_whatever_their_case():
    assert distinct_names(("Crane", "dog", "crane", " ", "night  owl"), 5) == (
        "Crane (class 0)",
        "dog",
        "crane (class 2)",
        "class 3",
        "night owl",
    )
    with pytest.raises(ValueError, match="2 class names for 3 classes"):
        distinct_names(("a", "b"), 3)


def literal_map(tokens: np.ndarray, vectors: np.ndarray, bias: np.ndarray, smooth: float) -> np.ndarray:
    """(h, w, L), place by place: the mean of max(0, z) under a Gaussian that stops at the border, axis by axis."""
    h, w, _ = tokens.shape
    positive = np.maximum(tokens @ vectors.T + bias, 0)
    found = np.zeros_like(positive)
    for y in range(h):
        for x in range(w):
            down = np.array([math.exp(-((y - i) ** 2) / (2 * smooth**2)) for i in range(h)])
            across = np.array([math.exp(-((x - j) ** 2) / (2 * smooth**2)) for j in range(w)])
            weights = np.outer(down / down.sum(), across / across.sum())
            found[y, x] = (weights[..., None] * positive).sum(axis=(0, 1))
    return found


def small_lexicon(rng: torch.Generator) -> Lexicon:
    vectors = torch.randn(5, 3, generator=rng, dtype=torch.float64)
    return Lexicon(("a", "b", "c", "d", "e"), vectors, bias=torch.randn(5, generator=rng, dtype=torch.float64))


def test_word_maps_equal_the_literal_ones_under_every_contrast(rng):
    lexicon, tokens = small_lexicon(rng), torch.randn(4, 6, 3, generator=rng, dtype=torch.float64)
    s = literal_map(tokens.numpy(), lexicon.vectors.numpy(), lexicon.bias.numpy(), 1.5)
    centred = s - s.mean(axis=-1, keepdims=True)
    expected = {"none": s, "mean": centred, "score": centred / s.std(axis=-1, keepdims=True)}
    for contrast, each in expected.items():
        found = word_maps(tokens, lexicon, ["D", "b"], smooth=1.5, contrast=contrast, chunk=50)  # two words at a time
        np.testing.assert_allclose(found.numpy(), each[..., [3, 1]], atol=1e-9)


def test_smoothing_keeps_an_even_map_and_none_is_the_positive_part(rng):
    lexicon, tokens = small_lexicon(rng), torch.randn(4, 6, 3, generator=rng, dtype=torch.float64)
    plain = word_map(tokens, lexicon, "a")
    torch.testing.assert_close(plain, (tokens @ lexicon.vectors[0] + lexicon.bias[0]).clamp(min=0))
    even = tokens[:1, :1].expand(4, 6, 3)
    torch.testing.assert_close(word_map(even, lexicon, "a", smooth=2), word_map(even, lexicon, "a"))
    torch.testing.assert_close(gaussian(7, 2.0).sum(dim=1), torch.ones(7, dtype=torch.float64))


def test_what_all_words_share_is_removed():
    lexicon = Lexicon(("a", "b"), torch.tensor([[1.0, 0, 1], [0, 1, 1]]))
    tokens = torch.zeros(1, 3, 3)
    tokens[0, 0, 2], tokens[0, 1, 0] = 5, 1  # both words, loudly; one word, quietly
    assert peak(word_map(tokens, lexicon, "a")) == (0, 0)
    assert peak(word_map(tokens, lexicon, "a", contrast="mean")) == (0, 1)
    assert torch.isfinite(word_map(tokens, lexicon, "a", contrast="score")).all()  # no word stands out: 0, not NaN


def test_bad_input_of_word_maps_is_told():
    lexicon = Lexicon(("a", "b"), torch.eye(2))
    with pytest.raises(ValueError, match=r"tokens \(2, 2, 3\), the lexicon lexicon takes \(h, w, 2\)"):
        word_map(torch.zeros(2, 2, 3), lexicon, "a")
    with pytest.raises(ValueError, match="'zebra' is not in the lexicon"):
        word_map(torch.zeros(2, 2, 2), lexicon, "zebra")
    with pytest.raises(ValueError, match="choose one of none, mean, score"):
        word_map(torch.zeros(2, 2, 2), lexicon, "a", contrast="some")
    with pytest.raises(ValueError, match="smooth is -1"):
        word_map(torch.zeros(2, 2, 2), lexicon, "a", smooth=-1)
