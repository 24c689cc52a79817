"""Where the names of a model's classes come from, as a report states it, and the check of their order."""

from typing import Literal

ORDER = "order of class names"  # name of the check
NamesFrom = Literal["model", "given", "dataset", "wnids", "folder names", "folder numbers", "none"]
FROM_FOLDERS: tuple[NamesFrom, ...] = ("folder names", "folder numbers")  # guessed: no one stated their order
PHRASES: dict[NamesFrom, str] = {
    "model": "the model's own",
    "given": "given with the model (--classes)",
    "dataset": "the photos' dataset, in the order of its indices",
    "wnids": "ImageNet's, since its wnids label the photos of a model of 1,000 classes",
    "folder names": "the photos' folders or labels, in alphabetical order",
    "folder numbers": "the photos' folders or labels, in the order of their numbers",
    "none": "none: classes are called by their numbers",
}
