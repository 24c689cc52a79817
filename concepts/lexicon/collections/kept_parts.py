"""What a collection keeps when it is recorded again, of the same tokens: index, maps and near-duplicates."""

import filecmp
import os
import shutil
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from concepts.lexicon.collections.collection import FILE, LEXICONS, Collection
from concepts.lexicon.collections.duplicated import DUPLICATES
from concepts.lexicon.collections.indexed import INDEX
from concepts.lexicon.collections.mapped import MAPS
from concepts.lexicon.collections.photo_recall import FILE as PHOTOS
from concepts.lexicon.collections.photo_recall import PhotoRecall
from concepts.storage.reading import file_inside
from concepts.storage.typed_json import read_typed, write_typed


def keep_parts(collection: Collection, earlier: Path, folder: Path) -> None:
    """Puts these parts of the earlier collection in one folder into the new one's, where their tokens are the same.

    The files are the same ones (hard links), else copies: none is ever changed in place. What an index gives for words
    is forgotten where the words have changed.
    """
    if not _has_tokens_of(collection, earlier):
        return
    for name in (INDEX, *MAPS.values(), DUPLICATES):
        if (earlier / name).is_dir() and not (earlier / name).is_symlink():
            _link_files(earlier / name, folder / name)
    if not _same_files(earlier / LEXICONS, folder / LEXICONS):
        _forget_words(folder / INDEX)


def _has_tokens_of(collection: Collection, folder: Path) -> bool:
    try:
        found = read_typed(Collection, file_inside(folder, FILE))
    except (OSError, ValueError):  # none, or damaged
        return False
    return (found.tokens, len(found)) == (collection.tokens, len(collection))


def _link_files(folder: Path, target: Path) -> None:
    target.mkdir()
    for file in folder.iterdir():
        if file.is_symlink() or not file.is_file():
            continue
        try:
            os.link(file, target / file.name)
        except OSError:  # a file system without links
            shutil.copy2(file, target / file.name)


def _same_files(one: Path, other: Path) -> bool:
    """Whether two folders hold the same files at any depth; a folder that is not there holds none."""
    names = [sorted(file.relative_to(each) for file in each.rglob("*") if file.is_file()) for each in (one, other)]
    return names[0] == names[1] and all(filecmp.cmp(one / name, other / name, shallow=False) for name in names[0])


def _forget_words(index: Path) -> None:
    """Writes what the index gives of photos anew, without that for words; a damaged file stays as it is."""
    with suppress(OSError, ValueError):
        if (found := PhotoRecall.load(index)) is not None:
            write_typed(index / PHOTOS, replace(found, words=None))
