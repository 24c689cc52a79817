"""The folders of photos that the operator opens to pages."""

import os
from collections.abc import Mapping
from pathlib import Path


def photo_folders(environment: Mapping[str, str]) -> tuple[Path, ...]:
    """The folders and zip files in CONCEPTS_PHOTOS, separated as in PATH."""
    parts = environment.get("CONCEPTS_PHOTOS", "").split(os.pathsep)
    return tuple(Path(part).expanduser() for part in parts if part.strip())
