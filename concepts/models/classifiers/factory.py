"""A model from the user's own code: `path/to/file.py:factory`."""

import traceback
from pathlib import Path
from types import ModuleType
from typing import NoReturn

from torch import nn

from concepts.models.classifiers.neighbours import load_file, module_name, plain_names


def is_factory(name: str) -> bool:
    """Whether the name is that of a Python file, with or without a function after a colon."""
    return name.endswith(".py") or ".py:" in name


def call_factory(name: str) -> tuple[nn.Module, ModuleType, Path]:
    """The model returned by the function, the imported module, and its file, as `run_factory`.

    Raises ValueError when the function does not return a torch module.
    """
    model, module, path = run_factory(name)
    if not isinstance(model, nn.Module):
        raise ValueError(f"{name!r} returned {type(model).__name__}, expected a torch.nn.Module")
    return model, module, path


def run_factory(name: str) -> tuple[object, ModuleType, Path]:
    """What the function returns, the imported module, and its file.

    The file is run as it is, as a module with a unique name; it can import the Python files beside it (`neighbours`).
    Raises ValueError when there is no such file or function, or when either fails (with the line).
    """
    text, _, function = name.rpartition(":") if not name.endswith(".py") else (name, "", "")
    path = Path(text).expanduser().resolve()
    if not function:
        raise ValueError(f"{name!r} names no function: write path/to/file.py:function")
    if not path.is_file():
        raise ValueError(f"no Python file {str(path)!r}: check the path before the colon in {name!r}")
    with plain_names(path):
        made, module = _call(path, function)
    return made, module, path


def _call(path: Path, function: str) -> tuple[object, ModuleType]:
    try:
        module = load_file(path)
    except (Exception, SystemExit) as error:
        _refuse(path, error)
    factory = getattr(module, function, None)
    if not callable(factory):
        raise ValueError(f"{str(path)!r} has no function {function!r}; it has {_functions(module)}")
    try:
        return factory(), module
    except (Exception, SystemExit) as error:
        _refuse(path, error)


def _refuse(path: Path, error: BaseException) -> NoReturn:
    lines: list[object] = [
        frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)
    ]
    line = (
        error.lineno if isinstance(error, SyntaxError) and error.filename == str(path) else lines[-1] if lines else "?"
    )
    text = str(error).replace(f"{module_name(path)}.", "")  # neighbours have their plain names there
    raise ValueError(f"{str(path)!r}, line {line}: {type(error).__name__}: {text}") from error


def _functions(module: ModuleType) -> str:
    own = [
        name
        for name, value in vars(module).items()
        if callable(value) and getattr(value, "__module__", None) == module.__name__ and not name.startswith("_")
    ]
    return ", ".join(own) or "no public function"
