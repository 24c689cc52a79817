"""Names that a package offers, imported when they are first used: what is heavy is loaded by those who need it."""

from collections.abc import Callable, Mapping
from importlib import import_module


def late_imports(package: str, homes: Mapping[str, tuple[str, ...]]) -> Callable[[str], object]:
    """The `__getattr__` of a package. homes: module inside it → the names that come from there."""

    def get(name: str) -> object:
        for module, names in homes.items():
            if name in names:
                return getattr(import_module(f"{package}.{module}"), name)
        raise AttributeError(f"module {package!r} has no attribute {name!r}")

    return get
