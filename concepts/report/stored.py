"""A stored report: tables, arrays and pictures, in memory or in a folder that is read when needed.

Nothing heavy is imported here: a page that shows a stored report needs neither torch nor scikit-learn.
"""

from collections.abc import Iterator
from copy import copy
from pathlib import Path
from stat import S_ISREG
from typing import Self

import numpy as np

from concepts.rendering.pictures import check_picture
from concepts.report.array_file import ArrayFile, DamagedReportError
from concepts.report.names import NUMBERS, Names
from concepts.report.schema import REPORTS, ReportData, check_numbers
from concepts.storage.listing import reason_of
from concepts.storage.reading import file_inside, read_file
from concepts.storage.typed_json import read_typed

FILE = "report.json"
ATTEMPTS = 20  # to read a report that is replaced meanwhile
MOST_PICTURE_BYTES = 2**25
Version = tuple[int, int, int, int]  # device, inode, time of the last change, bytes


class ReplacedReportError(ValueError):
    """The report on disk is another one than when it was opened."""


class StoredReport:
    """The report of a class for reading: `data` (all tables), arrays, pictures.

    Arrays: `phi` (n, k), `maps` (n, h, w, k) concept maps or, of a layer without places,
    `codes` (n, k); `components` (k, p), `embedding` (n, 2), `labels` (n,),
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
        self._file: ArrayFile | DamagedReportError | None = None
        self._version: Version | None = None
        self._is_as_read = False

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """The report in this folder; only its tables are read now. Raises ValueError if there is no valid report.

        It stays the report that it was when another replaces it on disk: its arrays are those of its tables, and its
        pictures are too, or missing.
        """
        folder = Path(folder)
        file = file_inside(folder, FILE)
        for _ in range(ATTEMPTS):
            if (version := _version(file)) is None:
                raise ValueError(f"{folder} holds no {FILE}: name the folder that a report was written to")
            data = read_typed(ReportData, file, REPORTS)
            check_numbers(data, str(file))
            report = cls(data, folder=folder)
            report._file, report._version, report._is_as_read = _arrays_in(folder), version, True
            if _version(file) == version:
                return report
        raise ValueError(f"{folder} is being replaced again and again: open it when that is over")

    def called(self, names: Names) -> Self:
        """The same report with these names; both share the arrays that either has read."""
        twin = copy(self)
        twin.names = names
        return twin

    def with_data(self, data: ReportData) -> Self:
        """A report with these tables and the same arrays and pictures."""
        twin = copy(self)
        twin.data, twin._is_as_read = data, False
        return twin

    @property
    def origin(self) -> tuple[str, Version] | None:
        """The folder that it was read from, and what changes when the report there is replaced.

        Reports of one origin hold the same tables, arrays and pictures. None for one in memory or with other tables.
        """
        return (str(self.folder), self._version) if self._is_as_read and self._version is not None else None

    def array(self, name: str) -> np.ndarray:
        """One of the arrays listed above. Raises ValueError if the report has no array of this name."""
        if name not in self._arrays:
            self._arrays[name] = self._read(name)
        return self._arrays[name]

    def holds(self, name: str) -> bool:
        """True where the report has an array of this name: one that was cut down may have a grid without maps."""
        return name in self._arrays or (isinstance(self._file, ArrayFile) and self._file.holds(name))

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
        """(n, k) float32: the largest magnitude of each code in each item. Raises ValueError without codes and maps."""
        if self.holds("codes"):
            return np.abs(self.array("codes")).astype(np.float32)
        return np.stack([np.abs(image).max(axis=(0, 1)) for image in self.each_map()]).astype(np.float32)

    def mean_codes(self) -> np.ndarray:
        """(n, k) float32: the mean of each code over each item's places. Raises ValueError without codes and maps."""
        if self.holds("codes"):
            return self.array("codes").astype(np.float32)
        return np.stack([image.mean(axis=(0, 1), dtype=np.float64) for image in self.each_map()]).astype(np.float32)

    def each_map(self) -> Iterator[np.ndarray]:
        """The maps (h, w, k), image by image, so that maps of many photos need not fit into memory."""
        if not self.has_maps:
            raise ValueError("the report keeps no concept maps: its layer has no places")
        maps = self._arrays.get("maps")
        return (self._read("maps", i) if maps is None else maps[i] for i in range(len(self.data.items)))

    @property
    def has_maps(self) -> bool:
        """False if the layer's output is a pooled vector: there is nothing to show over a photo."""
        return self.data.layer.grid is not None

    def picture(self, file: str) -> bytes:
        """The bytes of a thumbnail or crop, by its file name in the tables.

        Raises ValueError if it is missing, a link, no picture or an enormous one, and where the report on disk is
        another one by now.
        """
        if file in self._pictures:
            return self._pictures[file]
        if self.folder is None:
            raise ValueError(f"the report has no picture {file!r}")
        try:
            content = read_file(file_inside(self.folder, file), MOST_PICTURE_BYTES)
        except (ValueError, OSError) as error:
            raise ValueError(f"the report has no picture {file!r} ({reason_of(error, self.folder)})") from error
        if _version(self.folder / FILE) != self._version:
            raise ReplacedReportError(f"the report in {self.folder} was replaced after it was opened: open it again")
        check_picture(content, file)
        return content

    def thumbnail(self, image: int) -> bytes:
        """A photo as the model saw it, JPEG."""
        return self.picture(thumbnail_name(image))

    def _read(self, name: str, image: int | None = None) -> np.ndarray:
        if self._file is None:
            raise ValueError(f"the report has no array {name!r}")
        if isinstance(self._file, DamagedReportError):
            raise DamagedReportError(str(self._file))
        return self._file.read(name, self.data, image)


def _arrays_in(folder: Path) -> ArrayFile | DamagedReportError:
    """The arrays of a report, or why there are none: the tables can be read without."""
    try:
        return ArrayFile(folder)
    except ValueError as error:
        return DamagedReportError(str(error))


def _version(file: Path) -> Version | None:
    """What changes when the report is written anew; None where there is no report."""
    try:
        status = file.stat()
    except OSError:
        return None
    return (status.st_dev, status.st_ino, status.st_mtime_ns, status.st_size) if S_ISREG(status.st_mode) else None


def thumbnail_name(image: int) -> str:
    """The file name of an image's thumbnail in a report."""
    return f"thumbnails/{image:06d}.jpg"
