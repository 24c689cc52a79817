"""Reading ahead: in order, bounded, one bad photo costs nothing but itself."""

import threading
import time

import pytest
from PIL import Image

from concepts.data.images import UnreadablePhoto, open_photos
from concepts.data.read_ahead import read_all, read_many
from tests.support.zips import zipped

N = 20


@pytest.fixture
def photos(tmp_path):
    """Photo i is i + 1 pixels wide; photo 7 is text."""
    for i in range(N):
        Image.new("RGB", (i + 1, 5)).save(tmp_path / f"{i:02}.png")
    (tmp_path / "07.png").write_bytes(b"no picture")
    return open_photos(tmp_path)


def reading_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("reading")]


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_photos_come_in_the_order_asked_for(photos, workers):
    order = [12, 3, 19, 0, 3, 8]
    assert [(i, image.width) for i, image in read_many(photos, order, workers=workers)] == [(i, i + 1) for i in order]


def test_all_come_even_when_early_ones_are_slow(photos):
    def slow_first(image):
        time.sleep(0.05 if image.width == 1 else 0)
        return image.width

    widths = [width for i, width in read_many(photos, range(N), transform=slow_first, workers=3) if i != 7]
    assert widths == [i + 1 for i in range(N) if i != 7]


def test_an_unreadable_photo_is_handed_over_and_the_rest_goes_on(photos):
    read = dict(read_many(photos, range(N)))
    assert list(read) == list(range(N))
    assert isinstance(read[7], UnreadablePhoto)
    assert str(read[7]).startswith("07.png: not a picture")
    assert all(isinstance(image, Image.Image) for i, image in read.items() if i != 7)


def test_where_all_have_to_be_readable_the_first_that_is_not_is_raised(photos):
    def width(image):
        return image.width

    assert list(read_all(photos, [5, 3, 4], transform=width)) == [6, 4, 5]
    reader = read_all(photos, range(N), transform=width)
    assert [next(reader) for _ in range(7)] == list(range(1, 8))
    with pytest.raises(UnreadablePhoto, match=r"07\.png: not a picture"):
        next(reader)
    assert reading_threads() == []


def test_an_error_of_the_transform_is_loud(photos):
    def buggy(image):
        raise ZeroDivisionError("a bug")

    with pytest.raises(ZeroDivisionError, match="a bug"):
        list(read_many(photos, [0, 1], transform=buggy))
    assert reading_threads() == []


@pytest.mark.parametrize("workers", [1, 3])
def test_no_more_than_two_photos_a_worker_are_read_ahead(photos, workers):
    started: list[int] = []
    reader = read_many(photos, range(8, N), transform=lambda image: started.append(image.width), workers=workers)
    assert started == []  # nothing before it is asked for
    for taken in range(1, 4):
        next(reader)
        expected = taken + 2 * workers - 1
        deadline = time.monotonic() + 10
        while len(started) < expected and time.monotonic() < deadline:
            time.sleep(0.005)
        time.sleep(0.05)  # time to read too many
        assert len(started) == expected
    reader.close()


def test_closing_stops_the_threads(photos):
    reader = read_many(photos, range(N), workers=3)
    next(reader)
    assert reading_threads()
    reader.close()
    assert reading_threads() == []
    for _ in read_many(photos, range(5)):
        break
    assert reading_threads() == []


def test_an_endless_list_of_indices_is_taken_as_it_comes(photos):
    def indices():
        while True:
            yield 2

    reader = read_many(photos, indices())
    assert [next(reader)[1].width for _ in range(5)] == [3] * 5
    reader.close()


def test_the_hint_reaches_the_decoder(tmp_path):
    Image.new("RGB", (400, 400)).save(tmp_path / "a.jpg")
    photos = open_photos(tmp_path)
    assert [image.size for _, image in read_many(photos, [0])] == [(400, 400)]
    assert photos.open(0, short_side=50).size == (100, 100)


def test_wrong_arguments_are_refused(photos):
    with pytest.raises(ValueError, match="workers is 0"):
        read_many(photos, [0], workers=0)
    with pytest.raises(IndexError, match="photo 20 was asked for"):
        list(read_many(photos, [20]))
    assert list(read_many(photos, [])) == []


def test_a_zip_is_read_by_several_workers(photos, tmp_path):
    (tmp_path / "all.zip").write_bytes(zipped(*((name, photos.read_bytes(i)) for i, name in enumerate(photos.names))))
    packed = open_photos(tmp_path / "all.zip")
    widths = [getattr(image, "width", None) for _, image in read_many(packed, range(N), workers=4)]
    assert widths == [None if i == 7 else i + 1 for i in range(N)]
