"""What only reports on texts have: probes, what gives the label away, and each score of a concept's words beside its
control; from the request to the page."""

import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from concepts.cli.report import print_summary
from concepts.data.documents import TextSet
from concepts.data.documents.duplicates import copies_among, find_duplicates
from concepts.data_artefacts.words import word_labels
from concepts.demo.language import CLASS_NAMES, draw_class_texts
from concepts.engine import analysis
from concepts.engine.analysis import analyse
from concepts.probes.changed import changed_spans
from concepts.probes.registry import PROBES
from concepts.probes.running import run_probes
from concepts.probes.swaps import open_pairs
from concepts.report import ClassReport
from concepts.report.pipeline import build, label_artefacts, probing, word_scores
from concepts.report.pipeline.probing import MOST_FLIPS, OWN
from concepts.report.rendering.html import render_report_html
from concepts.report.rendering.probe_sentences import probe_sentences, turns_more
from concepts.report.rendering.probe_views import label_view, probes_view
from concepts.report.request import Request, command_again
from concepts.report.schema import check_numbers
from concepts.report.settings import ReportSettings
from concepts.report.text_rows import (
    CopiesArtefactRow,
    DataArtefacts,
    LinkRow,
    Measured,
    MovedRow,
    ProbeRow,
    WordArtefactRow,
)
from concepts.wordings.presence import term_presence
from tests.support.screen import open_page, said, shown, without_demo
from tests.support.text_reports import bag_of_words, drawn_set, drawn_table

RAIN, PRAISE, COMPLAINT = "rain", "praise", "complaint"
SHARE = Measured(0.9, 0.8, 0.95)
PAIRS = (
    ("rain", "parade"), ("drizzle", "jugglers"), ("downpour", "acrobats"), ("shower", "clowns"),
    ("cloudburst", "choir"), ("deluge", "trumpets"), ("raindrops", "fiddlers"), ("sleet", "lanterns"),
)  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("probed")


@pytest.fixture(scope="module")
def asked(folder):
    (folder / "pairs.txt").write_text("\n".join(f"{one}, {other}" for one, other in PAIRS), encoding="utf-8")
    settings = ReportSettings(n_concepts=4, batch_size=64)
    return Request(
        model=bag_of_words(), texts=str(drawn_table()), target=RAIN, pairs=str(folder / "pairs.txt"),
        settings=settings,
    )  # fmt: skip


@pytest.fixture(scope="module")
def report(folder, asked) -> ClassReport:
    return analyse(asked, folder / "store")


@pytest.fixture(scope="module")
def with_artefacts(report) -> ClassReport:
    """The report with every kind of artefact of the data, and with concepts that surely move."""
    words = (WordArtefactRow("as", 40, SHARE, 6.1, 0.0001, (LinkRow(1, SHARE, 0.6),)),)
    copies = CopiesArtefactRow(2, 5, 1, 3, (LinkRow(0, SHARE, 0.6),))
    moved = (MovedRow(2, Measured(-0.5, -0.7, -0.2), 0.001), MovedRow(0, Measured(0.3, 0.1, 0.4), 0.02))
    first, *others = report.data.probes
    probes = (replace(first, moved=(*moved, MovedRow(1, Measured(0.1, -0.1, 0.2), 0.3))), *others)
    found = DataArtefacts(150, 0.2, 43, words, report.data.data_artefacts.length, copies)
    return report.with_data(replace(report.data, probes=probes, data_artefacts=found))


def row_of(report: ClassReport, name: str) -> ProbeRow:
    return next(row for row in report.data.probes if row.name == name)


def test_the_report_of_texts_has_a_row_for_each_probe_that_applies_the_control_last(report):
    names = [row.name for row in report.data.probes]
    assert names[0] == OWN
    assert {"negation put in", "words shuffled", "cut at 10 words"} < set(names)
    assert "movie and film swapped" not in names  # in none of these texts
    assert [row.is_control for row in report.data.probes] == [False] * (len(names) - 1) + [True]
    for row in report.data.probes:
        assert row.n + row.n_left_out == len(report.data.texts)
        assert row.n_target <= row.n
        assert len(row.flips) <= min(row.n, MOST_FLIPS)
        assert row.turned.low <= row.turned.value <= row.turned.high
        assert sorted(each.concept for each in row.moved) == list(range(4))


def test_a_bag_of_words_moves_under_its_words_and_not_under_their_order(report):
    shuffled, own = row_of(report, "words shuffled"), row_of(report, OWN)
    assert shuffled.turned.value == 0
    assert abs(shuffled.score.value) < 1e-4
    assert not any(each.surely for each in shuffled.moved)
    assert own.turned_away.value > 0.4
    assert own.score.value < -2


def test_a_flip_is_the_text_that_turned_as_the_probe_left_it(report):
    for flip in row_of(report, OWN).flips:
        text = report.data.texts[flip.text]
        assert flip.away == text.recognised
        out, into = changed_spans(text.text, flip.changed)
        before = {text.text[start:stop].casefold() for start, stop in out}
        after = {flip.changed[start:stop].casefold() for start, stop in into}
        assert before
        assert {dict([*PAIRS, *((b, a) for a, b in PAIRS)])[word] for word in before} == after


def test_changed_words_are_marked_on_both_sides_and_none_where_all_changed():
    before, after = "It is a good film.", "It is not a bad film."
    out, into = changed_spans(before, after)
    assert [before[start:stop] for start, stop in out] == ["good"]
    assert [after[start:stop] for start, stop in into] == ["not", "bad"]
    assert changed_spans("one two three", "ONE TWO THREE") == ((), ())


def test_the_answers_to_probes_are_kept_and_the_same_again(folder, asked, report):
    again = analyse(asked, folder / "store")
    assert "probes" in again.data.reused
    assert "probes" not in report.data.reused
    assert again.data.probes == report.data.probes
    assert again.data.data_artefacts == report.data.data_artefacts


def test_nothing_is_probed_without_evidence_and_nothing_of_photos():
    off, auto = ReportSettings(evidence="off"), ReportSettings()
    for kind, settings in (("texts", off), ("images", auto)):
        assert build._probes(SimpleNamespace(kind=kind, settings=settings), None, PAIRS) == ((), None)


def test_texts_that_are_very_long_are_not_probed():
    texts = ["short"] * 5 + ["long " * 10_000] + ["short too"] * 300
    findings = SimpleNamespace(settings=ReportSettings(), activations=range(306), text=lambda row: texts[row])
    drawn = dict(probing._drawn(findings))
    assert len(drawn) == 120
    assert 5 not in drawn
    assert all(texts[row] == text for row, text in drawn.items())


def test_pairs_are_part_of_the_request(asked):
    without = replace(asked, pairs=None)
    assert asked.key != without.key
    assert "--pairs=" in command_again(asked, method="nmf", layer="head")
    photos = Request(model="resnet18", images="photos", target="cat", pairs="pairs.txt")
    with pytest.raises(ValueError, match="without texts: give --texts"):
        analysis._pairs_of(photos)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"movie film", "pairs.txt: line 1 is 'movie film': write a pair"),
        (b"", "pairs.txt: 0 pairs of words"),
        (b"a, b\na, c", "pairs.txt: 'a' stands in two pairs"),
        (b"\xff\xfe\x00", "pairs.txt is no text in UTF-8"),
    ],
)
def test_a_file_that_holds_no_pairs_is_one_clear_line(tmp_path, content, told):
    (tmp_path / "pairs.txt").write_bytes(content)
    with pytest.raises(ValueError, match=told):
        open_pairs(tmp_path / "pairs.txt")
    with pytest.raises(ValueError, match=r"gone\.txt cannot be read: No such file"):
        open_pairs(tmp_path / "gone.txt")


def test_each_score_of_a_concepts_words_stands_beside_its_control(report):
    for row in report.data.wordings:
        assert row.bag is not None
        assert row.bag_control is not None
        assert row.bag.value > 0  # words explain a bag of words
        assert (row.coherence is None) == (row.coherence_control is None)
        effects = [each.effect for each in row.speaks_for]
        assert effects == sorted(effects, key=abs, reverse=True)
        assert len(effects) == len(CLASS_NAMES)
        assert sum(effects) == pytest.approx(0, abs=1e-5)  # beyond the mean of all classes


def test_the_report_comes_back_and_an_older_one_opens(with_artefacts, tmp_path):
    with_artefacts.save(tmp_path / "report")
    assert ClassReport.load(tmp_path / "report").data == with_artefacts.data
    file = tmp_path / "report" / "report.json"
    kept = json.loads(file.read_text(encoding="utf-8"))
    del kept["probes"], kept["data_artefacts"]
    for row in kept["wordings"]:
        for name in ("list_control", "bag", "bag_control", "coherence", "coherence_control", "meanings",
                     "meanings_control", "speaks_for"):  # fmt: skip
            del row[name]
    file.write_text(json.dumps(kept), encoding="utf-8")
    older = ClassReport.load(tmp_path / "report")
    assert older.data.probes == ()
    assert older.data.data_artefacts is None
    page = render_report_html(older)
    assert not any(f'{place}probes"' in page for place in ('id="', 'href="#'))
    assert 'href="#label"' not in page


def test_numbers_of_concepts_and_texts_that_are_not_there_are_refused(with_artefacts):
    data = with_artefacts.data
    own = row_of(with_artefacts, OWN)

    def told(match, **changes):
        with pytest.raises(ValueError, match=match):
            check_numbers(replace(data, **changes), "r")

    told("probes: names text 99", probes=(replace(own, flips=(replace(own.flips[0], text=99),)),))
    told("probes: names concept 9", probes=(replace(own, moved=(replace(own.moved[0], concept=9),)),))
    told("probes: more texts turn", probes=(replace(own, n=1, n_target=2),))
    told("probes: a share of answers", probes=(replace(own, turned=Measured(1e300, 1e300, 1e300)),))
    told("wrong order", probes=(replace(own, score=Measured(0, 1, -1)),))
    copies = replace(data.data_artefacts.copies, links=(LinkRow(9, Measured(0.8, 0.7, 0.9), 0.6),))
    told("data_artefacts: names concept 9", data_artefacts=replace(data.data_artefacts, copies=copies))


def test_a_planted_word_a_length_and_copies_are_found_in_labelled_texts(report, monkeypatch):
    rng = np.random.default_rng(0)
    vocabulary = [f"word{i}" for i in range(30)]
    texts = [" ".join(rng.choice(vocabulary, 5 + 5 * (i < 40))) + (" heron" if i < 30 else "") for i in range(100)]
    texts[99] = texts[0].upper()  # a copy under the other label
    own = np.arange(100) < 40
    monkeypatch.setattr(label_artefacts, "_labelled", lambda findings: (list(range(100)), own))
    monkeypatch.setattr(label_artefacts, "text_of", lambda photos, i: texts[i])
    monkeypatch.setattr(label_artefacts, "_links", lambda findings, texts, words: {"heron": (LinkRow(0, SHARE, 0.6),)})
    known = SimpleNamespace(photos=None)
    nothing = SimpleNamespace(selection=SimpleNamespace(known=known), activations=(), own_texts=None, duplicates=None)
    found = label_artefacts.data_artefacts(nothing)
    first = found.words[0]
    assert first.word == "heron"
    assert first.z > 4
    assert first.p < 0.001
    assert first.n == 31
    assert first.share.value == pytest.approx(30 / 31)
    assert found.base == 0.4
    assert first.links[0].concept == 0
    assert found.length.auroc.low > 0.9
    assert (found.copies.groups_across, found.copies.texts_across) == (1, 2)


def test_a_report_of_all_texts_cuts_them_and_looks_for_copies_once(monkeypatch):
    for name in ("copies_among", "term_presence"):
        monkeypatch.setattr(label_artefacts, name, None)  # would fail if it were called
    settings = ReportSettings(n_concepts=4, photos="all", n_crops=0)
    request = Request(model=bag_of_words(), texts=str(drawn_table()), target="rain", settings=settings)
    found, texts = analyse(request, None).data.data_artefacts, drawn_set()
    own = ["1" if group == "rain" else "0" for group in texts.groups]
    expected = word_labels(texts.texts, own).found()[:20]
    assert [(row.word, row.n, row.z) for row in found.words] == [(row.word, row.n, row.z) for row in expected]
    groups = copies_among(texts.texts)
    assert (found.copies.groups if found.copies else 0) == len(groups)


def test_a_word_that_follows_a_concept_is_linked_to_it():
    rng = np.random.default_rng(0)
    codes = rng.random((80, 3))
    texts = [f"here {'heron' if codes[i, 1] > 0.5 else 'egret'} {'so' * int(rng.integers(1, 3))}" for i in range(80)]
    components = rng.random((3, 6)).astype(np.float32)
    A = rng.random((80, 6))
    findings = SimpleNamespace(
        activations=type("Eighty", (), {"rows": lambda self, start, stop: A, "__len__": lambda self: 80})(),
        dictionary=SimpleNamespace(codes=codes, components=components),
        settings=ReportSettings(),
        words=term_presence(texts),
        own_texts=None,
        duplicates=None,
    )
    (link,) = label_artefacts._links(findings, texts, ["heron"])["heron"]
    assert (link.concept, link.auroc.value) == (1, 1.0)
    assert link.control < link.auroc.low


def test_a_concept_speaks_for_a_class_beyond_what_moves_all_classes_alike(monkeypatch):
    monkeypatch.setattr(word_scores, "TextSplit", SimpleNamespace)
    weight = torch.tensor([[2.0, 1.0], [2.0, 3.0], [2.0, 1.0]])
    findings = SimpleNamespace(
        split=SimpleNamespace(weight=weight, outputs=SimpleNamespace(kind="classes")),
        dictionary=SimpleNamespace(components=np.eye(2)),
        selection=SimpleNamespace(class_names=("a", "b", "c")),
    )
    first, second = word_scores._speaks_for(findings)
    assert first == ()
    assert second[0].name == "b"
    assert [each.effect for each in second] == pytest.approx([4 / 3, -2 / 3, -2 / 3])


def test_copies_are_exact_or_near_and_each_text_is_in_one_group():
    long = "the cat sat on the mat and looked out of the window all day long"
    texts = ["A b", "a  B", long, "x", long + "!", long]
    assert copies_among(texts) == ((0, 1), (2, 4, 5))
    assert find_duplicates(TextSet.of(texts)).groups == ((0, 1), (2, 4, 5))


def test_a_bag_of_words_does_not_read_negation():
    """The truth of every text turns; the bag adds the weight of one word, whatever it denies, and few answers turn."""
    from concepts.models.text.opening import open_text_model

    split = open_text_model(bag_of_words())
    names = list(split.card.class_names)

    def logits(texts):
        return split.head(split.encode_texts(list(texts))).detach().numpy()

    n_turned, n = 0, 0
    for name in (PRAISE, COMPLAINT):
        said_so = [each.text for each in draw_class_texts(name, 120, seed=3, split="test") if not each.denied]
        row, _ = run_probes(said_so, [PROBES["negation put in"]], logits=logits, codes=logits, target=names.index(name))
        assert row.n >= 10
        assert row.score.high - row.score.low < 1e-4  # the same step in every text
        n_turned, n = n_turned + round(row.turned.value * row.n), n + row.n
    assert n_turned / n < 0.25


def test_only_what_turns_surely_more_than_the_control_is_said(report):
    own, control = row_of(report, OWN), report.data.probes[-1]
    assert turns_more(own, control)
    assert not turns_more(control, control)
    assert not turns_more(row_of(report, "words shuffled"), control)
    assert any(sentence.startswith(f"{OWN}: ") for sentence in probe_sentences(report.data))
    calm = replace(report.data, probes=(row_of(report, "words shuffled"), control))
    assert probe_sentences(calm)[0].startswith("no probe turns surely more")
    assert probe_sentences(replace(report.data, probes=())) == []


def test_more_turn_surely_only_beyond_both_intervals(report):
    own, control = row_of(report, OWN), report.data.probes[-1]
    control = replace(control, turned=Measured(0.1, 0.05, 0.2))
    for value, low, more in ((0.5, 0.35, True), (0.5, 0.05, False), (0.11, 0.1, False)):
        assert turns_more(replace(own, turned=Measured(value, low, 0.9)), control) == more


def test_the_summary_names_the_probes(report, capsys, tmp_path):
    print_summary(report, tmp_path)
    assert f"  probes: {OWN}: " in capsys.readouterr().out


def test_the_file_has_the_section_with_links_to_concepts(with_artefacts):
    html = render_report_html(with_artefacts)
    parts = html[html.index('aria-label="Parts of this page"') :].split("</nav>")[0]
    assert parts.index('"#suspicion"') < parts.index('"#probes"') < parts.index('"#label"') < parts.index('"#mistakes"')
    section = html[html.index('id="probes"') : html.index('id="mistakes"')]
    assert OWN in section
    assert "words as frequent (control)" in section
    assert 'class="for"' in section
    label = section[section.index('id="label"') :]
    assert 'href="#concept-1"' in label
    assert "1 group (3 texts)" in label
    assert "AUROC" in label


def test_bars_of_concepts_show_sizes_and_mark_falls(with_artefacts, report):
    view = probes_view(with_artefacts, str)
    moved = view.lines[0].moved
    told = [line.turned_text.endswith("more than the control") for line in view.lines]
    assert told[0]
    assert not told[-1]
    assert [(it.size, it.low, it.high, it.against) for it in moved] == [(0.5, 0.2, 0.7, True), (0.3, 0.1, 0.4, False)]
    assert (moved[0].href, view.furthest) == ("2", 0.7)
    assert "the concepts together −0.10" in view.lines[0].score_text  # all of them, those that may not move too
    assert label_view(report.with_data(replace(report.data, data_artefacts=None)), str) is None


def test_the_page_has_a_tab_for_probes_of_texts_only(with_artefacts, tmp_path, monkeypatch):
    without_demo(monkeypatch, tmp_path)
    with_artefacts.save(tmp_path / "reports" / "rain")
    bare = with_artefacts.with_data(replace(with_artefacts.data, probes=(), data_artefacts=None))
    bare.save(tmp_path / "reports" / "bare")
    app = open_page("report", id="rain", tab="probes")
    assert "What small changes do to the answer" in said(app)
    assert "without the model" in said(app)
    html = shown(app)
    assert OWN in html
    assert "cx-bar" in html
    assert 'class="against"' in html
    assert "tab=concepts" in html
    assert "concept=1" in html
    assert "Probes" in [tab.label for tab in app.tabs]
    concept = shown(open_page("report", id="rain", tab="concepts", concept=0))
    assert "explain its code with R²" in concept
    assert "moves most the logits of" in concept
    other = open_page("report", id="bare", tab="probes")  # the address of a tab that it lacks opens the first one
    assert "Probes" not in [tab.label for tab in other.tabs]
