"""Kills in small, as benchmarks/kills.py has them: nothing is lost or half-written; it would notice."""

import random
import time
from pathlib import Path

import pytest

from concepts.storage.store import new_folder
from tests.support.kills import Topic, contents_of, kill_at_random

NAMES = "abcdefghij"


def visible(root):
    return {folder.name: contents_of(folder, root) for folder in (root / "made").glob("[!.]*")}


def prepare(root: Path) -> None:
    (root / "made" / "thing").mkdir(parents=True)
    for name in NAMES:
        (root / "made" / "thing" / name).write_text("old")


def careful(root: Path) -> None:
    with new_folder(root / "made" / "thing") as part:
        for name in NAMES:
            (part / name).write_text("new")
            time.sleep(0.01)


def careless(root: Path) -> None:
    for name in NAMES:
        (root / "made" / "thing" / name).write_text("new")
        time.sleep(0.01)


@pytest.mark.parametrize("work", [careful, careless])
def test_kills_show_what_is_half_written(work):
    counts = kill_at_random(Topic("", prepare, work, visible), 6, random.Random(1))
    assert counts["kills"] == 6
    assert counts["lost"] == 0
    assert (counts["half-written"] > 0) == (work is careless)
