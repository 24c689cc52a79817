"""The page "New analysis" on texts: from pasted lines, a table or an upload to a report."""

import io
import json
import zipfile
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from concepts.demo.language import CLASS_NAMES
from concepts.demo.names import REVIEWS
from concepts.engine import jobs
from concepts.engine.texts_found import TextsFound
from concepts.probes.swaps import open_pairs
from concepts.report import open_report
from pages.analysis.text_look import numbers_sentence
from pages.analysis.text_models import A_ZIP, ASKED, FITTED, ON_THE_HUB
from pages.state.server_settings import ServerSettings
from tests.support.inline import Inline
from tests.support.screen import address_of, open_page, shown
from tests.support.text_reports import bag_of_words, drawn_set
from tests.support.tiny_encoders import bert_folder, language_folder
from tests.support.tiny_texts import classifier_folder, made_texts
from tests.support.zips import zipped

ON_TEXTS = {"of": "Texts", "step": 2}


@pytest.fixture(autouse=True)
def workspace(tmp_path, monkeypatch):
    monkeypatch.setenv("CONCEPTS_WORKSPACE", str(tmp_path / "workspace"))
    monkeypatch.setenv("CONCEPTS_MODELS", bag_of_words())
    monkeypatch.setattr(ServerSettings, "executor", Inline())
    return tmp_path / "workspace"


def page_on_texts(kind: str = "an upload", **address: object) -> AppTest:
    return open_page("analysis", **(ON_TEXTS | {"texts": kind} | address))


def uploaded(name: str, content: bytes, page: AppTest | None = None) -> AppTest:
    page = page or page_on_texts()
    return page.file_uploader(key="texts_upload").set_value((name, content, "")).run()


def lines_of_drawn() -> str:
    texts = drawn_set()
    return "\n".join(f"{label}\t{text}" for text, label in zip(texts.texts, texts.groups, strict=True))


def test_pasted_lines_become_a_report(workspace):
    page = page_on_texts("pasted lines")
    page.text_area(key="pasted").set_value(lines_of_drawn()).run()
    assert not page.exception
    assert f"{len(drawn_set())} texts. {len(CLASS_NAMES)} classes: " in shown(page)
    page.button(key="next_2").click().run()  # looks at both
    assert not page.exception
    page.multiselect(key="target").set_value([CLASS_NAMES[0]]).run()
    page.slider(key="concepts").set_value(3).run()
    page.radio(key="pairs").set_value("typed").run()
    page.text_area(key="pairs_typed").set_value("the -> a\nmonday → friday").run()
    assert {metric.label for metric in page.metric} == {"time", "memory", "disk"}
    assert "photo" not in " ".join(each.value for each in page.caption)
    page.button(key="start").click().run()
    assert not page.exception
    (job,) = jobs.list_jobs(workspace)
    assert job.state.status == "done", job.state.message
    assert any("texts pasted" in title.value and "layer" not in title.value for title in page.markdown)
    data = open_report([workspace / "reports"], job.state.result).data
    assert (data.kind, data.target.label, len(data.concepts)) == ("texts", CLASS_NAMES[0], 3)
    assert any("typed-pairs.txt" in each.value.replace("\\", "") for each in page.markdown)
    assert any("the and a, monday and friday" in row.sentence for row in data.probes)
    assert f"--pairs={job.request.pairs}" in data.command


def asked_for_pairs(kind: str) -> AppTest:
    page = page_on_texts("pasted lines")
    page.text_area(key="pasted").set_value(lines_of_drawn()).run()
    page.button(key="next_2").click().run()
    return page.radio(key="pairs").set_value(kind).run()


def start_said(page: AppTest) -> bool:
    """Whether the analysis can be started; nothing went wrong."""
    assert not page.exception
    return not page.button(key="start").disabled


def test_typed_pairs_of_words_are_checked_before_they_are_kept(workspace):
    page = asked_for_pairs("typed")
    assert not start_said(page)  # asked for, not there
    page.text_area(key="pairs_typed").set_value("the -> a\nalone").run()
    assert "Line 2 is 'alone': write a pair" in page.warning[0].value.replace("\\", "")
    assert not start_said(page)
    assert not list((workspace / "uploads").glob("pairs/*"))  # what is wrong is not kept
    page.text_area(key="pairs_typed").set_value("the -> a\nmonday → friday").run()
    assert "Swapped both ways in every text: the ↔ a, monday ↔ friday." in shown(page)
    assert start_said(page)
    (kept,) = (workspace / "uploads").glob("pairs/*/*")
    assert open_pairs(kept) == (("the", "a"), ("monday", "friday"))
    page.button(key="pairs_typed_delete").click().run()
    assert not list((workspace / "uploads").glob("pairs/*"))


def test_an_uploaded_table_of_pairs_is_read_or_told_in_one_line(workspace):
    page = asked_for_pairs("a file")
    page.file_uploader(key="pairs_upload").set_value(("Mine.CSV", b"she,he\nshe,they\n", "")).run()
    (said,) = [each.value.replace("\\", "") for each in page.warning]
    assert said == "Mine.csv: 'she' stands in two pairs: give each word one partner."
    assert not start_said(page)
    page.file_uploader(key="pairs_upload").set_value(("good.tsv", b"she\the\ngood day\thello\n", "")).run()
    assert "she ↔ he, good day ↔ hello" in shown(page)
    assert start_said(page)
    kept = address_of(page)["pairs_upload_kept"]
    again = page_on_texts("pasted lines", pairs="a file", pairs_upload_kept=kept if isinstance(kept, str) else kept[0])
    again.text_area(key="pasted").set_value(lines_of_drawn()).run()
    again.button(key="next_2").click().run()
    assert "good.tsv, uploaded before, is used." in shown(again)


def test_a_class_of_another_model_is_not_kept():
    page = page_on_texts("pasted lines")
    page.text_area(key="pasted").set_value(lines_of_drawn()).run()
    page.button(key="next_2").click().run()  # looks at both
    page.multiselect(key="target").set_value([CLASS_NAMES[1]]).run()
    page.radio(key="texts").set_value("the demo's own texts").run()
    page.selectbox(key="drawn_texts").set_value(REVIEWS).run()
    page.selectbox(key="classifier").set_value(REVIEWS).run()
    page.button(key="look").click().run()
    assert page.multiselect(key="target").value == ["pro"]  # its first, not none
    assert not page.button(key="start").disabled
    page.multiselect(key="target").set_value([]).run()  # a visitor's own choice is kept, and said
    assert page.multiselect(key="target").value == []
    assert page.button(key="start").disabled
    assert "Choose a class: the report is about it." in [each.value for each in page.warning]


def test_a_class_stays_chosen_with_another_number_of_texts():
    page = page_on_texts("pasted lines")
    page.text_area(key="pasted").set_value(lines_of_drawn()).run()
    page.button(key="next_2").click().run()  # looks at both
    page.text_area(key="pasted").set_value("\n".join(lines_of_drawn().splitlines()[3:])).run()
    page.button(key="look").click().run()
    page.multiselect(key="target").set_value([CLASS_NAMES[1]]).run()
    page.selectbox(key="which_photos").set_value("all").run()
    page.text_area(key="pasted").set_value(lines_of_drawn()).run()  # looked at before
    target, which = page.multiselect(key="target"), page.selectbox(key="which_photos")
    assert (target.value, which.value) == ([CLASS_NAMES[1]], "all")
    (label,) = target.proto.raw_values  # the browser knows a choice by its label: it is told the new one
    assert target.proto.set_value
    assert label in target.options
    assert which.proto.set_value
    assert f"all {len(drawn_set()):,}, " in which.proto.raw_value


TABLE = "review,stars,city\n" + "".join(f"a house number {i},{'good' if i % 2 else 'bad'},Rome\n" for i in range(9))


def column(page: AppTest, key: str) -> str:
    return str(page.selectbox(key=key).value)


def test_columns_are_found_shown_and_changed(workspace):
    page = uploaded("Reviews.CSV", TABLE.encode())
    assert any("text: review, label: none" in each.value.replace("\\", "") for each in page.caption)
    page.selectbox(key="label_column").set_value("stars").run()
    assert any("text: review, label: stars" in each.value.replace("\\", "") for each in page.caption)
    assert "9 texts. 2 classes: bad 5, good 4." in shown(page)
    assert "a house number 4" in shown(page)
    assert "a house number 5" not in shown(page)  # five are shown
    page.button(key="to_step_1").click().run()
    assert "Reviews.csv, text: review, label: stars" in shown(page)


def test_columns_that_cannot_be_told_can_be_chosen():
    page = uploaded("two.csv", b"sentence,review\nthis one,the other\nthis two,the others\n")
    assert "say which" in page.warning[0].value
    assert "--text" not in page.warning[0].value.replace("\\", "")
    assert page.button(key="next_2").disabled
    page.selectbox(key="text_column").set_value("review").run()
    assert "2 texts. No labels." in shown(page)
    assert not page.button(key="next_2").disabled


def test_another_table_brings_its_own_columns():
    page = uploaded("a.csv", TABLE.encode())
    page = uploaded("b.csv", b"text,label\none word,x\none more,y\none word,x\n", page)
    assert not page.exception
    assert (column(page, "text_column"), column(page, "label_column")) == ("text", "label")
    assert "3 texts. 2 classes: x 2, y 1. 1 text repeats an earlier one, case and spaces apart. None is" in shown(page)


@pytest.mark.parametrize(
    ("found", "says"),
    [
        (TextsFound(n_texts=9, n_compared=9), "9 texts. No labels. None is nearly the same as another."),
        (TextsFound(n_texts=9, n_compared=9, n_near=1, n_across=1), " 1 is nearly the same as another. 1 group of"),
        (TextsFound(n_texts=9_000, n_compared=800, n_near=12), " Of the first 800, 12 are nearly the same as another."),
        (TextsFound(n_texts=9, n_compared=9, n_repeated=2, n_near=2), " apart. 2 more are nearly the same as another."),
        (TextsFound(n_texts=9_000, n_compared=800), " Of the first 800, none is nearly the same as another."),
        (TextsFound(n_texts=2), "2 texts. No labels."),
    ],
)  # fmt: skip
def test_near_copies_are_told_with_how_many_were_compared(found, says):
    assert says in numbers_sentence(found)
    assert ("nearly" in numbers_sentence(found)) == bool(found.n_compared)


def test_another_encoding_is_one_line_with_a_choice():
    page = uploaded("old.txt", "café au lait\nthé\n".encode("cp1252"))
    said = page.error[0].value.replace("\\", "")
    assert "old.txt: byte 0xe9 at position 3 (line 1) is not UTF-8" in said
    assert "--encoding" not in said
    page.selectbox(key="encoding").set_value("cp1252").run()
    assert not page.error
    assert "café au lait" in shown(page)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("empty.csv", b"", "is empty"),
        ("blank.txt", b" \n \n", "no text is in"),
        ("nul.txt", b"abc\0b\n", "zero character"),
        ("wide.csv", "text,label\na,b\n".encode("utf-16-le"), "UTF-16 without its mark"),
        ("sheet.csv", zipped(("xl/workbook.xml", b"<x/>")), "a spreadsheet (.xlsx), whatever its name says"),
        ("bomb.zip", zipped(("a.txt", b"0" * 220 * 2**20)), "209,715,200 bytes of texts, the limit"),
        ("broken.zip", b"PK\x03\x04 no zip", "no readable zip"),
        ("broken.parquet", b"PAR1", "broken.parquet"),
        ("quote.csv", b'text,label\n"never closed,x\nb,y\n', "never closes"),
    ],
)
def test_a_hostile_upload_is_one_line_and_takes_nothing_from_the_others(name, content, says, workspace):
    page = uploaded(name, content)
    assert not page.exception
    (said,) = [each.value.replace("\\", "") for each in page.error]
    assert says in said
    assert "\n" not in said
    assert str(workspace) not in said
    page = uploaded("good.csv", b"text,label\none,x\ntwo,y\n", page)
    assert "2 texts. 2 classes" in shown(page)


def test_one_long_line_is_a_text_and_marked_utf_16_is_read():
    page = uploaded("long.txt", b"word " * 200_000 + b"\nshort\n")
    assert "2 texts. No labels." in shown(page)
    page = uploaded("wide.txt", "\ufeffeins\nzwei\n".encode("utf-16-le"))
    assert "2 texts" in shown(page)


def test_markup_in_a_text_stays_text():
    page = uploaded("markup.jsonl", json.dumps({"text": "<img src=x onerror=y>", "label": "<b>"}).encode())
    assert "&lt;img" in shown(page)
    assert "<img src=x" not in shown(page)


def test_an_upload_is_offered_again_and_can_be_deleted(workspace):
    first = uploaded("mine.csv", TABLE.encode())
    kept = address_of(first)["texts_upload_kept"]
    kept = kept if isinstance(kept, str) else kept[0]
    again = page_on_texts(texts_upload_kept=kept)
    assert "mine.csv, uploaded before, is used." in shown(again)
    assert "9 texts" in shown(again)
    first.button(key="texts_upload_delete").click().run()
    assert not list((workspace / "uploads" / "texts").glob("*/*"))
    assert not jobs.list_jobs(workspace, task="texts")  # which held five of them
    assert "9 texts" not in shown(first)


def test_texts_on_the_server_are_files_and_folders_of_txt(tmp_path, monkeypatch):
    (tmp_path / "texts" / "news" / "sport").mkdir(parents=True)
    (tmp_path / "texts" / "news" / "sport" / "a.txt").write_text("a goal")
    (tmp_path / "texts" / ".hidden.csv").write_text("text\nx\n")
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "captions.csv").write_text("caption,text\nx,a cat\n")
    (tmp_path / "secret.csv").write_text("text\nx\n")
    (tmp_path / "texts" / "link.csv").symlink_to(tmp_path / "secret.csv")
    monkeypatch.setenv("CONCEPTS_TEXTS", str(tmp_path / "texts"))
    monkeypatch.setenv("CONCEPTS_PHOTOS", str(tmp_path / "photos"))
    page = page_on_texts("on the server")
    options = page.selectbox(key="text_place").options
    assert options == ["texts/news", "texts/news/sport", "photos/captions.csv"]
    page.selectbox(key="text_place").set_value(str(tmp_path / "texts" / "news")).run()
    assert "1 text. 1 class: sport 1." in shown(page)


def test_which_model_a_visitor_may_name():
    page = open_page("analysis", of="Texts")
    assert page.selectbox(key="classifier").options[0] == "model.py:build (named by the operator)"
    page.selectbox(key="classifier").set_value("another, by its name on Hugging Face").run()
    assert page.button(key="next_1").disabled
    for name in ("/etc", "../x", "hf:a/b/c", "a", "file.py:build"):
        page.text_input(key="classifier_hub").set_value(name).run()
        assert "no name of a model" in page.warning[0].value
        assert page.button(key="next_1").disabled
    page.text_input(key="classifier_hub").set_value("org/name").run()
    assert not page.button(key="next_1").disabled


def test_a_language_model_needs_two_answers():
    page = open_page("analysis", of="Texts", text_model=ASKED)
    page.selectbox(key="language_model").set_value(ON_THE_HUB).run()
    page.text_input(key="language_model_hub").set_value("org/name").run()
    page.text_input(key="answers").set_value("yes").run()
    assert page.button(key="next_1").disabled
    page.text_input(key="answers").set_value("yes, no").run()
    page.button(key="next_1").click().run()
    assert "ask name, answers yes, no" in shown(page)


def test_a_factory_that_the_operator_named_is_asked_under_its_own_name(monkeypatch):
    monkeypatch.setenv("CONCEPTS_MODELS", "/code/mine.py:build")
    page = open_page("analysis", of="Texts", text_model=ASKED)
    page.text_input(key="answers").set_value("yes, no").run()
    page.button(key="next_1").click().run()
    assert ">mine, answers yes, no" in shown(page)  # no "ask:", which is for folders


def test_a_head_without_labels_says_so_in_one_line(tmp_path, monkeypatch):
    monkeypatch.setenv("CONCEPTS_MODELS", str(tmp_path / "nowhere"))
    page = uploaded(
        "plain.txt", b"one\ntwo\n", page_on_texts(text_model=FITTED, encoder="nowhere (named by the operator)")
    )
    page.button(key="next_2").click().run()
    assert not page.exception
    assert "\n" not in page.error[0].value
    assert page.button(key="look").label == "Look at the model and the texts"


def test_a_job_on_texts_goes_on_and_again(workspace):
    page = page_on_texts("pasted lines")
    page.text_area(key="pasted").set_value("x\ta text\ny\tanother\n").run()
    page.button(key="next_2").click().run()
    (look,) = jobs.list_jobs(workspace, task="inspect")
    assert look.state.status == "done", look.state.message
    assert look.inspection.kind == "texts"
    assert look.inspection.words_per_text == 1.5
    assert page.button(key="start").disabled  # two texts for ten concepts
    assert any("add texts" in each.value for each in page.warning)


def test_photos_stay_the_first_choice():
    page = open_page("analysis")
    assert page.selectbox(key="model")
    assert "Next: photos" in [button.label for button in page.button]


def looked_at(page: AppTest, workspace) -> object:
    """What the look at the model and the texts found."""
    page.button(key="next_2").click().run()
    assert not page.exception
    (job,) = jobs.list_jobs(workspace, task="inspect")
    assert job.state.status == "done", job.state.message
    return job.inspection


def test_a_head_is_fitted_to_pasted_labels(workspace, tmp_path, monkeypatch):
    pytest.importorskip("transformers")
    monkeypatch.setenv("CONCEPTS_MODELS", str(bert_folder(tmp_path / "tiny")))
    page = page_on_texts("pasted lines", text_model=FITTED, encoder="tiny (named by the operator)")
    texts, labels = made_texts(60)
    lines = [f"{label}\t{text}" for text, label in zip(texts, labels, strict=True)]
    page.text_area(key="pasted").set_value("\n".join(lines)).run()
    found = looked_at(page, workspace)
    assert found.class_names == ("pets", "things")
    assert "held out" in found.reason
    assert any("held out" in each.value for each in page.caption)


def test_a_language_model_is_asked(workspace, tmp_path, monkeypatch):
    pytest.importorskip("transformers")
    monkeypatch.setenv("CONCEPTS_MODELS", str(language_folder("GPT2", tmp_path / "tiny")))
    page = page_on_texts("pasted lines", text_model=ASKED)
    page.text_area(key="question").set_value("a {text} on:").run()
    page.text_input(key="answers").set_value("cat, red").run()
    page.text_area(key="pasted").set_value("the cat\nred\n").run()
    assert looked_at(page, workspace).class_names == ("cat", "red")


def zip_of(folder: Path, **more: bytes) -> bytes:
    """A zip of a model's folder, and of more files."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for each in folder.iterdir():
            archive.write(each, f"{folder.name}/{each.name}")
        for name, content in more.items():
            archive.writestr(f"{folder.name}/{name}", content)
    return file.getvalue()


def with_model(page: AppTest, way: str, data: bytes) -> AppTest:
    page.selectbox(key=way).set_value(A_ZIP).run()
    return page.file_uploader(key=f"{way}_zip").set_value(("My Model.zip", data, "")).run()


def test_a_classifier_of_ones_own_is_a_zip_offered_again_and_deleted(workspace, tmp_path):
    pytest.importorskip("transformers")
    data = zip_of(classifier_folder(tmp_path / "tiny"), **{"modeling.py": b"raise SystemExit"})
    page = with_model(page_on_texts("pasted lines"), "classifier", data)
    page.text_area(key="pasted").set_value("the cat\nred\n").run()
    found = looked_at(page, workspace)
    assert len(found.class_names) == 3
    assert "My-Model" in shown(page)
    (folder,) = (workspace / "uploads" / "models").glob("*/*")
    assert not list(folder.glob("*.py"))
    kept = address_of(page)["classifier_zip_kept"]
    again = open_page(
        "analysis", of="Texts", classifier=A_ZIP, classifier_zip_kept=kept if isinstance(kept, str) else kept[0]
    )
    assert "My-Model, uploaded before, is used." in shown(again)
    assert not again.button(key="next_1").disabled
    again.button(key="classifier_zip_delete").click().run()
    assert not folder.exists()
    assert again.button(key="next_1").disabled
    assert not jobs.list_jobs(workspace, task="inspect")


def test_an_encoder_and_a_language_model_of_ones_own_are_zips_too(workspace, tmp_path):
    pytest.importorskip("transformers")
    page = with_model(
        page_on_texts("pasted lines", text_model=ASKED),
        "language_model",
        zip_of(language_folder("GPT2", tmp_path / "gpt")),
    )
    page.text_area(key="question").set_value("a {text} on:").run()
    page.text_input(key="answers").set_value("cat, red").run()
    page.text_area(key="pasted").set_value("the cat\nred\n").run()
    assert looked_at(page, workspace).class_names == ("cat", "red")
    page.radio(key="text_model").set_value(FITTED).run()
    with_model(page, "encoder", zip_of(bert_folder(tmp_path / "bert")))
    assert "encoder_zip_kept" in address_of(page)
    assert "head My-Model" in shown(page)


def test_a_zip_that_is_no_model_is_one_line(workspace):
    page = with_model(open_page("analysis", of="Texts"), "classifier", zipped(("config.json", b'{"auto_map": {}}')))
    (said,) = [each.value.replace("\\", "") for each in page.error]
    assert said == "My-Model.zip holds no weights: pack model.safetensors beside config.json."
    assert page.button(key="next_1").disabled
    assert not list((workspace / "uploads" / "models").glob("*/*"))


def test_the_demo_reads_its_own_texts(workspace):
    page = page_on_texts("the demo's own texts", classifier="demo/village (built in)")
    found = looked_at(page, workspace)
    assert set(found.class_names) == set(CLASS_NAMES)
    assert found.n_photos == 200 * len(CLASS_NAMES)
