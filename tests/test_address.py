"""Whatever stands in an address, a page reads a value or the default, and can write it again."""

from urllib.parse import urlencode

import pytest

from pages.state.address import (
    LARGEST,
    LONGEST,
    CompareView,
    ExerciseView,
    LanguageView,
    PhotoQuestion,
    ReportView,
    TourView,
    corners_in,
    doses_in,
    numbers_in,
)

NO_NUMBERS = (
    "", " ", "x", "nan", "inf", "-inf", "1e3", "0x10", "1.5", "9" * 5_000, "-" + "9" * 5_000,
    "٩" * 5_000, "²", "½", "一", "1" * 10**6, "\0", "\ud800",
    "1\ud800", "--1", "1__0", "None",
)  # fmt: skip
VIEWS = (
    (ReportView, ("strategy", "concept", "image", "wrong", "whole")),
    (CompareView, ("pair",)),
    (LanguageView, ("concept",)),
    (PhotoQuestion, ("image", "second", "token", "concept", "example", "centred")),
    (TourView, ("step", "present")),
    (ExerciseView, ("task",)),
)


@pytest.mark.parametrize(("view", "names"), VIEWS)
def test_what_is_no_index_is_left_out(view, names):
    for text in NO_NUMBERS:
        assert view.of(dict.fromkeys(names, text)) == view()
    for text, number in {"9" * 4_000: LARGEST, "-" + "9" * 30: -LARGEST, "९" * 12: LARGEST, "٣": 3}.items():
        assert view.of(dict.fromkeys(names, text)) == view(**dict.fromkeys(names, number))
    read = view.of({name: str(3 - 2 * i) for i, name in enumerate(names)})
    assert [getattr(read, name) for name in names] == [3 - 2 * i for i in range(len(names))]


@pytest.mark.parametrize(("view", "names"), VIEWS)
def test_any_text_can_be_written_again(view, names):
    texts = [name for name in view.__dataclass_fields__ if name not in names]
    for text in ("\ud800\udfff", "\0", "a\r\nb", "<b>", "\u202e", "%00", "../" * 100, "x" * LONGEST):
        read = view.of(dict.fromkeys(("class", *texts), text))
        address = urlencode({name: value for name, value in vars(read).items() if value is not None})
        assert len(address) >= len(texts)
    assert view.of(dict.fromkeys(("class", *texts), "x" * 10**6)) == view()


def test_lists_of_numbers_leave_out_what_is_none():
    for text in (*NO_NUMBERS, "9" * 4_000, str(LARGEST)):
        if "." not in text:
            assert numbers_in(f"2.{text}.5") == (2, 5)
            assert doses_in(f"{text}_1~4_0.5") == {4: 0.5}
            assert PhotoQuestion(places=f"7.{text}.8").place_list == [7, 8]
    assert len(numbers_in("1." * 10**5)) <= 1_000
    for dose in ("nan", "inf", "-1", "9" * 5_000, "2.1", "", "\ud800"):
        assert doses_in(f"1_{dose}") == {}


def test_corners_are_numbers_on_a_graph():
    assert corners_in("0.5_1_2_-3") == ((0.5, 1.0), (2.0, -3.0))
    for text in ("nan", "inf", "1e308", "9" * 5_000, "x", "\ud800", "", "٩" * 400):
        assert corners_in(f"0_1_{text}_3") == ()
