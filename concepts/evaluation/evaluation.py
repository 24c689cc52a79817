"""The result of an evaluation: a folder with the table, the curves and the dictionaries, read on demand."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Self

from concepts.evaluation.about import About
from concepts.evaluation.arrays import Curves, read_curves
from concepts.evaluation.findings import Finding
from concepts.evaluation.table import Row, frame
from concepts.storage.listing import Listing, list_folders
from concepts.storage.output_folder import OutputKind
from concepts.storage.reading import file_inside
from concepts.storage.typed_json import NOT_STORED, Format, exactly, read_typed

if TYPE_CHECKING:
    import pandas as pd

FORMAT = 1
EVALUATIONS = Format("evaluation", FORMAT, {})
FILE, CURVES = "evaluation.json", "curves.safetensors"
TABLES = ("table.csv", "table.parquet", "table.json")
RESULT = OutputKind(
    "evaluation",
    frozenset({FILE, *TABLES, CURVES, "dictionaries", "evaluation.html"}),
    FILE,
    frozenset({"format", "about", "rows", "findings"}),
)


@dataclass(frozen=True)
class Evaluation:
    """Everything in evaluation.json; `folder` holds table.*, curves.safetensors and dictionaries/ too.

    about: its provenance. rows: the tidy table. findings: the paper's statements, as measured here. left_out:
    combinations that make no sense, with the reason.
    """

    about: About
    rows: tuple[Row, ...]
    findings: tuple[Finding, ...]
    left_out: tuple[str, ...]
    format: Annotated[int, exactly(FORMAT)]
    folder: Path = field(default=Path(), compare=False, metadata=NOT_STORED)

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """The evaluation in that folder. Raises ValueError when it holds none, a damaged one, or one of a newer format;
        the message names the file and the field."""
        folder = Path(folder)
        file = file_inside(folder, FILE)
        if not file.is_file():
            raise ValueError(f"{folder} holds no {FILE}: name the folder that an evaluation was written to")
        return replace(read_typed(cls, file, EVALUATIONS), folder=folder)

    @property
    def id(self) -> str:
        return self.folder.name

    @cached_property
    def frame(self) -> "pd.DataFrame":
        """All figures, one a row: the same object at each call, not to be changed."""
        return frame(self.rows)

    @cached_property
    def curves(self) -> Mapping[str, Curves]:
        """METHOD-K-SEED → the curves of that dictionary. Raises ValueError when they are missing or damaged."""
        return read_curves(file_inside(self.folder, CURVES))


def read_evaluations(roots: Iterable[Path]) -> Listing[Evaluation]:
    """The finished evaluations in these folders, by root, the newest first, and the folders without a valid one."""
    listings = [list_folders([root], Evaluation.load) for root in roots]
    newest = [sorted(each.found, key=lambda one: one.about.created, reverse=True) for each in listings]
    return Listing(tuple(chain.from_iterable(newest)), tuple(chain.from_iterable(each.left_out for each in listings)))


def list_evaluations(root: Path) -> list[Evaluation]:
    """The finished evaluations in a folder, the newest first; damaged ones are left out."""
    return list(read_evaluations([root]).found)
