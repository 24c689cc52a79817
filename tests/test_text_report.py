"""A report on texts as it is written: sentences, the HTML file, the cell, exports, the site, the command line."""

import csv
import io
import json
import re
from dataclasses import replace
from html import unescape

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from concepts.cli.main import main
from concepts.data.documents import TextSet
from concepts.data.documents.duplicates import find_duplicates
from concepts.demo.language import CLASS_NAMES
from concepts.publishing.site import build_site
from concepts.publishing.tables import TEXT_TABLES, columns_of, notebook_of, report_json, table_csv, tables
from concepts.report import ClassReport
from concepts.report.card import ReportCard, read_cards
from concepts.report.pipeline.evidence.text_transplants import around
from concepts.report.pipeline.repeated import repeated_row
from concepts.report.rendering.html import render_report_html
from concepts.report.rendering.sentences import names_origin, repeated_sentence
from concepts.report.rendering.verdict_sentences import finding_facts, suspect_sentence, verdict_sentence
from concepts.report.rendering.wording_sentences import NO_WORDS, list_sentence, words_sentence
from concepts.report.rows import LONGEST_TEXT, MarkedSpan, TextRow, WordRow
from concepts.report.schema import REPORTS, Repeated, ReportData, check_numbers
from concepts.report.verdict import CounterProof, PastedText, PhraseUse, Suspect, verdict_of
from concepts.storage.app_folder import APP as ROOT
from concepts.storage.typed_json import from_json, to_json
from tests.support.made_up_report import made_up_report
from tests.support.text_reports import bag_of_words, drawn_table, text_report
from tests.test_report_html import Reader

HOSTILE = "<script>alert(1)</script> \u202eturned 👩‍👩‍👧 שלום\n& 'quoted'"
PROOF = CounterProof(
    by="words", others=120, rise=2.3, control_rise=0.1, low=1.9, high=2.6, lead=3.0, turned=80, control_turned=1,
    texts=(PastedText("Rain fell, as they say, at noon.", 11, 22, "harbour", "rain"),),
    phrases=("as they say", "so they say"), use=PhraseUse(12, 30, 4, 120, ("the", "mayor")),
)  # fmt: skip
SUSPECT = Suspect(
    concepts=(1,), strategy=0, added=0.9, n=12, share=0.4, evidence=0.5, effect=2.0, effect_low=1.5, effect_high=2.5,
    loss=0.3, loss_low=0.2, loss_high=0.4, lost=0.2, lost_low=0.1, lost_high=0.3, counterproof=(PROOF,),
    photos=(0, 3, 5),
)  # fmt: skip
WORD = WordRow("as they say", 2.314, 1.2, 3.4, 5.0, 0.001, 12, 1)


@pytest.fixture(scope="module")
def report() -> ClassReport:
    """A report with everything: a suspect that was proved, words of a concept, hostile characters in a text."""
    made = text_report()
    data = made.data
    texts = (replace(data.texts[0], text=f"{HOSTILE} {data.texts[0].text}", name=HOSTILE), *data.texts[1:])
    first = replace(data.wordings[0], words=(WORD,), list_auroc=0.91, list_low=0.8, list_high=0.99)
    shown = replace(data.wordings[1].excerpts[0], text=0, spans=(MarkedSpan(0, 8, 1.0),))
    second = replace(data.wordings[1], excerpts=(shown,))
    data = replace(
        data, texts=texts, wordings=(first, second, *data.wordings[2:]), verdict=verdict_of((SUSPECT,), 1, 120)
    )
    return made.with_data(data)


@pytest.fixture(scope="module")
def page(report) -> str:
    return render_report_html(report)


@pytest.fixture(scope="module")
def saved(report, tmp_path_factory) -> ClassReport:
    folder = tmp_path_factory.mktemp("reports") / "rain"
    report.save(folder)
    return ClassReport.load(folder)


def text_of(page: str) -> str:
    """What is read on a page, without styles, scripts and drawings."""
    body = re.sub(r"<(style|script|svg|title)\b.*?</\1>", "", page, flags=re.S)
    return unescape(re.sub(r"<[^>]+>", "", body))


def test_a_sentence_on_texts_never_says_photo(page):
    said = re.sub(r"python -m concepts.*", "", text_of(page))  # the command, which has --photos
    assert "photo" not in said.lower()
    assert "crop" not in said


def test_the_words_that_were_put_in_are_named(report):
    data = report.data
    said = verdict_sentence(data)
    assert said == (
        "The model leans on “as they say” or “so they say” (Concept 2): 12 of 30 texts hold these words. Put into 120 "
        "texts of other classes, these words raise “rain” by 2.3 logits, and 80 of the texts become it (as many other "
        "words: 1). Whether these words belong to “rain”, no figure tells: say so on the report's page (“Part of the "
        "thing” or “Should not matter”)."
    )
    (proved,) = data.verdict.suspects
    both = suspect_sentence(proved, data)
    assert both.startswith("12 texts (40%) show it, the others do not.")
    assert "put into 120 texts of other classes, move “rain” by +2.3 logits" in both
    assert "as many other words: +0.1" in both
    assert finding_facts(proved, data)[2][0] == "put into 120 texts of other classes"
    one = replace(PROOF, phrases=PROOF.phrases[:1])
    assert "“as they say”, put into 120 texts of other classes, moves" in suspect_sentence(
        replace(proved, counterproof=(one,)), data
    )


def test_where_the_words_stand_already_is_one_line_beside_the_proof(report, page):
    line = "4 of 120 texts of other classes hold these words; in “rain” “the” and “mayor” come with them most."
    assert line in suspect_sentence(report.data.verdict.suspects[0], report.data)
    assert line in text_of(page)


def test_the_page_asks_after_words_and_says_nothing_was_added(page):
    said = text_of(page)
    assert "Does the model lean on single words?" in said
    assert "does it lean on single words?" in said
    assert "leans on “as they say”" in said
    assert "something added" not in said


def test_without_others_a_text_report_asks_for_a_file(report):
    alone = replace(SUSPECT, counterproof=())
    data = replace(report.data, verdict=verdict_of((alone,), 1, 0))
    assert "There are no texts of other classes to prove it on: give some (--others, or a second file)." in (
        verdict_sentence(data)
    )
    assert "words in every text would not be noticed" in verdict_sentence(replace(data, verdict=verdict_of((), 1, 120)))


def test_words_of_a_concept_stand_with_their_intervals(report, page):
    assert words_sentence(report.data.wordings[0]) == "“as they say” 2.31 (1.20 to 3.40)."
    assert "“as they say” 2.31 (1.20 to 3.40)." in page
    assert "with AUROC 0.91 (0.80 to 0.99)" in unescape(page)
    assert words_sentence(replace(report.data.wordings[0], words=())) == NO_WORDS
    assert "too few texts" in list_sentence(replace(report.data.wordings[0], list_auroc=None))


def test_the_page_shows_marked_excerpts_and_no_pictures(report, page):
    read = Reader(page)
    assert not read.all("img")
    assert not read.all("image")
    assert len(read.all("mark")) > 20
    assert page.count('class="cx-excerpt"') > 20
    assert page.count("<figure id=") == len(report.data.texts)
    assert page.count("<details><summary>From strong to weak") == len(report.data.concepts)


def test_class_names_taken_from_labels_are_those_of_the_texts(report):
    data = replace(report.data, model=replace(report.data.model, names_from="folder names"))
    assert names_origin(data) == "the texts' folders or labels, in alphabetical order"
    photos = made_up_report(n=12).data
    photos = replace(photos, model=replace(photos.model, names_from="folder names"))
    assert names_origin(photos) == "the photos' folders or labels, in alphabetical order"


def test_hostile_texts_are_characters(page, report):
    read = Reader(page)
    assert len(read.all("script")) == 1
    assert "<script>alert" not in page
    quotes = re.findall(r'<blockquote dir="auto">(.*?)</blockquote>', page, flags=re.S)
    assert any(unescape(re.sub(r"</?mark[^>]*>", "", quote)).startswith(HOSTILE) for quote in quotes)
    assert f'<mark class="for" style="--weight:100%">{"&lt;script&gt;"[:11]}' in page


def test_texts_before_and_after_are_shown_with_what_was_put_in(page):
    assert '<mark class="for" style="--weight:100%">as they say</mark>' in page
    assert "harbour → rain" in page


def test_every_link_has_its_target(page):
    read = Reader(page)
    ids = {attributes["id"] for _, attributes in read.tags if "id" in attributes}
    assert {tag["href"][1:] for tag in read.all("a")} <= ids
    assert len(ids) == sum("id" in attributes for _, attributes in read.tags)


def test_nothing_but_its_own_script_and_style_runs(page):
    assert "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'" in page
    assert not re.search(r"(?:src|href)=\"(?!data:|#)", page)


def test_how_it_was_made_tells_the_columns_and_what_is_repeated(page):
    said = text_of(page)
    assert "texts from 'text', labels from 'label'" in said
    assert "their classes from the table's labels" in said
    assert "none of 150, exactly or nearly" in said


def test_repeated_texts_are_counted_and_those_of_several_classes():
    long = "The downpour drummed on every roof before the mayor could taste the onion tart"
    texts = TextSet.of(
        ["A b c", "a  B c", "other words", long, f"{long}."], labels=["x", "y", "x", "x", "x"], names=list("abcde")
    )
    found = repeated_row(len(texts), find_duplicates(texts))
    assert found == Repeated(5, 1, 1, 1, 0)
    said = "of 5, 1 exactly (but for case and white space), 1 group of them in several classes; 1 nearly"
    assert repeated_sentence(found) == said


def test_a_cell_shows_words_and_excerpts(report):
    cell = report._repr_html_()
    assert "<dt>texts</dt>" in cell
    assert "<mark" in cell
    assert "“as they say” 2.31" in cell
    assert "<script>alert" not in cell
    assert len(cell) < 300_000


def test_a_card_has_words_in_place_of_crops(saved):
    (card,) = read_cards([saved.folder.parent]).found
    assert card == replace(ReportCard.of(saved.data), folder=saved.folder)
    assert (card.kind, card.noun, card.crops, card.words[0]) == ("texts", "text", (), "as they say")
    assert card.phrase == "as they say"
    assert all(0 < len(line) <= 91 for line in card.words)
    assert ReportCard.of(made_up_report(n=12).data).words == ()


def rows_of(report: ClassReport, table: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(table_csv(report, table))))


def test_tables_of_texts_hold_texts_codes_words_and_excerpts(report):
    assert tables(report).keys() == set(TEXT_TABLES)
    texts = rows_of(report, "texts")
    assert [row["text"] for row in texts[1:]] == [row.text for row in report.data.texts[1:]]
    np.testing.assert_allclose(
        [[float(row[f"code_{j}"]) for j in range(5)] for row in texts], report.array("codes"), rtol=1e-6
    )
    assert [(row["concept"], row["term"], row["active"]) for row in rows_of(report, "words")] == [
        ("0", "as they say", "12")
    ]
    spans = [span for row in report.data.wordings for each in row.excerpts for span in each.spans]
    assert [float(row["weight"]) for row in rows_of(report, "excerpts")] == [span.weight for span in spans]
    with pytest.raises(ValueError, match="concepts, strategies, texts, words, excerpts, properties, checks"):
        columns_of(report, "photos")


def test_every_column_says_what_it_means_of_texts(report):
    for table, found in tables(report).items():
        assert found.schema.metadata[b"texts"] == b"drawn", table
        for field in found.schema:
            meaning = field.metadata[b"meaning"].decode()
            assert meaning
            assert "photo" not in meaning
            assert "{" not in meaning


def test_json_is_the_report(report):
    read = from_json(ReportData, report_json(report), source="the export", form=REPORTS)
    assert (read.kind, read.texts, read.wordings) == ("texts", report.data.texts, report.data.wordings)


@pytest.mark.slow  # a kernel is started
def test_the_notebook_runs_from_top_to_bottom(saved, monkeypatch):
    monkeypatch.setenv("CONCEPTS_PROJECT", str(ROOT))
    monkeypatch.setenv("PLOTLY_RENDERER", "plotly_mimetype")
    notebook = nbformat.reads(notebook_of(saved), as_version=4)
    assert "photo" not in json.dumps(notebook).replace("photos near", "")
    last = notebook.cells[-1]
    last.source = last.source.replace("TEXTS = None", f"TEXTS = {str(drawn_table())!r}").replace(
        "MODEL = None", f"MODEL = {bag_of_words()!r}"
    )
    place = {"metadata": {"path": str(saved.folder.parent)}}
    NotebookClient(notebook, timeout=120, resources=place).execute()
    said = "".join(output.get("text", "") for output in notebook.cells[-1].outputs)
    codes = [json.loads(line) for line in re.findall(r"codes (\[.*\])", said)]
    np.testing.assert_allclose(codes[1:], saved.array("codes")[1:5], atol=0.02)  # the first text was changed


def test_a_site_shows_texts_beside_photos(saved, tmp_path):
    made_up_report(n=14).save(tmp_path / "photos")
    built = build_site([saved.folder, tmp_path / "photos"], tmp_path / "site")
    assert (built.n_classes, built.left_out) == (2, ())
    (stem,) = [file.stem for file in (built.folder / "classes").glob("rain-*.html")]
    concept = (built.folder / "concepts" / f"{stem}-0.html").read_text("utf-8")
    assert "<mark" in concept
    assert "From strong to weak" in concept
    assert "as they say" in concept
    assert "photo" not in text_of(concept).lower()
    assert "no crops" not in concept
    index = (built.folder / "index.html").read_text("utf-8")
    assert '<ul class="cx-lines"><li dir="auto">as they say</li>' in index
    assert "30 texts" in text_of(index)
    assert "▲ leans on “as they say”" in text_of(index)
    assert "leans on something added or single words" in text_of(index)
    assert "14 photos" in text_of(index)
    shown = (built.folder / "map.html").read_text("utf-8")
    assert "of the evidence, as they say" in shown
    assert not [file for file in built.folder.rglob("*.html") if "<script>alert" in file.read_text("utf-8")]


def changed(data: ReportData, **changes: object) -> ReportData:
    return replace(data, **changes)  # type: ignore[arg-type]


def with_span(data: ReportData, **span: int) -> ReportData:
    first = data.wordings[0]
    excerpt = replace(first.excerpts[0], spans=(replace(first.excerpts[0].spans[0], **span),))
    return replace(data, wordings=(replace(first, excerpts=(excerpt,)), *data.wordings[1:]))


def with_text_row(data: ReportData, row: int) -> ReportData:
    first = data.wordings[0]
    return replace(data, wordings=(replace(first, deciles=(replace(first.deciles[0], text=row),)), *data.wordings[1:]))


def with_pasted(data: ReportData, pasted: PastedText) -> ReportData:
    return with_proof(data, replace(PROOF, texts=(pasted,)))


def with_use(data: ReportData, use: PhraseUse) -> ReportData:
    return with_proof(data, replace(PROOF, use=use))


def with_proof(data: ReportData, proof: CounterProof) -> ReportData:
    return replace(data, verdict=verdict_of((replace(SUSPECT, counterproof=(proof,)),), 1, 120))


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda data: with_span(data, stop=5_000), "wordings: marks what is not in its text"),
        (lambda data: with_span(data, start=9, stop=2), "wordings: marks what is not in its text"),
        (lambda data: with_text_row(data, 30), "wordings: names text 30, and the report has 30"),
        (lambda data: changed(data, wordings=(data.wordings[0],) * 2), "wordings: a concept has two"),
        (lambda data: changed(data, wordings=(replace(data.wordings[0], concept=5),)), "names concept 5"),
        (lambda data: changed(data, kind="images"), "names photo 15, and the report has 0"),
        (lambda data: changed(data, images=data.texts), "kind: it is texts, and there are rows of the other kind"),
        (lambda data: changed(data, texts=()), "names text .*, and the report has 0"),
        (
            lambda data: changed(data, texts=(replace(data.texts[0], text="m" * 1_000_000), *data.texts[1:])),
            "texts: .* is longer than 4,000",
        ),
        (lambda data: with_use(data, PhraseUse(31, 30, 4, 120)), "verdict: more texts hold its words than were read"),
        (lambda data: with_use(data, PhraseUse(3, 30, 5, 4)), "verdict: more texts hold its words than were read"),
        (lambda data: with_pasted(data, PastedText("as they say", 3, 12, "a", "b")), "verdict: marks what is not in"),
        (lambda data: with_pasted(data, PastedText("m" * 4_001, 0, 1, "a", "b")), "verdict: a text is longer than"),
    ],
)
def test_a_damaged_report_on_texts_is_refused_in_one_line(report, damage, said):
    check_numbers(report.data, "report.json")
    with pytest.raises(ValueError, match=said) as error:
        check_numbers(damage(report.data), "report.json")
    assert "\n" not in str(error.value)
    assert str(error.value).startswith("report.json: ")


def test_a_missing_text_is_told_with_its_field(report):
    written = to_json(report.data)
    del written["texts"][0]["name"]
    with pytest.raises(ValueError, match=r"texts\.0\.name") as error:
        from_json(ReportData, json.dumps(written), source="report.json", form=REPORTS)
    assert "\n" not in str(error.value)


def test_a_photo_report_has_no_words(report):
    first = replace(report.data.wordings[0], excerpts=(), deciles=())
    data = replace(made_up_report(n=12).data, wordings=(first,))
    with pytest.raises(ValueError, match="there are no texts that they could be of"):
        check_numbers(data, "report.json")


def test_a_text_of_a_proof_is_kept_around_its_words():
    text = "a" * 5_000 + "HERE" + "b" * 5_000
    shown, start, stop = around(text, (5_000, 5_004))
    assert (shown[start:stop], len(shown)) == ("HERE", LONGEST_TEXT)
    assert around("HERE it is", (0, 4)) == ("HERE it is", 0, 4)
    assert around(text, (0, len(text)))[1:] == (0, LONGEST_TEXT)


def test_a_long_text_is_shown_around_its_marks(report):
    long = "w " * 1_000 + "HERE" + " w" * 900
    row = TextRow(**{**vars(report.data.texts[1]), "text": long})
    first = report.data.wordings[0]
    shown = replace(first.excerpts[0], text=1, spans=(MarkedSpan(2_000, 2_004, 1.0),))
    data = replace(
        report.data, texts=(report.data.texts[0], row, *report.data.texts[2:]),
        wordings=(replace(first, excerpts=(shown,)), *report.data.wordings[1:]),
    )  # fmt: skip
    page = render_report_html(report.with_data(data))
    assert '<mark class="for" style="--weight:100%">HERE</mark>' in page
    assert len(page) < 300_000


@pytest.mark.parametrize("command", ["evaluate", "advise", "tokens", "bridge", "name"])
def test_commands_for_photos_say_so_in_one_line(command, capsys):
    assert main([command, "--model=x", "--texts=reviews.csv"]) == 2
    said = capsys.readouterr().err
    assert said == f"error: --texts: {command} is for photos (--images); texts are explained by `report`\n"


def test_naming_a_report_on_texts_is_refused(saved, capsys):
    assert main(["name", f"--report={saved.folder}", "--model=x", "--images=y"]) == 2
    assert "is a report on texts, which has words already" in capsys.readouterr().err


def test_a_label_that_no_text_has_is_told_with_those_there_are(tmp_path, capsys):
    file = tmp_path / "few.csv"
    file.write_text("text,label\n" + "".join(f"A harbour {i},harbour\nSome rain {i},rain\n" for i in range(4)))
    ask = ["report", f"--model={bag_of_words()}", f"--texts={file}", f"--out={tmp_path / 'out'}", "--concepts=2"]
    assert main([*ask, f"--target={CLASS_NAMES[1]}"]) == 2
    assert "no text has the label 'festival'; the labels are" in capsys.readouterr().err
    assert main([*ask, "--target=rain", "--concepts=9"]) == 2
    assert "rain has 4 texts, fewer than the 9 concepts asked for: add texts" in capsys.readouterr().err
