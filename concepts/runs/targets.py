"""The targets of a run, as a file names them."""

from pathlib import Path

from concepts.data.texts import text_in

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

    The file is in UTF-8 or UTF-16. Raises ValueError where there is no such file, it is no text, or names none.
    """
    try:
        text = text_in(file.read_bytes())
    except OSError as error:
        raise ValueError(f"--targets {file}: give {ALL}, or a text file with a class a line ({error})") from error
    if text is None:
        raise ValueError(f"--targets {file}: it is no text in UTF-8 or UTF-16: save it as UTF-8, a class a line")
    found = [(number, line.strip()) for number, line in enumerate(text.splitlines(), start=1)]
    found = [(number, line) for number, line in found if line and not line.startswith("#")]
    if not found:
        raise ValueError(f"--targets {file}: it names no class; write one a line, or give {ALL}")
    return found
