"""What folders, models and uploads are called on the page: short, no two alike, no path of the server in a message."""

import re
from collections.abc import Sequence
from pathlib import Path

from pages.state.server_settings import ServerSettings


def distinct_names(paths: Sequence[Path]) -> list[str]:
    """For each path its last part, with as many parts before it as tell it from every other.

    Streamlit finds a choice again by its label: two that look alike would be taken for each other.
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


def photos_name(images: str, server: ServerSettings) -> str:
    """The photos of a request for people: a folder below the operator's by its path from there, else its name."""
    path, roots = Path(images), list(dict.fromkeys(server.photos))
    for root, name in zip(roots, distinct_names(roots), strict=True):
        if path.is_relative_to(root):
            return str(Path(name) / path.relative_to(root))
    return path.name


def public(message: str, server: ServerSettings) -> str:
    """The message without the server's folders: uploads by the name their owner gave them."""
    message = re.sub(rf"{re.escape(str(server.workspace))}/uploads/\w+/[0-9a-f]+/", "", message)
    return message.replace(f"{server.workspace}/", "")
