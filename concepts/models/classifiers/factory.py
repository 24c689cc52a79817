"""A model from the user's own code: `path/to/file.py:factory`."""

import importlib.util
import sys
import traceback
from hashlib import blake2b
from pathlib import Path
from types import ModuleType
from typing import NoReturn

from torch import nn


def is_factory(name: str) -> bool:
    """Whether the name is that of a Python file, with or without a function after a colon."""
    return name.endswith(".py") or ".py:" in name


def call_factory(name: str) -> tuple[nn.Module, ModuleType, Path]:
    """The model returned by the function, the imported module, and its file.

    The file is run as it is, as a module with a unique name; the import path is not changed.
    Raises ValueError when there is no such file or function, when either fails (with the line), or when the function
    does not return a torch module.
    """
    text, _, function = name.rpartition(":") if not name.endswith(".py") else (name, "", "")
    path = Path(text).expanduser().resolve()
    if not function:
        raise ValueError(f"{name!r} names no function: write path/to/file.py:function")
    if not path.is_file():
        raise ValueError(f"no Python file {str(path)!r}: check the path before the colon in {name!r}")
    module = _import_file(path)
    factory = getattr(module, function, None)
    if not callable(factory):
        raise ValueError(f"{str(path)!r} has no function {function!r}; it has {_functions(module)}")
    try:
        model = factory()
    except (Exception, SystemExit) as error:
        _refuse(path, error)
    if not isinstance(model, nn.Module):
        raise ValueError(f"{name!r} returned {type(model).__name__}, expected a torch.nn.Module")
    return model, module, path


def _import_file(path: Path) -> ModuleType:
    name = "operator_model_" + blake2b(str(path).encode() + path.read_bytes(), digest_size=8).hexdigest()
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ValueError(f"{str(path)!r} cannot be imported as Python")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses and pickling look a class's module up there
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        _refuse(path, error)
    return module


def _refuse(path: Path, error: BaseException) -> NoReturn:
    lines: list[object] = [
        frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)
    ]
    line = (
        error.lineno if isinstance(error, SyntaxError) and error.filename == str(path) else lines[-1] if lines else "?"
    )
    raise ValueError(f"{str(path)!r}, line {line}: {type(error).__name__}: {error}") from error


def _functions(module: ModuleType) -> str:
    own = [
        name
        for name, value in vars(module).items()
        if callable(value) and getattr(value, "__module__", None) == module.__name__ and not name.startswith("_")
    ]
    return ", ".join(own) or "no public function"
