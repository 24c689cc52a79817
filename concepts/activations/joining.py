"""Activations of the parts of a dataset, each collected by itself, joined into those of the whole."""

import math
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, TypeVar

from concepts.activations.collect import CHUNK, INFO, Activations, ActivationsInfo, PassSeconds, is_of, place_of
from concepts.data.dataset import Dataset
from concepts.models.encoders.base import Encoder
from concepts.storage.array_files import rows_as_npy, write_values
from concepts.storage.entries import new_entry
from concepts.storage.typed_json import write_typed

Item = TypeVar("Item")


def join_activations(
    encoder: Encoder[Item], dataset: Dataset[Item], parts: Sequence[Activations], starts: Sequence[int], store: Path
) -> Activations:
    """The activations of a dataset from those of its parts, where `collect_activations` finds them again.

    parts: of consecutive items, in order, together all of them; starts: the index of the first item of each. Where
    parts start at multiples of the batch size and every item can be read, the values are those of one pass over the
    whole, bit by bit: each batch holds the same items. They are float16 where all parts are. What is in the store
    already is taken from there.
    """
    final, behaviour = place_of(encoder, dataset, store)
    if final.is_dir():
        return Activations(final, reused=True)
    with new_entry(final) as folder:
        behaviour.save(folder)
        _join(parts, starts, folder)
    if not is_of(final, behaviour):  # another process stored a model with the same key and another behaviour there
        return join_activations(encoder, dataset, parts, starts, store)
    return Activations(final)


def _join(parts: Sequence[Activations], starts: Sequence[int], folder: Path) -> None:
    """Writes the files of the whole to the folder."""
    info = _joined_info([part.info for part in parts], starts)
    with (folder / "activations.bin").open("wb") as file:
        for part in parts:
            _append(part, info.dtype, file)
    with (folder / "logits.rows").open("wb") as file:
        for part in parts:
            write_values(file, part.logits)
    shape = (sum(map(len, parts)), parts[0].n_outputs)
    rows_as_npy(folder / "logits.rows", folder / "logits.npy", shape, parts[0].logits.dtype)
    if info.previews:
        (folder / "thumbnails").mkdir()
        pictures = [part.thumbnail(row) for part in parts for row in range(len(part))]
        for row, picture in enumerate(pictures):
            _link(picture, folder / "thumbnails" / f"{row:06d}.jpg")
    write_typed(folder / INFO, info)


def _joined_info(infos: Sequence[ActivationsInfo], starts: Sequence[int]) -> ActivationsInfo:
    """The info of the whole. Raises ValueError for parts of two shapes, as one pass does for photos of two sizes."""
    shapes = sorted({info.shape for info in infos})
    if len(shapes) > 1:
        raise ValueError(f"items have activations of the shapes {shapes[0]} and {shapes[1]}: give a resize or a crop")
    first, seconds = infos[0], [info.seconds for info in infos]
    return ActivationsInfo(
        indices=tuple(start + i for info, start in zip(infos, starts, strict=True) for i in info.indices),
        dtype="float16" if all(info.dtype == "float16" for info in infos) else "float32",
        shape=first.shape,
        grid=first.grid,
        named=first.named,
        skipped=tuple(entry for info in infos for entry in info.skipped),
        split_check=first.split_check,
        seconds=PassSeconds(forward=sum(s.forward for s in seconds), all=sum(s.all for s in seconds)),
        previews=first.previews,
    )


def _append(part: Activations, dtype: str, file: BinaryIO) -> None:
    """Appends the values of a part to an open file, converted where the whole needs more digits."""
    at_once = max(1, CHUNK // max(1, math.prod(part.info.shape)))
    for start in range(0, len(part), at_once):
        write_values(file, part.rows(start, start + at_once).astype(dtype, copy=False))


def _link(source: Path, target: Path) -> None:
    """The same file under a second name; a copy where the file system has no such links."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
