"""The benchmark of kills in small: nothing lost, nothing half-written; and it would notice if there were."""

import random
import time
from pathlib import Path

import pytest

from benchmarks.kills import TOPICS, Topic, contents_of, kill_at_random
from concepts.storage.store import new_folder


def visible(root):
    return {folder.name: contents_of(folder, root) for folder in (root / "made").glob("[!.]*")}


def prepare(root: Path) -> None:
    (root / "made" / "thing").mkdir(parents=True)
    for name in "abc":
        (root / "made" / "thing" / name).write_text("old")


def careful(root: Path) -> None:
    with new_folder(root / "made" / "thing") as part:
        for name in "abc":
            (part / name).write_text("new")
            time.sleep(0.01)


def careless(root: Path) -> None:
    for name in "abc":
        (root / "made" / "thing" / name).write_text("new")
        time.sleep(0.01)


@pytest.mark.parametrize("work", [careful, careless])
def test_kills_show_what_is_half_written(work):
    counts = kill_at_random(Topic("", prepare, work, visible), 6, random.Random(1))
    assert counts["kills"] == 6
    assert counts["lost"] == 0
    assert (counts["half-written"] > 0) == (work is careless)


@pytest.mark.slow
def test_a_report_that_is_saved_over_another_survives_kills():
    counts = kill_at_random(TOPICS["save"], 4, random.Random(0))
    assert counts["kills"] == 4
    assert counts["lost"] == counts["half-written"] == 0
