"""Which calls a pickle of weights may ask for, with which arguments."""

from dataclasses import dataclass
from pickle import UnpicklingError
from typing import Self

import torch

from concepts.models.classifiers.harmless import NAMES
from concepts.models.classifiers.tensor_check import CURE, Storage, check_extent

KEY_PARTS = 8  # of a tuple that is a key
LARGEST_KEY = 2**60  # of a whole number: larger ones can be chosen to have equal hashes
IGNORED = {name for names in NAMES.values() for name in names}
PYTHON_2 = {"__builtin__": "builtins", "copy_reg": "copyreg"}
KEYED = ("collections.OrderedDict", "collections.Counter", "builtins.set")
LATIN = {"builtins.bytearray": "latin-1", "_codecs.encode": "latin1"}  # how the bytes of a pickle are written
SIMPLE = ("builtins.complex", "torch.device")
PARAMETERS = (
    "torch.nn.parameter.Parameter",
    "torch._utils._rebuild_parameter",
    "torch._utils._rebuild_parameter_with_state",
)
DENSE = tuple(f"torch._utils._rebuild_tensor{version}" for version in ("", "_v2", "_v3"))
WITH_ATTRIBUTES = "torch._tensor._rebuild_from_type_v2"
STORAGE_ITEMS = {
    f"{name}Storage": n
    for n, names in (
        (16, "ComplexDouble"),
        (8, "Double Long ComplexFloat"),
        (4, "Float Int QInt32"),
        (2, "Half BFloat16 Short"),
        (1, "Char Byte Bool QInt8 QUInt8 QUInt4x2 QUInt2x4 Untyped"),
    )
    for name in names.split()
}  # bytes of an element
REFUSED_KINDS = {
    "torch._utils._rebuild_sparse_tensor": "a sparse tensor",
    "torch.serialization._get_layout": "a sparse tensor",
    "torch._utils._rebuild_qtensor": "a quantised tensor",
    "torch._utils._rebuild_meta_tensor_no_storage": "a tensor without values (of the device meta)",
    "torch._utils._rebuild_wrapper_subclass": "a tensor of a special kind",
    "torch._utils._rebuild_device_tensor_from_numpy": "a tensor of another device than CPU or GPU",
    "torch._utils._rebuild_device_tensor_from_cpu_tensor": "a tensor of another device than CPU or GPU",
}


@dataclass(frozen=True)
class Name:
    """A class or function, by its module and name."""

    text: str

    @classmethod
    def of(cls, written: object) -> Self:
        module, _, name = str(written).partition(" ")
        return cls(f"{PYTHON_2.get(module, module)}.{name}")


@dataclass(eq=False)
class Built:
    """Stands for a tensor, a dict with this number of keys and values, or another object."""

    is_tensor: bool = False
    n_items: int = 0

    def __len__(self) -> int:
        return self.n_items


def check_call(name: str, arguments: tuple[object, ...], *, limit: int) -> object:
    """The stand-in of what the call returns.

    Raises ValueError for a tensor that is not dense or does not fit `limit` bytes, and for arguments that make an
    object larger than what is written; UnpicklingError for a name that is not allowed.
    """
    if name in REFUSED_KINDS:
        raise ValueError(f"it holds {REFUSED_KINDS[name]}: {CURE}")
    if name == WITH_ATTRIBUTES:
        return _with_attributes(arguments, limit)
    if name in DENSE:
        return _tensor(name, arguments, limit)
    if name in PARAMETERS or (name.startswith("torch.") and name.endswith("Tensor")):
        of_tensor = name in PARAMETERS and arguments and isinstance(arguments[0], Built) and arguments[0].is_tensor
        if arguments and not of_tensor:
            raise ValueError("a tensor that is made of something else than stored values")
        return Built(is_tensor=True)
    if name == "torch.Size":
        return tuple(_items(arguments))
    _check_plain(name, arguments)
    return arguments[0] if name in LATIN and arguments else Built()


def _with_attributes(arguments: tuple[object, ...], limit: int) -> object:
    function, _, inner, *_ = arguments
    if not isinstance(function, Name) or function.text not in (*DENSE, *PARAMETERS) or not isinstance(inner, tuple):
        raise ValueError(f"it holds a tensor of a special kind: {CURE}")
    return check_call(function.text, inner, limit=limit)


def _tensor(name: str, arguments: tuple[object, ...], limit: int) -> Built:
    storage, offset, size, stride, *more = arguments
    if not isinstance(storage, Storage):
        raise ValueError("a tensor without values")
    item = item_size(more[2]) if name.endswith("_v3") else None
    check_extent(storage, offset, size, stride, limit=limit, item=item)
    return Built(is_tensor=True)


def _check_plain(name: str, arguments: tuple[object, ...]) -> None:
    if name in IGNORED:
        return
    if name in KEYED:
        for each in _items(arguments):
            check_key(each[0] if isinstance(each, list) and each else each)
    elif name in LATIN:
        if not all(isinstance(each, str | bytes) for each in arguments) or arguments[1:] not in ((), (LATIN[name],)):
            raise ValueError("bytes that are not written as text")
    elif name in SIMPLE:
        if not all(isinstance(each, str | int | float) for each in arguments):
            raise ValueError(f"{name} of something else than texts and numbers")
    else:
        raise UnpicklingError(f"GLOBAL {name} was not an allowed global")


def _items(arguments: tuple[object, ...]) -> list[object] | tuple[object, ...]:
    """The items of the first argument where it is a list or tuple. A dict has none that were not checked before."""
    first = arguments[0] if arguments else ()
    if not isinstance(first, list | tuple | Built):
        raise ValueError("a kind of dict or list of something else than items")
    return () if isinstance(first, Built) else first


def check_key(key: object) -> None:
    """Raises ValueError for a key that takes long to compare: a large number, or many tuples in tuples."""
    small = not isinstance(key, int) or abs(key) < LARGEST_KEY
    if isinstance(key, tuple):
        parts = [part for each in key for part in (each if isinstance(each, tuple) else (each,))]
        small = max(len(key), len(parts)) <= KEY_PARTS and not any(isinstance(part, tuple) for part in parts)
    if not small:
        raise ValueError("a key of a dict is too large")


def item_size(kind: object) -> int:
    """Bytes of an element of a kind of storage, or of a dtype, given by its name in torch."""
    name = kind.text.rpartition(".")[2] if isinstance(kind, Name) else ""
    if name in STORAGE_ITEMS:
        return STORAGE_ITEMS[name]
    if isinstance(found := getattr(torch, name, None), torch.dtype):
        return found.itemsize
    raise ValueError("the values of a tensor are of an unknown type")
