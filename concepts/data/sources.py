"""The registry of photo sources beside folders, lists and zips: each source registers its names.

Nothing heavy is imported here, so that a source can register itself wherever the program starts.
"""

from collections.abc import Callable, Collection
from pathlib import Path
from typing import TYPE_CHECKING

from concepts.registry import Registry

if TYPE_CHECKING:
    from PIL import Image

    from concepts.data.dataset import Dataset

# (name, a folder for photos that are generated first, the required classes: None for all)
DataOpener = Callable[[str, Path, Collection[str] | None], "Dataset[Image.Image]"]
DATA_SOURCES: Registry[DataOpener] = Registry()
