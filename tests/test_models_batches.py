"""Models whose answer for a photo depends on the others in its batch: told, and run one photo at a time, or refused."""

import pytest
import torch
from torch import Tensor, nn

from concepts.models import split_model

N_CLASSES = 4


class Normed(nn.Module):
    """A small convolutional network; `norm` stands before or after the layer that is split at."""

    def __init__(self, norm: nn.Module, *, before: bool) -> None:
        super().__init__()
        same = nn.Identity()
        self.first, self.early = nn.Conv2d(3, 6, 4, 4), norm if before else same
        self.features, self.late = nn.Conv2d(6, 8, 3, padding=1), same if before else norm
        self.head = nn.Linear(8, N_CLASSES)

    def forward(self, x: Tensor) -> Tensor:
        x = self.features(self.early(self.first(x)).relu())
        return self.head(self.late(x).relu().mean(dim=(2, 3)))


class MinusBatchMean(nn.Module):
    """Subtracts a share of the mean over the batch; a share of 1 leaves nothing of a photo alone."""

    def __init__(self, share: float) -> None:
        super().__init__()
        self.share = share

    def forward(self, x: Tensor) -> Tensor:
        return x - self.share * x.mean(dim=0, keepdim=True)


class OverBatch(nn.Module):
    """Divides by the deviation over the batch, which a photo alone does not have."""

    def forward(self, x: Tensor) -> Tensor:
        return x / x.var(dim=0, keepdim=True, unbiased=False).sqrt()


class BySize(nn.Module):
    """Depends on the number of photos alone."""

    def forward(self, x: Tensor) -> Tensor:
        return x * (1 + 1 / x.shape[0])


def norms(channels: int) -> dict[str, nn.Module]:
    trained = nn.BatchNorm2d(channels)
    trained.running_mean.normal_()
    return {
        "without statistics": nn.BatchNorm2d(channels, track_running_stats=False),
        "left in training": nn.BatchNorm2d(channels),
        "minus half the batch": MinusBatchMean(0.5),
        "by size": BySize(),
        "with statistics": trained,
        "instance": nn.InstanceNorm2d(channels),
        "group": nn.GroupNorm(2, channels),
        "none": nn.Identity(),
    }


DEPENDENT = ["without statistics", "left in training", "minus half the batch", "by size"]


def build(name: str, *, before: bool, seed: int = 0, hooked: bool = False) -> nn.Module:
    torch.manual_seed(seed)
    kind = Hooked if hooked else Normed
    model = kind(norms(6 if before else 8)[name], before=before).eval()
    if name == "left in training":
        (model.early if before else model.late).train()
    return model.requires_grad_(False)


class Hooked(Normed):
    """The same with a branch on the data, which cannot be traced."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x if float(x.abs().sum()) >= 0 else -x)


def images_of(n: int, seed: int = 0) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(n, 3, 16, 16, generator=generator) * torch.linspace(0.3, 3, n)[:, None, None, None]


@pytest.mark.parametrize("hooked", [False, True])
@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("name", DEPENDENT)
@pytest.mark.parametrize("n", [1, 2, 5])  # photos of the sample
def test_a_model_that_looks_across_the_batch_runs_one_photo_at_a_time(name, before, hooked, n):
    model, images = build(name, before=before, hooked=hooked), images_of(5)
    split = split_model(model, "features", sample=images[:n])
    assert split.alone
    assert split.traced != hooked
    assert "One photo at a time" in split.reason
    expected = torch.cat([model(each) for each in images.split(1)])
    A = split.encode(images)
    torch.testing.assert_close(split.head(A), expected)
    torch.testing.assert_close(torch.cat([split.encode(each) for each in images.split(1)]), A)
    torch.testing.assert_close(split.head(A.flip(0)).flip(0), expected)
    assert split.measure(images) < 1e-5


@pytest.mark.parametrize("hooked", [False, True])
@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("name", ["with statistics", "instance", "group", "none"])
def test_other_models_run_in_batches(name, seed, before, hooked):
    split = split_model(build(name, before=before, seed=seed, hooked=hooked), "features", sample=images_of(3))
    assert not split.alone
    assert "One photo at a time" not in split.reason


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float64])
def test_rounding_is_no_dependence(dtype):
    model = build("with statistics", before=True).to(dtype)
    assert not split_model(model, "features", sample=images_of(3)).alone


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize(
    ("norm", "problem"),
    [(MinusBatchMean(1.0), "the same for every photo"), (OverBatch(), "NaN or infinity")],
)
def test_a_model_that_tells_nothing_about_one_photo_is_refused(norm, problem, before):
    torch.manual_seed(0)
    with pytest.raises(ValueError, match=f"depends on the other photos.*{problem}.*running statistics"):
        split_model(Normed(norm, before=before).eval(), "features", sample=images_of(2))


def test_a_model_that_fails_on_one_photo_is_refused():
    torch.manual_seed(0)
    norm = nn.BatchNorm1d(8, track_running_stats=False)
    model = nn.Sequential(nn.Flatten(), nn.Linear(768, 8), norm, nn.ReLU(), nn.Linear(8, N_CLASSES)).eval()
    with pytest.raises(ValueError, match=r"works on two photos and fails on one alone .*running statistics") as caught:
        split_model(model, "1", sample=images_of(2))
    assert "\n" not in str(caught.value)


def test_gradients_and_one_picture_pass_through():
    split = split_model(build("without statistics", before=False), "features", sample=images_of(2))
    A = split.encode(images_of(3)).requires_grad_(True)
    (gradient,) = torch.autograd.grad(split.head(A)[0].sum(), A)
    assert gradient[0].abs().max() > 0
    assert gradient[1:].abs().max() == 0  # a photo's logits hang on itself alone
    assert split.encode(images_of(1)).shape == (1, 4, 4, 8)
