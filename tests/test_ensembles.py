"""Ensembles explained: combinations, shares that add up, what is read from disk, the command, the page."""

import csv
import json

import numpy as np
import pytest

from concepts.cli.main import _parser, main
from concepts.evaluation.ensembles.combining import combination, log_odds
from concepts.evaluation.ensembles.explanation import Shown, View, explain_ensemble
from concepts.evaluation.ensembles.sentences import most_divided, sum_sentence
from concepts.evaluation.ensembles.stored import StoredEnsemble, read_ensembles, write_ensemble
from concepts.evaluation.ensembles.views import in_order, pairs_of, view_names
from pages.compare.ensembles import COMMAND
from pages.figures.ensembles import steps_figure
from tests.support.screen import charts, open_page, said, shown, without_demo

CLASSES = ("neg", "pos")
HOSTILE = "<script>alert(1)</script>"
FACTORY = """
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

X = ["good film", "a good movie", "fine fun", "bad film", "a bad movie", "dull"]
words = lambda: make_pipeline(CountVectorizer(), LogisticRegression()).fit(X, ["pos"] * 3 + ["neg"] * 3)
others = lambda: make_pipeline(CountVectorizer(), LogisticRegression()).fit(X, ["up"] * 3 + ["down"] * 3)
"""


def made_up(rng, n=6):
    p = rng.random((3, n)) * 0.98 + 0.01
    views = [View(name, np.stack([1 - q, q], axis=1)) for name, q in zip(("title", "body", "same"), p, strict=True)]
    texts = Shown(tuple(f"row {i}" for i in range(n)), ((HOSTILE, "body", "x" * 900),) * n, ("pos", "neg", None) * 2)
    return views, texts


def explained(seed=0, **options):
    views, texts = made_up(np.random.default_rng(seed))
    return explain_ensemble(views, CLASSES, texts, target=1, **options)


@pytest.mark.parametrize("combine", ["mean", "product"])
@pytest.mark.parametrize("seed", [0, 1])
def test_shares_add_up_to_the_log_odds_of_the_ensemble(seed, combine):
    found = explained(seed, combine=combine)
    views, _ = made_up(np.random.default_rng(seed))
    p = np.stack([view.said for view in views])  # (v, n, c)
    whole = p.mean(axis=0) if combine == "mean" else np.exp(np.log(p).mean(axis=0))
    for i, text in enumerate(found.texts):
        assert text.whole == pytest.approx(np.log(whole[i, 1] / whole[i, 0]))
        assert text.nothing + sum(text.values) == pytest.approx(text.whole)
    assert found.gap < 1e-12
    assert sum(view.share for view in found.views) == pytest.approx(1)


def test_the_product_shares_out_log_odds_view_by_view():
    """There the score is a mean of the views' log-odds, so that φ is a view's own, beside that of its average."""
    found = explained(combine="product")
    views, _ = made_up(np.random.default_rng(0))
    for v, view in enumerate(views):
        own = log_odds(view.said[:, 1]) - log_odds(view.said[:, 1].mean())
        assert [text.values[v] for text in found.texts] == pytest.approx(list(own / 3))


def test_a_view_that_always_says_the_same_has_no_share():
    views, texts = made_up(np.random.default_rng(0))
    still = View("still", np.full((6, 2), 0.5))
    found = explain_ensemble([views[0], still], CLASSES, texts, target=1)
    assert max(abs(text.values[1]) for text in found.texts) < 1e-12
    assert found.views[1].size == pytest.approx(0)


def test_what_is_right_is_counted_over_labelled_texts():
    found = explained()
    labelled = [text for text in found.texts if text.label]
    assert found.right == np.mean([text.predicted == text.label for text in labelled])
    assert found.texts[2].label is None


def test_views_that_cannot_be_combined_are_told():
    views, texts = made_up(np.random.default_rng(0))
    with pytest.raises(ValueError, match="views title, title: expected two or more, each with a name of its own"):
        explain_ensemble([views[0], views[0]], CLASSES, texts, target=1)
    with pytest.raises(ValueError, match="combination 'vote': expected one of mean, product"):
        combination("vote")
    with pytest.raises(ValueError, match="2 models and 3 columns"):
        pairs_of(["a", "b"], ["c", "d", "e"])
    with pytest.raises(ValueError, match="1 views, expected 2 to 10"):
        pairs_of(["a"], ["c"])
    with pytest.raises(ValueError, match="other tells up, down apart, the first view neg, pos"):
        in_order(np.ones((1, 2)), ("up", "down"), CLASSES, "other")


def test_views_are_paired_and_named_by_what_tells_them_apart():
    assert pairs_of(["m"], ["title", "body"]) == [("m", "title"), ("m", "body")]
    assert view_names(pairs_of(["m"], ["title", "body"])) == ["title", "body"]
    assert view_names(pairs_of(["hf:a/m", "hf:a/n"], ["text"])) == ["m", "n"]
    assert view_names([("m", "x"), ("n", "x"), ("n", "y")]) == ["m, x", "n, x", "n, y"]
    said = np.array([[0.1, 0.9]])
    np.testing.assert_array_equal(in_order(said, ("pos", "neg"), CLASSES, "m"), said[:, ::-1])


def test_what_is_written_is_read_and_damage_is_told(tmp_path):
    found = explained()
    write_ensemble(found, tmp_path / "one")
    assert StoredEnsemble.load(tmp_path / "one").explanation == found
    file = write_ensemble(found, tmp_path / "two") / "ensemble.json"
    data = json.loads(file.read_text())
    data["texts"][0]["values"] = [1.0]
    file.write_text(json.dumps(data))
    listed = read_ensembles([tmp_path])
    assert [each.id for each in listed.found] == ["one"]
    assert "expected 3 values for each, one a view" in listed.left_out[0].reason


def test_the_figure_goes_from_no_view_to_all():
    text = explained().texts[0]
    (bars,) = steps_figure(["title", "body", HOSTILE], text.values, nothing=text.nothing, target="pos").data
    ends = np.array(bars.base) + np.array(bars.x)
    assert list(bars.base[1:-1]) == pytest.approx(list(ends[:-2]))
    assert ends[-1] == pytest.approx(text.whole)
    assert list(bars.marker.pattern.shape[1:-1]) == ["/" if value < 0 else "" for value in text.values]


@pytest.fixture(scope="module")
def factory(tmp_path_factory):
    path = tmp_path_factory.mktemp("code") / "two.py"
    path.write_text(FACTORY)
    return path


@pytest.fixture
def table(tmp_path):
    rows = [("good film", "a bad movie", "pos"), ("dull", "fine fun", "neg"), ("bad", "", "neg"),
            ("a good movie", "good", "pos")]  # fmt: skip
    path = tmp_path / "table.csv"
    path.write_text("title,body,label\n" + "".join(f"{','.join(row)}\n" for row in rows))
    return path


def test_the_command_explains_columns_of_a_table(tmp_path, factory, table, capsys):
    out = tmp_path / "out"
    given = ["--texts", str(table), "--target", "pos", "--out", str(out), "--column", "title", "--column", "body"]
    assert main(["ensemble", "--model", f"{factory}:words", *given]) == 0
    rows = list(csv.DictReader((out / "table.csv").open()))
    assert [row["text"] for row in rows] == ["row 1", "row 2", "row 4"]
    for row in rows:
        assert float(row["nothing"]) + float(row["title"]) + float(row["body"]) == pytest.approx(float(row["whole"]))
    assert float(rows[0]["title"]) > 0 > float(rows[0]["body"])
    printed = capsys.readouterr().out
    assert "complete: the shares miss the score by" in printed
    assert "1 text left out" in printed


@pytest.mark.parametrize(
    ("options", "said_of_it"),
    [
        (["--model", "MODEL:words", "--text-column", "title"], "1 views, expected 2 to 10"),
        (["--model", "MODEL:words", "--column", "title", "--column", "nope"], "no column 'nope'"),
        (["--model", "MODEL:words", "--model", "MODEL:others", "--column", "title"], "all views need the same classes"),
        (["--model", "MODEL:words", "--model", "MODEL:words", "--column", "title"], "each with a name of its own"),
        (
            ["--model", "MODEL:words", "--column", "title", "--column", "body", "--combine", "vote"],
            "combination 'vote'",
        ),
        (["--model", "MODEL:words", "--column", "title", "--column", "body", "--most", "1"], "--most 1"),
    ],
)
def test_wrong_input_is_one_line(tmp_path, factory, table, capsys, options, said_of_it):
    given = ["--texts", str(table), "--target", "pos", "--out", str(tmp_path / "out")]
    assert main(["ensemble", *(word.replace("MODEL", str(factory)) for word in options), *given]) == 2
    error = capsys.readouterr().err
    assert said_of_it in error
    assert error.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_the_page_shows_one_text_as_a_sum(tmp_path, monkeypatch):
    without_demo(monkeypatch, tmp_path)
    found = explained()
    write_ensemble(found, tmp_path / "ensembles" / "one")
    (tmp_path / "ensembles" / "broken").mkdir()
    app = open_page("compare", show="ensembles")
    assert app.query_params["ensemble"] == "one"
    assert "mean of 3 views" in shown(app)
    first = most_divided(found)
    assert sum_sentence(found, found.texts[first]) in shown(app)
    assert "broken (" in shown(app)
    assert "<bdi>&lt;script&gt;" in shown(app)
    assert "<script" not in shown(app)
    app.selectbox(key="text").set_value((first + 1) % 6).run()
    assert charts(app)[0]["data"][0]["customdata"][-1] in sum_sentence(found, found.texts[(first + 1) % 6])
    app = open_page("compare", ensemble="nope", text=-3)
    assert "There is no ensemble nope here" in said(app)
    assert "There is no text -2" in said(app)


def test_the_command_of_the_empty_page_is_one(tmp_path, monkeypatch):
    without_demo(monkeypatch, tmp_path)
    app = open_page("compare", show="ensembles")
    assert app.code[0].value == COMMAND
    assert _parser().parse_args(COMMAND.replace("\\\n", " ").split()[3:]).models[0] == "demo/reviews"
