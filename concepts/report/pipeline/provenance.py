"""The versions and the time that a report records."""

import platform
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version

PACKAGES = ("torch", "torchvision", "scikit-learn", "captum", "umap-learn", "numpy")


def versions() -> dict[str, str]:
    """The version of Python and of every library that is used to compute a figure."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found


def now() -> str:
    """The current time, UTC, to the second, as a report stores it."""
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")
