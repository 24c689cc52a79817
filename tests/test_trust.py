"""How far a report's concepts can be trusted: the rule, its figures, its advice."""

from dataclasses import replace

import numpy as np
import pytest

from concepts.models.outputs import Outputs
from concepts.report.pipeline.checks import kept_checks
from concepts.report.rendering.trust import trust_note, trust_of, trust_sentence
from concepts.report.rows import CARRIED, KEPT_ANSWERS, KEPT_R2, Check
from tests.support.made_up_report import made_up_report


def with_figures(answers: float | None, carried: float | None, fit: float | None):
    data = made_up_report(n=12).data
    pairs = ((KEPT_ANSWERS, answers), (CARRIED, carried), (KEPT_R2, fit))
    return replace(data, checks=tuple(Check(name, value, "") for name, value in pairs if value is not None))


@pytest.mark.parametrize(
    ("answers", "fit", "word"),
    [
        (1.0, 0.9, "good"), (0.9, 0.8, "good"), (0.89, 0.9, "fair"), (1.0, 0.79, "fair"), (0.75, 0.5, "fair"),
        (1.0, 0.12, "weak"), (0.5, 0.9, "weak"), (1.0, -3.0, "weak"), (None, 0.85, "good"), (1.0, None, "unknown"),
    ],
)  # fmt: skip
def test_the_word_follows_the_stated_rule(answers, fit, word):
    assert trust_of(with_figures(answers, 1.0, fit)).word == word


def test_all_of_the_score_and_little_of_its_differences_are_told_apart():
    data = with_figures(1.0, 1.0, 0.12)
    assert trust_note(data) == "100% answers kept, 100% of the score, 12% of its differences"
    said = trust_sentence(data)
    assert "Trust is weak" in said
    assert "carry 100% of the score and explain 12% of its differences" in said
    assert "Try more concepts (20 in place of 8)" in said
    assert "Try" not in trust_sentence(with_figures(1.0, 1.0, 0.95))
    assert trust_note(with_figures(None, None, -2.0)) == "0% of its differences"


@pytest.mark.parametrize(("carried", "told"), [(0.994, "99%"), (1.004, "100%"), (1.02, "all"), (1.7, "all")])
def test_more_than_the_score_is_all_of_it(carried, told):
    data = with_figures(None, carried, 0.9)
    assert trust_note(data) == f"{told} of the score, 90% of its differences"
    assert f"carry {told} of the score and" in trust_sentence(data)


def test_the_carried_score_is_counted_from_that_without_activations():
    rng = np.random.default_rng(0)
    true = 10 + rng.normal(0, 1, 40)
    logits = np.stack([true, np.zeros(40)], axis=1)
    found = {
        check.name: check for check in kept_checks(true, 2 + (true - 2) / 2, 2.0, logits, logits, Outputs(), seed=0)
    }
    assert found[CARRIED].value == pytest.approx(0.5)
    assert found[CARRIED].low <= 0.5 <= found[CARRIED].high
    same = kept_checks(true * 0 + 2, true * 0 + 2, 2.0, logits, logits, Outputs(), seed=0)
    assert CARRIED not in [check.name for check in same]
