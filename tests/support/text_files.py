"""Files of texts that tests write."""

import zipfile
from collections.abc import Mapping
from pathlib import Path

from tests.support.zips import zipped


def written(path: Path, content: str | bytes) -> Path:
    """The path, after the content is written there, text as UTF-8 and line ends as they are."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def packed(path: Path, members: Mapping[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    """The path of a zip of these members."""
    path.write_bytes(zipped(*members.items(), method=method))
    return path
