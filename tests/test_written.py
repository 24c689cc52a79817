"""Figures as people write them."""

import math
import re
from dataclasses import replace

import pytest

from concepts.numerics.written import at_most, minus, with_sign, without_powers, written
from concepts.report.rendering.sentences import split_sentence
from tests.support.made_up_report import made_up_report

MAGNITUDES = [sign * 10.0**power * step for power in range(-9, 9) for step in (1, 1.5, 9.99) for sign in (-1, 1)]


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (0.5, "0.5"), (-0.5, "−0.5"), (0.0123, "0.012"), (1234.5, "1,234"), (9.99, "10"), (1e-5, "below 0.001"),
     (-1e-5, "above −0.001"), (math.inf, "inf"), (math.nan, "–"), (None, "–")],
)  # fmt: skip
def test_a_figure_is_written_with_two_digits(value, text):
    assert written(value) == text


def test_no_figure_has_a_power_of_ten_or_a_hyphen():
    for value in MAGNITUDES:
        for text in (written(value), written(value, 4), with_sign(value), at_most(abs(value))):
            assert re.fullmatch(r"(below |above )?[+−]?[\d,]+(\.\d+)?", text), text


def test_a_figure_that_is_written_out_is_right_to_its_digits():
    for value in MAGNITUDES:
        if abs(value) >= 0.001:
            text = written(value, 3).replace(",", "").replace("−", "-")
            assert float(text) == pytest.approx(value, rel=0.005)


def test_a_deviation_never_exceeds_what_is_said_and_one_tenth_of_it_does():
    for value in filter(lambda value: 1e-6 < value < 0.001, MAGNITUDES):
        said = float(at_most(value))
        assert said / 10 < value <= said * (1 + 1e-12)
    assert (at_most(0), at_most(9.51e-8), at_most(0.0012)) == ("0", "0.000001", "0.0012")


def test_what_is_rounded_to_zero_has_no_sign():
    assert (with_sign(-0.001), with_sign(0.004), with_sign(-0.006)) == ("0.00", "0.00", "−0.01")
    assert minus("-0.50") == "−0.50"


def test_sentences_of_earlier_reports_lose_their_powers_of_ten():
    assert without_powers("by at most 9.5e-08 on 10 photos") == "by at most 0.000001 on 10 photos"
    assert without_powers("by at most 0.0e+00 on photo e5-02") == "by at most 0 on photo e5-02"


def test_the_split_check_says_none_or_a_plain_bound():
    layer = made_up_report(n=4).data.layer
    said = [split_sentence(replace(layer, check=check)) for check in (0.0, 9.51e-8)]
    assert said == ["largest change of a logit: none", "largest change of a logit: at most 0.000001"]
