"""A class report: a stored report that can be written as a folder and as one HTML file.

Nothing heavy is imported here: a page that shows a stored report needs neither torch nor scikit-learn.
"""

from pathlib import Path

import numpy as np

from concepts.report.card import CARD, ReportCard
from concepts.report.folder import REPORT
from concepts.report.stored import FILE, StoredReport, thumbnail_name
from concepts.storage.output_folder import check_output_folder
from concepts.storage.store import new_folder
from concepts.storage.typed_json import write_typed

__all__ = ["ClassReport", "thumbnail_name"]  # the second for exported notebooks, which import it from here


class ClassReport(StoredReport):
    """The report of a class: a `StoredReport` that can also be written, and shows itself in a notebook."""

    def save(self, folder: str | Path) -> Path:
        """Writes report.json, arrays.safetensors, thumbnails, crops and report.html; complete or not at all.

        An earlier report is replaced. Raises ValueError if the folder holds anything else (`check_output_folder`).
        """
        from safetensors.numpy import save_file

        with new_folder(check_output_folder(folder, REPORT)) as part:
            for name, content in self._pictures.items():
                (part / name).parent.mkdir(exist_ok=True)
                (part / name).write_bytes(content)
            arrays = {name: np.ascontiguousarray(value) for name, value in self._arrays.items()}
            save_file(arrays, part / "arrays.safetensors")
            self.to_html(part / "report.html")
            write_typed(part / FILE, self.data)
            write_typed(part / CARD, ReportCard.of(self.data))
        return Path(folder)

    def to_html(self, path: str | Path) -> Path:
        """Writes one file that opens from disk without a network: graph, strategies, concepts, crops, provenance."""
        from concepts.report.rendering.html import write_report_html

        return write_report_html(self, Path(path))

    def _repr_html_(self) -> str:
        """The report in a cell of a notebook."""
        from concepts.report.rendering.notebook import render_cell

        return render_cell(self)
