"""load_model: names, weights files, factories, class names and transforms; every wrong input is one clear line."""

import json
import pickle
import sys
from urllib.error import URLError

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file
from torch import nn
from torchvision.models import _api, get_model_weights, mnasnet0_5

from concepts.data.images import UnreadablePhoto
from concepts.models import ModelCard, card_of, load_model
from concepts.models.classifiers.statedict import for_torchvision
from concepts.models.classifiers.transform import PRESETS, PhotoTransform, from_preset

SMALL = "squeezenet1_1"


def photo(size: tuple[int, int], seed: int = 0) -> Image.Image:
    pixels = np.random.default_rng(seed).integers(0, 256, (size[1] // 4, size[0] // 4, 3), dtype=np.uint8)
    return Image.fromarray(pixels).resize(size)


def contiguous(model: nn.Module) -> dict[str, torch.Tensor]:
    """The state dict as safetensors wants it (on a CPU, load_model keeps convolutions channels last)."""
    return {key: value.contiguous() for key, value in model.state_dict().items()}


@pytest.fixture(scope="module")
def small() -> nn.Module:
    return load_model(SMALL, n_classes=6)


@pytest.fixture
def factory(tmp_path):
    """Writes a file of the operator's and gives the name of its function."""

    def write(text: str, function: str = "build") -> str:
        path = tmp_path / "mine.py"
        path.write_text("from torch import nn\n" + text, encoding="utf-8")
        return f"{path}:{function}"

    return write


NET = "nn.Sequential(nn.Conv2d(3, 4, 8, 8), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 2))"


@pytest.mark.parametrize("name", ["squeezenet1_0", "efficientnet_b0", "convnext_tiny", "maxvit_t", "inception_v3"])
@pytest.mark.parametrize("size", [(400, 300), (301, 517), (232, 232)])
def test_the_transform_is_the_weights_own_bit_for_bit(name, size):
    preset = get_model_weights(name)["DEFAULT"].transforms()
    image = photo(size)
    assert torch.equal(from_preset(preset)(image), preset(image))


def test_a_transform_of_ones_own_needs_no_torchvision(monkeypatch):
    """Importing it takes a process of a job longer than a small report."""
    monkeypatch.delitem(sys.modules, PRESETS)
    monkeypatch.setitem(sys.modules, "torchvision.transforms", None)  # an import of it fails
    assert from_preset(photo) is photo


def test_a_loaded_model_is_frozen_in_eval_mode_and_has_its_card(small):
    assert not small.training
    assert not any(parameter.requires_grad for parameter in small.parameters())
    card = card_of(small)
    assert (card.name, card.input_size, card.class_names) == (SMALL, (224, 224), None)
    assert "random" in card.weights
    assert small(card.transform(photo((300, 260)))[None]).shape == (1, 6)


def test_random_weights_follow_the_seed_and_leave_the_generator_alone(small):
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    same, other = load_model(SMALL, n_classes=6), load_model(SMALL, n_classes=6, seed=1)
    assert torch.equal(torch.rand(3), expected)
    assert card_of(same).fingerprint == card_of(small).fingerprint != card_of(other).fingerprint


def test_numbers_of_the_transform_can_be_replaced():
    model = load_model(SMALL, n_classes=2, resize=80, crop=64, mean=[0, 0, 0], std=[1, 1, 1])
    card = card_of(model)
    x = card.transform(Image.new("RGB", (90, 200), (51, 102, 255)))
    torch.testing.assert_close(x, torch.tensor([0.2, 0.4, 1.0])[:, None, None].expand(3, 64, 64))
    assert card.input_size == (64, 64)
    assert "64" in card.transform_text
    for wrong in ({"resize": 100}, {"std": [1, 0, 1]}, {"mean": [0.5]}):
        with pytest.raises(ValueError, match=r"crop|std"):
            load_model(SMALL, n_classes=2, **wrong)


@pytest.mark.parametrize("wrapping", ["plain", "state_dict", "model", "module.", "safetensors", "half"])
def test_a_local_file_gives_its_weights_and_number_of_classes(small, tmp_path, wrapping):
    state, path = contiguous(small), tmp_path / "weights.pth"
    if wrapping == "safetensors":
        path = tmp_path / "weights.safetensors"
        save_file(state, path)
    elif wrapping == "half":
        torch.save({key: value.half() for key, value in state.items()}, path)
    else:
        wrapped = {"plain": state, "module.": {f"module.{key}": value for key, value in state.items()}}
        torch.save(wrapped.get(wrapping, {wrapping: state, "epoch": 3}), path)
    model = load_model(SMALL, path, class_names=list("abcdef"))
    for key, value in model.state_dict().items():
        expected = state[key].half().float() if wrapping == "half" else state[key]
        assert torch.equal(value, expected)
    card = card_of(model)
    assert card.weights == path.name
    assert card.class_names == tuple("abcdef")
    assert card.transform == from_preset(get_model_weights(SMALL)["DEFAULT"].transforms())


def test_a_thousand_classes_of_a_torchvision_model_are_those_of_imagenet(tmp_path):
    path = tmp_path / "weights.pt"
    torch.save(load_model(SMALL).state_dict(), path)
    names = card_of(load_model(SMALL, str(path))).class_names
    assert (len(names), names[0]) == (1000, "tench")


def test_formats_of_old_are_read(tmp_path):
    path = tmp_path / "mnasnet.safetensors"  # reads a version from metadata, which safetensors does not keep
    state = mnasnet0_5(num_classes=3).state_dict()
    save_file({key: value for key, value in state.items() if not key.endswith("num_batches_tracked")}, path)
    model = load_model("mnasnet0_5", path)
    assert torch.equal(model.state_dict()["layers.0.weight"], state["layers.0.weight"])
    old = {"features.denseblock1.denselayer1.norm.1.weight": torch.ones(1), "aux1.fc.weight": torch.ones(1)}
    assert list(for_torchvision(old)) == ["features.denseblock1.denselayer1.norm1.weight"]


def test_a_pickle_that_runs_code_is_refused_and_not_run(tmp_path):
    path, trace = tmp_path / "evil.pt", tmp_path / "ran"

    class Evil:
        def __reduce__(self):
            return open, (str(trace), "w")

    torch.save({"features.0.weight": Evil()}, path)
    with pytest.raises(ValueError, match="its code was not run"):
        load_model(SMALL, path)
    path.write_bytes(pickle.dumps(Evil()))
    with pytest.raises(ValueError, match=r"not run|cannot be read"):
        load_model(SMALL, path)
    assert not trace.exists()
    pickle.loads(pickle.dumps(Evil())).close()
    assert trace.exists()  # the pickle does run code where it is let


def test_weights_that_do_not_fit_are_one_line(small, tmp_path):
    state = contiguous(small)
    cases = {
        "features.0.weight missing": {k: v for k, v in state.items() if k != "features.0.weight"},
        "extra unexpected": state | {"extra": torch.zeros(1)},
        r"features.0.weight \(1,\) for \(64, 3, 3, 3\) of another shape": state | {"features.0.weight": torch.zeros(1)},
        "and 4. more missing": {"extra": torch.zeros(1)},
    }
    for message, content in cases.items():
        save_file(content, tmp_path / "w.safetensors")
        with pytest.raises(ValueError, match=message) as caught:
            load_model(SMALL, tmp_path / "w.safetensors")
        assert "\n" not in str(caught.value)
    save_file(state, tmp_path / "w.safetensors")
    with pytest.raises(ValueError, match="another shape"):
        load_model(SMALL, tmp_path / "w.safetensors", n_classes=9)


def test_files_that_are_no_weights(tmp_path):
    with pytest.raises(ValueError, match="no weights file"):
        load_model(SMALL, tmp_path / "nothing.pt")
    for name in ("broken.pt", "broken.safetensors"):
        (tmp_path / name).write_bytes(b"not weights at all")
        with pytest.raises(ValueError, match=r"cannot be read|not run"):
            load_model(SMALL, tmp_path / name)
    torch.save({"epoch": 3}, tmp_path / "none.pt")
    with pytest.raises(ValueError, match="no state dict"):
        load_model(SMALL, tmp_path / "none.pt")


def test_a_failed_download_says_what_to_do(monkeypatch):
    def offline(*args, **kwargs):
        raise URLError("no route to host")

    monkeypatch.setattr(_api, "load_state_dict_from_url", offline)
    for weights in ("DEFAULT", "IMAGENET1K_V1", "SqueezeNet1_1_Weights.IMAGENET1K_V1"):
        with pytest.raises(ValueError, match=r"no route to host.*squeezenet1_1-b8a52dc0\.pth.*local file"):
            load_model(SMALL, weights)


def test_a_named_entry_brings_classes_and_transform(monkeypatch):
    state = load_model(SMALL).state_dict()
    monkeypatch.setattr(_api, "load_state_dict_from_url", lambda *args, **kwargs: state)
    card = card_of(load_model(SMALL, "DEFAULT"))
    assert card.weights == "IMAGENET1K_V1"
    assert card.class_names[0] == "tench"
    with pytest.raises(ValueError, match="1000 classes, n_classes=5"):
        load_model(SMALL, "DEFAULT", n_classes=5)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("resnet5O",), "unknown model 'resnet5O': near names are .*resnet50"),
        (("fasterrcnn_resnet50_fpn",), "unknown model"),
        ((SMALL, "IMAGENET1K_V9"), "expected one of IMAGENET1K_V1, DEFAULT"),
    ],
)
def test_unknown_names_come_with_near_ones(arguments, message):
    with pytest.raises(ValueError, match=message):
        load_model(*arguments)


def test_unknown_devices():
    with pytest.raises(ValueError, match="unknown device"):
        load_model(SMALL, device="gpu0")
    if not torch.cuda.is_available():
        with pytest.raises(ValueError, match="no CUDA GPU"):
            load_model(SMALL, device="cuda")


@pytest.mark.parametrize("device", ["meta", "mps", "cuda:7"])
def test_devices_that_do_not_work_here(device):
    with pytest.raises(ValueError, match=device):
        load_model(SMALL, device=device)


def test_a_picture_that_grows_beyond_all_memory_is_unreadable():
    with pytest.raises(UnreadablePhoto, match="224 pixels"):
        PhotoTransform()(Image.new("RGB", (20_000, 1)))
    assert PhotoTransform()(Image.new("RGB", (2_000, 20))).shape == (3, 224, 224)


@pytest.mark.parametrize("content", ["txt", "list", "dict", "imagenet"])
def test_class_names_from_files(tmp_path, content):
    path = tmp_path / ("names.txt" if content == "txt" else "names.json")
    written = {
        "txt": "cat\ndog\nowl\n",
        "list": json.dumps(["cat", "dog", "owl"]),
        "dict": json.dumps({"2": "owl", "0": "cat", "1": "dog"}),
        "imagenet": json.dumps({"0": ["n1", "cat"], "1": ["n2", "dog"], "2": ["n3", "owl"]}),
    }[content]
    path.write_text(written, encoding="utf-8")
    assert card_of(load_model(SMALL, n_classes=3, class_names=path)).class_names == ("cat", "dog", "owl")
    with pytest.raises(ValueError, match="3 class names for 4 classes"):
        load_model(SMALL, n_classes=4, class_names=str(path))


@pytest.mark.parametrize(
    ("name", "text"),
    [("n.json", '{"0": "a", "2": "b"}'), ("n.json", "{"), ("n.json", "[" * 100_000), ("n.csv", "a,b")],
    ids=["a gap", "half a file", "a nesting without end", "another kind"],
)
def test_class_name_files_that_cannot_be_read(tmp_path, name, text):
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match="class names"):
        load_model(SMALL, n_classes=2, class_names=tmp_path / name)


def test_a_factory_with_names_of_its_module_and_a_transform_of_its_own(factory):
    name = factory(
        f"CLASSES = ['no', 'yes']\ndef build():\n    model = {NET}\n    model.transform = shrink\n    return model\n"
        "def shrink(image):\n    import torch\n    return torch.full((3, 40, 48), image.size[0] / 1000)\n"
    )
    card = card_of(load_model(name))
    assert (card.class_names, card.input_size) == (("no", "yes"), (40, 48))
    assert card.transform(photo((300, 200)))[0, 0, 0] == pytest.approx(0.3)
    assert " at 0x" not in card.transform_text
    with pytest.raises(ValueError, match=r"crop.*give all of"):
        load_model(name, crop=32)
    both = load_model(name, resize=40, crop=32, mean=[0.5] * 3, std=[0.5] * 3)
    assert card_of(both).transform == PhotoTransform(40, 32, (0.5,) * 3, (0.5,) * 3)


def test_a_factorys_fingerprint_follows_its_file_and_its_random_weights_the_seed(factory):
    text = f"def build():\n    return {NET}\n"
    first, again = card_of(load_model(factory(text))), card_of(load_model(factory(text)))
    assert first == again
    assert card_of(load_model(factory(text), seed=1)).fingerprint != first.fingerprint
    assert card_of(load_model(factory(text + "# changed\n"))).fingerprint != first.fingerprint


@pytest.mark.parametrize(
    ("text", "function", "message"),
    [
        ("def build():\n    return 1 / 0\n", "build", "line 3: ZeroDivisionError"),
        ("def build(:\n", "build", "line 2: SyntaxError"),
        ("import not_there_at_all\n", "build", "line 2: ModuleNotFoundError"),
        ("raise SystemExit(3)\n", "build", "line 2: SystemExit"),
        ("def other():\n    pass\n", "build", "no function 'build'; it has other"),
        ("def build():\n    return 3\n", "build", "returned int, expected a torch.nn.Module"),
        ("def build():\n    return nn.Linear(5, 2)\n", "build", "fails on an image"),
        (f"CLASSES = ['one']\ndef build():\n    return {NET}\n", "build", "1 class names for 2 classes"),
        (f"def build():\n    m = {NET}\n    m.transform = lambda i: 3\n    return m\n", "build", "gives int, expected"),
    ],
)
def test_what_is_wrong_in_a_factory_is_said_with_its_line(factory, text, function, message):
    with pytest.raises(ValueError, match=message):
        load_model(factory(text, function))


def test_a_factory_name_without_file_or_function(tmp_path):
    with pytest.raises(ValueError, match="no Python file"):
        load_model(f"{tmp_path}/missing.py:build")
    with pytest.raises(ValueError, match="names no function"):
        load_model(f"{tmp_path}/missing.py")


def test_weights_for_a_factory(factory, tmp_path):
    name = factory(f"def build():\n    return {NET}\n")
    torch.save(load_model(name, seed=4).state_dict(), tmp_path / "w.pt")
    assert torch.equal(load_model(name, tmp_path / "w.pt")[0].weight, load_model(name, seed=4)[0].weight)
    with pytest.raises(ValueError, match="local file"):
        load_model(name, "DEFAULT")
    with pytest.raises(ValueError, match="n_classes"):
        load_model(name, n_classes=2)


def test_the_card_of_a_bare_module_sets_nothing_on_it():
    model = nn.Sequential(nn.Flatten(), nn.Linear(3, 2))
    card = card_of(model)
    assert isinstance(card, ModelCard)
    assert (card.name, card.input_size, card.class_names) == ("Sequential", (224, 224), None)
    assert not hasattr(model, "card")
    before = card.fingerprint
    with torch.no_grad():
        model[1].weight[0, 0] += 1e-6
    assert card_of(model).fingerprint != before


def test_a_part_of_the_network_called_transform_is_not_the_photos(factory):
    model = nn.Sequential()
    model.add_module("transform", nn.Conv2d(3, 4, 1))
    assert card_of(model).transform == PhotoTransform()


def test_the_real_models(shared):
    clothing = card_of(load_model(f"{shared}/models/clothing_classifier.py:build"))
    assert clothing.class_names == ("dress", "hat", "longsleeve", "pants", "shoes")
    squeezenet = load_model("squeezenet1_0", weights=f"{shared}/models/squeezenet1_0_imagenet.safetensors")
    card = card_of(squeezenet)
    assert (len(card.class_names), card.weights) == (1000, "squeezenet1_0_imagenet.safetensors")
    photos = sorted((shared / "data/imagenet_sample").glob("*.jpg"))[:40:4]
    x = torch.stack([card.transform(Image.open(path).convert("RGB")) for path in photos])
    hits = squeezenet(x).topk(5).indices == torch.arange(0, 40, 4)[:, None]
    assert hits.any(1).sum() >= 6
