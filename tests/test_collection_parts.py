"""Index, map and near-duplicates: kept when a collection is recorded again, added later, told where not to be had."""

import os
import resource
import shutil
from contextlib import contextmanager
from dataclasses import replace

import pytest
import torch

from concepts.cli.main import main
from concepts.data.images import open_photos
from concepts.lexicon import Lexicon
from concepts.lexicon.collections import (
    build_duplicates_of,
    build_index_of,
    build_map_of,
    duplicates_of,
    index_of,
    map_of,
    record_collection,
    recording,
    tokens_of,
)
from concepts.models import load_model, split_model
from concepts.storage.store import NoRoomError
from concepts.strategies import layout
from concepts.token_search import building
from concepts.token_search import index as token_index
from concepts.token_search.near_duplicates import near_duplicates
from tests.support.tiny import CLASSES, FACTORY, write_photos

pytest.importorskip("faiss")
COLOURS = Lexicon(("red", "green"), torch.eye(4)[:2], name="colours")


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    return write_photos(tmp_path_factory.mktemp("photos"), n=20)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """An index of few tokens, that is asked; principal components in place of UMAP, which takes seconds."""
    monkeypatch.setattr(building, "FEWEST", 1000)
    monkeypatch.setattr(token_index, "SCANNED", 0)
    monkeypatch.setattr(layout, "lay_out", lambda X, i, d, seed: (layout.principal_plane(X), "principal components"))


@pytest.fixture(scope="module")
def made(photos, tmp_path_factory):
    """A workspace with one collection, without index and map."""
    return record(tmp_path_factory.mktemp("made"), photos).folder.parents[1]


@pytest.fixture
def workspace(made, tmp_path):
    return shutil.copytree(made, tmp_path / "workspace")


def record(workspace, photos, *, lexicons=(COLOURS,)):
    split = split_model(load_model(FACTORY, class_names=CLASSES), layer="features")
    folder = workspace / "collections" / "tiny"
    return record_collection(split, open_photos(str(photos)), folder, store=workspace / "store", lexicons=lexicons)


@pytest.fixture
def collection(workspace, photos):
    """The collection with index, map and near-duplicates."""
    found = record(workspace, photos)
    build_index_of(found)
    build_map_of(found)
    build_duplicates_of(found)
    return found


def files(collection):
    """Name → inode of the files of index, map and near-duplicates."""
    parts = ("index", "map", "duplicates")
    return {file.name: file.stat().st_ino for part in parts for file in (collection.folder / part).glob("*")}


def test_what_took_long_is_kept_when_the_same_is_recorded_again(collection, workspace, photos):
    index, before = index_of(collection), files(collection)
    assert set(before) == {
        "index.faiss", "index.json", "photos.json", "map.json", "places.bin", "duplicates.json", "firsts.bin",
    }  # fmt: skip
    kept = duplicates_of(collection)
    again = record(workspace, photos)
    assert again.created >= collection.created
    assert files(again) == before  # the same files, not copies
    assert index_of(again) == index
    assert map_of(again).items == 40
    assert duplicates_of(again).among() == kept.among()


def test_where_the_disk_has_no_links_they_are_copied(collection, workspace, photos, monkeypatch):
    before = files(collection)

    def fail(*_, **__):
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", fail)
    again = record(workspace, photos)
    assert files(again).keys() == before.keys()
    assert not set(files(again).values()) & set(before.values())
    assert index_of(again).photos is not None


def test_what_was_measured_for_other_words_is_forgotten_alone(collection, workspace, photos):
    index = index_of(collection)
    assert index.photos.words.queries == 2
    other = Lexicon(("red", "green"), torch.eye(4)[1:3], name="colours")
    again = index_of(record(workspace, photos, lexicons=[other]))
    assert again.photos == replace(index.photos, words=None)
    assert again.tokens == index.tokens


def test_of_other_photos_nothing_is_kept(collection, workspace, tmp_path):
    other = record(workspace, write_photos(tmp_path / "others", n=20, seed=5))
    assert other.tokens != collection.tokens
    assert (index_of(other), map_of(other), duplicates_of(other)) == (None, None, None)


def test_an_interrupted_record_loses_nothing(collection, workspace, photos, monkeypatch):
    before = files(collection)

    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(recording, "write_typed", stop)
    with pytest.raises(KeyboardInterrupt):
        record(workspace, photos)
    assert files(collection) == before
    assert index_of(collection) is not None


def asked(workspace, *more):
    return ["tokens", "--collection", "tiny", "--workspace", str(workspace), *more]


def test_index_and_map_are_added_to_a_collection_that_exists(workspace, capsys):
    assert main(asked(workspace, "--index")) == 0
    said = capsys.readouterr().out
    assert "40 photos" in said
    assert "recall at 10 places" in said
    assert " for places and " in said
    assert sorted(each.name for each in (workspace / "collections" / "tiny").iterdir() if each.name != "lexicons") == [
        "collection.json", "index",
    ]  # fmt: skip
    assert main(asked(workspace, "--map")) == 0
    assert "All 40 photos were laid out together" in capsys.readouterr().out
    assert (workspace / "collections" / "tiny" / "map" / "places.bin").is_file()
    assert (workspace / "collections" / "tiny" / "index" / "photos.json").is_file()


def test_a_map_of_places_beside_that_of_photos(workspace, capsys):
    assert main(asked(workspace, "--map", "places")) == 0
    said = capsys.readouterr().out
    assert "map of places: All 2,560 places were laid out together" in said
    assert "Of the 15 places nearest to a place" in said
    folder = workspace / "collections" / "tiny"
    assert {each.name for each in folder.glob("map*")} == {"map_of_places"}
    assert main(asked(workspace, "--map", "photos", "places", "photos")) == 0
    assert capsys.readouterr().out.count("were laid out together") == 2
    assert {each.name for each in folder.glob("map*")} == {"map", "map_of_places"}


def test_near_duplicates_are_added_to_a_collection_that_exists(workspace, capsys, photos):
    assert main(asked(workspace, "--duplicates")) == 0
    found = record(workspace, photos)  # the same tokens: they stay
    kept, expected = duplicates_of(found), near_duplicates(tokens_of(found))
    assert kept.among() == expected
    n, groups = sum(map(len, expected)), len(expected)
    assert n > groups > 1
    said = capsys.readouterr().out
    assert "near-duplicates …" in said  # the stage
    assert f"  near-duplicates: {n} photos in {groups} groups, at a cosine of 0.98 or more" in said


def test_a_new_collection_gets_its_near_duplicates_too(photos, tmp_path, capsys):
    given = ["tokens", "--model", FACTORY, "--classes", ", ".join(CLASSES), "--layer", "features", "--images",
             str(photos), "--workspace", str(tmp_path), "--name", "mine", "--duplicates"]  # fmt: skip
    assert main(given) == 0
    assert "photos in" in capsys.readouterr().out
    assert (tmp_path / "collections" / "mine" / "duplicates" / "firsts.bin").stat().st_size == 4 * 40


def test_near_duplicates_from_another_cosine_are_told(collection):
    about = collection.folder / "duplicates" / "duplicates.json"
    about.write_text(about.read_text().replace('"threshold": 0.98', '"threshold": 0.9'))
    with pytest.raises(ValueError, match=r"from a cosine of 0\.9 on, not 0\.98"):
        duplicates_of(collection)


def test_near_duplicates_of_other_tokens_are_told(collection):
    about = collection.folder / "duplicates" / "duplicates.json"
    about.write_text(about.read_text().replace(duplicates_of(collection).tokens, "0" * 24))
    with pytest.raises(ValueError, match=r"of other items than activations\.bin: look anew"):
        duplicates_of(collection)


def test_of_few_places_the_index_is_said_not_to_be_needed(workspace, capsys, monkeypatch):
    monkeypatch.setattr(token_index, "SCANNED", 200_000)
    assert main(asked(workspace, "--index")) == 0
    said = capsys.readouterr().out
    assert "MB, not needed: of so few places (2,560) pages compare each, and miss none" in said
    assert "recall" not in said


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--collection", "tiny"], "say what it gets: --index, --map, --duplicates"),
        (["--collection", "tiny", "--duplicates", "--images", "x"], "--images with --collection"),
        (["--collection", "tiny", "--map", "--name", "x"], "--name with --collection"),
        (["--collection", "tiny", "--map", "--model", "m", "--tiles", "2"], "--model, --tiles with --collection"),
        (["--collection", "missing", "--map"], "no such collection"),
        (["--collection", "../collections/tiny", "--map"], "no such collection"),
        (["--collection", "", "--map"], "no such collection"),
        (["--collection", "..", "--index"], "there are tiny"),
        (["--collection", "a\nb\0c", "--map"], "no such collection"),
        (["--map", "--name", "x"], "--model, --images missing"),
        ([], "--model, --images, --name missing"),
    ],
)
def test_options_that_do_not_go_together_are_one_line(workspace, capsys, given, said):
    assert main(["tokens", "--workspace", str(workspace), *given]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert said in told.err
    assert len(told.err.splitlines()) == 1
    assert not (workspace / "collections" / "tiny" / "map").exists()


def test_a_part_that_was_asked_for_alone_and_cannot_be_made_fails(workspace, capsys, monkeypatch):
    monkeypatch.setattr(building, "FEWEST", 10_000)
    assert main(asked(workspace, "--index", "--map")) == 1
    said = capsys.readouterr().out
    assert "without an index: 2,560 tokens" in said
    assert "All 40 photos were laid out together" in said


@contextmanager
def files_of_at_most(n_bytes):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize(
    ("n_bytes", "kept"),
    [(100, set()), (159, set()), (319, set()), (3_000, {"map", "duplicates"})],
)
def test_a_disk_that_takes_no_more_is_one_line_for_each_part(workspace, capsys, n_bytes, kept):
    """Few bytes, which wait in memory until a file is closed, and many; what can be made still is.

    Of firsts.bin 160, of places.bin 320, of the directions 800, of index.faiss some thousand.
    """
    with files_of_at_most(n_bytes):
        assert main(asked(workspace, "--index", "--map", "--duplicates")) == 1
    lines = capsys.readouterr().out.splitlines()
    told = [line for line in lines if "nothing can be written in" in line]
    assert [line.split(":")[0].strip() for line in told] == [
        "without an index", *([] if kept else ["without a map of photos", "without near-duplicates"]),
    ]  # fmt: skip
    assert all("file too large" in line for line in told)
    left = {each.name for each in (workspace / "collections" / "tiny").iterdir()}
    assert left == {"collection.json", "lexicons", *kept}


def test_an_index_that_lacks_its_last_bytes_is_not_kept(collection):
    """They wait in memory until the file is closed, where FAISS itself says nothing."""
    size, before = index_of(collection).tokens.nbytes, files(collection)
    with files_of_at_most(size - 1), pytest.raises(NoRoomError, match="file too large"):
        build_index_of(collection)
    assert files(collection) == before
