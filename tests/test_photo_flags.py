"""Flags of photos: kept as notes, the last one counts; a flag is of the photo, not of the list or folder it is in."""

import shutil
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from concepts.annotations import PHOTO, Note, NoteStore, export_notes, import_notes, note_store
from concepts.data.images import open_photos
from concepts.lexicon.collections import Collection, FlaggedPhotos, record_collection
from concepts.lexicon.collections import flags as module
from concepts.lexicon.collections.flags import photo_number, photo_subject, photos_subject
from concepts.models import load_model, split_model
from tests.support.tiny import CLASSES, FACTORY, write_photos


@pytest.fixture(scope="module")
def split():
    return split_model(load_model(FACTORY, class_names=CLASSES), layer="features")


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    return write_photos(tmp_path_factory.mktemp("mine") / "photos", n=5)


@pytest.fixture
def recorded(split, tmp_path):
    """Records a folder of photos, each time as another collection."""

    def record(folder) -> Collection:
        n = len(list(tmp_path.glob("collections/*")))
        found = open_photos(str(folder))
        return record_collection(split, found, tmp_path / "collections" / f"c{n}", store=tmp_path / "store")

    return record


@pytest.fixture
def notes(tmp_path):
    return NoteStore(f"sqlite:///{tmp_path / 'notes.sqlite'}")


def flag(notes, collection, rows, word, author="Ada"):
    notes.write_all(FlaggedPhotos(collection).notes(rows, word, author))


def flags(notes, collection):
    return FlaggedPhotos(collection).flags(notes.current_names(PHOTO))


def paint(path, seed=0):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.random.default_rng(seed).integers(255, size=(32, 32, 3), dtype=np.uint8)).save(path)


def test_the_last_flag_counts_and_an_empty_one_takes_it_away(notes, recorded, photos):
    collection = recorded(photos)
    assert flags(notes, collection) == {}
    flag(notes, collection, [4, 1, 7], "look  again ")
    assert flags(notes, collection) == {1: "look again", 4: "look again", 7: "look again"}
    flag(notes, collection, [4], "damaged", "Bob")
    flag(notes, collection, [1], "", "Bob")
    assert flags(notes, collection) == {4: "damaged", 7: "look again"}
    subject, number = photo_subject(collection.names[4]), photo_number(collection.thumbnail(4))
    assert [note.author for note in notes.history(subject, PHOTO, number)] == ["Bob", "Ada"]


def test_a_photo_that_is_added_takes_no_flag_away(notes, recorded, photos, tmp_path):
    before = recorded(photos)
    flag(notes, before, [3, 7], "damaged")
    more = shutil.copytree(photos, tmp_path / "more" / "photos")
    paint(more / "green" / "0.png")  # the first in the order of names: the rows of all others change
    after = recorded(more)
    assert len(after) == len(before) + 1
    assert {after.names[row] for row in flags(notes, after)} == {before.names[row] for row in (3, 7)}
    assert list(flags(notes, after)) == [4, 8]


def test_another_photo_of_the_same_name_does_not_inherit_a_flag(notes, recorded, photos, tmp_path):
    mine = recorded(photos)
    theirs_folder = tmp_path / "theirs" / "photos"
    for i, name in enumerate(mine.names):
        paint(theirs_folder / name, seed=i)
    theirs = recorded(theirs_folder)
    assert (theirs.source, theirs.names) == (mine.source, mine.names)
    flag(notes, mine, range(10), "mine")
    assert flags(notes, theirs) == {}
    flag(notes, theirs, [2], "theirs", "Bob")
    assert flags(notes, theirs) == {2: "theirs"}
    assert flags(notes, mine) == dict.fromkeys(range(10), "mine")
    flag(notes, theirs, [2], "", "Bob")
    assert flags(notes, mine)[2] == "mine"


def test_the_same_photo_is_flagged_in_every_collection_under_its_name(notes, recorded, photos, tmp_path):
    mine = recorded(photos)
    flag(notes, mine, [0, 9], "private")
    part = tmp_path / "other name"
    (part / "red").mkdir(parents=True)
    for name in mine.names[7:]:
        shutil.copy(photos / name, part / name)
    some = recorded(part)
    assert {some.names[row]: word for row, word in flags(notes, some).items()} == {mine.names[9]: "private"}


def test_flags_from_before_are_read_until_a_later_note_is_on_the_photo(notes, recorded, photos):
    """Notes of earlier programs, as they lie in databases, exports and backups: all photos were one subject."""
    collection = recorded(photos)
    late = "2026-11-01T00:00:00.000000+00:00", "2090-01-01T00:00:00.000000+00:00"  # also by a clock that ran ahead
    old = [Note(photos_subject(collection), PHOTO, row, "old", author="Ada", created=late[row % 2]) for row in range(4)]
    notes.add([*old, replace(old[0], index=10, id="c" * 32)])  # of an eleventh photo, which there is not
    assert flags(notes, collection) == dict.fromkeys(range(4), "old")
    flag(notes, collection, [1], "new", "Bob")
    flag(notes, collection, [2, 3], "", "Bob")
    assert flags(notes, collection) == {0: "old", 1: "new"}
    assert len(notes.all(photos_subject(collection))) == 5, "what people wrote is still there"


def test_the_subject_of_flags_from_before_is_the_one_that_was_written(recorded, photos):
    collection = replace(recorded(photos), names=("a.png", "b/ü.png"), labels=(None, None), source="photos")
    assert photos_subject(collection) == "7f2b19eff7e83a90229df18f"


def test_a_photo_without_its_picture_is_not_flagged_and_takes_nothing_from_others(notes, recorded, photos):
    collection = recorded(photos)
    flag(notes, collection, [1, 2], "damaged")
    collection.activations.thumbnail(1).unlink()
    assert flags(notes, collection) == {2: "damaged"}
    with pytest.raises(ValueError, match="cannot be shown"):
        FlaggedPhotos(collection).notes([1], "damaged", "Ada")


def test_names_that_begin_alike_in_their_hash_are_told_apart(notes, recorded, photos, monkeypatch):
    monkeypatch.setattr(module, "_digest_of", lambda name: b"\0" * 8 + name.encode()[-7:-3].ljust(4))
    collection = recorded(photos)
    flag(notes, collection, [3], "damaged")
    assert flags(notes, collection) == {3: "damaged"}


def test_a_flag_is_dated_after_the_one_before_whatever_the_clock_shows(notes, recorded, photos):
    collection = recorded(photos)
    late = FlaggedPhotos(collection).notes([3, 4], "first", "Ada")
    notes.write_all([replace(note, created="2090-01-01T00:00:00.000000+00:00") for note in late])
    flag(notes, collection, [3], "second", "Bob")
    assert flags(notes, collection) == {3: "second", 4: "first"}


@pytest.mark.parametrize("step", [1, 2, 500])
def test_notes_on_many_subjects_are_dated_alike(notes, recorded, photos, step, monkeypatch):
    monkeypatch.setattr(note_store, "STEP", step)
    collection = recorded(photos)
    ahead = FlaggedPhotos(collection).notes(range(5), "first", "Ada")
    notes.write_all([replace(note, created="2090-01-01T00:00:00.000000+00:00") for note in ahead])
    flag(notes, collection, range(5), "second", "Bob")
    assert flags(notes, collection) == dict.fromkeys(range(5), "second")


def test_all_or_none_is_written(notes):
    one = Note("a" * 24, PHOTO, 3, "flag", author="Ada")
    with pytest.raises(ValueError, match="different parts"):
        notes.write_all([one, replace(one, id="b" * 32)])
    with pytest.raises(ValueError, match="database"):
        notes.write_all([one, replace(one, subject="b" * 24)])  # the id is there twice
    notes.write_all([])
    assert notes.all_notes() == []


def test_flags_travel_like_names(notes, recorded, photos, tmp_path):
    collection = recorded(photos)
    flag(notes, collection, [3, 4], "damaged")
    other = NoteStore(f"sqlite:///{tmp_path / 'other.sqlite'}")
    subjects = {note.subject for note in notes.all_notes()}
    assert import_notes(other, export_notes(notes, *subjects)) == 2
    assert flags(other, collection) == {3: "damaged", 4: "damaged"}
    assert notes.remove_all_by("Ada") == 2
    assert flags(notes, collection) == {}


def test_what_cannot_be_a_flag_is_told(monkeypatch, recorded, photos):
    monkeypatch.setattr(module, "MOST_AT_ONCE", 3)
    flagged = FlaggedPhotos(recorded(photos))
    given: tuple[tuple[Sequence[int], str, str, str], ...] = (
        ([], "flag", "Ada", "0 photos"),
        (range(4), "flag", "Ada", "choose 1 to 3"),
        ([1], "x" * 121, "Ada", "shorten it"),
        ([1], "flag", "  ", "say who you are"),
    )
    for rows, flag, author, why in given:
        with pytest.raises(ValueError, match=why):
            flagged.notes(rows, flag, author)
