"""What a report was made with."""

import platform
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version

PACKAGES = ("torch", "torchvision", "scikit-learn", "captum", "umap-learn", "numpy")


def versions() -> dict[str, str]:
    """The version of Python and of every library that takes part in a figure."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found


def now() -> str:
    """The time, UTC, to the second, as it stands in a report."""
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")
