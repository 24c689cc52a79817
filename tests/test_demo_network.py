"""The demo's networks: the shipped weights are right, small and as the recipe says; training is repeatable."""

import json

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from concepts.demo import training
from concepts.demo.building import RECIPE, write_demo
from concepts.demo.digits import DIGIT_NAMES, load_digits
from concepts.demo.network import DEMO_MODELS, SmallNet, load_demo_model, to_input
from concepts.demo.training import LabelledImages, TrainingRecipe, count_right, fit, objective, train_demo
from concepts.demo.world import CLASS_NAMES, draw, draw_class
from concepts.numerics.intervals import wilson
from concepts.storage.app_folder import DEMO

HELD_OUT = 300  # the first index that training never sees
MEGABYTE = 2**20


@pytest.fixture
def tiny() -> LabelledImages:
    """Sixteen noise images in two classes, one of them brighter."""
    images = np.random.default_rng(0).integers(0, 120, (16, 16, 16, 3), dtype=np.uint8)
    labels = np.arange(16) % 2
    return LabelledImages((images + 100 * labels[:, None, None, None]).astype(np.uint8), labels)


def tiny_net() -> SmallNet:
    return SmallNet(2, widths=(4, 6), kernels=(4, 3), stride=4)


def quiet(stage: str, share: float) -> None:
    """Takes progress and shows nothing."""


@pytest.mark.slow
def test_shipped_shapes_are_right_on_pictures_never_trained_on():
    model, n = load_demo_model("demo/shapes"), 50
    images = np.stack([p.image for name in CLASS_NAMES for p in draw_class(name, n, start=HELD_OUT)])
    labels = np.repeat(np.arange(len(CLASS_NAMES)), n)
    assert count_right(model, LabelledImages(images, labels)) >= 0.97 * len(labels)


def test_shipped_digits_are_right_on_digits_never_trained_on():
    digits = load_digits(held_out=True)
    right = count_right(load_demo_model("demo/digits"), LabelledImages(digits.images, digits.labels))
    assert right >= 0.97 * len(digits.labels)


@pytest.mark.parametrize("name", DEMO_MODELS)
def test_shipped_networks_have_the_promised_shape(name):
    model, spec = load_demo_model(name), DEMO_MODELS[name]
    maps = model.features(torch.zeros(1, 3, spec.side, spec.side))
    assert min(maps.shape[2:]) >= 12
    assert isinstance(model.features[-1], nn.ReLU)
    assert [child for child, _ in model.named_children()] == ["features", "pool", "flatten", "linear"]
    assert not model.training
    assert model.class_names == spec.class_names
    assert (DEMO / spec.file).stat().st_size <= 2 * MEGABYTE


@pytest.mark.parametrize("name", DEMO_MODELS)
def test_the_recipe_agrees_with_the_code(name):
    entry, spec, recipe = json.loads((DEMO / RECIPE).read_text())[name], DEMO_MODELS[name], training.RECIPES[name]
    assert {key: entry[key] for key in vars(recipe)} == vars(recipe)
    assert entry["network"] == {
        "side": spec.side,
        "widths": list(spec.widths),
        "kernels": list(spec.kernels),
        "stride": spec.stride,
    }
    assert tuple(entry["classes"]) == spec.class_names
    assert entry["accuracy"] >= 0.97
    right = round(entry["accuracy"] * entry["held_out"])
    assert entry["interval_95"] == pytest.approx(wilson(right, entry["held_out"]))


def test_a_saved_picture_enters_the_network_as_it_was_trained():
    model, picture = load_demo_model("demo/shapes"), draw("fish", HELD_OUT)
    torch.testing.assert_close(model.transform(Image.fromarray(picture.image)), to_input(picture.image[None])[0])
    assert model.transform(Image.new("RGB", (400, 300))).shape == (3, 96, 96)
    assert "96" in repr(model.transform)


def test_unknown_names_and_missing_weights_are_errors_that_help(tmp_path):
    with pytest.raises(ValueError, match=r"demo/shapes, demo/digits"):
        load_demo_model("demo/horses")
    with pytest.raises(ValueError, match=r"python -m concepts demo"):
        load_demo_model("demo/shapes", folder=tmp_path)


def test_the_head_is_affine_after_averaging():
    model = tiny_net().eval()
    maps = torch.rand(2, 6, 4, 4)
    logits = model.linear(model.flatten(model.pool(maps)))
    torch.testing.assert_close(logits, maps.mean((2, 3)) @ model.linear.weight.T + model.linear.bias)


@pytest.mark.training
def test_training_twice_gives_the_same_network_and_another_seed_another(tiny):
    recipe = TrainingRecipe(epochs=2, batch=4)
    first, second, other = (fit(tiny_net(), tiny, recipe, seed=seed, progress=quiet) for seed in (0, 0, 1))
    images = to_input(tiny.images)
    torch.testing.assert_close(first(images), second(images), rtol=0, atol=0)
    assert not torch.allclose(first(images), other(images))


@pytest.mark.training
def test_training_learns(tiny):
    shares = []
    model = fit(
        tiny_net(), tiny, TrainingRecipe(epochs=20, batch=8), seed=0, progress=lambda _, share: shares.append(share)
    )
    assert count_right(model, tiny) == 16
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_the_objective_is_cross_entropy_plus_penalties(tiny):
    model, images, labels = tiny_net(), to_input(tiny.images), torch.from_numpy(tiny.labels)
    recipe = TrainingRecipe(epochs=1, hidden=0.0, energy=0.3, sparsity=0.2)
    loss = objective(model, images, labels, recipe, torch.Generator())
    maps = model.features(images)
    log_probabilities = torch.log_softmax(model(images), dim=1)
    expected = -log_probabilities[torch.arange(16), labels].mean() + 0.3 * (maps**2).mean() + 0.2 * maps.abs().mean()
    torch.testing.assert_close(loss, expected)


def test_hidden_squares_leave_the_average_unchanged_in_the_mean(rng):
    maps = torch.ones(4000, 1, 8, 8)
    visible = training._visible(maps, 0.4, rng)
    assert visible.shape == (4000, 1, 8, 8)
    assert visible.mean().item() == pytest.approx(1.0, abs=0.02)
    assert torch.equal(visible[:, :, ::2, ::2], visible[:, :, 1::2, 1::2]), "a square is hidden as a whole"


def test_digits_are_split_without_overlap_and_drawn_light_on_black():
    train, held_out = load_digits(held_out=False), load_digits(held_out=True)
    assert (len(train.labels), len(held_out.labels)) == (1437, 360)
    assert train.images.shape[1:] == (32, 32, 3)
    assert set(held_out.labels.tolist()) == set(range(len(DIGIT_NAMES)))
    assert train.images[:, 0, 0].mean() < 10 < train.images.mean()
    assert not np.array_equal(load_digits(held_out=True, seed=1).labels, held_out.labels)
    seen = {image.tobytes() for image in train.images}
    assert sum(image.tobytes() in seen for image in held_out.images) == 0


@pytest.mark.training
def test_a_written_demo_is_what_is_loaded(tmp_path, monkeypatch, tiny):
    small = LabelledImages(np.repeat(np.repeat(tiny.images, 2, axis=1), 2, axis=2), tiny.labels)
    monkeypatch.setitem(training.PICTURES, "demo/digits", lambda held_out, seed, progress: small)
    monkeypatch.setitem(training.RECIPES, "demo/digits", TrainingRecipe(epochs=1, batch=8))
    (tmp_path / RECIPE).write_text('{"demo/other": 1}')
    result = write_demo("demo/digits", tmp_path, seed=5)
    model = load_demo_model("demo/digits", folder=tmp_path)
    for name, value in result.state_dict.items():
        assert torch.equal(model.state_dict()[name], value)
    written = json.loads((tmp_path / RECIPE).read_text())
    assert written["demo/other"] == 1
    entry = written["demo/digits"]
    assert (entry["seed"], entry["pictures"], entry["held_out"], entry["batch"]) == (5, 16, 16, 8)
    assert entry["interval_95"] == list(result.interval)
    assert entry.keys() == json.loads((DEMO / RECIPE).read_text())["demo/digits"].keys()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["digits.safetensors", RECIPE]


def test_an_unknown_model_cannot_be_trained():
    with pytest.raises(ValueError, match="no demo model"):
        train_demo("demo/horses")
