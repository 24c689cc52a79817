"""The result of a small command as JSON, beside what it prints."""

import argparse
from collections.abc import Mapping
from pathlib import Path

from concepts.storage.store import read_json, write_json

COMMAND = "command"  # the key that tells whose file it is


def add_json(parser: argparse.ArgumentParser) -> None:
    """Adds --out FILE, a JSON file."""
    parser.add_argument("--out", type=Path, metavar="FILE", help="where the figures go, as JSON")


def checked_json(path: Path | None, command: str) -> Path | None:
    """The path, after a check that this command may write there: call it before computing.

    Raises ValueError for a folder, and for a file that is no result of this command, which would be lost.
    """
    if path is None or not path.exists():
        return path
    if path.is_dir():
        raise ValueError(f"--out {path} is a folder, expected a file: add a name, such as {command}.json")
    try:
        data = read_json(path)
    except ValueError:
        data = None
    if not isinstance(data, dict) or data.get(COMMAND) != command:
        raise ValueError(f"--out {path} is no result of {command}, and would be lost: choose another name")
    return path


def write_figures(path: Path | None, command: str, figures: Mapping[str, object]) -> None:
    """Writes the figures and says so; nothing without a path."""
    if path is not None:
        write_json(path, {COMMAND: command, **figures})
        print(f"wrote {path}")
