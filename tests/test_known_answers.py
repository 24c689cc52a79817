"""The model's answers on single photos: asked for once while it is open, the same as in one pass."""

import numpy as np
import pytest

from concepts.activations.encoding_pass import EncodingPass
from concepts.data.images import open_photos
from concepts.data.others import WithOthers
from concepts.models import load_model, split_model
from concepts.report.pipeline import known_answers
from concepts.report.pipeline.known_answers import answers_on
from tests.support.tiny import FACTORY, write_photos


@pytest.fixture
def split():
    return split_model(load_model(FACTORY), layer="features")


@pytest.fixture
def photos(tmp_path):
    folder = write_photos(tmp_path / "photos", n=4)
    (folder / "red" / "001.png").write_bytes(b"no photo at all")
    return open_photos(str(folder))


@pytest.fixture
def asked(monkeypatch):
    """How many photos went through the model, each time."""
    found, first = [], known_answers.asked

    def counted(split, items, *, batch_size):
        found.append(len(items))
        return first(split, items, batch_size=batch_size)

    monkeypatch.setattr(known_answers, "asked", counted)
    return found


def in_one_pass(split, photos) -> list[int | None]:
    answers: list[int | None] = [None] * len(photos)
    for batch in EncodingPass(split, photos, batch_size=3, preview=None).batches():
        for i, logits in zip(batch.indices, batch.logits.numpy(), strict=True):
            answers[i] = int(np.argmax(logits))
    return answers


def test_answers_are_those_of_one_pass_and_each_photo_is_asked_for_once(split, photos, asked):
    expected = in_one_pass(split, photos)
    assert expected.count(None) == 1
    assert answers_on(split, photos, [5, 0, 2], batch_size=2) == [expected[5], expected[0], expected[2]]
    assert answers_on(split, photos, range(8), batch_size=3) == expected
    assert answers_on(split, photos, range(8), batch_size=3) == expected, "also the one that cannot be read"
    assert asked == [3, 5, 0]


def test_another_model_is_asked_anew_and_a_photo_among_others_is_the_same_photo(split, photos, asked):
    expected = answers_on(split, photos, range(8), batch_size=4)
    among = WithOthers(photos.subset([7, 6]), photos.subset(range(6)))
    assert answers_on(split, among, range(len(among)), batch_size=4) == [expected[i] for i in (7, 6, *range(6))]
    assert asked == [8, 0]
    other = split_model(load_model(FACTORY), layer="features")
    assert answers_on(other, photos, range(8), batch_size=4) == expected
    assert asked == [8, 0, 8]


def test_of_equal_photos_one_is_asked(split, photos, asked):
    found = answers_on(split, photos, [0, 0, 2], batch_size=4)
    assert (found[0], asked) == (found[1], [2])
