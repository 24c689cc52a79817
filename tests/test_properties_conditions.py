"""Properties as conditions: every known photo has one, ranges hold what they say, unknown ones none."""

import numpy as np
import pytest

from concepts.data.properties.conditions import condition_texts
from concepts.data.properties.property import DATE, Property, category, number


def test_categories_and_few_numbers_are_their_values():
    assert condition_texts(category("site", ["B", None, "A"])) == ["B", None, "A"]
    assert condition_texts(number("age", [3, None, 5.5, 3])) == ["3", None, "5.5", "3"]
    days = Property("taken", DATE, np.array([1.0, 2.25, np.nan]))
    assert condition_texts(days) == ["1970-01-02", "1970-01-03 06.00", None]
    assert condition_texts(number("none", [None, None])) == [None, None]


@pytest.mark.parametrize("seed", [0, 1])
def test_many_numbers_are_quarters_that_hold_them(seed):
    values = np.random.default_rng(seed).lognormal(size=400).round(3)
    values[::50] = np.nan
    texts = condition_texts(number("size", [None if np.isnan(v) else float(v) for v in values]))
    assert [text is None for text in texts] == np.isnan(values).tolist()
    counts = [sum(text == each for text in texts) for each in {text for text in texts if text}]
    assert len(counts) == 4
    assert max(counts) - min(counts) < 20
    for value, text in zip(values, texts, strict=True):
        if text is not None:
            low, high = map(float, text.split(" to "))
            assert low * (1 - 1e-5) <= value <= high * (1 + 1e-5)


def test_a_bound_that_many_share_makes_no_empty_quarter():
    texts = condition_texts(number("size", [0.0] * 90 + [float(i) for i in range(1, 20)]))
    assert set(texts) == {"0 to 19"}
