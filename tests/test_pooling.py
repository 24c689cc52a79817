"""Poolings: each by its definition, causal and bidirectional by what tokens see, figures by hand, the command."""

import csv
import json

import numpy as np
import pytest
import torch

from concepts.cli.main import main
from concepts.evaluation.pooling.compared import HeldOut, compared, folds_of, held_out
from concepts.evaluation.pooling.comparison import compare_poolings
from concepts.models.encoders.pieces import file_tokenizer
from concepts.models.text.pooled import BOTH_WAYS, CAUSAL, open_pooled
from concepts.models.text.poolings import POOLINGS
from tests.support.tiny_encoders import bert_folder, language_folder

transformers = pytest.importorskip("transformers")
TEXTS = ["the cat and a red car", "a dog", "photo of the dog on grass"]


@pytest.fixture(scope="module", params=["Bert", "GPT2", "Llama"])
def folder(request, tmp_path_factory):
    place = tmp_path_factory.mktemp(request.param)
    return bert_folder(place) if request.param == "Bert" else language_folder(request.param, place)


@pytest.fixture(scope="module")
def encoder(folder):
    return open_pooled(str(folder), device=torch.device("cpu"))


@torch.no_grad()
def by_hand(folder, text):
    """Pooling → (p,): a text alone through the library's own model."""
    model = transformers.AutoModel.from_pretrained(folder, attn_implementation="eager").eval()
    ids = torch.tensor([file_tokenizer(folder)([text])[0].ids])
    out = model(ids, output_hidden_states=True, output_attentions=True)
    last = out.last_hidden_state[0]
    weight = out.attentions[-1][0].mean(dim=(0, 1))
    mean_layers = torch.stack(out.hidden_states[1:][-4:])[:, 0].mean(dim=(0, 1))
    return {
        "first": last[0], "last": last[-1], "mean": last.mean(dim=0), "max": last.max(dim=0).values,
        "attention": weight @ last / weight.sum(), "layers": mean_layers,
    }  # fmt: skip


def test_each_pooling_is_its_definition_whatever_else_is_in_the_batch(folder, encoder):
    assert encoder.poolings == tuple(POOLINGS)
    found = encoder.features(TEXTS, encoder.attentions[0])
    for i, text in enumerate(TEXTS):
        expected = by_hand(folder, text)
        for q, name in enumerate(encoder.poolings):
            np.testing.assert_allclose(found[i, q], expected[name].numpy(), atol=2e-5, err_msg=name)


def test_the_other_attention_sees_what_it_says(folder, encoder):
    own, other = encoder.attentions
    assert (own, other) == ((BOTH_WAYS, CAUSAL) if "Bert" in folder.name else (CAUSAL, BOTH_WAYS))
    pair = ["the cat and a red car", "the cat and a red dog"]
    first = {each: encoder.features(pair, each)[:, 0] for each in encoder.attentions}
    assert np.abs(first[CAUSAL][0] - first[CAUSAL][1]).max() < 1e-5
    assert np.abs(first[BOTH_WAYS][0] - first[BOTH_WAYS][1]).max() > 1e-3
    alone = np.stack([encoder.features([text], other)[0] for text in TEXTS])
    np.testing.assert_allclose(encoder.features(TEXTS, other), alone, atol=2e-5)
    with pytest.raises(ValueError, match="attention is 'sideways'"):
        encoder.features(TEXTS, "sideways")


def test_every_class_is_in_every_fold_and_every_text_in_one():
    labels = np.repeat([0, 1, 2], [10, 5, 25])
    folds = folds_of(labels, 5, seed=3)
    assert all((folds[labels == c] == f).sum() == n // 5 for f in range(5) for c, n in ((0, 10), (1, 5), (2, 25)))
    with pytest.raises(ValueError, match="1 folds, expected at least 2"):
        folds_of(labels, 1, seed=0)


def made_up(seed, n=60, p=6):
    """Two classes that lie apart in non-negative parts."""
    generator = np.random.default_rng(seed)
    labels = np.repeat([0, 1], n // 2)
    U = generator.random((n, 2)) * 0.3
    U[np.arange(n), labels] += 1
    return U @ generator.normal(size=(2, p)), labels


def test_features_of_rank_k_are_copied_and_tell_the_logits():
    A, labels = made_up(0)
    found = held_out(A, labels, folds_of(labels, 4, seed=0), n_concepts=4, seed=0)
    assert found.right.mean() == 1
    assert found.error.sum() / found.energy.sum() < 0.02
    assert 1 - found.residual.sum() / found.variance.sum() > 0.98


def test_nothing_is_fitted_on_the_texts_that_are_held_out():
    """With labels of pure chance the probe has half right, not more."""
    generator = np.random.default_rng(1)
    A, labels = generator.normal(size=(400, 30)), np.arange(400) % 2
    found = held_out(A, labels, folds_of(labels, 4, seed=0), n_concepts=3, seed=0)
    assert 0.4 < found.right.mean() < 0.6
    assert found.residual.sum() / found.variance.sum() > 0.5


def test_differences_are_paired_by_text():
    """Two poolings that are right on the same texts differ by 0 for certain; their own intervals are wide."""
    generator = np.random.default_rng(0)
    one = np.ones(50)
    right = (generator.random(50) < 0.7).astype(float)
    worse = right.copy()
    worse[:10] = 0
    parts = {("mean", CAUSAL): right, ("last", CAUSAL): right.copy(), ("max", CAUSAL): worse}
    measured = {name: HeldOut(each, one * 0.25, one, one * 0.5, one) for name, each in parts.items()}
    rows = {(row.pooling, row.measure): row for row in compared(measured, reference=("mean", CAUSAL))}
    same = rows["last", "accuracy"]
    assert (same.difference, same.difference_low, same.difference_high) == (0, 0, 0)
    assert same.low < right.mean() - 0.05 < right.mean() + 0.05 < same.high
    less = rows["max", "accuracy"]
    assert less.difference == pytest.approx(worse.mean() - right.mean())
    assert less.difference_high < 0
    assert rows["mean", "relative ℓ2"].value == pytest.approx(0.5)
    assert rows["mean", "R² of the logits"].value == pytest.approx(0.5)
    with pytest.raises(ValueError, match="was not measured"):
        compared(measured, reference=("first", CAUSAL))


def table_of(path, n=12):
    """Texts of two classes that their words tell apart, no two of them alike."""
    signs = ["cat car grass", "dog photo red"]
    lines = [f"{label}\tthe {'a ' * (i % 4)}{signs[label]} {'on ' * (i // 4)}" for label in (0, 1) for i in range(n)]
    path.write_text("label\ttext\n" + "\n".join(lines) + "\n")
    return path


def test_the_command_writes_tables_and_a_page(tmp_path, capsys):
    folder, out = bert_folder(tmp_path / "bert"), tmp_path / "out"
    table = table_of(tmp_path / "texts.tsv")
    given = {"--model": folder, "--texts": table, "--out": out, "--concepts": 2, "--folds": 3}
    options = ["pooling", *(str(part) for pair in given.items() for part in pair)]
    assert main(options) == 0
    rows = list(csv.DictReader((out / "table.csv").open()))
    assert len(rows) == (6 * 2 - 1) * 3 + 1
    assert rows[-1]["pooling"] == "bag of words"
    assert json.loads((out / "pooling.json").read_text())["rows"][0]["pooling"] == "first"
    page = (out / "pooling.html").read_text()
    assert page.count("<tr>") == len(rows) + 3
    assert "24 texts of 2 classes" in page
    assert "the same vector there: first, causal." in page  # [CLS] that sees itself only
    assert main(options) == 0  # over its own result
    assert "24 texts" in (out / "pooling.html").read_text()
    assert "wrote" in capsys.readouterr().out
    table.write_text("label\ttext\nx\tone text\ny\tanother\ny\ta third\n")
    assert main(options) == 2
    assert "the class 'x' has one text" in capsys.readouterr().err


def test_too_few_texts_for_the_concepts_are_told(encoder):
    texts, labels = ["a cat", "the cat", "a dog", "the dog"], ["0", "0", "1", "1"]
    with pytest.raises(ValueError, match="2 texts to learn 10 concepts from, expected at least 20"):
        compare_poolings(encoder, texts, labels, n_folds=2)
