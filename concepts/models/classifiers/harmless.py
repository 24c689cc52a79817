"""Classes that often lie beside the tensors of a checkpoint, allowed by name when it is read."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Self

Allowed = (
    Callable[..., object] | tuple[Callable[..., object], str]
)  # of torch's reader; here: what stands for a class, and its name


class Ignored:
    """Stands for an object of an allowed class: its arguments and its state are ignored, so that nothing is run."""

    def __new__(cls, *arguments: object) -> Self:
        return super().__new__(cls)

    def __setstate__(self, state: object) -> None:
        """Ignores the state."""


class AsDict:
    """Stands for a kind of dict whose items are read, since tensors may lie among them."""

    def __new__(cls, *arguments: object) -> OrderedDict[object, object]:  # type: ignore[misc]
        return OrderedDict()  # the one kind that torch's reader also gives a state


class AsList:
    """Stands for a kind of list whose items are read."""

    def __new__(cls, *arguments: object) -> list[object]:  # type: ignore[misc]
        return []


NAMES: dict[type, tuple[str, ...]] = {
    Ignored: (
        "argparse.Namespace",
        "types.SimpleNamespace",
        *(f"builtins.{name}" for name in ("bool", "dict", "float", "frozenset", "int", "list", "str", "tuple")),
        *(f"datetime.{name}" for name in ("date", "datetime", "time", "timedelta", "timezone")),
        *(
            f"{module}.{name}"
            for module in ("pathlib", "pathlib._local")
            for name in ("Path", "PosixPath", "WindowsPath", "PurePosixPath", "PureWindowsPath")
        ),
        *(f"{core}.multiarray.{name}" for core in ("numpy.core", "numpy._core") for name in ("scalar", "_reconstruct")),
        "numpy.dtype",
        "numpy.ndarray",
        *(f"numpy.{name}" for name in ("float16", "float32", "float64", "int32", "int64", "uint8", "bool_", "str_")),
        "torch.torch_version.TorchVersion",
        "typing.Any",
        "omegaconf.base.ContainerMetadata",
        "omegaconf.base.Metadata",
        "omegaconf.dictconfig.DictConfig",
        "omegaconf.listconfig.ListConfig",
        *(f"omegaconf.nodes.{kind}Node" for kind in ("Any", "Boolean", "Float", "Integer", "String")),
    ),
    AsDict: (
        "collections.defaultdict",
        "addict.addict.Dict",
        "easydict.EasyDict",
        "munch.Munch",
        "yacs.config.CfgNode",
        "fvcore.common.config.CfgNode",
        "pytorch_lightning.utilities.parsing.AttributeDict",
        "lightning.pytorch.utilities.parsing.AttributeDict",
        "lightning_fabric.utilities.data.AttributeDict",
        "lightning.fabric.utilities.data.AttributeDict",
    ),
    AsList: ("collections.deque",),
}
HARMLESS: list[Allowed] = [(stand_in, name) for stand_in, names in NAMES.items() for name in names]
