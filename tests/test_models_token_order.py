"""Which token answers to which place of the picture: measured, so that maps lie where the picture does."""

from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn
from torchvision.models import VisionTransformer
from torchvision.models.swin_transformer import SwinTransformer

from concepts.models import split_model
from concepts.models.splitting.layout import Layout
from concepts.models.splitting.token_order import best_order, fits, place_responses

PATCH = 4
N_CHANNELS = 12


class Mixing(nn.Module):
    """A residual block: every token takes over a little of all others."""

    def __init__(self, share: float) -> None:
        super().__init__()
        self.share, self.linear = share, nn.Linear(N_CHANNELS, N_CHANNELS)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.share * self.linear(x).tanh().mean(dim=1, keepdim=True) + 0.1 * self.linear(x).tanh()


class Permuted(nn.Module):
    """Patches and extra tokens in a given order, mixed by two blocks, averaged to logits."""

    def __init__(self, sequence: list[int], n_extra: int, *, share: float = 0.3, later: list[int] | None = None):
        super().__init__()
        self.patches = nn.Conv2d(3, N_CHANNELS, PATCH, PATCH)
        self.extra = nn.Parameter(torch.randn(1, n_extra, N_CHANNELS))
        self.register_buffer("sequence", torch.tensor(sequence))
        self.register_buffer("later", torch.tensor(later or list(range(len(sequence)))))
        self.tokens, self.block, self.last = nn.Linear(N_CHANNELS, N_CHANNELS), Mixing(share), Mixing(share)
        self.head = nn.Linear(N_CHANNELS, 3)

    def forward(self, images: Tensor) -> Tensor:
        patches = self.patches(images).flatten(2).transpose(1, 2)
        x = torch.cat([self.extra.expand(len(images), -1, -1), patches], dim=1)
        x = self.block(self.tokens(x[:, self.sequence]))
        return self.head(self.last(x[:, self.later]).square().mean(dim=1))


def permuted(sequence, n_extra, seed=0, **options) -> Permuted:
    torch.manual_seed(seed)
    return Permuted(sequence, n_extra, **options).eval()


def images_of(grid, seed=0, n=2) -> Tensor:
    return torch.randn(n, 3, PATCH * grid[0], PATCH * grid[1], generator=torch.Generator().manual_seed(seed))


def sequence_of(name: str, grid: tuple[int, int], n_extra: int) -> list[int]:
    """Which tokens stand where, extra tokens being 0 … n_extra − 1 and patches following row by row."""
    h, w = grid
    extra, patches = list(range(n_extra)), torch.arange(n_extra, n_extra + h * w)
    by_column = patches.view(h, w).T.flatten().tolist()
    windows = patches.view(h // 2, 2, w // 2, 2).permute(0, 2, 1, 3).flatten().tolist() if h % 2 + w % 2 == 0 else []
    middle = h * w // 2
    return {
        "in front": [*extra, *patches.tolist()],
        "second": [n_extra, *extra, *patches.tolist()[1:]],
        "behind": [*patches.tolist(), *extra],
        "in the middle": [*patches.tolist()[:middle], *extra, *patches.tolist()[middle:]],
        "class in front, registers behind": [*extra[:1], *patches.tolist(), *extra[1:]],
        "column by column": [*extra, *by_column],
        "windows": [*extra, *windows],
        "backwards": [*extra, *patches.tolist()[::-1]],
    }[name]


@pytest.mark.parametrize("layer", ["tokens", "last"])
@pytest.mark.parametrize("grid", [(4, 4), (4, 6), (6, 2)])
@pytest.mark.parametrize("n_extra", [0, 1, 5])
@pytest.mark.parametrize("name", ["behind", "in the middle", "column by column", "windows", "backwards", "second"])
def test_a_patch_lies_where_it_is_in_the_picture(name, n_extra, grid, layer):
    sequence = sequence_of(name, grid, n_extra)
    split = split_model(permuted(sequence, n_extra, seed=n_extra), layer, sample=images_of(grid))
    assert split.grid == grid
    assert split.layout.n_extra == n_extra
    before = split.encode(images_of(grid))
    for place in [(0, 0), (grid[0] - 1, 1), (1, grid[1] - 1)]:
        images = images_of(grid)
        at = tuple(slice(PATCH * i, PATCH * (i + 1)) for i in place)
        images[:, :, at[0], at[1]] += 1
        change = split.to_map((split.encode(images) - before).norm(dim=-1, keepdim=True))[..., 0]
        assert all(divmod(int(one.argmax()), grid[1]) == place for one in change)
    moved = sequence != sorted(sequence)
    assert (split.layout.order is not None) == moved
    assert ("was measured" in split.reason) == moved


@pytest.mark.parametrize("name", ["in front", "behind", "in the middle", "class in front, registers behind", "windows"])
@pytest.mark.parametrize("n_extra", [1, 3])
def test_the_head_of_the_reordered_code_is_the_model(name, n_extra):
    model, images = permuted(sequence_of(name, (4, 4), n_extra), n_extra), images_of((4, 4), n=3)
    split = split_model(model, "block", sample=images)
    torch.testing.assert_close(split.head(split.encode(images)), model(images))
    a = split.encode(images).requires_grad_(True)
    split.head(a).sum().backward()
    assert (a.grad.abs().sum(dim=-1) > 0).all()


def test_extra_tokens_come_first_in_the_models_own_order():
    sequence = sequence_of("class in front, registers behind", (4, 4), 5)
    split = split_model(permuted(sequence, 5), "block", sample=images_of((4, 4)))
    assert split.layout.order == (0, 17, 18, 19, 20, *range(1, 17))
    assert split.named == ("class token", *(f"extra token {i}" for i in range(1, 5)))
    assert "0, 17, 18, 19, 20" in split.reason


@pytest.mark.parametrize("n_extra", [0, 1, 4])
@pytest.mark.parametrize("grid", [(4, 4), (3, 5)])
def test_an_order_as_assumed_changes_nothing(n_extra, grid):
    model = permuted(sequence_of("in front", grid, n_extra), n_extra)
    split = split_model(model, "last", sample=images_of(grid))
    assert split.layout == Layout("tokens", (n_extra + grid[0] * grid[1], N_CHANNELS), grid, n_extra=n_extra)
    assert split.reason == "chosen by you"


def test_a_change_of_order_between_two_layers_is_seen():
    order = sequence_of("column by column", (4, 6), 1)
    model = permuted(sequence_of("in front", (4, 6), 1), 1, later=order)
    assert split_model(model, "block", sample=images_of((4, 6))).layout.order is None
    split = split_model(model, "last", sample=images_of((4, 6)))
    assert [order[t] for t in split.layout.order] == list(range(25))


def test_a_layer_that_mixes_all_tokens_is_read_as_the_first_one_with_as_many():
    model = permuted(sequence_of("behind", (4, 4), 1), 1, share=200.0)
    split = split_model(model, "last", sample=images_of((4, 4)))
    assert split.layout.order == (16, *range(16))


def test_where_no_layer_shows_it_the_assumption_stays_and_is_told():
    class Mixed(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.mix, self.head = nn.Linear(3 * 16 * 16, 17 * N_CHANNELS), nn.Linear(N_CHANNELS, 3)
            self.tokens = nn.Linear(N_CHANNELS, N_CHANNELS)

        def forward(self, images: Tensor) -> Tensor:
            return self.head(self.tokens(self.mix(images.flatten(1)).unflatten(1, (17, N_CHANNELS))).mean(dim=1))

    torch.manual_seed(0)
    split = split_model(Mixed().eval(), "tokens", sample=images_of((4, 4)))
    assert split.grid == (4, 4)
    assert split.layout.order is None
    assert "could not be measured" in split.reason


def test_a_model_that_is_cut_with_hooks_is_measured_as_well():
    class Branching(Permuted):
        def forward(self, images: Tensor) -> Tensor:
            return super().forward(images) if float(images.abs().sum()) >= 0 else images

    torch.manual_seed(0)
    split = split_model(Branching(sequence_of("behind", (4, 4), 2), 2).eval(), "block", sample=images_of((4, 4)))
    assert not split.traced
    assert split.layout.order == (16, 17, *range(16))


@pytest.mark.parametrize("seed", range(3))
def test_torchvisions_transformers_are_as_assumed(seed):
    torch.manual_seed(seed)
    model = VisionTransformer(32, 8, num_layers=3, num_heads=2, hidden_dim=16, mlp_dim=32, num_classes=5).eval()
    nn.init.normal_(model.heads[0].weight)
    split = split_model(model, sample=torch.randn(2, 3, 32, 32))
    assert split.layout.order is None
    assert "measured" not in split.reason


def test_a_map_with_channels_last_is_no_matter_of_tokens():
    torch.manual_seed(0)
    model = SwinTransformer([4, 4], 12, [1, 1], [1, 2], [2, 2], num_classes=4, stochastic_depth_prob=0.0).eval()
    split = split_model(model, "norm", sample=torch.randn(2, 3, 32, 32))
    assert split.kind == "map"
    assert split.layout.order is None
    assert split.reason == "chosen by you"


@pytest.mark.parametrize("seed", range(3))
def test_the_layout_undoes_its_order(seed):
    generator = torch.Generator().manual_seed(seed)
    order = tuple(torch.randperm(11, generator=generator).tolist())
    layout = replace(Layout("tokens", (11, 4), (3, 3), n_extra=2), order=order)
    x = torch.randn(5, 11, 4, generator=generator)
    assert torch.equal(layout.to_model(layout.to_channels_last(x)), x)
    assert torch.equal(layout.to_map(layout.to_channels_last(x))[:, 0, 0], x[:, order[2]])


def test_responses_are_shares_and_an_extra_token_has_none():
    model = permuted(sequence_of("in the middle", (2, 4), 1), 1)
    g = split_model(model, "tokens", sample=images_of((2, 4)))._g
    responses = place_responses(g, images_of((2, 4))[:1], (2, 4))
    expected = torch.zeros(9, 8)
    expected[[0, 1, 2, 3, 5, 6, 7, 8], range(8)] = 1  # without mixing a patch answers to its own place alone
    torch.testing.assert_close(responses, expected)


def test_what_is_clear():
    clear = torch.cat([torch.full((1, 9), 1 / 9), torch.eye(9) * 0.9 + 0.01])
    order = tuple(range(10))
    assert fits(clear, order)
    assert best_order(clear) == order
    assert not fits(clear, (1, 0, *range(2, 10)))  # the extra token stands in the grid
    assert not fits(clear, (0, 2, 1, *range(3, 10)))
    assert not fits(torch.full((10, 9), 1 / 9), order)  # all alike
