"""Class names given by the user: a sequence, a .txt with one per line, a .json list or index → name."""

import json
from collections.abc import Sequence, Sized
from pathlib import Path


def read_class_names(given: Sequence[str] | str | Path, n_classes: int | None) -> tuple[str, ...]:
    """The names in class order.

    given: names, or the path of a .txt (one per line) or a .json (a list, or a dict {"0": name} or {"0": [id, name]}).
    Raises ValueError when the file cannot be read as such, or when the number of names is not n_classes.
    """
    names = _from_file(Path(given)) if isinstance(given, str | Path) else tuple(str(name) for name in given)
    check_count(names, n_classes)
    return names


def check_count(names: Sized, n_classes: int | None) -> None:
    """Raises ValueError when the number of names is not n_classes (None: not known)."""
    if n_classes is not None and len(names) != n_classes:
        raise ValueError(f"{len(names)} class names for {n_classes} classes: give exactly one a class, in class order")


def _from_file(path: Path) -> tuple[str, ...]:
    if path.suffix.lower() not in (".txt", ".json"):
        raise ValueError(f"class names {str(path)!r}: expected a sequence of names, or a .txt or .json file")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"class names cannot be read from {str(path)!r}: {error}") from error
    if path.suffix.lower() == ".txt":
        return tuple(line.strip() for line in text.rstrip().splitlines())
    return _from_json(path, text)


def _from_json(path: Path, text: str) -> tuple[str, ...]:
    try:
        content = json.loads(text)
        if isinstance(content, dict):
            content = _in_order({int(index): name for index, name in content.items()})
    except (ValueError, RecursionError) as error:  # RecursionError: nested too deeply
        raise ValueError(f"class names in {str(path)!r}: {error}") from error
    if not isinstance(content, list):
        raise ValueError(f"class names in {str(path)!r}: expected a list or a dict of index and name")
    return tuple(str(name[-1] if isinstance(name, list) and name else name) for name in content)


def _in_order(names: dict[int, object]) -> list[object]:
    if sorted(names) != list(range(len(names))):
        raise ValueError(f"the indices must be 0 … {len(names) - 1}, each once")
    return [names[index] for index in range(len(names))]
