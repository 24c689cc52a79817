"""What is planted in texts is there, only there, and its parts are elsewhere too."""

import numpy as np
import pytest

from tests.support.planted_texts import KINDS, holds, plant


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", [0, 1])
def test_the_truth_is_what_the_words_say(kind, seed):
    rng = np.random.default_rng(seed)
    texts = [" ".join(rng.choice(["a", "b", "c"], size=rng.integers(1, 9))) for _ in range(200)]
    labels = ["x", "y"] * 100
    planted = plant(texts, labels, label="x", kind=kind, share=0.3, seed=seed)
    assert planted.truth.sum() == 30
    assert {label for label, on in zip(labels, planted.truth, strict=True) if on} == {"x"}
    assert [holds(text, kind) for text in planted.texts] == planted.truth.tolist()
    changed = [text != before for text, before in zip(planted.texts, texts, strict=True)]
    assert sum(changed) == (30 if kind == "token" else 90)
    assert plant(texts, labels, label="x", kind=kind, share=0.3, seed=seed).texts == planted.texts


def test_another_kind_is_told():
    with pytest.raises(ValueError, match="choose one of token, token in context, ordered pair"):
        plant(["a"], ["x"], label="x", kind="pair", share=1, seed=0)
