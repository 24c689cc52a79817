"""The split f = h ∘ g: identity on real architectures, layouts proven by planted positions, refusals in plain words."""

import threading

import pytest
import torch
from torch import nn
from torchvision.models import ConvNeXt, DenseNet, EfficientNet, MaxVit, ResNet, SwinTransformer, VisionTransformer
from torchvision.models.convnext import CNBlockConfig
from torchvision.models.efficientnet import MBConvConfig
from torchvision.models.resnet import BasicBlock

from concepts.models import LayerInfo, load_model, split_model
from concepts.models.splitting import split as split_module
from concepts.models.splitting.default_layer import reaching_share
from concepts.models.splitting.layout import read_layout
from concepts.models.splitting.tracing import size_for

pytestmark = pytest.mark.slow

N_CLASSES = 7


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    """Small tensors gain nothing from more, and threads that wait for each other cost minutes on a busy machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def tiny_vit() -> nn.Module:
    """torchvision's ViT at a size for tests: 32 px, 16 patches and a class token, three blocks."""
    model = VisionTransformer(32, 8, num_layers=3, num_heads=2, hidden_dim=16, mlp_dim=32, num_classes=N_CLASSES)
    nn.init.normal_(model.heads[0].weight)
    return model


def tiny_maxvit() -> nn.Module:
    return MaxVit((64, 64), 8, 4, [8, 16], [1, 1], 4, stochastic_depth_prob=0.0, num_classes=N_CLASSES)


def tiny_swin() -> nn.Module:
    """Two stages, in each a block with shifted windows."""
    return SwinTransformer([4, 4], 12, [2, 2], [2, 4], [4, 4], stochastic_depth_prob=0.0, num_classes=N_CLASSES)


def tiny_convnext() -> nn.Module:
    return ConvNeXt([CNBlockConfig(8, 16, 1), CNBlockConfig(16, None, 2)], num_classes=N_CLASSES, layer_scale=1.0)


def tiny_densenet() -> nn.Module:
    return DenseNet(8, (2, 2, 2), 16, num_classes=N_CLASSES)


def tiny_resnet() -> nn.Module:
    """One block a stage; it has the modules of a ResNet-18."""
    return ResNet(BasicBlock, [1, 1, 1, 1], num_classes=N_CLASSES)


def tiny_efficientnet() -> nn.Module:
    blocks = [MBConvConfig(1, 3, 1, 16, 8, 1, 1.0, 1.0), MBConvConfig(6, 5, 2, 8, 16, 2, 1.0, 1.0)]
    return EfficientNet(blocks, dropout=0.2, stochastic_depth_prob=0.2, num_classes=N_CLASSES)


MADE_HERE = {  # torchvision's classes at a size for tests: (model, image size)
    "tiny_vit": (tiny_vit, 32),
    "tiny_maxvit": (tiny_maxvit, 64),
    "tiny_swin": (tiny_swin, 64),
    "tiny_convnext": (tiny_convnext, 64),
    "tiny_densenet": (tiny_densenet, 64),
    "tiny_resnet": (tiny_resnet, 128),
    "tiny_efficientnet": (tiny_efficientnet, 64),
}
DEFAULTS = {  # name: (image size, expected default layer)
    "tiny_resnet": (128, "layer4"),
    "squeezenet1_0": (96, "features"),
    "alexnet": (160, "features"),  # VGG's form at a fraction of its 130 million weights
    "tiny_densenet": (64, "features"),
    "mobilenet_v2": (128, "features"),
    "mobilenet_v3_small": (128, "features"),
    "tiny_efficientnet": (64, "features"),
    "tiny_convnext": (64, "features"),
    "regnet_y_400mf": (128, "trunk_output"),
    "shufflenet_v2_x0_5": (128, "conv5"),
    "googlenet": (128, "inception5b"),
    "mnasnet0_5": (128, "layers"),
    "tiny_swin": (64, "norm"),
    "tiny_vit": (32, "encoder.layers.encoder_layer_1"),
    "tiny_maxvit": (64, "blocks.1"),
}


def build(name: str) -> nn.Module:
    if name not in MADE_HERE:
        return with_lively_batch_norms(load_model(name, n_classes=N_CLASSES), 96)
    torch.manual_seed(0)
    make, size = MADE_HERE[name]
    return with_lively_batch_norms(make().eval().requires_grad_(False), size)


def with_lively_batch_norms(model: nn.Module, size: int) -> nn.Module:
    """Batch statistics of random images, without which deep random networks give the same logits for all images."""
    norms = [module for module in model.modules() if isinstance(module, nn.BatchNorm2d)]
    for module in norms:
        module.momentum = 1.0
        module.train()
    if norms:
        model(images_of(size, n=4, dtype=torch.float32))
    return model.eval()


def images_of(size: int, n: int = 2, dtype: torch.dtype = torch.float64, seed: int = 3) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    coarse = torch.randn(n, 3, 5, 5, generator=generator, dtype=dtype)
    return nn.functional.interpolate(coarse, size=(size, size), mode="bilinear")


@pytest.mark.parametrize("name", DEFAULTS)
def test_the_head_of_the_code_is_the_model(name):
    size, expected_layer = DEFAULTS[name]
    model, x = build(name), images_of(size, dtype=torch.float32)
    logits = model(x)
    scale = float(logits.abs().max())
    first = split_model(model, sample=x)
    assert first.layer == expected_layer
    assert first.grid is not None
    assert min(first.grid) >= 4
    layers = first.layers()
    assert first.info in layers
    early_or_late = layers[(2 if list(DEFAULTS).index(name) % 2 else 5) * len(layers) // 8]
    for path in (first.layer, early_or_late.path):
        split = first.at(path)
        assert split.traced
        a = split.encode(x)
        assert a.shape == (2, *split.info.shape)
        kept = a.clone()
        y = split.head(a)
        torch.testing.assert_close(y, logits, rtol=0, atol=1e-5 * scale)
        assert torch.equal(a, kept), f"{path}: the head changed its input"
        other = split.head(a + a.std() * torch.randn(a.shape, generator=torch.Generator().manual_seed(1)))
        assert (other - logits).abs().max() > 1e-3 * scale, f"{path}: the head ignores its input"
        a = a.requires_grad_(True)
        (gradient,) = torch.autograd.grad((split.head(a) / scale).square().sum(), a)
        assert gradient.shape == a.shape
        assert gradient.abs().max() > 0
        assert torch.equal(a, kept)


def test_every_layer_offered_splits_and_nothing_else_does():
    model, x = build("tiny_resnet"), images_of(64, dtype=torch.float32)
    logits = model(x)
    first = split_model(model, sample=x)
    offered = {layer.path: layer for layer in first.layers()}
    for path, layer in offered.items():
        split = first.at(path)
        assert split.info == layer
        torch.testing.assert_close(split.head(split.encode(x)), logits, rtol=0, atol=1e-5 * float(logits.abs().max()))
    for path in ("layer1.0.conv1", "layer1.0.bn2", "layer2.0.downsample"):
        assert path not in offered
        with pytest.raises(ValueError, match=r"bypassed.*nearest layers that can be: .*layer"):
            first.at(path)


def test_signs_are_measured_before_an_in_place_activation_changes_them():
    layers = {layer.path: layer for layer in split_model(build("squeezenet1_0"), sample=images_of(64)).layers()}
    assert layers["features.0"].sign == "signed"
    assert layers["features.1"].sign == ">= 0"
    assert layers["features.0"].shape == (29, 29, 96)


def test_a_path_inside_names_the_same_layer():
    split = split_model(build("tiny_resnet"), "layer4.0", sample=images_of(64))
    assert split.layer == "layer4"
    assert "layer4.0" in split.reason


def test_the_default_of_a_vit_is_before_the_block_that_keeps_only_the_class_token():
    model, x = build("tiny_vit"), images_of(32, dtype=torch.float32)
    split = split_model(model, sample=x)
    assert "from encoder.layers on, most positions no longer reach" in split.reason
    last = split_model(model, "encoder.layers.encoder_layer_2", sample=x)
    assert reaching_share(last.head, last.encode(x)) == pytest.approx(1 / 17)
    assert reaching_share(split.head, split.encode(x)) == 1


def test_reach_is_told_even_where_the_head_is_still_zero():
    model = build("tiny_vit")
    nn.init.zeros_(model.heads[0].weight)
    assert split_model(model, sample=images_of(32)).layer == "encoder.layers.encoder_layer_1"


@pytest.mark.parametrize(("row", "column"), [(0, 0), (0, 3), (2, 1), (3, 3)])
def test_tokens_stand_where_their_patch_was(row, column):
    model = build("tiny_vit").double()
    x = images_of(32)
    split = split_model(model, "encoder.layers.encoder_layer_0", sample=x)
    assert (split.kind, split.grid, split.n_positions, split.n_channels) == ("tokens", (4, 4), 17, 16)
    changed = x.clone()
    changed[:, :, 8 * row : 8 * row + 8, 8 * column : 8 * column + 8] += 2.0
    difference = split.to_map(split.encode(changed) - split.encode(x)).norm(dim=-1).mean(0)  # (4, 4)
    assert divmod(int(difference.argmax()), 4) == (row, column)


def test_the_class_token_is_left_out_of_the_map():
    split = split_model(build("tiny_vit"), sample=images_of(32))
    values = torch.arange(17.0)[None, :, None].repeat(2, 1, 3)
    grid = split.to_map(values)
    assert grid.shape == (2, 4, 4, 3)
    assert torch.equal(grid[1, :, :, 2].flatten(), torch.arange(1.0, 17.0))
    with pytest.raises(ValueError, match="expected"):
        split.to_map(values[:, 1:])


@pytest.mark.parametrize("name", ["squeezenet1_0", "tiny_swin"])
@pytest.mark.parametrize("corner", [(0, 0), (0, -1), (-1, 0), (-1, -1)])
def test_maps_lie_as_the_image_does(name, corner, cached_splits):
    split, x = cached_splits(name)
    changed = x.clone()
    rows, columns = (slice(0, 24) if each == 0 else slice(-24, None) for each in corner)
    changed[:, :, rows, columns] += 3.0
    difference = split.to_map(split.encode(changed) - split.encode(x)).norm(dim=-1).mean(0)
    h, w = difference.shape
    row, column = divmod(int(difference.argmax()), w)
    assert (row < h / 2, column < w / 2) == (corner[0] == 0, corner[1] == 0)


@pytest.fixture(scope="module")
def cached_splits():
    made = {}

    def get(name):
        if name not in made:
            x = images_of(128, dtype=torch.float32)
            layer = {"squeezenet1_0": None, "tiny_swin": "features.3"}[name]
            made[name] = (split_model(build(name), layer, sample=x), x)
        return made[name]

    return get


def test_swin_is_channels_last_and_its_permuted_output_first():
    x = images_of(128, dtype=torch.float32)
    layers = {layer.path: layer for layer in split_model(build("tiny_swin"), sample=x).layers()}
    assert layers["features.1"].shape == (32, 32, 12)
    assert layers["permute"].shape == layers["norm"].shape == (16, 16, 24)


class ChannelsLastCube(nn.Module):
    """(n, 16, 16, 16) of 32 px images: only another image size tells which of the three are channels."""

    def __init__(self, last: bool) -> None:
        super().__init__()
        self.conv, self.move, self.linear = nn.Conv2d(3, 16, 2, 2), Move(last), nn.Linear(16, 4)
        self.last = last

    def forward(self, x):
        return self.linear(self.move(self.conv(x)).mean((1, 2) if self.last else (2, 3)))


class Move(nn.Module):
    def __init__(self, last: bool) -> None:
        super().__init__()
        self.last = last

    def forward(self, x):
        return x.movedim(1, -1) if self.last else x * 1


@pytest.mark.parametrize("last", [True, False])
def test_an_ambiguous_cube_is_read_with_the_help_of_a_wider_image(last):
    x = images_of(32, dtype=torch.float32)
    model = ChannelsLastCube(last).eval()
    split = split_model(model, "move", sample=x)
    torch.testing.assert_close(split.encode(x), model.conv(x).movedim(1, -1))


@pytest.mark.parametrize(
    ("shape", "image", "expected"),
    [
        ((2, 512, 7, 7), (224, 224), ("map", (7, 7, 512), (7, 7), 0)),
        ((2, 7, 7, 512), (224, 224), ("map", (7, 7, 512), (7, 7), 0)),
        ((2, 512, 1, 1), (224, 224), ("map", (1, 1, 512), (1, 1), 0)),
        ((2, 512, 4, 7), (128, 224), ("map", (4, 7, 512), (4, 7), 0)),
        ((2, 4, 7, 512), (128, 224), ("map", (4, 7, 512), (4, 7), 0)),
        ((2, 64, 49, 64), (224, 224), None),
        ((2, 197, 768), (224, 224), ("tokens", (197, 768), (14, 14), 1)),
        ((2, 198, 192), (224, 224), ("tokens", (198, 192), (14, 14), 2)),
        ((2, 201, 768), (224, 224), ("tokens", (201, 768), (14, 14), 5)),
        ((2, 113, 768), (128, 224), ("tokens", (113, 768), (8, 14), 1)),
        ((2, 7, 768), (224, 224), ("tokens", (7, 768), (2, 2), 3)),
        ((2, 13, 768), (224, 224), ("tokens", (13, 768), (3, 3), 4)),
        ((2, 16), (224, 224), ("vector", (16,), None, 0)),
        ((2, 3, 4, 5, 6), (224, 224), None),
    ],
)
def test_layouts(shape, image, expected):
    layout = read_layout(shape, image)
    found = layout and (layout.kind, layout.shape, layout.grid, layout.n_extra)
    assert found == expected


def test_tokens_keep_the_grid_of_the_map_they_were_made_of():
    assert read_layout((2, 64 + 5, 8), (64, 64), earlier_grid=(8, 8)).n_extra == 5
    assert read_layout((2, 81 + 8, 8), (90, 90), earlier_grid=(9, 9)).grid == (9, 9)


def test_sizes_of_the_batch_are_followed():
    class Sized(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv, self.linear = nn.Conv2d(3, 8, 4, 4), nn.Linear(8, 5)

        def forward(self, x):
            n, _, h, w = x.shape  # still needed after the layer, but mere sizes
            a = self.conv(x).view(n, 8, h // 4 * (w // 4)).mean(2)
            return self.linear(a).view(x.size(0), -1)  # the image asked for its size after the layer

    model, x = Sized().eval().double(), images_of(32, n=5)
    split = split_model(model, "conv", sample=x)
    assert split.traced
    for n in (1, 2, 5):
        torch.testing.assert_close(split.head(split.encode(x[:n])), model(x[:n]))


def test_a_value_read_out_of_the_image_is_no_size():
    class Scaled(Odd):
        def forward(self, x):
            scale = x.abs().max().item()
            return self.linear(self.conv(x).mean((2, 3))) * scale

    with pytest.raises(ValueError, match="bypassed"):
        split_model(Scaled("fine").eval(), "conv", sample=images_of(32))


class Deciding(nn.Module):
    """Takes another way when the features are large: cannot be traced."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 4, 4), nn.ReLU(inplace=True))
        self.block = nn.Conv2d(8, 8, 3, padding=1)
        self.act = nn.ReLU(inplace=True)
        self.head = nn.Linear(8, N_CLASSES)

    def forward(self, x):
        a = self.stem(x)
        a = self.act(a + self.block(a))
        return self.head(a.mean((2, 3)) * (2.0 if a.mean() > 0.4 else 1.0))


def deciding() -> tuple[nn.Module, torch.Tensor]:
    torch.manual_seed(0)
    return Deciding().eval().double(), images_of(32)


def test_a_model_that_cannot_be_traced_is_cut_with_hooks():
    model, x = deciding()
    split = split_model(model, sample=x)
    assert not split.traced
    assert (split.layer, split.kind, split.grid, split.sign) == ("act", "map", (8, 8), ">= 0")
    assert [layer.path for layer in split.layers()] == ["stem.0", "stem", "act"]
    for path in ("stem.0", "stem", "act"):
        split = split_model(model, path, sample=x)
        for images in (x, x[:1], x * 20):
            a = split.encode(images)
            kept = a.clone()
            torch.testing.assert_close(split.head(a), model(images))
            assert torch.equal(a, kept)
        a.requires_grad_(True)
        assert torch.autograd.grad(split.head(a).sum(), a)[0].abs().max() > 0
    with pytest.raises(ValueError, match=r"bypassed.*stem, act"):
        split_model(model, "block", sample=x)


def test_hooks_leave_nothing_behind_even_after_a_failure():
    model, x = deciding()
    split = split_model(model, sample=x)
    with pytest.raises(RuntimeError):
        split.encode(x[:, :, :2])
    split.head(split.encode(x))
    assert not any(module._forward_hooks for module in model.modules())


def test_traced_splits_leave_the_model_as_it_was():
    model, x = build("tiny_vit"), images_of(32)
    before = {name: set(vars(module)) for name, module in model.named_modules()}
    split = split_model(model, sample=x)
    split.head(split.encode(x))
    assert {name: set(vars(module)) for name, module in model.named_modules()} == before
    own = {parameter.data_ptr() for parameter in model.parameters()}
    assert {parameter.data_ptr() for parameter in split._h.parameters()} <= own


def test_threads_on_one_hooked_model_do_not_disturb_each_other():
    model, x = deciding()
    split = split_model(model, "stem", sample=x)
    inputs = [images_of(32, seed=seed) for seed in range(4)]
    expected = [model(each) for each in inputs]
    wrong = []

    def work(i):
        for _ in range(20):
            if not torch.allclose(split.head(split.encode(inputs[i])), expected[i]):
                wrong.append(i)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_plain_pass_in_another_thread_never_meets_the_hooks():
    model, x = deciding()
    split = split_model(model, "stem", sample=x)
    other = images_of(32, seed=9)
    expected, a, faults, done = model(other), split.encode(x), [], threading.Event()

    def run():
        while not done.is_set():
            try:
                if not torch.allclose(model(other), expected):
                    faults.append("other logits")
            except BaseException as error:  # the exception that ends a pass at the layer, too
                faults.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        for _ in range(200):
            split.head(a * 3)
            split.encode(x)
    finally:
        done.set()
        thread.join()
    assert faults == []


def test_a_model_runs_in_one_thread_while_another_is_traced():
    model, other = build("tiny_vit"), build("tiny_resnet")
    x = images_of(32, dtype=torch.float32)
    expected, faults, done = model(x), [], threading.Event()

    def run():
        while not done.is_set():
            try:
                if not torch.allclose(model(x), expected, atol=1e-5):
                    faults.append("other logits")
            except Exception as error:
                faults.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        for _ in range(3):
            split_model(other, "layer3", sample=x)
            split_model(model, sample=x)
    finally:
        done.set()
        thread.join()
    assert faults == []


def test_layers_of_torchs_own_transformer_are_found_with_hooks():
    class Encoded(nn.Module):
        def __init__(self):
            super().__init__()
            layer = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True)
            self.patches = nn.Conv2d(3, 16, 8, 8)
            self.encoder = nn.TransformerEncoder(layer, 3, enable_nested_tensor=False)
            self.head = nn.Linear(16, 4)

        def forward(self, x):
            t = self.patches(x).flatten(2).transpose(1, 2)
            return self.head(self.encoder(t)[:, 0])

    torch.manual_seed(0)
    model, x = Encoded().eval(), images_of(32, dtype=torch.float32)
    split = split_model(model, "encoder.layers.1", sample=x)
    assert (split.kind, split.grid, split.traced) == ("tokens", (4, 4), False)
    torch.testing.assert_close(split.head(split.encode(x)), model(x), rtol=1e-4, atol=1e-5)


def test_in_place_operations_after_the_cut_do_not_reach_the_callers_tensor():
    model = nn.Sequential(nn.Flatten(), nn.Linear(48, 6), nn.ReLU(inplace=True), nn.Linear(6, 3)).eval()
    x = images_of(4, dtype=torch.float32)
    split = split_model(model, "1", sample=x)
    a = split.encode(x)
    assert a.min() < 0
    kept = a.clone()
    split.head(a)
    assert torch.equal(a, kept)
    leaf = a.clone().requires_grad_(True)
    split.head(leaf).sum().backward()
    assert leaf.grad.abs().max() > 0


def test_gradients_reach_the_image_and_are_kept_only_when_asked_for():
    split = split_model(build("squeezenet1_0").requires_grad_(True), sample=images_of(64))
    x = images_of(64, dtype=torch.float32)
    a = split.encode(x)
    assert not a.requires_grad
    assert not split.head(a).requires_grad
    x.requires_grad_(True)
    split.head(split.encode(x)).sum().backward()
    assert x.grad.abs().max() > 0


def scoring(*last: nn.Module) -> nn.Module:
    """(n, 3, 32, 32) to (n, 6): features, then a 6-channel map `scores`, both ≥ 0, then what is given."""
    model = nn.Sequential()
    model.add_module("features", nn.Sequential(nn.Conv2d(3, 12, 4, 4), nn.ReLU()))
    model.add_module("scores", nn.Sequential(nn.Conv2d(12, 6, 1), nn.ReLU()))
    model.add_module("pooled", nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), *last))
    return model.eval()


def test_a_map_of_the_class_scores_is_not_the_default_but_one_of_as_many_channels_may_be():
    x = images_of(32)
    assert split_model(scoring(), sample=x).layer == "features"
    assert split_model(scoring(nn.Linear(6, 6)), sample=x).layer == "scores"


def test_vectors_have_no_map():
    split = split_model(build("squeezenet1_0"), "features", sample=images_of(64))
    assert split.to_map(torch.zeros(2, 3, 3, 5)).shape == (2, 3, 3, 5)
    pooled = split_model(build("mobilenet_v3_small"), "classifier.1", sample=images_of(64))
    assert (pooled.kind, pooled.n_positions, pooled.grid) == ("vector", 1, None)
    with pytest.raises(ValueError, match="no grid"):
        pooled.to_map(torch.zeros(2, 3))


class Odd(nn.Module):
    """A model that can be made to break each promise."""

    def __init__(self, mode: str) -> None:
        super().__init__()
        self.mode, self.conv, self.linear, self.calls = mode, nn.Conv2d(3, 4, 4, 4), nn.Linear(4, 3), 0

    def forward(self, x):
        if self.mode == "fails":
            raise RuntimeError("sizes do not match")
        y = self.linear(self.conv(x).mean((2, 3)))
        if self.mode == "fickle":
            self.calls += 1
            return y + self.calls
        return {"map": torch.stack([y, y], dim=2), "nan": y * torch.nan, "fine": y}[self.mode]


@pytest.mark.parametrize(
    ("mode", "message"),
    [
        ("map", r"gives \(2, 3, 2\)"),
        ("fails", "fails on images .*sizes do not match.*sample="),
        ("fickle", "other logits for the same images the second time"),
        ("nan", "NaN or infinite logits"),
    ],
)
def test_models_that_break_a_promise_are_refused(mode, message):
    with pytest.raises(ValueError, match=message):
        split_model(Odd(mode).eval(), sample=images_of(32))


@pytest.mark.parametrize("size", [1.0, 1e-9])
def test_a_split_that_is_not_the_model_is_an_error_however_small_its_logits(size):
    class Squared(Odd):
        def forward(self, x):
            scale = x.shape[0] ** 2  # made before the layer, and does not grow evenly with n
            return self.linear(self.conv(x).mean((2, 3))) * scale * size

    with pytest.raises(ValueError, match=r"max \|h\(g\(x\)\) - f\(x\)\| is .* allowed .*; choose another layer"):
        split_model(Squared("fine").eval(), "conv", sample=images_of(32))


def test_the_check_can_be_made_on_other_images():
    model = Odd("fine").eval()
    split = split_model(model, "conv", sample=images_of(32))
    assert split.measure(images_of(32) * 3) <= 1e-4
    with torch.no_grad():
        model.conv.weight[0] = torch.nan
    with pytest.raises(ValueError, match="is nan"):
        split.measure(images_of(32))


def test_what_cannot_be_split_at_is_said_plainly():
    model, x = build("tiny_resnet"), images_of(64)
    for layer, message in {
        "layre4": "unknown layer 'layre4'.*layer4",
        "": "unknown layer",
        "fc": "logits themselves",
        "layer1.0.relu": "runs 2 times",
    }.items():
        with pytest.raises(ValueError, match=message):
            split_model(model, layer, sample=x)
    with pytest.raises(ValueError, match="eval"):
        split_model(Odd("fine").train(), sample=images_of(32))
    with pytest.raises(ValueError, match="sample"):
        split_model(Odd("fine").eval(), sample=x[0])
    split = split_model(Odd("fine").eval(), "conv", sample=x)
    with pytest.raises(ValueError, match=r"images .*expected \(n, 3, H, W\)"):
        split.encode(x[:, :1])
    with pytest.raises(ValueError, match=r"expected \(n, 16, 16, 4\)"):
        split.head(torch.zeros(2, 4, 16, 16))


def test_the_real_clothing_classifier(shared):
    model = load_model(f"{shared}/models/clothing_classifier.py:build")
    split = split_model(model)
    assert split.info == LayerInfo("features", "map", (13, 13, 512), (13, 13), ">= 0", True)
    x = images_of(224, n=3, dtype=torch.float32)
    torch.testing.assert_close(split.head(split.encode(x)), model(x), rtol=1e-4, atol=1e-4)
    assert split.n_classes == 5


def test_sizes_follow_the_number_of_images_or_stay():
    """s(n) = s(2) + (n − 2) (s(3) − s(2)), in tuples too; what is no number has to be the same."""
    activations = torch.zeros(7, 3)
    assert size_for(activations, (2, 128, "cpu", None, True), (3, 192, "cpu", None, True)) == (
        7,
        448,
        "cpu",
        None,
        True,
    )
    with pytest.raises(ValueError, match="'a' for 2 images and 'b' for 3: choose another layer"):
        size_for(activations, "a", "b")


def test_another_layer_of_a_split_model_is_as_if_split_there_and_measures_the_model_once(monkeypatch):
    torch.manual_seed(0)
    model = tiny_vit().eval()
    sample = torch.randn(2, 3, 32, 32)
    first = split_model(model, sample=sample)
    expected = split_model(model, "encoder.layers.encoder_layer_0", sample=sample)
    monkeypatch.setattr(split_module, "adapt", lambda *a, **o: pytest.fail("the model is measured again"))
    monkeypatch.setattr(split_module, "OfferedLayers", lambda *a: pytest.fail("the layers are listed again"))
    found = first.at("encoder.layers.encoder_layer_0")
    assert (found.info, found.layout, found.reason, found.check) == (
        expected.info, expected.layout, expected.reason, expected.check,
    )  # fmt: skip
    torch.testing.assert_close(found.head(found.encode(sample)), model(sample))
    with pytest.raises(ValueError, match="unknown layer"):
        first.at("encoder.nowhere")
