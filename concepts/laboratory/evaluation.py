"""The result of an evaluation: a folder with the table, the curves and the dictionaries, read as it is needed."""

from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np

from concepts.laboratory.findings import Finding
from concepts.laboratory.measures import MEASURES
from concepts.laboratory.table import Row
from concepts.report.place import Result
from concepts.store import read_json

FORMAT = 1
FILE = "evaluation.json"
TABLES = ("table.csv", "table.parquet", "table.json")
RESULT = Result(
    "evaluation",
    frozenset({FILE, *TABLES, "curves.safetensors", "dictionaries", "evaluation.html"}),
    FILE,
    frozenset({"format", "about", "rows", "findings"}),
)


@dataclass(frozen=True)
class Evaluation:
    """Everything in evaluation.json; `folder` holds table.*, curves.safetensors and dictionaries/.

    about: model, layer, target, photos, settings, versions, seconds. rows: the tidy table. findings: what the paper
    states, as it came out here. left_out: combinations that make no sense, with the reason.
    """

    about: dict[str, Any]
    rows: tuple[Row, ...]
    findings: tuple[Finding, ...] = ()
    left_out: tuple[str, ...] = ()
    format: int = FORMAT
    folder: Path = field(default=Path(), compare=False)

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """The evaluation in that folder. Raises ValueError when it holds none, or one of another version."""
        folder = Path(folder)
        if not (folder / FILE).is_file():
            raise ValueError(f"{folder} holds no {FILE}: name the folder that an evaluation was written to")
        value = read_json(folder / FILE)
        given = value.get("format") if isinstance(value, dict) else None
        if given != FORMAT:
            raise ValueError(f"an evaluation of format {given!r}; this program reads format {FORMAT}")
        try:
            about, rows = dict(value["about"]), tuple(Row(**row) for row in value["rows"])
            if unknown := {row.measure for row in rows} - MEASURES.keys():
                raise KeyError(*unknown)
            found = tuple(Finding(**finding) for finding in value["findings"])
            return cls(about, rows, found, tuple(value["left_out"]), folder=folder)
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"the evaluation is damaged or of another version ({error}): make it again") from error

    def to_json(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if name != "folder"}

    @property
    def id(self) -> str:
        return self.folder.name

    @cached_property
    def curves(self) -> dict[str, np.ndarray]:
        """ "METHOD-K-SEED IMPORTANCE deletion|insertion" → (4, k + 1): mean, low, high, control, in logits."""
        from safetensors.numpy import load_file

        return load_file(self.folder / "curves.safetensors")


def list_evaluations(root: Path) -> list[Evaluation]:
    """The finished evaluations in a folder, the newest first; damaged ones are left out."""
    found = []
    for file in root.glob(f"[!.]*/{FILE}") if root.is_dir() else []:
        try:
            found.append(Evaluation.load(file.parent))
        except (ValueError, OSError):
            continue
    return sorted(found, key=lambda each: str(each.about.get("created", "")), reverse=True)
