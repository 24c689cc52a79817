"""Small weights files that ask for much: refused in one line, in bounded memory and time."""

import json
import pickle
import re
import struct
import time
import zipfile
from collections import Counter, OrderedDict, defaultdict

import pytest
import torch
from torch import nn

from concepts.models import load_model
from concepts.models.classifiers.checkpoint import read_checkpoint
from concepts.models.classifiers.fitting import read_fitting
from concepts.models.classifiers.name_files import names_in_file
from concepts.models.classifiers.statedict import put_into
from tests.support.bounded import run_bounded

HUGE = 10**12
VALUES = torch.storage.TypedStorage(wrap_storage=torch.zeros(3).untyped_storage(), dtype=torch.float32, _internal=True)


class Call:
    """Its pickle calls a function with arguments."""

    def __init__(self, function, *arguments):
        self.function, self.arguments = function, arguments

    def __reduce__(self):
        return self.function, self.arguments


def tensor(size, stride, offset=0):
    return Call(torch._utils._rebuild_tensor_v2, VALUES, offset, size, stride, False, OrderedDict())


def saved(content, *, legacy=False):
    def write(path):
        torch.save(content, path, _use_new_zipfile_serialization=not legacy)

    return write


def raw(operations, *, compression=zipfile.ZIP_STORED):
    """A zip as of torch.save, with this pickle."""

    def write(path):
        with zipfile.ZipFile(path, "w", compression) as archive:
            archive.writestr("archive/data.pkl", b"\x80\x02" + operations + b".")
            archive.writestr("archive/version", "3\n")

    return write


def storage(n, key="0"):
    """The pickle of a reference to a storage of n elements."""
    return pickle.dumps(("storage", torch.FloatStorage, key, "cpu", n), protocol=2)[2:-1] + b"Q"


def legacy_of(n):
    """An old file that states a storage of n elements, and has none."""
    magic = [torch.serialization.MAGIC_NUMBER, torch.serialization.PROTOCOL_VERSION, {"little_endian": True}]
    heads = b"".join(pickle.dumps(each, protocol=2) for each in magic)
    return lambda path: path.write_bytes(heads + b"\x80\x02" + b"X\x01\x00\x00\x00a" + storage(n) + b"\x86.")


def safetensors(shape, *, end=4, name="a"):
    header = json.dumps({name: {"dtype": "F32", "shape": shape, "data_offsets": [0, end]}}).encode()
    return lambda path: path.write_bytes(struct.pack("<Q", len(header)) + header + bytes(4))


def patched(write, old, new):
    """The file with some bytes replaced, each time they occur."""

    def write_patched(path):
        write(path)
        data = path.read_bytes()
        assert old in data
        path.write_bytes(data.replace(old, new))

    return write_patched


def big_record():
    """The zip says that a record is 4 GB large."""
    write = saved({"a": torch.zeros(7777)})
    return patched(write, struct.pack("<2L", 31108, 31108), struct.pack("<2L", 2**32 - 2, 2**32 - 2))


def doubled(levels, start=b")"):
    """A tuple of twice the tuple before, and so on: 2^levels parts in some bytes."""
    return start + b"".join(b"q%ch%c\x86" % (1, 1) for _ in range(levels))


EXPANDED = torch.zeros(1, 1)
REFUSED = {
    "expanded to huge": (saved({"a": EXPANDED.expand(HUGE, 512)}), "larger than the whole file"),
    "expanded, old format": (saved({"a": EXPANDED.expand(10**6, 512)}, legacy=True), "larger than the whole file"),
    "overlapping": (saved({"a": tensor((HUGE, 3), (0, 1))}), "larger than the whole file"),
    "beyond its storage": (saved({"a": tensor((1000, 1000), (1000, 1))}), "more values than are stored"),
    "beyond, old format": (saved({"a": tensor((10**10,), (1,))}, legacy=True), "more values than are stored"),
    "negative": (saved({"a": tensor((-1,), (1,))}), "not whole numbers"),
    "offset": (saved({"a": tensor((1,), (1,), 2**62)}), "more values than are stored"),
    "sparse": (saved({"a": Call(torch._utils._rebuild_sparse_tensor, torch.sparse_coo, ())}), "a sparse tensor: save"),
    "quantised": (saved({"a": Call(torch._utils._rebuild_qtensor, VALUES, 0, (HUGE,), (0,))}), "a quantised tensor"),
    "meta": (saved({"a": torch.empty(HUGE, device="meta")}), "without values"),
    "bytearray": (saved({"a": Call(bytearray, HUGE)}), "bytes that are not written as text"),
    "tensor of numbers": (saved({"a": Call(torch.FloatTensor, HUGE)}), "something else than stored values"),
    "storage": (raw(storage(10**10)), "larger than the whole file"),
    "storage, old format": (legacy_of(10**10), "larger than the whole file"),
    "many storages": (raw(b"(" + b"".join(storage(20, str(i)) for i in range(100)) + b"t"), "larger than the whole"),
    "a storage that is missing": (raw(storage(1)), "missing"),
    "key of doubled tuples": (raw(b"}" + doubled(60) + b"Ns"), "a key of a dict is too large"),
    "key of deep tuples": (raw(b"})" + b"\x85" * 10**5 + b"Ns"), "a key of a dict is too large"),
    "set of doubled tuples": (raw(b"cbuiltins\nset\n]" + doubled(60) + b"a\x85R"), "a key of a dict is too large"),
    "storage's key": (raw(b"(U\x07storagectorch\nFloatStorage\n" + doubled(60) + b"U\x03cpuK\x01tQ"), "too large"),
    "called container": (raw(doubled(60) + b")R"), "holds more than tensors"),
    "copies of copies": (
        raw(b"](" + b"N" * 10**4 + b"eq\x01" + b"ccollections\nOrderedDict\nh\x01\x85R" * 100),
        "too many objects",
    ),
    "encoded again and again": (
        raw(b"X\x01\x00\x00\x00a" + b"q\x01c_codecs\nencode\nh\x01X\x03\x00\x00\x00hex\x86R" * 40),
        "not written as text",
    ),
    "version that is a bomb": (lambda path: path.write_bytes(b"\x80\x02" + doubled(60) + b"."), "did not write"),
    "compressed": (raw(b"N" * 10**7 + b"]", compression=zipfile.ZIP_DEFLATED), "its records are compressed"),
    "record of 4 GB": (big_record(), "cannot be read"),
    "safetensors, huge": (safetensors([HUGE, 512]), "cannot be read as safetensors"),
    "safetensors, beyond": (safetensors([10**9], end=4 * 10**9), "cannot be read as safetensors"),
    "safetensors, none": (safetensors([2**62, 0], end=0), "cannot be read as safetensors"),
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    for i, (write, _) in enumerate(REFUSED.values()):
        write(folder / f"{i}.pt")
    return folder


def refusal(path):
    """The one line with which a file is refused."""
    with pytest.raises(ValueError, match=r"\.pt") as caught:
        read_checkpoint(path)
    said = str(caught.value)
    assert "\n" not in said
    assert len(said) < 700
    return said


def test_what_asks_for_more_than_the_file_holds_is_refused_in_bounded_memory_and_time(folder):
    def read_all():
        for i, (name, (_, message)) in enumerate(REFUSED.items()):
            start = time.process_time()
            assert re.search(message, said := refusal(folder / f"{i}.pt")), f"{name}: {said}"
            assert time.process_time() - start < 5, name

    run_bounded(read_all, mebibytes=600, seconds=60)


def net(classes=3):
    return nn.Sequential(OrderedDict(conv=nn.Conv2d(3, 4, 3), head=nn.Linear(4, classes)))


STATE = {key: value.clone() for key, value in net().state_dict().items()}


class Attributes:
    """Its pickle is an OrderedDict with attributes of its own."""

    def __init__(self, content, **state):
        self.content, self.state = content, state

    def __reduce__(self):
        return OrderedDict, (), self.state, None, iter(self.content.items())


def loop_through(hold):
    content = dict(STATE)
    content["more"] = hold(content)
    return content


def nested(levels):
    """The pickle of dicts in lists in dicts, so deep."""
    return b"}U\x01a]" * levels + b"s" + b"as" * (levels - 1)


NAMES = {
    "long": "a" * 10**6,
    "lines": "a\nb\rc",
    "control": "\x1b[2J\x00\u202e",
    "dots": "." * 10**5,
    "deep": ".".join("ab" * 400),
}
READ = {
    "in itself through a list": saved(loop_through(lambda content: [content])),
    "in itself through a stand-in": saved(loop_through(lambda content: defaultdict(dict, a=content))),
    "in itself through a tuple, old format": saved(loop_through(lambda content: ([content],)), legacy=True),
    "attributes that hide methods": saved(Attributes(STATE, items=3, values=None, get=4, keys=[])),
    "versions that are none": saved(Attributes(STATE, _metadata={"": "a", "head": [], 3: {}, "conv": {"version": ""}})),
    "versions in a list": saved(Attributes(STATE, _metadata=[1, 2])),
    "strange names beside": saved({"state_dict": STATE, **{name: torch.ones(1) for name in NAMES.values()}}),
    "many other mappings": saved([STATE, *({"weight": torch.zeros(1)} for _ in range(1500))]),
}  # fmt: skip


def test_what_loops_or_hides_is_read_like_any_other(tmp_path):
    def read_all():
        for name, write in READ.items():
            write(tmp_path / "w.pt")
            model = net()
            start = time.process_time()
            fitted = read_fitting(tmp_path / "w.pt", model)
            put_into(model, fitted.state, tmp_path / "w.pt")
            assert all(torch.equal(value, STATE[key]) for key, value in model.state_dict().items()), name
            assert len(fitted.text) < 500, name
            assert time.process_time() - start < 10, name

    run_bounded(read_all, mebibytes=600, seconds=60)


def misfit(write, tmp_path):
    """The one line with which a file is refused for the small model."""
    write(tmp_path / "w.pt")
    model = net()
    with pytest.raises(ValueError, match=r"\.pt") as caught:
        put_into(model, read_fitting(tmp_path / "w.pt", model).state, tmp_path / "w.pt")
    said = str(caught.value)
    assert said.isprintable()
    assert len(said) < 1000
    return said


def test_deep_nesting_ends(tmp_path):
    assert "holds no state dict" in misfit(raw(nested(12_000)), tmp_path)


def test_names_in_a_message_are_cut_to_part_of_one_line(tmp_path):
    for name in NAMES.values():
        misfit(saved({name: torch.ones(1), **{f"{name}{i}": torch.ones(2) for i in range(5)}}), tmp_path)
        misfit(saved({"state_dict": {name: {name: torch.ones(1)}}}), tmp_path)
        misfit(saved({"a": Call(getattr(torch, "ones"), 3), name: 1}), tmp_path)  # noqa: B009  # a function by its name
    assert len(misfit(saved({f"{i}": torch.ones([1] * 60) for i in range(4)}), tmp_path)) < 1000


@pytest.mark.parametrize(
    "value",
    [torch.zeros(3, 1).expand(3, 4), torch.zeros(6).as_strided((3, 4), (1, 1)), torch.zeros(3, 4, dtype=torch.cfloat)],
    ids=["expanded", "overlapping", "complex"],
)
def test_a_model_takes_dense_real_values_only(value, tmp_path):
    padding = torch.zeros(100)  # so that the tensor is no larger than the file
    assert "head.weight not dense" in misfit(saved({**STATE, "head.weight": value, "other": padding}), tmp_path)


USUAL = {
    "transposed": torch.arange(6.0).reshape(2, 3).T,
    "a slice": torch.arange(10.0)[2:8:2],
    "empty": torch.zeros(0, 5),
    "a number": torch.tensor(2.5),
    "a parameter": nn.Parameter(torch.ones(2)),
    "half": torch.ones(2, dtype=torch.bfloat16),
    "an unusual type": torch.ones(2, dtype=torch.uint16),
    "8 bits": torch.ones(2).to(torch.float8_e4m3fn),
    "complex": torch.ones(2, dtype=torch.cfloat).conj(),
    "with an attribute": torch.ones(2),
    "channels last": torch.arange(24.0).reshape(1, 2, 3, 4).to(memory_format=torch.channels_last),
}
NEWER = ("an unusual type", "8 bits")  # than the old format
USUAL["with an attribute"].note = "mine"


@pytest.mark.parametrize("legacy", [False, True], ids=["zip", "legacy"])
def test_usual_tensors_and_objects_are_read_as_before(legacy, tmp_path):
    shared = torch.arange(5.0)
    beside = [
        Counter(a=2),
        bytearray(10**5),
        bytes(10**5),
        {1, 2},
        3 + 4j,
        torch.device("cpu"),
        2**70,
        (((1,),),),
        {(1, 2): 3},
    ]
    usual = {name: value for name, value in USUAL.items() if not (legacy and name in NEWER)}
    saved({**usual, "views": [shared, shared[2:]], "beside": beside}, legacy=legacy)(tmp_path / "w.pt")
    content = read_checkpoint(tmp_path / "w.pt")
    for name, value in usual.items():
        assert content[name].dtype == value.dtype
        assert torch.equal(content[name].to(torch.cdouble), value.to(torch.cdouble)), name
        assert content[name].stride() == value.stride()
    assert content["views"][1].tolist() == [2, 3, 4]
    assert content["beside"] == beside


def test_the_number_of_classes_is_bounded_by_the_file(tmp_path):
    state = load_model("squeezenet1_1", n_classes=2).state_dict()
    state["classifier.1.weight"] = torch.zeros(1, 1, 1, 1).expand(10**6, 512, 1, 1)
    torch.save(state, tmp_path / "w.pt")
    with pytest.raises(ValueError, match="larger than the whole file"):
        load_model("squeezenet1_1", tmp_path / "w.pt")
    state["classifier.1.weight"] = torch.zeros(2, 512, 1, 1)
    torch.save(state, tmp_path / "w.pt")
    for n, message in ((10**12, "expected 1 to"), (10**6, "does not fit"), (-1, "expected 1 to")):
        with pytest.raises(ValueError, match=message) as caught:
            load_model("squeezenet1_1", tmp_path / "w.pt", n_classes=n)
        assert len(str(caught.value)) < 500
    with pytest.raises(ValueError, match="n_classes=1000000: expected 1 to 100000"):
        load_model("squeezenet1_1", n_classes=10**6)


def test_a_list_of_names_declares_no_more_classes_than_it_has_names(tmp_path):
    cases = {
        "a.json": ('{"0": "a", "1000000000000": "b"}', '{"a": 0, "b": 1000000000000}'),
        "b.csv": ("id,name\n0,a\n1000000000000,b\n", f"id,name\n0,a\n{'9' * 5000},b\n"),
        "c.txt": (f"0 a\n{'9' * 5000} b", "1000000000000 a\n1 b"),
    }
    for name, texts in cases.items():
        for text in texts:
            (tmp_path / name).write_text(text)
            with pytest.raises(ValueError, match="class names cannot be read from") as caught:
                names_in_file(tmp_path / name)
            assert caught.value.args[0].isprintable()
            assert len(str(caught.value)) < 500
    (tmp_path / "d.csv").write_text("label,other\n0,x\n1,y\n")
    with pytest.raises(ValueError, match="call the column of names name"):
        names_in_file(tmp_path / "d.csv")
