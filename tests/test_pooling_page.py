"""Poolings on the page Compare: what is read, said and drawn."""

import json

import pytest

from concepts.cli.main import _parser
from concepts.evaluation.pooling.sentences import best_sentence
from concepts.evaluation.pooling.stored import StoredPooling, read_poolings
from pages.compare.pooling import COMMAND
from pages.figures.poolings import pooling_figure
from tests.support.made_up_poolings import GAINS, made_up_pooling
from tests.support.screen import charts, open_page, said, shown, without_demo

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    without_demo(monkeypatch, tmp_path)
    made_up_pooling(tmp_path / "poolings" / "one")
    return tmp_path


def test_what_is_written_is_read(tmp_path):
    stored = StoredPooling.load(made_up_pooling(tmp_path / "one"))
    assert (stored.id, stored.comparison.n_texts) == ("one", 90)
    assert stored.comparison.rows[-1].pooling == "bag of words"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"rows": []}, "rows: expected one at least"),
        ({"n_texts": "many"}, "n_texts"),
        ({"model": None}, "model"),
    ],
)
def test_damaged_ones_are_left_out_with_the_reason(tmp_path, change, reason):
    file = made_up_pooling(tmp_path / "one") / "pooling.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | change))
    made_up_pooling(tmp_path / "two")
    found = read_poolings([tmp_path])
    assert [each.id for each in found.found] == ["two"]
    assert reason in found.left_out[0].reason


def test_an_unknown_measure_is_told(tmp_path):
    file = made_up_pooling(tmp_path / "one") / "pooling.json"
    file.write_text(file.read_text().replace('"accuracy"', '"luck"'))
    with pytest.raises(ValueError, match="measure 'luck': expected one of accuracy"):
        StoredPooling.load(tmp_path / "one")


def test_only_intervals_beyond_zero_on_the_better_side_count(tmp_path):
    rows = StoredPooling.load(made_up_pooling(tmp_path / "one")).comparison.rows
    for measure in ("accuracy", "relative ℓ2"):  # higher, lower
        text = best_sentence(rows, measure)
        assert "1 of the 3 other ways is clearly better" in text
        assert "mean, bidirectional" in text
    without = [row for row in rows if (row.pooling, row.attention) != ("mean", "bidirectional")]
    assert "none of the 2 other ways is clearly better" in best_sentence(without, "accuracy")


def test_the_figure_has_each_interval_and_the_reference(tmp_path):
    rows = [row for row in StoredPooling.load(made_up_pooling(tmp_path / "one")).comparison.rows
            if row.measure == "accuracy"]  # fmt: skip
    figure = pooling_figure(rows, "accuracy")
    assert [trace.name for trace in figure.data] == ["causal", "bidirectional", "bag of words"]
    causal = figure.data[0]
    assert list(causal.x) == pytest.approx([0.7 + gain for (_, way), gain in GAINS.items() if way == "causal"])
    assert list(causal.error_x.arrayminus) == pytest.approx([0.04] * 3)
    assert len({*causal.y, *figure.data[1].y}) == 4  # none above another
    assert figure.layout.shapes[0].x0 == pytest.approx(0.7)


def test_the_page_shows_what_is_in_the_address(workspace):
    made_up_pooling(workspace / "poolings" / "older", model=HOSTILE, created="2024-01-01T00:00:00+00:00")
    app = open_page("compare", show="pooling")
    assert app.query_params["pooling"] == "one"
    page = shown(app)
    assert "mean, bidirectional" in page
    assert "3 texts are longer than the model reads" in page
    assert "the same vector there: first, causal." in page
    assert "bag of words" in page
    assert "accuracy" in charts(app)[0]["layout"]["xaxis"]["title"]["text"]
    assert [button.label for button in app.get("download_button")] == ["CSV", "JSON", "One page (HTML)"]
    app = open_page("compare", pooling="older", measure="relative ℓ2")
    assert "relative ℓ2" in charts(app)[0]["layout"]["xaxis"]["title"]["text"]
    assert "<script" not in shown(app)


def test_nonsense_in_the_address_and_damage_are_told(workspace):
    (workspace / "poolings" / "broken").mkdir()
    app = open_page("compare", show="pooling", pooling="nope", measure=HOSTILE)
    assert "There is no comparison nope here" in said(app)
    assert "There is no measure" in said(app)
    assert "broken (" in shown(app)


def test_nothing_yet_says_how_to_make_one(tmp_path, monkeypatch):
    without_demo(monkeypatch, tmp_path)
    app = open_page("compare", show="pooling")
    assert "No comparison of poolings yet" in shown(app)
    words = app.code[0].value.replace("\\\n", " ").split()
    assert app.code[0].value == COMMAND
    assert _parser().parse_args(words[3:]).most == 2_000
