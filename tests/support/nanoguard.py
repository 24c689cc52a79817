"""A factory file of one's own for ../shared's nanoguard, which pads to 512 tokens and attends to the padding."""

from pathlib import Path

from tests.support.places import SHARED

GUARD = """
import sys
from pathlib import Path

import torch
from torch import nn

sys.path.insert(0, {folder!r})
from nanoguard import load, NAMES

class Guard(nn.Module):
    class_names, longest = NAMES, 512

    def __init__(self):
        super().__init__()
        self.inner, self.tokenizer = load(Path({folder!r}))

    def forward(self, ids, mask):
        missing = (0, 512 - ids.shape[1])
        return self.inner(nn.functional.pad(ids, missing, value=8189), nn.functional.pad(mask, missing))

build = Guard
"""


def nanoguard_factory(folder: Path) -> str:
    """The name under which `--model` opens nanoguard: FILE:build, the file in this folder."""
    file = folder / "guard.py"
    file.write_text(GUARD.format(folder=str(SHARED / "models" / "nanoguard")), encoding="utf-8")
    return f"{file}:build"
