"""Marks between the words: runs of them, and excerpts that weigh those which a concept names."""

import json
from dataclasses import replace

import pytest

from concepts.demo.language import CLASS_NAMES, draw_texts
from concepts.engine.analysis import analyse
from concepts.report.pipeline import wordings
from concepts.report.pipeline.word_scores import word_scores
from concepts.report.pipeline.wordings import tried_spans
from concepts.report.request import Request
from concepts.report.rows import WordRow
from concepts.report.settings import ReportSettings
from concepts.wordings.terms import is_mark, mark_runs
from tests.support.text_reports import bag_of_words


def shown(text: str, spans) -> list[str]:
    return [text[start:stop] for start, stop in spans]


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("``Quite,'' he said!!", ["``", ",''", "!!"]),
        ("one two", []),
        ("", []),
        ("don't stop -- now", ["--"]),
        ("é e\u0301 \u2026\u0301 と、は", ["\u2026\u0301", "、"]),  # a cluster stays whole
        ("so 😀 well", []),  # an emoji is a word
    ],
)
def test_runs_of_marks_are_what_is_visible_between_words(text, runs):
    assert shown(text, mark_runs(text)) == runs


def test_marks_are_terms_without_a_word():
    assert [is_mark(term) for term in ("!", "``", "it", "a b", "😀")] == [True, True, False, False, False]


def test_runs_with_a_named_mark_are_tried_among_the_words():
    text = "``Quite,'' he said!! Or, well, no."
    assert shown(text, tried_spans(text)) == ["Quite", "he", "said", "Or", "well", "no"]
    assert shown(text, tried_spans(text, {"!"})) == ["Quite", "he", "said", "!!", "Or", "well", "no"]
    assert shown(text, tried_spans(text, {","})) == ["Quite", ",''", "he", "said", "Or", ",", "well", ",", "no"]


def test_excerpts_weigh_a_mark_that_the_words_of_a_concept_name(tmp_path, monkeypatch):
    def with_the_mark(*given):
        first, *others = word_scores(*given)
        return [replace(first, words=(*first.words, WordRow("!", 1.0, 0.5, 1.5, 4.0, 0.01, 9, 0))), *others]

    monkeypatch.setattr(wordings, "word_scores", with_the_mark)
    drawn = draw_texts(12, seed=3, split="test")
    table = [json.dumps({"text": f"{each.text[:-1]} !!", "label": each.class_name}) for each in drawn]
    (tmp_path / "texts.jsonl").write_text("\n".join(table), encoding="utf-8")
    request = Request(
        model=bag_of_words(), texts=str(tmp_path / "texts.jsonl"), target=CLASS_NAMES[0],
        settings=ReportSettings(n_concepts=2, evidence="off"),
    )  # fmt: skip
    report = analyse(request, None)
    for row in report.data.wordings:
        for each in row.excerpts:
            text = report.data.texts[each.text].text
            last = each.spans[-1]
            assert text[last.start : last.stop] == "!!"
            assert last.weight == pytest.approx(0, abs=1e-5)  # a bag of words does not read it
            assert any(span.weight > 0.01 for span in each.spans)
