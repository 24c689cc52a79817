"""A collection: which photos, whose tokens, where they are stored."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from concepts.store import read_json

if TYPE_CHECKING:
    from torch import Tensor

    from concepts.activations import Activations

FILE = "collection.json"
LEXICONS = "lexicons"


@dataclass(frozen=True)
class Collection:
    """n photos and their tokens on a grid. Nothing heavy is read before it is asked for.

    space: fingerprint of the encoder and its layer: queries from elsewhere fit when theirs is the same. encoder: name,
    weights, layer. tokens: the folder in the store. names, labels: of the photos, in the order of the rows.
    """

    title: str
    created: str
    space: str
    encoder: dict[str, Any]
    source: str
    tokens: str
    names: tuple[str, ...]
    labels: tuple[str | None, ...]
    folder: Path = Path()
    store: Path = Path()

    @property
    def id(self) -> str:
        return self.folder.name

    def __len__(self) -> int:
        return len(self.names)

    @classmethod
    def load(cls, folder: Path, store: Path) -> Self:
        """The collection in that folder. Raises ValueError when it is damaged, or its tokens are no longer stored."""
        value = read_json(folder / FILE)
        try:
            lists = {name: tuple(value[name]) for name in ("names", "labels")}
            found = cls(**(value | lists), folder=folder, store=store)
        except (KeyError, TypeError) as error:
            raise ValueError(f"{folder / FILE} is not of this version ({error}): record it again") from error
        if not (store / found.tokens / "info.json").is_file():
            raise ValueError(f"the tokens of {found.title} are no longer stored: run the same analysis again")
        return found

    def to_json(self) -> dict[str, Any]:
        """What stands in collection.json: all but the places."""
        skipped = ("folder", "store")
        return {f.name: value for f in fields(self) if f.name not in skipped for value in [asdict(self)[f.name]]}

    @cached_property
    def activations(self) -> "Activations":
        """The stored tokens."""
        from concepts.activations import Activations

        return Activations(self.store / self.tokens)

    @cached_property
    def grid(self) -> tuple[int, int]:
        """(h, w) of a photo's tokens."""
        grid = self.activations.grid
        if grid is None:
            raise ValueError(f"the tokens of {self.title} have no places: record it at a layer with a grid")
        return grid

    @property
    def n_channels(self) -> int:
        return int(self.activations.info["shape"][-1])

    @property
    def named(self) -> tuple[str, ...]:
        """Tokens without a place: the class token and the like."""
        return self.activations.named

    def patches(self, image: int) -> "Tensor":
        """(h, w, p) float32: the tokens of one photo. Raises ValueError outside 0 … n − 1."""
        import torch

        self._check(image)
        return torch.from_numpy(self.activations.on_grid(image, image + 1)[0]).float()

    def named_token(self, image: int, name: str) -> "Tensor":
        """(p,) float32 of a token without a place. Raises ValueError for a name that is not in `named`."""
        import torch

        self._check(image)
        if name not in self.named:
            others = ", ".join(self.named) or "none beside the grid"
            raise ValueError(f"these tokens have no {name!r}; they have {others}")
        return torch.from_numpy(self.activations.rows(image, image + 1)[0][self.named.index(name)]).float()

    def thumbnail(self, image: int) -> bytes:
        """What the model saw of a photo, JPEG."""
        self._check(image)
        return self.activations.thumbnail(image).read_bytes()

    def lexicons(self) -> list[Path]:
        """The folders of the lexicons that were recorded with it."""
        return sorted(path for path in (self.folder / LEXICONS).glob("[!.]*") if path.is_dir())

    def _check(self, image: int) -> None:
        if not 0 <= image < len(self):
            raise ValueError(f"photo {image} was asked for, {self.title} has 0 to {len(self) - 1}")


def list_collections(roots: Iterable[Path], store: Path) -> list[Collection]:
    """All collections in these folders whose tokens are stored, newest first; damaged and hidden ones are left out."""
    found = []
    for root in roots:
        for file in sorted(root.glob(f"[!.]*/{FILE}")) if root.is_dir() else []:
            with suppress(ValueError, OSError):
                found.append(Collection.load(file.parent, store))
    return sorted(found, key=lambda collection: collection.created, reverse=True)
