"""Short, distinct names of folders, models and uploads on the page, and messages without paths of the server."""

import re
from collections.abc import Sequence
from pathlib import Path

from pages.state.server_settings import ServerSettings

LONGEST_STEM, LONGEST_SUFFIX = 60, 20  # characters; together what an address offers again (`kept_files`)


def distinct_names(paths: Sequence[Path]) -> list[str]:
    """The last part of each path, with as many parts before it as distinguish it from all others.

    Streamlit restores a choice by its label: it would confuse two choices with the same label.
    """
    most = max((len(path.parts) for path in paths), default=1)
    names = []
    for path in paths:
        others = [other for other in paths if other != path]
        tails = ["/".join(path.parts[-n:]) for n in range(1, most + 1)]
        names.append(next((t for n, t in enumerate(tails, 1) if all(t != _tail(o, n) for o in others)), str(path)))
    return names


def _tail(path: Path, n: int) -> str:
    return "/".join(path.parts[-n:])


def safe_name(name: str) -> str:
    """An uploaded file's name reduced to plain characters; its suffix to a to z in lower case, and digits."""
    path = Path(name)
    stem = re.sub(r"[^A-Za-z0-9_-]+", "-", path.stem).strip("-")[:LONGEST_STEM].strip("-") or "upload"
    suffix = re.sub(r"[^a-z0-9]+", "", path.suffix.lower())[:LONGEST_SUFFIX]
    return f"{stem}.{suffix}" if suffix else stem


def photos_name(images: str, server: ServerSettings) -> str:
    """The name of a request's photos or texts: the path from the operator's folder of them, else the last part."""
    path, roots = Path(images), list(dict.fromkeys((*server.photos, *server.texts)))
    for root, name in zip(roots, distinct_names(roots), strict=True):
        if path.is_relative_to(root):
            return str(Path(name) / path.relative_to(root))
    return path.name
