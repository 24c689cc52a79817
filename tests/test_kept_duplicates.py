"""Near-duplicates among all items on disk: as found at once, read again, restricted, refused where they are damaged."""

import shutil
from collections import namedtuple
from dataclasses import replace

import numpy as np
import pytest

from concepts.storage.store import NoRoomError
from concepts.storage.typed_json import write_typed
from concepts.token_search import alike_join, building_duplicates, tight_blocks, token_file, write_token_file
from concepts.token_search import near_duplicates as near_module
from concepts.token_search.building_duplicates import build_duplicates
from concepts.token_search.kept_duplicates import KeptDuplicates
from concepts.token_search.near_duplicates import near_duplicates, without_repeats
from tests.support.connected import connected

CREATED = "2026-11-30 12:00:00"


@pytest.fixture(params=[0, 1, 2])
def tokens(request, tmp_path):
    """200 items of 4 places around 30 directions, some of them copies, and some of them the mean of all, in two rows:
    one item and its opposite beside each, so that the mean stays 0."""
    rng = np.random.default_rng(request.param)
    A = rng.integers(-8, 9, size=(30, 4, 12))[rng.integers(30, size=99)] + 0.5 * rng.integers(-1, 2, size=(99, 4, 12))
    A = np.concatenate([A, -A, np.zeros((2, 4, 12))])  # exact in float32, as their mean 0 is
    return write_token_file(tmp_path / "a.bin", [A.reshape(-1, 12)], places=4)


def literal(tokens, threshold, items=None):
    """The groups by the definition, in float64."""
    a = np.array(tokens.mapped).astype(float).mean(axis=1)
    a -= a.mean(axis=0)
    length = np.linalg.norm(a, axis=1, keepdims=True)
    x = np.where(length > 1e-9, a / np.maximum(length, 1e-9), 0)
    zero = (length <= 1e-9)[:, 0]
    alike = (x @ x.T >= threshold) | (zero[:, None] & zero)
    chosen = np.arange(len(a)) if items is None else np.flatnonzero(items)
    return tuple(tuple(chosen[list(group)].tolist()) for group in connected(alike[np.ix_(chosen, chosen)]))


@pytest.mark.parametrize("chunk", [100, 2**21])
@pytest.mark.parametrize("threshold", [0.98, 0.9])
def test_all_ways_give_the_groups_of_the_definition(tokens, tmp_path, monkeypatch, threshold, chunk):
    monkeypatch.setattr(token_file, "CHUNK", chunk)
    monkeypatch.setattr(tight_blocks, "MOST", 16)
    expected = literal(tokens, threshold)
    assert (198, 199) in expected  # the mean itself
    found = build_duplicates(tokens, tmp_path / "duplicates", created=CREATED, threshold=threshold)
    assert found.among() == near_duplicates(tokens, threshold=threshold) == expected
    assert (found.groups, found.members) == (len(expected), sum(map(len, expected)))
    items = np.random.default_rng(7).random(200) < 0.5
    assert near_duplicates(tokens, threshold=threshold, items=items) == literal(tokens, threshold, items)


def test_of_some_items_the_groups_of_all_are_kept_as_far_as_they_go(tokens, tmp_path):
    found = build_duplicates(tokens, tmp_path / "duplicates", created=CREATED, threshold=0.9)
    for share in (0.0, 0.1, 0.5, 1.0):
        items = np.random.default_rng(3).random(200) < share
        asked = set(np.flatnonzero(items).tolist())
        left = [tuple(i for i in group if i in asked) for group in found.among()]
        assert found.among(items) == tuple(sorted(group for group in left if len(group) > 1))


def test_a_chain_stays_connected_where_its_middle_is_not_asked(tmp_path):
    """Four directions around a mean of 0, and a fifth between two of them, like both."""
    angle = np.radians([0, 20, 10, 180, 200, 190])
    tokens = write_token_file(tmp_path / "a.bin", [100 * np.stack([np.cos(angle), np.sin(angle)], axis=1)], places=1)
    ends = np.array([True, True, False, True, True, True])
    found = build_duplicates(tokens, tmp_path / "duplicates", created=CREATED)
    assert found.among() == ((0, 1, 2), (3, 4, 5))
    assert found.among(ends) == ((0, 1), (3, 4, 5))
    assert near_duplicates(tokens, items=ends) == ((3, 4, 5),)
    assert np.flatnonzero(without_repeats(6, found.among(ends))).tolist() == [0, 2, 3]


def test_what_is_kept_is_read_again_and_nothing_else_is_left(tokens, tmp_path):
    folder = tmp_path / "duplicates"
    told = []
    found = build_duplicates(tokens, folder, created=CREATED, progress=told.append)
    assert sorted(file.name for file in folder.iterdir()) == ["duplicates.json", "firsts.bin"]
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
    assert KeptDuplicates.load(folder, tokens) == found
    assert (found.items, found.threshold, found.created) == (200, 0.98, CREATED)
    assert 0 < found.full <= found.short
    assert told == sorted(told)
    assert told[-1] == 1
    assert told[0] < 0.5


def test_more_than_are_compared_while_somebody_waits(tokens, tmp_path, monkeypatch):
    expected = near_duplicates(tokens)
    monkeypatch.setattr(near_module, "MOST", 10)
    assert build_duplicates(tokens, tmp_path / "duplicates", created=CREATED).among() == expected


def test_damaged_ones_and_those_of_other_tokens_are_told(tokens, tmp_path):
    folder = tmp_path / "duplicates"
    with pytest.raises(ValueError, match="holds no groups of near-duplicates"):
        KeptDuplicates.load(folder, tokens)
    found = build_duplicates(tokens, folder, created=CREATED)
    firsts = np.array(found.firsts)
    other = write_token_file(tmp_path / "b.bin", [np.eye(12)[np.arange(800) % 12]], places=4)
    with pytest.raises(ValueError, match=r"of other items than b\.bin: look anew"):
        KeptDuplicates.load(folder, other)
    alone = int(np.flatnonzero(np.bincount(firsts, minlength=200) == 1)[-1])
    grouped = int(np.flatnonzero(firsts != np.arange(200))[0])
    turned = np.where(firsts == firsts[grouped], grouped, firsts)  # a group that is called by its second item
    places = [(alone, value) for value in (-1, 200, alone + 1, grouped, 0, firsts[grouped])]
    for wrong in (turned, *(np.where(np.arange(200) == item, value, firsts) for item, value in places)):
        (folder / "firsts.bin").write_bytes(wrong.astype(np.int32).tobytes())
        with pytest.raises(ValueError, match=r"firsts\.bin in .* holds other groups than duplicates\.json says"):
            KeptDuplicates.load(folder, tokens)
    for content in (b"", firsts.tobytes()[:-1], firsts.tobytes() + b"\0"):
        (folder / "firsts.bin").write_bytes(content)
        with pytest.raises(ValueError, match="bytes, expected 800: look for them anew"):
            KeptDuplicates.load(folder, tokens)
    (folder / "firsts.bin").write_bytes(firsts.tobytes())
    for wrong in (replace(found, groups=found.groups + 1), replace(found, members=found.members - 1)):
        write_typed(folder / "duplicates.json", wrong)
        with pytest.raises(ValueError, match="look for them anew"):
            KeptDuplicates.load(folder, tokens)
    write_typed(folder / "duplicates.json", found)
    assert KeptDuplicates.load(folder, tokens).among() == found.among()
    (folder / "firsts.bin").unlink()
    (folder / "firsts.bin").symlink_to(tmp_path / "a.bin")
    with pytest.raises(ValueError, match="symbolic link"):
        KeptDuplicates.load(folder, tokens)


def test_a_disk_without_room_is_told_before_anything_is_read(tokens, tmp_path, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(0, 0, 4 * 200 * 13 - 1))
    monkeypatch.setattr(building_duplicates, "compared_rows", None)
    with pytest.raises(NoRoomError, match=r"comparing 200 items takes .* GB in .* are free: make room") as told:
        build_duplicates(tokens, tmp_path / "duplicates", created=CREATED)
    assert len(str(told.value).splitlines()) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["a.bin"]


def test_what_is_there_stays_where_a_second_look_fails(tokens, tmp_path, monkeypatch):
    found = build_duplicates(tokens, tmp_path / "duplicates", created=CREATED)

    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(alike_join, "near_blocks", stop)
    with pytest.raises(KeyboardInterrupt):
        build_duplicates(tokens, tmp_path / "duplicates", created="later")
    assert KeptDuplicates.load(tmp_path / "duplicates", tokens) == found
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.bin", "duplicates"]


@pytest.mark.parametrize("threshold", [0.0, -1.0, 1.01, float("nan")])
def test_a_threshold_that_is_no_cosine_is_refused(tokens, tmp_path, threshold):
    with pytest.raises(ValueError, match=r"from one in \(0, 1\]"):
        build_duplicates(tokens, tmp_path / "duplicates", created=CREATED, threshold=threshold)
    assert not (tmp_path / "duplicates").exists()
