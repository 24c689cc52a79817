"""The targets of a run, as a file names them."""

from pathlib import Path

ALL = "all"  # in place of a file: all classes that have photos
Targets = str | tuple[str, ...]  # ALL, the path of a file with a target a line, or the targets


def lines_of(targets: Targets) -> list[tuple[int, str]] | None:
    """The targets with their numbers from 1, of a file those of their lines; None for all classes.

    Raises ValueError as `target_lines` does, and where there is no target.
    """
    if isinstance(targets, str):
        return None if targets == ALL else target_lines(Path(targets))
    if not targets:
        raise ValueError("no class was chosen: choose one, or all")
    return list(enumerate(targets, start=1))


def target_lines(file: Path) -> list[tuple[int, str]]:
    """The targets in a file with the numbers of their lines; empty lines and those that begin with # are none.

    Raises ValueError where there is no such file, or none in it.
    """
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"--targets {file}: give {ALL}, or a text file with a class a line ({error})") from error
    found = [(number, line.strip()) for number, line in enumerate(lines, start=1)]
    found = [(number, line) for number, line in found if line and not line.startswith("#")]
    if not found:
        raise ValueError(f"--targets {file}: it names no class; write one a line, or give {ALL}")
    return found
