"""Flags of photos: kept as notes, the last one counts, shared by collections of the same photos, bad input told."""

from dataclasses import replace

import pytest

from concepts.annotations import PHOTO, Note, NoteStore, export_notes, import_notes
from concepts.lexicon.collections import Collection, EncoderSummary, flag_notes, flags_of, photos_subject
from concepts.lexicon.collections import flags as module


@pytest.fixture
def notes(tmp_path):
    return NoteStore(f"sqlite:///{tmp_path / 'notes.sqlite'}")


def collection(*names, source="photos", layer="a"):
    encoder = EncoderSummary("model", "weights", layer)
    return Collection("title", "2026", "space", encoder, source, "tokens", names, (None,) * len(names))


def flags(notes, subject, n=10):
    return flags_of(notes.current(subject), n)


def test_the_last_flag_counts_and_an_empty_one_takes_it_away(notes):
    subject = photos_subject(collection("a.png", "b.png"))
    assert flags(notes, subject) == {}
    notes.write_all(flag_notes(subject, [4, 1, 7], "look  again ", "Ada"))
    assert flags(notes, subject) == {1: "look again", 4: "look again", 7: "look again"}
    notes.write_all(flag_notes(subject, [4], "damaged", "Bob"))
    notes.write_all(flag_notes(subject, [1], "", "Bob"))
    assert flags(notes, subject) == {4: "damaged", 7: "look again"}
    assert flags(notes, subject, n=5) == {4: "damaged"}
    assert [note.author for note in notes.history(subject, PHOTO, 4)] == ["Bob", "Ada"]


def test_a_flag_is_dated_after_the_one_before_whatever_the_clock_shows(notes):
    subject = "a" * 24
    late = Note(subject, PHOTO, 3, "first", author="Ada", created="2090-01-01T00:00:00.000000+00:00")
    notes.write_all([late])
    notes.write_all(flag_notes(subject, [3], "second", "Bob"))
    assert flags(notes, subject) == {3: "second"}


def test_all_or_none_is_written(notes):
    one = Note("a" * 24, PHOTO, 3, "flag", author="Ada")
    for wrong in ([one, replace(one, id="b" * 32)], [one, replace(one, subject="b" * 24, id="b" * 32)]):
        with pytest.raises(ValueError, match="different parts of one subject"):
            notes.write_all(wrong)
    notes.write_all([])
    assert notes.all("a" * 24) == []


def test_flags_travel_like_names(notes, tmp_path):
    subject = "a" * 24
    notes.write_all(flag_notes(subject, [3, 4], "damaged", "Ada"))
    other = NoteStore(f"sqlite:///{tmp_path / 'other.sqlite'}")
    assert import_notes(other, export_notes(notes, subject)) == 2
    assert flags(other, subject) == {3: "damaged", 4: "damaged"}


def test_the_same_photos_share_their_flags():
    one = collection("a.png", "b.png")
    assert photos_subject(one) == photos_subject(collection("a.png", "b.png", layer="b"))
    others = (collection("a.png"), collection("a.pngb.png"), collection("a.png", "b.png", source="elsewhere"))
    assert len({photos_subject(each) for each in (one, *others)}) == 4


def test_what_cannot_be_a_flag_is_told(monkeypatch):
    monkeypatch.setattr(module, "MOST_AT_ONCE", 3)
    for photos, flag, author, why in (
        ([], "flag", "Ada", "0 photos"),
        (range(4), "flag", "Ada", "choose 1 to 3"),
        ([1], "x" * 121, "Ada", "shorten it"),
        ([1], "flag", "  ", "say who you are"),
        ([-1], "flag", "Ada", "number of a photo"),
    ):
        with pytest.raises(ValueError, match=why):
            flag_notes("a" * 24, photos, flag, author)
