"""Groups of near-duplicates among all items of a token file, on disk, so that they are found once."""

from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Annotated, ClassVar, Self

import numpy as np

from concepts.storage.reading import file_inside
from concepts.storage.typed_json import NO_OTHERS, NOT_STORED, Count, Share, exactly, read_typed
from concepts.token_search.index import fingerprint
from concepts.token_search.near_duplicates import Groups, groups_of
from concepts.token_search.token_file import TokenFile

FORMAT = 1  # raise when the layout changes
ABOUT, FILE = "duplicates.json", "firsts.bin"
AN_ITEM = 4  # bytes: the number of the first of its group


@dataclass(frozen=True)
class KeptDuplicates:
    """The groups in a folder, of the items of one token file; `tokens` says of which values.

    threshold: the cosine from which two items are alike. created: when they were compared, UTC. groups: of two items or
    more; members: the items in them. short, full: as of `AlikeGroups`.
    """

    __pydantic_config__: ClassVar = NO_OTHERS

    format: Annotated[int, exactly(FORMAT)]
    items: Count
    threshold: Share
    created: str
    groups: Count
    members: Count
    short: Count
    full: Count
    tokens: str
    folder: Path = field(default=Path(), metadata=NOT_STORED)

    @classmethod
    def load(cls, folder: Path, tokens: TokenFile) -> Self:
        """The groups in that folder. Raises ValueError where there are none, they are damaged, or of other items."""
        try:
            found = replace(read_typed(cls, file_inside(folder, ABOUT)), folder=folder)
            size = file_inside(folder, FILE).stat().st_size
        except (OSError, ValueError) as error:
            raise ValueError(f"{folder} holds no groups of near-duplicates ({error}): look for them anew") from error
        if (found.items, found.tokens) != (tokens.n_items, fingerprint(tokens)):
            raise ValueError(f"the near-duplicates in {folder} are of other items than {tokens.path.name}: look anew")
        if size != AN_ITEM * found.items:
            raise ValueError(f"{FILE} has {size:,} bytes, expected {AN_ITEM * found.items:,}: look for them anew")
        if not found._is_whole():
            raise ValueError(f"{FILE} in {folder} holds other groups than {ABOUT} says: look for them anew")
        return found

    @cached_property
    def firsts(self) -> np.ndarray:
        """(n,) int32: the first item of the group of each, its own number where it is alone. Read in place."""
        return np.memmap(self.folder / FILE, dtype=np.int32, mode="r", shape=(self.items,))

    def among(self, items: np.ndarray | None = None) -> Groups:
        """Groups of two or more of these items (n,) bool, in order; None: of all.

        Two of a group can be alike through others that are not among them.
        """
        chosen = np.arange(self.items) if items is None else np.flatnonzero(items)
        return groups_of(self.firsts[chosen], chosen)

    def _is_whole(self) -> bool:
        """Whether each item points to the first of a group, and there are as many as is said."""
        firsts = np.asarray(self.firsts)
        if not ((firsts >= 0) & (firsts <= np.arange(self.items))).all() or (firsts[firsts] != firsts).any():
            return False
        return counts_of(firsts) == (self.groups, self.members)


def counts_of(firsts: np.ndarray) -> tuple[int, int]:
    """The number of groups of two or more, and of the items in them, by the first of each item's group (n,)."""
    sizes = np.bincount(firsts)
    return int((sizes > 1).sum()), int(sizes[sizes > 1].sum())
