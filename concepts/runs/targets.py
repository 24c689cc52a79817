"""The targets of a run, as a file names them."""

from pathlib import Path

ALL = "all"  # in place of a file: all classes that have photos


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
