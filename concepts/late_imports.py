"""Names of a package that are imported on first use, so that heavy modules are loaded only when needed."""

from collections.abc import Callable, Mapping
from importlib import import_module


def late_imports(package: str, homes: Mapping[str, tuple[str, ...]]) -> Callable[[str], object]:
    """The `__getattr__` of a package. homes: module inside the package → the names that it defines."""

    def get(name: str) -> object:
        for module, names in homes.items():
            if name in names:
                return getattr(import_module(f"{package}.{module}"), name)
        raise AttributeError(f"module {package!r} has no attribute {name!r}")

    return get
