"""A report made again from tokens that went through a code: everything else is the same."""

import tempfile
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from concepts.evaluation.compression.change import ReportChange, change_of
from concepts.storage.array_files import write_values
from concepts.storage.store import new_folder
from concepts.token_search import TokenFile, token_file_of
from concepts.token_search.codes import Coder, round_trip

if TYPE_CHECKING:
    from concepts.activations.collect import Activations
    from concepts.data.dataset import Dataset
    from concepts.models.splitting.base import SplitModel
    from concepts.models.target import TargetSpec
    from concepts.report.class_report import ClassReport
    from concepts.report.settings import ReportSettings

ITEMS = 64  # coded at a time
TOKENS = "activations.bin"


class RebuiltReports:
    """The reports of one request: on the tokens as they are, under a code, and with the next seed.

    store: where the tokens are kept, or will be.
    """

    def __init__(
        self, split: "SplitModel", items: "Dataset[Any]", target: "TargetSpec", settings: "ReportSettings", store: Path
    ) -> None:
        self.split, self.items, self.target, self.settings, self.store = split, items, target, settings, store

    @cached_property
    def reference(self) -> "ClassReport":
        """The report on the tokens as they are stored."""
        return self._report(self.settings, self.store)

    @property
    def activations(self) -> "Activations":
        """The stored tokens."""
        from concepts.activations.collect import Activations

        return Activations(self.store / self.reference.data.dataset.tokens)

    @property
    def tokens(self) -> TokenFile:
        """The stored tokens, to be searched."""
        return token_file_of(self.activations)

    def control(self) -> ReportChange:
        """What the next seed changes."""
        return change_of(self.reference, self._report(replace(self.settings, seed=self.settings.seed + 1), self.store))

    def change(self, name: str, coder: Coder) -> ReportChange:
        """What a code changes: the report is built from tokens that went through it, in a store of its own."""
        with tempfile.TemporaryDirectory() as folder:
            write_coded(self.activations, coder, Path(folder))
            return change_of(self.reference, self._report(self.settings, Path(folder)))

    def _report(self, settings: "ReportSettings", store: Path) -> "ClassReport":
        from concepts.report import build_report

        return build_report(self.split, self.items, self.target, settings, store=store)


def write_coded(activations: "Activations", coder: Coder, store: Path) -> None:
    """Writes stored activations into another store, under their name, after encoding and decoding.

    Values stay ≥ 0 where all are. The rest, such as the model's answers, is the same; there is no seal, since it would
    be of the other values.
    """
    import torch

    info, source = activations.info, activations.folder
    bound = 0.0 if all(activations.rows(i, i + ITEMS).min() >= 0 for i in range(0, len(activations), ITEMS)) else None
    with new_folder(store / source.name) as part, (part / TOKENS).open("wb") as file:
        for start in range(0, len(activations), ITEMS):
            A = torch.from_numpy(activations.rows(start, start + ITEMS)).float().reshape(-1, info.shape[-1])
            write_values(file, round_trip(coder, A, at_least=bound).numpy().astype(np.dtype(info.dtype)))
        for each in sorted(source.iterdir()):
            if each.name not in (TOKENS, "seal.json"):
                (part / each.name).symlink_to(each.resolve())
