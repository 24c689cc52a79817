"""Jobs with a request on texts: a look at texts, a look at a model, a report, and what is said when one ends."""

import json
from dataclasses import replace

import pytest

from concepts.data.documents import open_texts, pasted_file
from concepts.demo.language import CLASS_NAMES
from concepts.engine import jobs, texts_found
from concepts.engine.cost import MOST_WORDS, estimate, texts_without_words
from concepts.engine.executors.limits import JobLimits
from concepts.engine.inspection import inspect
from concepts.engine.jobs import worker
from concepts.engine.jobs.worker import failure
from concepts.engine.texts_found import UPLOAD_LIMITS, found_in, limits_of
from concepts.engine.upload_deletion import delete_upload, list_uploads
from concepts.engine.uploaded_files import UploadedFile, keep_file
from concepts.report.pipeline.evidence import phrases
from concepts.report.request import Request, report_id, short_model
from concepts.report.settings import ReportSettings
from pages.state import models
from pages.state.models import allowed
from pages.state.server_settings import ServerSettings
from tests.support.inline import Inline
from tests.support.text_reports import bag_of_words, drawn_table, text_report

SETTINGS = ReportSettings(n_concepts=3, batch_size=64)


@pytest.fixture
def request_on_texts():
    return Request(model=bag_of_words(), texts=str(drawn_table()), target=CLASS_NAMES[0], settings=SETTINGS)


def run(request, workspace, task="report"):
    return jobs.submit(request, workspace, task=task, executor=Inline())


def test_a_look_at_a_model_of_texts_counts_times_and_lists_its_one_layer(request_on_texts):
    found = inspect(replace(request_on_texts, target=""))
    assert found.kind == "texts"
    assert set(found.class_names) == set(CLASS_NAMES)
    assert set(found.photos_per_class) == set(CLASS_NAMES)
    assert sum(found.photos_per_class.values()) == found.n_photos
    assert [layer.kind for layer in found.layers] == ["vector"]
    assert found.seconds_per_photo > 0
    assert 3 < found.words_per_text < 40


def test_a_report_on_texts_is_a_job_without_drawings_that_is_cancelled_and_goes_on(
    request_on_texts, tmp_path, monkeypatch
):
    monkeypatch.setenv("CONCEPTS_DRAWINGS", "1")
    monkeypatch.setattr(worker, "leave_undrawn", lambda *args: pytest.fail("texts are not drawn"))
    looked = worker.Worker.progress

    def cancelled_late(self, stage, share):
        if stage == "importance":
            jobs.cancel(self.job)
        looked(self, stage, share)

    with monkeypatch.context() as patch:
        patch.setattr(worker.Worker, "progress", cancelled_late)
        job = run(request_on_texts, tmp_path)
    assert job.state.status == "cancelled"
    assert list((tmp_path / "store").glob("*"))  # what was finished is kept
    job = run(request_on_texts, tmp_path)
    assert job.state.status == "done", job.state.message
    assert job.state.result.endswith(request_on_texts.key[:8])
    assert (tmp_path / "reports" / job.state.result / "report.json").is_file()
    assert not (tmp_path / "collections").exists()  # texts are not offered in Similarity


def test_a_look_at_texts_is_kept_with_its_job(tmp_path):
    job = run(Request(model="", texts=str(drawn_table())), tmp_path, task="texts")
    found = job.texts_found
    assert (found.columns, found.used.text, found.used.label) == (("text", "label", "page"), "text", "label")
    assert found.n_texts == sum(n for _, n in found.per_class)
    assert len(found.first) == 5
    lost = run(Request(model="", texts=str(tmp_path / "gone.csv")), tmp_path, task="texts")
    assert lost.state.status == "failed"
    assert "no such folder or file" in lost.state.message


A, NEAR_A = "the boat went out to the island at noon", "the boat went out to the island at noon!"
FOREIGN = "nothing like it stands here"


@pytest.fixture
def look_at(tmp_path):
    def look(lines):
        rows = [json.dumps({"text": text, "label": label}) for text, label in lines]
        (tmp_path / "lines.jsonl").write_text("\n".join(rows), encoding="utf-8")
        return found_in(open_texts(tmp_path / "lines.jsonl"))

    return look


def test_copies_are_counted_exactly_and_nearly(look_at):
    found = look_at([(A, "x"), (A.upper(), "x"), (NEAR_A, "y"), (FOREIGN, "x")])
    assert (found.n_texts, found.n_compared) == (4, 4)
    assert (found.n_repeated, found.n_near, found.n_across) == (1, 1, 1)
    found = look_at([(A, "x"), (NEAR_A, "x"), (f"{NEAR_A}!", None), (FOREIGN, "x"), (FOREIGN, None)])
    assert (found.n_repeated, found.n_near, found.n_across) == (1, 2, 0)


def test_near_copies_are_looked_for_while_there_is_time(look_at, monkeypatch):
    lines = [(FOREIGN, "x"), (A, "x"), (NEAR_A, "x")]
    monkeypatch.setattr(texts_found, "ENOUGH", 60.0)
    monkeypatch.setattr(texts_found, "FIRST_COMPARED", 1)
    assert (look_at(lines).n_compared, look_at(lines).n_near) == (3, 1)  # one, two, all
    monkeypatch.setattr(texts_found, "FIRST_CHARACTERS", 5)  # begins with no text at all
    assert (look_at(lines).n_compared, look_at(lines).n_near) == (3, 1)
    monkeypatch.setattr(texts_found, "ENOUGH", -1.0)
    monkeypatch.setattr(texts_found, "FIRST_COMPARED", 2)
    monkeypatch.setattr(texts_found, "FIRST_CHARACTERS", 500)
    assert (look_at(lines).n_compared, look_at(lines).n_near) == (2, 0)


def test_an_upload_of_texts_is_deleted_with_what_was_looked_up(tmp_path):
    upload = UploadedFile.of(tmp_path, "texts", "mine.txt", b"a text\n")
    keep_file(upload, b"a text\n")
    look = run(Request(model="", texts=str(upload.file)), tmp_path, task="texts")
    assert [each.upload.words for each in list_uploads(tmp_path)] == ["texts"]
    look.write(replace(look.state, status="running"))
    with pytest.raises(ValueError, match="an analysis is using these texts"):
        delete_upload(upload, Inline())
    look.write(replace(look.state, status="done"))
    delete_upload(upload, Inline())
    assert not upload.place.exists()
    assert not look.folder.exists()


def test_uploads_are_read_within_narrower_limits(tmp_path):
    assert limits_of(str(tmp_path / "uploads" / "texts" / "x" / "a.csv"), tmp_path) == UPLOAD_LIMITS
    assert limits_of(str(tmp_path / "a.csv"), tmp_path).max_bytes > UPLOAD_LIMITS.max_bytes


@pytest.mark.parametrize(
    ("pasted", "suffix", "texts", "labels"),
    [
        ("one\n\n two \r\nthree", ".txt", ("one", " two ", "three"), (None, None, None)),
        ("x\tone\ny\ttwo", ".jsonl", ("one", "two"), ("x", "y")),
        ("x\tone\tof two\ny\ttwo", ".jsonl", ("one\tof two", "two"), ("x", "y")),
        ("x\tone\nno label here", ".jsonl", ("one", "no label here"), ("x", None)),
        ('x\t"so"\ny\ta "b', ".jsonl", ('"so"', 'a "b'), ("x", "y")),
        ("text\tlabel\none\tx\ntwo\ty", ".tsv", ("one", "two"), ("x", "y")),
        ("id\ttext\tlabel\n1\tone\tx\n2\ttwo\tx", ".tsv", ("one", "two"), ("x", "x")),
    ],
)
def test_pasted_lines_are_kept_as_a_file_that_reads_back(pasted, suffix, texts, labels, tmp_path):
    kept, data = pasted_file(pasted)
    (tmp_path / f"pasted{kept}").write_bytes(data)
    found = open_texts(tmp_path / f"pasted{kept}")
    assert (kept, found.texts, found.groups) == (suffix, texts, labels)


def test_texts_that_are_equal_but_for_case_and_spaces_are_counted(tmp_path):
    (tmp_path / "a.txt").write_text("One  text\none text\nONE TEXT\nanother\n")
    assert found_in(open_texts(tmp_path / "a.txt")).n_repeated == 2


def test_what_texts_cost():
    assert MOST_WORDS == phrases.MOST_WORDS
    assert texts_without_words(1_000, 10, 20.0) == 60 * 21  # six texts of each concept
    assert texts_without_words(30, 10, 1_000.0) == 30 * 121

    def cost(**options):
        return estimate(1_000, (384,), 10, seconds_per_photo=0.01, model_bytes=0, **options)

    assert cost(kind="texts", n_changed=500).seconds == pytest.approx(cost().seconds + 5)
    assert cost(n_others=100).seconds - cost(kind="texts", n_others=100).seconds == pytest.approx(12 * 60 * 0.01)
    assert cost(kind="texts").disk < cost().disk


def test_what_a_job_says_is_about_texts():
    assert "fewer texts or fewer concepts" in failure(MemoryError(), "log.txt", "text")
    assert "fewer texts" in str(JobLimits(memory=1).memory_reason(2**31, "text"))
    assert "Use fewer texts" in str(JobLimits(minutes=1).time_reason(61, "text"))
    assert "fewer photos" in str(JobLimits(memory=1).memory_reason(2**31))


@pytest.mark.parametrize(
    ("model", "short"),
    [
        ("/a/tiny.py:build", "tiny"), ("resnet18", "resnet18"), ("demo/shapes", "shapes"), ("hf:org/bert", "bert"),
        ("head:hf:org/bert-v1.5", "head bert-v1.5"), ("ask:/models/llama", "ask llama"),
        ("head:all-MiniLM-L6-v2", "head all-MiniLM-L6-v2"),
    ],
)  # fmt: skip
def test_models_have_short_names(model, short):
    assert short_model(model) == short
    assert report_id(Request(model=model), "a", "b").startswith("a-")


@pytest.mark.parametrize(
    ("model", "named", "may"),
    [
        ("hf:org/name", (), True), ("head:hf:org/name", (), True), ("ask:hf:org/name", (), True),
        ("head:all-MiniLM-L6-v2", (), True), ("demo/village", (), True), ("/models/bert", (), False),
        ("/models/bert", ("/models/bert",), True), ("head:/models/bert", ("/models/bert",), True),
        ("ask:/models/bert", ("/models/other",), False), ("hf:../../etc", (), False), ("head:/a/b.py:x", (), False),
        ("hf:org/name\n/etc", (), False), ("ask:head:hf:org/name", (), False),
    ],
)  # fmt: skip
def test_which_models_of_texts_a_page_opens(tmp_path, model, named, may):
    assert allowed(model, ServerSettings(tmp_path, models=named)) is may


def test_the_model_of_a_report_on_texts_is_opened_again(monkeypatch):
    monkeypatch.setattr(models.libraries, "wait_for", lambda stage: None)
    report = text_report()
    monkeypatch.setenv("CONCEPTS_MODELS", "")
    with pytest.raises(ValueError, match="CONCEPTS_MODELS"):
        models.text_split_of(report)
    monkeypatch.setenv("CONCEPTS_MODELS", bag_of_words())
    assert models.text_split_of(report).card.fingerprint == report.data.model.fingerprint
    with pytest.raises(ValueError, match="on texts"):
        models.split_of(report)
