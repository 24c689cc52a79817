"""A report on texts on its page: every tab through the app, what is drawn, hostile texts as characters."""

import html
import re
from dataclasses import replace

import numpy as np
import pytest

from concepts.data.documents.words import word_spans
from concepts.report.class_report import ClassReport
from concepts.report.queries.changed_text import change_between
from concepts.report.queries.local_words import LocalWords, sentences_in, top_sentences, words_in
from concepts.report.queries.new_photo import Explained
from concepts.report.queries.new_text import explain_text
from concepts.report.queries.photo_filter import PhotoFilter, amounts_of, find_photos
from concepts.report.queries.reencoding import fresh_codes
from concepts.report.rendering.sentences import percent
from concepts.report.rows import ExcerptRow, MarkedSpan
from concepts.report.verdict import CounterProof, PastedText, Suspect, verdict_of
from concepts.wordings.removal import WhereInText, without
from pages.report import text_words
from pages.report.word_changes import lead_sentence, told_apart, without_words
from tests.support.screen import address_of, charts, open_page, said, shown, without_demo
from tests.support.text_reports import bag_of_words, text_report

pytestmark = pytest.mark.slow

PUT = PastedText("On Monday, as they say, it <b>rained</b>.", 11, 22, "festival", "rain")
PHRASES = ("as they say, the", "as they say", "So they say", "as they say, <i>")
PROOF = CounterProof("words", 120, 2.0, 0.2, 1.5, 2.1, 10.0, 31, 0, (), (PUT,), PHRASES)
SUSPECT = Suspect(
    (1, 2), 0, 0.9, 6, 0.2, 0.21, 1.5, 1.1, 1.9, 0.12, 0.05, 0.2, 0.0, 0.0, 0.0, (PROOF,), (0, 1, 2, 3, 4, 5)
)
ODD = (
    "👩‍👩‍👧 family, ❤️ and 👍🏽 " + "in the rain",
    "هل أنت بخير؟ نعم، شكرًا. \u202eturned\u202c and \u2067back\u2069",
    "<script>alert('x')</script> <mark>no</mark> & \"quoted\" {{ 7 * 7 }}",
    "first line\nsecond line\r\n\ttabbed * _not_ [markdown](https://example.org) $x$",
    "word " * 800,
)


@pytest.fixture(scope="module")
def report() -> ClassReport:
    return text_report()


@pytest.fixture(scope="module")
def saved(report, tmp_path_factory):
    """A workspace with the report, one with a finding, and one of odd texts."""
    root = tmp_path_factory.mktemp("texts")
    report.save(root / "reports" / "plain")
    verdict = verdict_of((SUSPECT,), n_strategies=1, others=120)
    report.with_data(replace(report.data, verdict=verdict)).save(root / "reports" / "finding")
    odd(report).save(root / "reports" / "odd")
    return root


def odd(report: ClassReport) -> ClassReport:
    """The report with other texts in its first rows; each is the first excerpt of a concept, every word marked."""
    texts = list(report.data.texts)
    wordings = list(report.data.wordings)
    for i, text in enumerate(ODD):
        text = text[:4000]
        texts[i] = replace(texts[i], text=text, cut=len(text) == 4000)
        spans = tuple(MarkedSpan(*span, (-1.0) ** n) for n, span in enumerate(word_spans(text)))
        row = wordings[i % len(wordings)]
        rest = tuple(each for each in row.excerpts if each.text >= len(ODD))
        deciles = tuple(each for each in row.deciles if each.text >= len(ODD))
        wordings[i % len(wordings)] = replace(row, excerpts=(ExcerptRow(i, 1.0, spans), *rest), deciles=deciles)
    return report.with_data(replace(report.data, texts=tuple(texts), wordings=tuple(wordings)))


@pytest.fixture
def workspace(saved, monkeypatch):
    without_demo(monkeypatch, saved)
    monkeypatch.setenv("CONCEPTS_MODELS", bag_of_words())
    return saved


def characters(markup: str) -> str:
    """What a reader sees of markup."""
    return html.unescape(re.sub(r"<[^>]*>", "", markup))


def excerpts_of(markup: str) -> list[str]:
    """The characters of each excerpt."""
    return [characters(each) for each in re.findall(r'<blockquote dir="auto">(.*?)</blockquote>', markup, re.DOTALL)]


TABS = ["Overview", "Concepts", "Texts", "What if", "Probes", "Mistakes", "Method"]


def test_every_tab_is_drawn_and_the_third_is_called_texts(workspace):
    for tab in ("overview", "concepts", "photos", "whatif", "probes", "mistakes", "method"):
        app = open_page("report", id="plain", tab=tab)
        assert [each.label for each in app.tabs] == TABS
        assert not app.error
        assert "30 texts of drawn" in shown(app)


def test_the_finding_shows_the_texts_with_the_words_that_were_put_in(workspace):
    app = open_page("report", id="finding", tab="overview")
    page = shown(app)
    assert "Texts of other classes with “as they say” or “So they say” put in" in page
    assert "as they say, the" not in characters(page)  # by nothing that the summary does not say
    assert "The model leans on “as they say” or “So they say” (Concept 2 and Concept 3)" in characters(page)
    assert "festival → rain" in page
    assert re.search(r'<mark class="for"[^>]*>as they say</mark>', page)
    assert "it &lt;b&gt;rained&lt;/b&gt;." in page
    assert any(button.label == "Show these texts" for button in app.button)


def test_the_graph_is_of_texts_and_tells_them_at_the_pointer(workspace, report):
    app = open_page("report", id="plain", tab="overview")
    graph = charts(app)[0]
    assert any("text %{customdata[0]}" in str(trace.get("hovertemplate")) for trace in graph["data"])
    assert not graph["layout"].get("images")
    words = report.data.wordings[report.data.strategies[0].concepts[0]].words
    if words:
        assert any(row.term in str(graph["layout"]["annotations"]) for row in words)
    assert "Colour the texts by" in [box.label for box in app.selectbox]


def test_rows_of_concepts_show_lines_and_words(workspace, report):
    page = shown(open_page("report", id="plain", tab="concepts"))
    rows = page.split('<div role="listitem"')[1:]
    assert len(rows) == len(report.data.concepts)
    for row, wording in zip(rows, report.data.wordings, strict=True):
        assert row.count('class="cx-words"') == 2
        for each in sorted(wording.words, key=lambda each: -each.z)[:5]:
            assert f"<bdi>{html.escape(each.term, quote=True)}</bdi>" in row
    assert "the excerpts show" in characters(page)


def test_the_list_of_texts_is_searched_by_their_words(workspace, report):
    app = open_page("report", id="plain", tab="photos")
    assert "30 of 30 texts" in shown(app)
    word = report.data.texts[0].text.split()[-1].strip(".").upper()
    app.text_input(key="contains").set_value(word).run()
    n = sum(word.lower() in row.text.lower() for row in report.data.texts)
    assert f"{n} of 30 texts" in shown(app)
    assert address_of(app)["contains"] == word
    assert any(f"with “{word}”" in button.label for button in app.button)


def test_a_filter_finds_characters_in_either_case(report):
    amounts = amounts_of(report)
    text = report.data.texts[7].text
    found = find_photos(report, PhotoFilter(contains=text[3:20].upper()), amounts)
    assert 7 in found
    assert found == [i for i, row in enumerate(report.data.texts) if text[3:20].lower() in row.text.lower()]
    assert find_photos(report, PhotoFilter(contains="¬ nowhere"), amounts) == []


def test_the_open_text_is_marked_as_stored_and_on_demand(workspace, report):
    row = report.data.wordings[0].excerpts[0]
    app = open_page("report", id="plain", tab="photos", image=row.text, concept=0)
    assert report.data.texts[row.text].text in excerpts_of(shown(app))
    assert "<mark" in shown(app).split('class="cx-pair')[1].split("</figure>")[0]
    app.button(key="which_words").click().run()
    assert not app.exception
    opened = shown(app).split('class="cx-pair')[1]
    assert 'title="without it the code' in opened
    assert report.data.texts[row.text].text in excerpts_of(shown(app))
    assert "The words in figures" in [each.label for each in app.expander]


def test_a_text_of_many_sentences_is_asked_sentence_by_sentence_then_word_by_word(workspace, report):
    three = " ".join(row.text for row in report.data.texts[:3])
    texts = (replace(report.data.texts[0], text=three), *report.data.texts[1:])
    report.with_data(replace(report.data, texts=texts)).save(workspace / "reports" / "long")
    app = open_page("report", id="long", tab="photos", image=0, concept=0)
    app.button(key="which_words").click().run()
    n = len(word_spans(three))
    assert " words of the sentences that matter most; each was deleted." in all_markdown(app)
    app.button(key="all_words").click().run()
    assert not app.exception
    assert f"without each of {n} words; each was deleted." in all_markdown(app)
    assert three in excerpts_of(shown(app))


def all_markdown(app) -> str:
    return " ".join([*(each.value for each in app.markdown), shown(app)]).replace("\\", "")


def test_a_word_clicked_away_changes_both_the_answer_and_the_concepts(workspace, report):
    app = open_page("report", id="plain", tab="whatif", image=3)
    assert "What if a word were not there?" in said(app)
    assert "changed," not in shown(app)
    words = app.button_group(key="words_gone_3")
    words.set_value([0, 1]).run()
    assert not app.exception
    assert "; changed, " in shown(app)
    assert any("change of the effect" in str(chart["layout"]["xaxis"].get("title")) for chart in charts(app))


def test_a_text_of_ones_own_is_answered(workspace, report):
    app = open_page("report", id="plain", tab="whatif", image=3)
    app.text_area(key="own_text").set_value("<b>The rain</b> drummed on every roof.").run()
    assert not app.exception
    assert "The texts of this report that are most like it" in shown(app)
    app.text_area(key="own_text").set_value("§§§").run()  # no word that the model knows
    assert not app.exception


def test_the_words_of_a_text_of_ones_own_are_asked_for(workspace, report):
    split = opened(report)
    mine = "<b>The rain</b> drummed on every roof."
    app = open_page("report", id="plain", tab="whatif", image=3)
    app.text_area(key="own_text").set_value(mine).run()
    concept = int(np.argmax(np.abs(explain_text(report, split, mine).phi)))
    assert app.selectbox(key="own_concept").value == concept  # what counts most here
    assert "without it the code" not in shown(app)
    app.button(key="own_words").click().run()
    assert not app.exception
    assert mine in excerpts_of(shown(app))
    found = words_in(report, split, mine)
    share = max((found.share(i, concept)[0] for i in range(len(found.where.units))), key=abs)
    assert f"without it the code {'falls' if share >= 0 else 'rises'} by {percent(abs(share))}" in shown(app)
    n = len(word_spans(mine))
    assert re.search(
        rf"without each of {n} words; each was deleted\..*The model read {n} changed texts in 0\.\d s",
        all_markdown(app),
        re.DOTALL,
    )
    other = (concept + 1) % len(report.data.concepts)
    app.selectbox(key="own_concept").set_value(other).run()
    assert f"Concept {other + 1}" in all_markdown(app)
    another = report.data.texts[5].text
    app.text_area(key="own_text").set_value(another).run()
    assert app.selectbox(key="own_concept").value == int(np.argmax(np.abs(explain_text(report, split, another).phi)))
    assert "without it the code" not in shown(app)  # it is asked for each text


def test_a_long_text_of_ones_own_is_told_what_the_other_words_take(workspace, report):
    app = open_page("report", id="plain", tab="whatif", image=3)
    app.text_area(key="own_text").set_value(" ".join(row.text for row in report.data.texts[:20])[:3900]).run()
    app.button(key="own_words").click().run()
    more = app.button(key="own_all_words")
    assert re.fullmatch(r"The other words too \(about \d+\.\d s\)", more.label)
    more.click().run()
    assert not app.exception
    assert "without each of the first 120 words" in all_markdown(app)


@pytest.mark.parametrize("tab", ["overview", "concepts", "photos", "whatif"])
def test_hostile_texts_are_characters(workspace, tab):
    for image in range(len(ODD)):
        app = open_page("report", id="odd", tab=tab, image=image, concept=image)
        page = shown(app)
        assert "<script" not in page
        assert "<mark>" not in page
        if tab == "photos":
            assert ODD[image][:4000].replace("\r\n", "\n") in [each.replace("\r\n", "\n") for each in excerpts_of(page)]


def test_words_lose_what_a_literal_removal_says(report):
    split = opened(report)
    text = report.data.texts[2].text
    found = words_in(report, split, text)
    literal = codes_of(report, split, [text, *(without(text, span) for span in word_spans(text))])
    np.testing.assert_allclose(found.codes, literal[0], atol=1e-3)  # codes are found to a tolerance
    np.testing.assert_allclose(found.where.middle, literal[0] - literal[1:], atol=2e-3)
    assert found.where.units == word_spans(text)


def test_sentences_come_first_and_the_words_are_of_the_two_that_matter(report):
    split = opened(report)
    three = " ".join(row.text for row in report.data.texts[:3])
    whole = sentences_in(report, split, three)
    assert len(whole.where.units) == 3
    best = top_sentences(whole, 0)
    assert best is not None
    mean = whole.where.middle[:, 0]
    assert set(best) == {whole.where.units[i] for i in np.argsort(-mean)[:2]}
    words = words_in(report, split, three, best)
    assert all(any(a <= start and stop <= b for a, b in best) for start, stop in words.where.units)
    assert sentences_in(report, split, report.data.texts[0].text).where.units == ()
    assert top_sentences(sentences_in(report, split, "rain"), 0) is None
    assert words_in(report, split, "rain").where.units == ()


def test_a_share_is_of_the_code_and_spreads_over_the_removals():
    loss = np.array([[[1.0]], [[3.0]]])
    found = LocalWords(np.array([4.0]), WhereInText(((0, 1),), ("deleted", "masked"), loss, 2), np.array([8.0]))
    assert found.share(0, 0) == (0.5, 0.25, 0.75)
    assert LocalWords(np.array([0.0]), found.where, found.largest).share(0, 0) == (0.0, 0.0, 0.0)
    timed = replace(found, seconds=3.0)
    assert timed.seconds_for(4) == 12.0  # 3 s for 2 passes, 8 are needed


def test_a_text_of_the_report_is_explained_as_the_report_explains_it(report):
    split = opened(report)
    found = explain_text(report, split, report.data.texts[4].text)
    np.testing.assert_allclose(found.phi, report.array("phi")[4], atol=2e-3)
    assert found.nearest[0] == 4


def test_small_sentences():
    text = "the rain, the rain in Spain"
    spans = word_spans(text)
    assert without_words(text, [spans[0], spans[2]]) == "rain, rain in Spain"
    assert without_words(text, list(spans)).strip(", ") == ""
    assert len(set(told_apart(["the", "a", "the", "the"]))) == 4
    assert lead_sentence((2.0, -2.0), "x", changed=True) == "Lead of x over the next class: 2.0 logits, changed −2.0."


def test_what_a_change_changes():
    before = explained([3.0, 1.0, 0.0], [1.0, 2.0])
    found = change_between(before, explained([0.0, 2.0, 1.0], [1.5, 0.0]), top=2)
    assert found.first == 0
    assert found.lead == (2.0, -2.0)
    np.testing.assert_allclose(found.phi, [0.5, -2.0])
    assert [i for i, _, _ in found.rows] == [0, 1]
    np.testing.assert_allclose(found.rows[0][1:], [before.probabilities[0], 1 / (1 + np.e**2 + np.e)])
    alone = replace(before, probabilities=None)
    assert (change_between(alone, alone, top=2).rows, change_between(alone, alone, top=2).lead) == ((), None)


def explained(logits: list[float], phi: list[float]) -> Explained:
    values = np.array(logits)
    return Explained(values, np.exp(values) / np.exp(values).sum(), np.array(phi), (0,), (0.0,), 1.0, 0.0, (0,))


def opened(report: ClassReport):
    from concepts.models.text import open_text_model

    return open_text_model(report.data.request.model)


def codes_of(report: ClassReport, split, texts: list[str]) -> np.ndarray:
    import torch

    V = torch.from_numpy(report.array("components"))
    return fresh_codes(report, split.encode_texts(texts), V.float()).numpy()


def test_of_a_concept_that_is_not_in_a_text_only_words_that_keep_it_away_are_marked():
    """Small gains are not drawn as if they were all of a concept, nor told as shares of a code that is nearly 0."""
    loss = np.array([[[-0.4, -1.0, 2.0], [-0.1, 0.05, 2.0], [0.0, -0.2, 0.0]]])
    where = WhereInText(((0, 1), (2, 3), (4, 5)), ("deleted",), loss, 3)
    found = LocalWords(np.array([0.0, 0.1, 4.0]), where, np.array([4.0, 4.0, 4.0]))
    assert [found.holds(concept) for concept in range(3)] == [False, False, True]
    marks = [[span.start for span in text_words.spans_of(found, concept)] for concept in range(3)]
    assert marks == [[0], [0, 4], [0, 2, 4]], "0.4 of 4 is 10%, 1.1 is 28%, 0.3 is 8%; 0.1 and 0.05 are below 5%"
    assert text_words.notes_of(found, 0)[0, 1] == "without it the code would be 10% of its largest"
    assert text_words.notes_of(found, 2)[0, 1] == "without it the code falls by 50%"
    said = [text_words.absent_sentence("A", found, concept) for concept in range(2)]
    assert said[0].startswith("A is not in this text: its code is 0. Marked (red, hatched underneath)")
    assert said[1].startswith("A is hardly in this text: its code is below 5% of its largest")
    assert [re.findall(r"up to (\d+%)", each) for each in said] == [["10%"], ["28%"]]
    alone = replace(found, where=replace(where, loss=loss * 0.1))
    assert text_words.absent_sentence("A", alone, 0).endswith("would not be there either.")


def test_the_page_says_that_a_concept_is_not_in_the_text(workspace, report):
    codes = report.activity()
    image, concept = divmod(int(codes.argmin()), codes.shape[1])
    assert codes[image, concept] == 0
    app = open_page("report", id="plain", tab="photos", image=image, concept=concept)
    app.button(key="which_words").click().run()
    assert not app.exception
    assert f"Concept {concept + 1} is not in this text: its code is 0. " in all_markdown(app)
    assert "The words in figures" not in [each.label for each in app.expander]
