"""A collection of 40 tiny photos, for pages that ask one."""

import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest

from concepts.cli.main import main
from concepts.data.images import open_photos
from concepts.lexicon import Lexicon
from concepts.lexicon.collections import Collection, record_collection
from concepts.models import load_model, split_model
from tests.support.screen import without_demo
from tests.support.tiny import CLASSES, FACTORY, write_photos


def tiny_collection_of_command(root: Path, photos: Path) -> Path:
    """The workspace `root` with the collection as `tokens` records it: with the classifier's answers and classes."""
    given = ["tokens", "--model", FACTORY, "--classes", ", ".join(CLASSES), "--layer", "features", "--images",
             str(write_photos(photos, n=20)), "--workspace", str(root), "--name", "tiny"]  # fmt: skip
    if main(given):
        raise ValueError("the collection was not recorded")
    return root


def tiny_collection(root: Path, photos: Path, *, lexicons: Iterable[Lexicon] = ()) -> Collection:
    """40 photos of two classes, 2,560 places, in the workspace `root`; the photos are written to the other folder."""
    split = split_model(load_model(FACTORY, class_names=CLASSES), layer="features")
    found = open_photos(str(write_photos(photos, n=20)))
    return record_collection(split, found, root / "collections" / "tiny", store=root / "store", lexicons=lexicons)


def own_workspace(made: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of a workspace in a folder, which the app opens, so that nothing is kept of another test."""
    found = shutil.copytree(made, folder / "workspace")
    without_demo(monkeypatch, found)
    return found
