"""A map of items on disk: a place in the plane for each, read in place, and how far it can be trusted."""

from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Annotated, ClassVar, Self

import numpy as np

from concepts.item_map.kept import KeptNeighbours
from concepts.storage.reading import file_inside
from concepts.storage.typed_json import NO_OTHERS, NOT_STORED, Count, exactly, read_typed
from concepts.token_search.index import fingerprint
from concepts.token_search.token_file import TokenFile

FORMAT = 1  # raise when the layout changes
ABOUT, FILE = "map.json", "places.bin"
A_PLACE = 8  # bytes: x and y


@dataclass(frozen=True)
class ItemMap:
    """A map in a folder, of the items of one token file, or of their places; `tokens` says of which values.

    landmarks: items that were laid out together, by `laid_out_by`; all others lie among them. kept: the share of
    neighbours that are near on the map, too.
    """

    __pydantic_config__: ClassVar = NO_OTHERS

    format: Annotated[int, exactly(FORMAT)]
    items: Count
    landmarks: Count
    seed: Count
    laid_out_by: str
    tokens: str
    kept: KeptNeighbours
    folder: Path = field(default=Path(), metadata=NOT_STORED)

    @classmethod
    def load(cls, folder: Path, tokens: TokenFile, items: int) -> Self:
        """The map of so many items in that folder. Raises ValueError where it is missing, damaged, or of others."""
        try:
            found = replace(read_typed(cls, file_inside(folder, ABOUT)), folder=folder)
            size = file_inside(folder, FILE).stat().st_size
        except (OSError, ValueError) as error:
            raise ValueError(f"{folder} holds no map ({error}): build it anew") from error
        if (found.items, found.tokens) != (items, fingerprint(tokens)):
            raise ValueError(f"the map in {folder} is of other items than {tokens.path.name}: build it anew")
        if size != A_PLACE * found.items:
            raise ValueError(f"{FILE} has {size:,} bytes, expected {A_PLACE * found.items:,}: build the map anew")
        if not np.isfinite(found.places).all():
            raise ValueError(f"{FILE} in {folder} holds places that are not finite: build the map anew")
        return found

    @cached_property
    def places(self) -> np.ndarray:
        """(n, 2) float32: x and y of each item, read in place."""
        return np.memmap(self.folder / FILE, dtype=np.float32, mode="r", shape=(self.items, 2))
