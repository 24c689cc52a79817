"""Folders that are damaged in every way that a disk or a stranger damages them, made from one that is valid."""

import json
import os
import shutil
from pathlib import Path

NAMES = ("a b", "ü\N{SNOWMAN}", "x" * 200, "a\nb", "<b>bold", "%s%2F..")  # valid, if unusual


def hostile_folders(good: Path, file: str, root: Path) -> set[str]:
    """Fills `root` with copies of `good` whose JSON file is damaged; returns their names."""
    root.mkdir(parents=True)
    value = json.loads((good / file).read_text("utf-8"))
    number = next(key for key, inner in value.items() if isinstance(inner, int | float | dict))
    text = json.dumps(value)
    contents = {
        "empty": b"",
        "half": text[: len(text) // 2].encode(),
        "deep": b"[" * 100_000,
        "deeper": b'{"a":' * 100_000,
        "other": b"[1]",
        "null": b"null",
        "huge": json.dumps(value | {number: 0}).replace(f'"{number}": 0', f'"{number}": 1{"0" * 400}').encode(),
        "infinite": json.dumps(value | {number: 0}).replace(f'"{number}": 0', f'"{number}": 1e999').encode(),
        "bytes": bytes(range(256)),
        "surrogate": b'{"title": "\\ud800"}',
    }
    for name, content in contents.items():
        (_copied(good, root / name) / file).write_bytes(content)
    (_copied(good, root / "missing") / file).unlink()
    _replaced(good, root / "folder", file).mkdir()
    _replaced(good, root / "dangling", file).symlink_to("nowhere")
    _replaced(good, root / "circle", file).symlink_to(file)
    _replaced(good, root / "pipe", file)
    os.mkfifo(root / "pipe" / file)
    with _replaced(good, root / "sparse", file).open("wb") as sparse:
        sparse.truncate(2**40)  # takes no room
    (root / "link-to-nowhere").symlink_to("nowhere")
    (root / "link-to-itself").symlink_to("link-to-itself")
    shutil.copytree(good, root / os.fsdecode(b"no-text-\xff"))
    return {entry.name for entry in root.iterdir()}


def _copied(good: Path, place: Path) -> Path:
    return Path(shutil.copytree(good, place))


def _replaced(good: Path, place: Path, file: str) -> Path:
    (_copied(good, place) / file).unlink()
    return place / file
