"""The folders of photos and of texts that the operator opens to pages."""

import os
from collections.abc import Mapping
from pathlib import Path


def photo_folders(environment: Mapping[str, str]) -> tuple[Path, ...]:
    """The folders and zip files in CONCEPTS_PHOTOS, separated as in PATH."""
    return _paths(environment, "CONCEPTS_PHOTOS")


def text_folders(environment: Mapping[str, str]) -> tuple[Path, ...]:
    """The folders and files in CONCEPTS_TEXTS, separated as in PATH."""
    return _paths(environment, "CONCEPTS_TEXTS")


def data_folders(environment: Mapping[str, str]) -> tuple[Path, ...]:
    """All of them: where links among the items may lead."""
    return photo_folders(environment) + text_folders(environment)


def _paths(environment: Mapping[str, str], name: str) -> tuple[Path, ...]:
    parts = environment.get(name, "").split(os.pathsep)
    return tuple(Path(part).expanduser() for part in parts if part.strip())
