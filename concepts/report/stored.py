"""A stored report: tables, arrays and pictures, in memory or in a folder that is read when needed.

Nothing heavy is imported here: a page that shows a stored report needs neither torch nor scikit-learn.
"""

import os
from collections.abc import Iterator
from copy import copy
from pathlib import Path
from typing import Self

import numpy as np

from concepts.report.names import NUMBERS, Names
from concepts.report.schema import REPORTS, ReportData, check_numbers
from concepts.storage.typed_json import read_typed

FILE = "report.json"


class StoredReport:
    """The report of a class for reading: `data` (all tables), arrays, pictures.

    Arrays: `phi` (n, k), `maps` (n, h, w, k) concept maps, `components` (k, p), `embedding` (n, 2), `labels` (n,),
    `evidence` (n, k); `behaviour_…` of its model (`Behaviour`; absent before December 2026). A built
    report holds everything in memory; a loaded one reads arrays and pictures on first use.
    names: what people call its concepts and strategies; not part of the report on disk.
    """

    def __init__(
        self,
        data: ReportData,
        *,
        arrays: dict[str, np.ndarray] | None = None,
        pictures: dict[str, bytes] | None = None,
        folder: Path | None = None,
    ) -> None:
        self.data = data
        self.folder = folder
        self.names = NUMBERS
        self._arrays = arrays or {}
        self._pictures = pictures or {}

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """The report in this folder; only its tables are read now. Raises ValueError if there is no valid report."""
        folder = Path(folder)
        if not (folder / FILE).is_file():
            raise ValueError(f"{folder} holds no {FILE}: name the folder that a report was written to")
        data = read_typed(ReportData, folder / FILE, REPORTS)
        check_numbers(data, str(folder / FILE))
        return cls(data, folder=folder)

    def called(self, names: Names) -> Self:
        """The same report with these names; both share the arrays that either has read."""
        twin = copy(self)
        twin.names = names
        return twin

    def with_data(self, data: ReportData) -> Self:
        """A report with these tables and the same arrays and pictures."""
        twin = copy(self)
        twin.data = data
        return twin

    def array(self, name: str) -> np.ndarray:
        """One of the arrays listed above. Raises ValueError if the report has no array of this name."""
        if name not in self._arrays:
            self._arrays[name] = self._read(name)
        return self._arrays[name]

    def concept_map(self, concept: int, image: int) -> np.ndarray:
        """Concept map U_i·j on its grid, (h, w) float32, ≥ 0 for nmf, semi_nmf and k-means. Reads this image only."""
        if "maps" in self._arrays:
            return self._arrays["maps"][image, ..., concept].astype(np.float32)
        return self._read("maps", image)[..., concept].astype(np.float32)

    def largest_code(self, concept: int) -> float:
        """The largest code of a concept over the report's photos, that of its first crop: the end of its colour scale.

        Raises ValueError if there are neither crops nor maps.
        """
        crops = self.data.concepts[concept].crops
        return crops[0].value if crops else float(self.array("maps")[..., concept].max())

    def activity(self) -> np.ndarray:
        """(n, k) float32: the largest magnitude of each code in each image. Raises ValueError without maps."""
        return np.stack([np.abs(image).max(axis=(0, 1)) for image in self._each_map()]).astype(np.float32)

    def mean_codes(self) -> np.ndarray:
        """(n, k) float32: the mean of each code over each image's grid. Raises ValueError without maps."""
        return np.stack([image.mean(axis=(0, 1), dtype=np.float64) for image in self._each_map()]).astype(np.float32)

    def _each_map(self) -> Iterator[np.ndarray]:
        """The maps (h, w, k), image by image, so that maps of many photos need not fit into memory."""
        if not self.has_maps:
            raise ValueError("the report keeps no concept maps: its layer has no places")
        maps = self._arrays.get("maps")
        return (self._read("maps", i) if maps is None else maps[i] for i in range(len(self.data.images)))

    @property
    def has_maps(self) -> bool:
        """False if the layer's output is a pooled vector: there is nothing to show over a photo."""
        return self.data.layer.grid is not None

    def picture(self, file: str) -> bytes:
        """The bytes of a thumbnail or crop, by its file name in the tables. Raises ValueError if it is missing."""
        if file in self._pictures:
            return self._pictures[file]
        if self.folder is None:
            raise ValueError(f"the report has no picture {file!r}")
        path = Path(os.path.normpath(self.folder / file))
        if self.folder not in path.parents or not path.is_file():
            raise ValueError(f"the report has no picture {file!r}")
        return path.read_bytes()

    def thumbnail(self, image: int) -> bytes:
        """A photo as the model saw it, JPEG."""
        return self.picture(thumbnail_name(image))

    def _read(self, name: str, image: int | None = None) -> np.ndarray:
        from safetensors import safe_open

        if self.folder is None:
            raise ValueError(f"the report has no array {name!r}")
        with safe_open(self.folder / "arrays.safetensors", framework="np") as file:
            if name not in file.keys():  # noqa: SIM118 - not a dict
                raise ValueError(f"the report has no array {name!r}")
            return file.get_tensor(name) if image is None else file.get_slice(name)[image]


def thumbnail_name(image: int) -> str:
    """The file name of an image's thumbnail in a report."""
    return f"thumbnails/{image:06d}.jpg"
