"""A collection: its photos, their tokens' encoder and where the tokens are stored."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from concepts.storage.entries import mark_used
from concepts.storage.listing import Listing, list_folders, reason_of
from concepts.storage.reading import file_inside, read_file
from concepts.storage.typed_json import NOT_STORED, read_typed

if TYPE_CHECKING:
    from torch import Tensor

    from concepts.activations.collect import Activations

FILE = "collection.json"
LEXICONS = "lexicons"
LOOKED_FOR = 64  # thumbnails whose files are looked for when a collection is opened


@dataclass(frozen=True)
class EncoderSummary:
    """The encoder of the tokens. text: the name, for `open_text_encoder`, of a text encoder of the same space."""

    name: str
    weights: str
    layer: str
    text: str | None = None


@dataclass(frozen=True)
class Collection:
    """n photos and their tokens on a grid. Nothing heavy is read before it is needed.

    space: fingerprint of the encoder and its layer; queries from elsewhere fit if theirs is equal. tokens: the folder
    in the store. names, labels: of the photos, in row order. Raises ValueError when the numbers of names and labels
    differ, and where `tokens` is not the plain name of a folder.
    """

    title: str
    created: str
    space: str
    encoder: EncoderSummary
    source: str
    tokens: str
    names: tuple[str, ...]
    labels: tuple[str | None, ...]
    folder: Path = field(default=Path(), metadata=NOT_STORED)
    store: Path = field(default=Path(), metadata=NOT_STORED)

    def __post_init__(self) -> None:
        if len(self.names) != len(self.labels):
            raise ValueError(f"{len(self.names)} names of photos and {len(self.labels)} labels: one of each is needed")
        if len(Path(self.tokens).parts) != 1 or self.tokens in (".", "..") or "\0" in self.tokens:
            raise ValueError(f"tokens are in {self.tokens[:80]!r}: expected the name of a folder in the store")

    @property
    def id(self) -> str:
        return self.folder.name

    def __len__(self) -> int:
        return len(self.names)

    @classmethod
    def load(cls, folder: Path, store: Path) -> Self:
        """The collection in a folder. Raises ValueError when it is damaged, or its tokens are no longer stored."""
        try:
            found = replace(read_typed(cls, file_inside(folder, FILE)), folder=folder, store=store)
        except ValueError as error:
            raise ValueError(f"{error}: record it again") from error
        found.check_stored()
        return found

    def check_stored(self) -> None:
        """Raises ValueError where the store no longer has its tokens."""
        if not self.is_stored:
            raise ValueError(
                f"the tokens of {self.title} are no longer stored: run the same analysis again, or record them again"
            )

    @property
    def is_stored(self) -> bool:
        """Whether the store still has its tokens; it drops those that were not used for long, as a whole."""
        return (self.store / self.tokens / "info.json").is_file()

    @property
    def activations(self) -> "Activations":
        """The stored tokens, marked as used: whatever is asked of a collection passes here, each time.

        Raises ValueError where they are no longer stored, damaged, or not those of these photos. Of the thumbnails, 64
        are looked for: one that is missing among the others is told when it is read.
        """
        mark_used(self.store / self.tokens)  # first: the store drops nothing that has just been used
        self.check_stored()
        return self._checked

    @cached_property
    def _checked(self) -> "Activations":
        from concepts.activations.collect import Activations

        found = Activations(self.store / self.tokens)
        try:
            found.check(thumbnails=LOOKED_FOR)
            if len(found) != len(self):
                raise ValueError(f"{len(found)} photos are stored, {len(self)} are named")
        except (ValueError, OSError) as error:
            reason = reason_of(error, found.folder)
            raise ValueError(
                f"the tokens of {self.title} are damaged ({reason}): run the same analysis again"
            ) from error
        return found

    @cached_property
    def grid(self) -> tuple[int, int]:
        """(h, w) of a photo's tokens."""
        grid = self.activations.grid
        if grid is None:
            raise ValueError(f"the tokens of {self.title} have no places: record it at a layer with a grid")
        return grid

    @cached_property
    def n_channels(self) -> int:
        return self.activations.info.shape[-1]

    @cached_property
    def named(self) -> tuple[str, ...]:
        """Names of the tokens without a place, such as the class token."""
        return self.activations.named

    def patches(self, image: int) -> "Tensor":
        """(h, w, p) float32: the tokens of one photo. Raises ValueError outside 0 … n − 1."""
        import torch

        self._check(image)
        return torch.from_numpy(self.activations.on_grid(image, image + 1)[0]).float()

    def named_token(self, image: int, name: str) -> "Tensor":
        """(p,) float32: a token without a place. Raises ValueError for a name that is not in `named`."""
        import torch

        self._check(image)
        if name not in self.named:
            others = ", ".join(self.named) or "none beside the grid"
            raise ValueError(f"these tokens have no {name!r}; they have {others}")
        return torch.from_numpy(self.activations.rows(image, image + 1)[0][self.named.index(name)]).float()

    def thumbnail(self, image: int) -> bytes:
        """A photo as the model saw it, JPEG. Raises ValueError where its file is missing or cannot be read."""
        self._check(image)
        folder = self.activations.folder
        try:
            return read_file(file_inside(folder, self.activations.thumbnail(image).relative_to(folder).as_posix()))
        except OSError as error:
            raise ValueError(
                f"{self.names[image]} cannot be shown ({reason_of(error, folder)}): run the same analysis again"
            ) from error

    def lexicons(self) -> list[Path]:
        """The folders of the lexicons recorded with the collection."""
        return sorted(path for path in (self.folder / LEXICONS).glob("[!.]*") if path.is_dir())

    def _check(self, image: int) -> None:
        if not 0 <= image < len(self):
            raise ValueError(f"photo {image} was asked for, {self.title} has 0 to {len(self) - 1}")


def read_collections(
    roots: Iterable[Path], store: Path, load: Callable[[Path, Path], Collection] = Collection.load
) -> Listing[Collection]:
    """All collections in these folders with stored tokens, newest first, and the folders without a valid one.

    load: reads one of a folder and the store, as `Collection.load`, which a cache may stand before.
    """
    listing = list_folders(roots, lambda folder: load(folder, store))
    newest = sorted(listing.found, key=lambda collection: collection.created, reverse=True)
    return replace(listing, found=tuple(newest))


def list_collections(roots: Iterable[Path], store: Path) -> list[Collection]:
    """The collections of `read_collections`, without what was left out."""
    return list(read_collections(roots, store).found)
