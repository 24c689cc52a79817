"""Checkpoints as people have them: judged by content, the weights found wherever they lie, nothing in them run."""

import argparse
import os
import pathlib
import pickle
import types
import warnings
import zipfile
from collections import OrderedDict, defaultdict, deque
from datetime import UTC, datetime

import numpy as np
import pytest
import torch
from safetensors.torch import save, save_file
from torch import nn
from torch.optim.swa_utils import AveragedModel
from torchvision.models import densenet121

from concepts.models import card_of, load_model
from concepts.models.classifiers.checkpoint import read_checkpoint
from concepts.models.classifiers.fitting import read_fitting
from concepts.models.classifiers.statedict import for_torchvision, put_into


def net(seed: int = 0, classes: int = 3) -> nn.Sequential:
    """A small classifier with BatchNorm, its weights by the seed."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = nn.Sequential(OrderedDict(conv=nn.Conv2d(3, 4, 3), bn=nn.BatchNorm2d(4), pool=nn.AdaptiveAvgPool2d(1)))
        model.add_module("flat", nn.Flatten())
        model.add_module("head", nn.Linear(4, classes))
    return model.eval()


STATE = net(1).state_dict()  # what is looked for
OTHER = net(2).state_dict()


def prefixed(prefix, state=STATE):
    return {prefix + key: value for key, value in state.items()}


def shadow(state=STATE):
    """A second set of weights that differ from the first, under the same names."""
    return {key: value + 1 for key, value in state.items()}


def loaded(content, tmp_path, model=None, name="weights"):
    """The model with the content's weights, and what its card would say."""
    path = tmp_path / name
    torch.save(content, path)
    model = model or net()
    fitted = read_fitting(path, model)
    put_into(model, fitted.state, path)
    return model, fitted.text


def is_of(model, state=STATE):
    return all(torch.equal(value, state[key]) for key, value in model.state_dict().items())


def trained():
    """A checkpoint's optimizer after a step: it holds tensors of the shapes of the weights."""
    model = net()
    optimizer = torch.optim.Adam(model.parameters())
    model(torch.ones(2, 3, 8, 8)).sum().backward()
    optimizer.step()
    return optimizer.state_dict()


WRAPPERS = [
    "state_dict",
    "model",
    "model_state_dict",
    "net",
    "network",
    "params",
    "weights",
    "state_dict_ema",
    "my own",
]


@pytest.mark.parametrize("key", WRAPPERS)
def test_the_tensors_lie_under_any_key(key, tmp_path):
    content = {"epoch": 3, "best": 0.9, "optimizer": trained(), key: STATE, "lr": torch.tensor(0.1)}
    model, text = loaded(content, tmp_path)
    assert is_of(model)
    assert text == "weights"


@pytest.mark.parametrize(
    "content",
    [
        {"a": {"b": {"c": STATE}}},
        [STATE, {"epoch": 3}],
        (3, {"model": prefixed("module.")}),
        {"checkpoint": [{"net": STATE}]},
        {**STATE, "epoch": 3, "classes": ["a", "b"]},
        {"hyper_parameters": {"lr": 0.1}, "state_dict": {"model": STATE}},
    ],
    ids=["three deep", "a list", "a tuple", "in a list", "flat, beside numbers", "model in state_dict"],
)
def test_the_tensors_lie_at_any_depth(content, tmp_path):
    assert is_of(loaded(content, tmp_path)[0])


@pytest.mark.parametrize(
    "prefix",
    [
        "module.",
        "_orig_mod.",
        "module._orig_mod.",
        "model.",
        "net.",
        "ema_model.module.",
        "backbone.",
        "a.b.c.",
        "conv.",
    ],
)
def test_any_prefix_is_removed(prefix, tmp_path):
    model, text = loaded(prefixed(prefix), tmp_path)
    assert is_of(model)
    assert text == "weights"


def test_what_lies_beside_the_prefix_is_left_out_and_told(tmp_path):
    beside = {"criterion.weight": torch.ones(3), "metric.total": torch.zeros(())}
    model, text = loaded({"state_dict": prefixed("model.") | beside, "epoch": 1}, tmp_path)
    assert is_of(model)
    assert text == "weights (left out: criterion.weight, metric.total)"


def test_an_averaged_model_and_a_compiled_one(tmp_path):
    averaged = AveragedModel(net(1))
    model, text = loaded(averaged.state_dict(), tmp_path)
    assert is_of(model)
    assert text == "weights"
    assert is_of(loaded(nn.DataParallel(net(1)).state_dict(), tmp_path)[0])


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ({"state_dict_ema": shadow(), "state_dict": STATE}, "state_dict; also there: state_dict_ema"),
        ({"ema": shadow(), "anything": STATE}, "anything; also there: ema"),
        ({"teacher": shadow(), "student": STATE}, "student; also there: teacher"),
        ({"model_ema": {"module": shadow()}, "model": STATE}, "model; also there: model_ema.module"),
        ({"best": shadow(), "model": STATE}, "model; also there: best"),
        ({"model": shadow(), "state_dict": STATE}, "state_dict; also there: model"),
        (prefixed("ema_model.", shadow()) | prefixed("model."), "model.…; also there: ema_model.…"),
        (prefixed("ema.", shadow()) | dict(STATE), "names without a prefix; also there: ema.…"),
        (prefixed("model.ema.", shadow()) | prefixed("model."), "model.…; also there: model.ema.…"),
        ([STATE, shadow()], "0; also there: 1"),
    ],
)
def test_of_several_that_fit_the_order_is_fixed_and_told(content, text, tmp_path):
    model, told = loaded(content, tmp_path)
    assert is_of(model)
    assert told == f"weights ({text})"


def test_what_fits_is_taken_and_not_what_is_first(tmp_path):
    """Another network under the preferred key, and averaged weights that alone fit."""
    others = {"state_dict": nn.Linear(2, 2).state_dict(), "generator": net(1, classes=7).state_dict()}
    for more in ({}, {"model": dict(STATE) | {"extra": torch.ones(2)}}):
        model, text = loaded(others | more | {"ema": STATE}, tmp_path)
        assert is_of(model)
        assert text == "weights"


def test_where_nothing_fits_the_largest_is_told_about(tmp_path):
    content = {"loss": torch.ones(()), "bound": torch.ones(2), "anything": nn.LSTM(2, 2).state_dict()}
    with pytest.raises(ValueError, match=r"conv\.weight, .* missing; weight_ih_l0, .* unexpected"):
        loaded(content, tmp_path)


@pytest.mark.parametrize("where", ["optimizer", "optimizer_states", "optim", "exp_avg", "grads"])
def test_an_optimizers_state_is_never_taken(where, tmp_path):
    """Even where it is all there is, under the model's own names."""
    with pytest.raises(ValueError, match="holds no state dict"):
        loaded({where: {"exp_avg": dict(STATE), "x": STATE}, "epoch": 3}, tmp_path)
    with pytest.raises(ValueError, match="holds no state dict"):
        loaded({"inner": {"param_groups": [], "state": STATE}}, tmp_path)


def test_a_model_whose_own_names_have_a_prefix(tmp_path):
    wrapped = nn.Sequential(OrderedDict(scale=nn.Identity(), net=net()))
    model, text = loaded({"state_dict": prefixed("module.")}, tmp_path, model=wrapped)
    assert is_of(model.net)
    assert text == "weights"
    assert is_of(loaded(prefixed("net."), tmp_path, model=wrapped)[0].net)


def test_a_mapping_that_contains_itself_ends(tmp_path):
    content = {"state_dict": STATE, "epoch": 3}
    content["self"] = content
    content["list"] = [content]
    model, text = loaded(content, tmp_path)
    assert is_of(model)
    assert text == "weights"


def test_a_nesting_of_thousands_ends():
    from concepts.models.classifiers.fitting import _places

    content = {"net": STATE}
    for _ in range(5000):
        content = {"a": content}
    (place,) = _places(content)
    assert place.keys[-1] == "net"


def test_heads_and_keys_that_differ_are_told(tmp_path):
    for prefix in ("", "module."):
        with pytest.raises(ValueError, match=r"head.weight \(9, 4\) for \(3, 4\), head.bias .* of another shape"):
            loaded({"model": prefixed(prefix, net(1, classes=9).state_dict())}, tmp_path)
        lacking = {key: value for key, value in prefixed(prefix).items() if "head" not in key}
        with pytest.raises(ValueError, match=r"head.weight, head.bias missing"):
            loaded({"state_dict": lacking}, tmp_path)
    with pytest.raises(ValueError, match="extra unexpected"):
        loaded(prefixed("module.") | {"module.extra": torch.ones(1)}, tmp_path)
    with pytest.raises(ValueError, match=r"criterion\.weight unexpected"):
        loaded(dict(STATE) | {"criterion.weight": torch.ones(1)}, tmp_path)


def test_counters_may_be_missing_and_shared_tensors_have_one_name(tmp_path):
    without = {key: value for key, value in STATE.items() if "num_batches" not in key}
    fitted, _ = loaded(prefixed("module.", without), tmp_path)
    assert torch.equal(fitted.head.weight, STATE["head.weight"])

    def tied():
        model = nn.Sequential(OrderedDict(a=nn.Linear(4, 4), b=nn.Linear(4, 4)))
        model.b.weight = model.a.weight
        return model

    source, target = tied(), tied()
    assert torch.equal(loaded(source.state_dict(), tmp_path, model=target)[0].b.weight, source.a.weight)
    kept = {key: value for key, value in source.state_dict().items() if key != "a.weight"}
    assert torch.equal(loaded(kept, tmp_path, model=tied())[0].a.weight, source.a.weight)
    with pytest.raises(ValueError, match=r"a.bias missing"):
        loaded({key: value for key, value in kept.items() if key != "a.bias"}, tmp_path, model=tied())


def test_metadata_follow_the_prefix(tmp_path):
    """A module reads its version from them: here one that takes old weights doubled."""

    class Versioned(nn.Linear):
        _version = 2

        def _load_from_state_dict(self, state, prefix, metadata, *rest):
            if metadata.get("version", 1) < 2:
                state[prefix + "weight"] = state[prefix + "weight"] * 2
            super()._load_from_state_dict(state, prefix, metadata, *rest)

    old = nn.Linear(4, 2)
    for wrap in (lambda each: each, nn.DataParallel):
        saved = wrap(nn.Sequential(OrderedDict(a=old))).state_dict()
        target = nn.Sequential(OrderedDict(a=Versioned(4, 2)))
        torch.testing.assert_close(loaded(saved, tmp_path, model=target)[0].a.weight, old.weight * 2)


@pytest.mark.slow
def test_old_densenet_names_under_a_prefix(tmp_path):
    with torch.device("meta"):
        model = densenet121(num_classes=1000)
    state = {key: torch.zeros(value.shape) for key, value in model.state_dict().items()}
    old = {
        "module." + key.replace("norm1.", "norm.1.").replace("conv2.", "conv.2."): value
        for key, value in state.items()
        if "num_batches" not in key
    }
    torch.save({"state_dict": old | {"module.aux1.fc.weight": torch.ones(1)}}, tmp_path / "w")
    fitted = read_fitting(tmp_path / "w", model, n_classes=1000, adapt=for_torchvision)
    assert fitted.state.keys() == {key for key in state if "num_batches" not in key}
    assert fitted.text == "w"


SUFFIXES = ["weights", "model_best.pth.tar", "x.safetensors", "x.pt", "x.zip", "x.weird", "x.json"]


@pytest.mark.parametrize("name", SUFFIXES)
@pytest.mark.parametrize("kind", ["zip", "legacy", "safetensors"])
def test_files_are_judged_by_what_they_hold(kind, name, tmp_path):
    path = tmp_path / name
    if kind == "safetensors":
        save_file({key: value.clone() for key, value in STATE.items()}, path)
    else:
        torch.save({"state_dict": STATE}, path, _use_new_zipfile_serialization=kind == "zip")
    assert read_fitting(path, net()).state["conv.weight"].equal(STATE["conv.weight"])


def torchscript(path):
    with warnings.catch_warnings(action="ignore"):
        torch.jit.save(torch.jit.trace(net(), torch.ones(1, 3, 8, 8)), path)


def zipped(*names):
    def write(path):
        with zipfile.ZipFile(path, "w") as archive:
            for name in names:
                archive.writestr(name, "{}")

    return write


def cut_short(path):
    torch.save(STATE, path)
    path.write_bytes(path.read_bytes()[:-200])


def starting_with(head):
    return lambda path: path.write_bytes(head + bytes(300))


ONNX = b"\x08\x07\x12\x07pytorch\x1a\x032.0:\x10"
REFUSED = [
    ("traced.pt", torchscript, "TorchScript archive.*Python model"),
    ("m.pt2", zipped("m/archive_format", "m/models/model.json"), "torch.export"),
    ("m.keras", zipped("metadata.json", "config.json", "model.weights.h5"), "a Keras model"),
    ("m.zip", zipped("photos/a.jpg"), "a zip that torch did not write"),
    ("m.npz", lambda path: np.savez(path, a=np.ones(2)), "an archive of NumPy arrays"),
    ("m.npy", lambda path: np.save(path, np.ones(2)), "a NumPy array"),
    ("m.onnx", starting_with(ONNX), "an ONNX model"),
    ("m.pt", starting_with(ONNX), "an ONNX model"),
    ("saved_model.pb", starting_with(b"\x08\x01\x12\xa0\x80"), "a file of TensorFlow"),
    ("ckpt.data-00000-of-00001", starting_with(b"\x00\x01"), "a file of TensorFlow"),
    ("m.h5", starting_with(b"\x89HDF\r\n\x1a\n"), "HDF5"),
    ("m.tflite", starting_with(b"\x1c\x00\x00\x00TFL3"), "TensorFlow Lite"),
    ("m.gguf", starting_with(b"GGUF\x03"), "GGUF"),
    ("m.pt.gz", starting_with(b"\x1f\x8b\x08"), "compressed by gzip: unpack it"),
    (
        "model.safetensors.index.json",
        lambda p: p.write_text('{"metadata": {}, "weight_map": {}}'),
        "the index of weights",
    ),
    ("class_names.json", lambda path: path.write_text('{"0": "cat"}'), "JSON text"),
    ("pytorch_model.bin.index.json", lambda p: p.write_text('{"weight_map": {"a": "b"}}'), "the index of"),
    ("m.bin", lambda path: path.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0"), "git lfs pull"),
    ("m.pth", lambda path: path.write_text("\n<!DOCTYPE html>\n<html>"), "a web page"),
    ("m.pth", lambda path: path.write_bytes(b""), "is empty"),
    ("m.pth", cut_short, "cut short or damaged"),
    ("m.safetensors", lambda p: p.write_bytes(save(dict(STATE))[:-40]), "cannot be read as safetensors"),
    ("m.pth", lambda path: path.write_bytes(b"not weights at all"), "cannot be read as weights"),
    ("m", lambda path: path.mkdir(), "is a folder: give the weights file in it"),
]


@pytest.mark.parametrize(("name", "write", "message"), REFUSED, ids=[f"{each[0]} {each[2][:14]}" for each in REFUSED])
def test_other_files_are_told_in_one_line(name, write, message, tmp_path):
    path = tmp_path / name
    write(path)
    with pytest.raises(ValueError, match=message) as caught:
        read_checkpoint(path)
    assert "\n" not in str(caught.value)
    assert name in str(caught.value)


BESIDE = {
    "namespace": argparse.Namespace(lr=0.1, layers=[1, 2]),
    "simple namespace": types.SimpleNamespace(a=1),
    "numpy scalars": [np.float64(0.9), np.int64(3), np.float32(1.5), np.bool_(True), np.str_("a")],
    "numpy array": np.arange(6).reshape(2, 3),
    "numpy texts": np.array(["cat", "dog"]),
    "dtypes": [np.dtype("float32"), torch.float16, np.float32],
    "defaultdicts": [
        defaultdict(list, {"loss": [1.0]}),
        defaultdict(int, a=1),
        defaultdict(dict),
        defaultdict(None, b=2),
    ],
    "others of collections": [OrderedDict(a=1), deque([1, 2], maxlen=3)],
    "paths": [pathlib.Path("a/b"), pathlib.PureWindowsPath("a")],
    "size and device": [torch.Size([1, 2]), torch.device("cpu")],
    "version": torch.__version__,
    "time": datetime.now(UTC),
    "sets": [{1, 2}, frozenset([3])],
}


@pytest.mark.parametrize("legacy", [False, True], ids=["zip", "legacy"])
@pytest.mark.parametrize("beside", BESIDE.values(), ids=BESIDE.keys())
def test_harmless_objects_may_lie_beside_the_tensors(beside, legacy, tmp_path):
    path = tmp_path / "w.pth"
    torch.save({"args": beside, "state_dict": STATE}, path, _use_new_zipfile_serialization=not legacy)
    assert read_fitting(path, net()).state["head.bias"].equal(STATE["head.bias"])


def test_tensors_in_a_defaultdict_are_found(tmp_path):
    assert is_of(loaded(defaultdict(dict, model=defaultdict(None, STATE)), tmp_path)[0])


def test_what_torch_allows_elsewhere_is_as_before(tmp_path):
    before = set(torch.serialization.get_safe_globals())
    loaded({"args": argparse.Namespace(a=1), "model": STATE}, tmp_path)
    assert set(torch.serialization.get_safe_globals()) == before
    with pytest.raises(pickle.UnpicklingError):
        torch.load(tmp_path / "weights", weights_only=True)


class Calls:
    """Its pickle calls a function with arguments."""

    def __init__(self, function, *arguments):
        self.function, self.arguments = function, arguments

    def __reduce__(self):
        return self.function, self.arguments


class Fancy:
    """A class of the user's."""


HOSTILE = {
    "open": lambda trace: Calls(open, trace, "w"),
    "os.system": lambda trace: Calls(os.system, f"touch {trace}"),
    "exec": lambda trace: Calls(exec, f"open({trace!r}, 'w')"),
    "eval": lambda trace: Calls(eval, f"open({trace!r}, 'w')"),
    "getattr": lambda trace: Calls(getattr, pathlib.Path(trace), "touch"),
    "numpy.save": lambda trace: Calls(np.save, trace, [1]),
    "a whole model": lambda trace: net(),
    "a class of the user's": lambda trace: Fancy(),
}
NAMED = {
    "os.system": "system",
    "numpy.save": "_ArrayFunctionDispatcher|save",
    "a whole model": "Sequential",
    "a class of the user's": "Fancy",
}


@pytest.mark.parametrize("deep", [False, True], ids=["beside", "in a namespace"])
@pytest.mark.parametrize("name", HOSTILE)
def test_anything_else_is_refused_by_name_and_not_run(name, deep, tmp_path):
    trace = tmp_path / "ran"
    hostile = HOSTILE[name](str(trace))
    path = tmp_path / "w.pth"
    torch.save({"state_dict": STATE, "args": argparse.Namespace(a=hostile) if deep else hostile}, path)
    with pytest.raises(ValueError, match=rf"more than tensors: an object of \S*\b{NAMED.get(name, name)} \(") as caught:
        read_checkpoint(path)
    assert "was not run" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not trace.exists()


def test_arguments_of_harmless_classes_are_not_used(tmp_path):
    """NumPy's own code is not reached: an array of a size that would not fit into memory is none."""
    array = np.zeros(3)
    build, arguments, state = array.__reduce__()
    huge = (build, arguments, (state[0], (2**60,), *state[2:]))

    class Huge:
        def __reduce__(self):
            return huge

    assert is_of(loaded({"metrics": Huge(), "model": STATE}, tmp_path)[0])


@pytest.mark.parametrize("protocol", [3, 4, 5])
def test_other_pickle_protocols_warn_no_user(protocol, tmp_path):
    path = tmp_path / "w.pth"
    with path.open("wb") as file, warnings.catch_warnings(action="error"):
        torch.save(STATE, file, pickle_protocol=protocol)
        file.flush()
        if protocol == 3:
            assert read_fitting(path, net()).text == "w.pth"
            return
        with pytest.raises(ValueError, match=r"cannot be read: .*protocol, 2") as caught:
            read_checkpoint(path)
    assert "\n" not in str(caught.value)


def test_a_pickle_that_torch_did_not_write(tmp_path):
    path = tmp_path / "w.pkl"
    path.write_bytes(pickle.dumps({"a": 1}, protocol=2))
    with pytest.raises(ValueError, match=r"a pickle that torch\.save did not write"):
        read_checkpoint(path)


def test_a_checkpoint_for_a_torchvision_model_and_for_a_factory(tmp_path):
    state = {key: value.contiguous() for key, value in load_model("squeezenet1_1", n_classes=5).state_dict().items()}
    content = {"state_dict": prefixed("module.", state), "args": argparse.Namespace(lr=0.1), "epoch": np.int64(3)}
    path = tmp_path / "model_best.pth.tar"
    torch.save(content, path)
    model = load_model("squeezenet1_1", path)
    assert torch.equal(model.classifier[1].weight, state["classifier.1.weight"])
    assert card_of(model).weights == "model_best.pth.tar"
    (tmp_path / "mine.py").write_text(
        "from torchvision.models import squeezenet1_1\ndef build():\n    return squeezenet1_1(num_classes=5)\n"
    )
    torch.save({"ema": shadow(state), "net": state}, path)
    own = load_model(f"{tmp_path}/mine.py:build", path)
    assert torch.equal(own.classifier[1].weight, state["classifier.1.weight"])
    assert card_of(own).weights == "model_best.pth.tar (net; also there: ema)"
    assert (
        card_of(own).fingerprint == card_of(load_model(f"{tmp_path}/mine.py:build", saved(state, tmp_path))).fingerprint
    )


def saved(state, folder):
    """The path of a plain state dict."""
    torch.save(state, folder / "plain.pt")
    return folder / "plain.pt"
