"""Which classes a new analysis is about, from names and numbers."""

import pytest

from pages.analysis.classes import _words, targets_of

NAMES = ("cat", "dog", "2", "dog", "boat", "tree")


def words(names=(), lines=(), *, grouped=False):
    return [_words(target, NAMES) for target in targets_of(names, lines, NAMES, grouped=grouped)]


def test_a_range_is_a_report_each_or_one_group():
    assert words(lines=["3-5"]) == ["3", "boat", "tree"]  # the second dog has no name of its own
    assert words(lines=["3-5", "0, 1"], grouped=True) == ["3, 4, 5", "0, 1"]


def test_each_class_comes_once_and_a_name_goes_before_a_number():
    assert words(["cat", "tree"], ["0-1", "tree"]) == ["cat", "tree", "dog"]
    assert words(lines=["2"]) == ["2"]  # a class of that name


@pytest.mark.parametrize("line", ["4-9", "horse"])
def test_what_is_no_class_is_one_line(line):
    with pytest.raises(ValueError, match="class"):
        words(lines=[line])
