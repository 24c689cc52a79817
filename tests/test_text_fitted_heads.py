"""A linear head fitted on frozen features: it is the regression it says, and judged on texts that it has not seen."""

import numpy as np
import pytest
import torch

from concepts.models.encoders import open_text_encoder
from concepts.models.text import open_text_model
from concepts.models.text.fitting import fit_head, labelled
from tests.support.tiny_encoders import bert_folder
from tests.support.tiny_texts import made_texts

pytest.importorskip("transformers")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return bert_folder(tmp_path_factory.mktemp("bert"), pooling={"pooling_mode": "mean"}, normalised=True)


def test_features_are_the_encoders_vectors_and_the_head_is_judged(folder):
    texts, labels = made_texts(120)
    split = open_text_model(f"head:{folder}", texts=texts, labels=labels)
    A = split.encode_texts(texts[:5])
    torch.testing.assert_close(A, open_text_encoder(str(folder)).embed(texts[:5]), rtol=0, atol=1e-5)
    assert split.outputs.kind == "binary"
    assert split.card.class_names == ("pets", "things")
    judged = split.judged
    assert judged.low < judged.accuracy < judged.high or judged.accuracy == judged.high == 1
    assert f"of {judged.n_held_out:,} held out it has {judged.accuracy:.1%} right" in split.reason
    assert judged.rival > 0.9


def test_the_same_texts_and_seed_are_the_same_model(folder):
    texts, labels = made_texts(60)
    prints = [
        open_text_model(f"head:{folder}", texts=given, labels=labels, seed=seed).card.fingerprint
        for given, seed in [(texts, 0), (texts, 0), (texts, 1), ([*texts[:-1], "a new one"], 0)]
    ]
    assert prints[0] == prints[1]
    assert len(set(prints)) == 3


def test_the_folded_head_is_the_regression_on_scaled_features():
    rng = np.random.default_rng(0)
    A = rng.normal(size=(300, 5)) * [1, 10, 0.1, 1, 0] + [0, 5, 1, -3, 1e-33]
    texts = [f"text {i}" for i in range(300)]
    data = labelled(texts, [str(int(row[0] + row[3] / 2 > -1.5)) for row in A], seed=0)
    head = fit_head(A, data)
    predicted = (A @ head.weight[0] + head.bias[0] > 0).astype(int)
    held_out = ~data.fitted
    assert head.judged.accuracy == np.mean(predicted[held_out] == data.labels[held_out]) > 0.8
    assert head.weight[0, 4] == 0
    moved = fit_head(A * 3 + 7, data)
    np.testing.assert_allclose(moved.weight * 3, head.weight, rtol=1e-3, atol=1e-3)


def test_no_text_is_both_fitted_and_held_out():
    texts = ["same", "same", "a", "b", "c", "d", " ", "e"]
    data = labelled(texts, list("xyxyxyxy"), seed=0)
    assert data.texts == ("same", "a", "b", "c", "d", "e")
    assert data.labels[0] == 0
    for i in range(2):
        assert 0 < data.fitted[data.labels == i].sum() < (data.labels == i).sum()


@pytest.mark.parametrize(
    ("texts", "labels", "said"),
    [
        (["a", "b"], ["x"], "2 texts and 1 labels"),
        (["a", "b"], ["x", "x"], "1 class in the labels"),
        (["a", "b", "c"], ["x", "x", "y"], "the class 'y' has one text"),
    ],
)
def test_tables_that_no_head_can_be_fitted_to_are_refused(texts, labels, said):
    with pytest.raises(ValueError, match=said):
        labelled(texts, labels, seed=0)


def test_a_head_without_texts_is_told_what_to_give(folder):
    with pytest.raises(ValueError, match="needs labelled texts to fit its head to"):
        open_text_model(f"head:{folder}")
