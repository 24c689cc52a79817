"""The registry of sources of photos and texts beside folders, lists and zips: each source registers its names.

Nothing heavy is imported here, so that a source can register itself wherever the program starts.
"""

from collections.abc import Callable, Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from concepts.registry import Registry

if TYPE_CHECKING:
    from concepts.data.dataset import Dataset

# (name, a folder for photos that are generated first, the required classes: None for all) -> photos or texts
DataOpener = Callable[[str, Path, Collection[str] | None], "Dataset[Any]"]
DATA_SOURCES: Registry[DataOpener] = Registry()
