"""What earlier versions left on people's disks still opens, and names are found again (tests/old/README.md)."""

import json
import shutil
from hashlib import blake2b
from pathlib import Path

import numpy as np
import pytest
import torch

from concepts.annotations import NoteStore, current_names, export_notes, import_notes, note_subjects
from concepts.engine import jobs
from concepts.evaluation import Evaluation, list_evaluations
from concepts.evaluation.side_by_side import dictionary_names, of_evaluation, of_report
from concepts.extraction import load_extractor
from concepts.lexicon import load_lexicon
from concepts.lexicon.alignment import load_bridge
from concepts.lexicon.collections import list_collections, stored_words
from concepts.lexicon.naming import IN_REPORT, read_names
from concepts.publishing.site.writing import read_manifest
from concepts.publishing.tables import notebook_of, report_json, tables
from concepts.report import ClassReport, find_report, list_cards, open_report
from concepts.report.queries.visualisation import find_drawing

OLD = Path(__file__).parent / "old"
FIRST, SECOND, THIRD, LAST = "f254502", "58e4e39", "cefaca4", "682b8a8"  # the commits that wrote them
LABORATORY = "f1749bd"
TINY = "red-tiny-features-4fd71961"
REPORTS = {  # commit and id → (of its concepts, of its strategies): what names of people belong to
    (FIRST, "digits-1"): ("90e3b1e1c4b1a80626295afb", "58178590fa0836d87f77850c"),
    (FIRST, "red-tiny-features-f24bacb8"): ("682b5b2167b05120bc06613a", "d28cbf7c7b8d60192bd689d1"),
    (SECOND, TINY): ("682b5b2167b05120bc06613a", "d28cbf7c7b8d60192bd689d1"),
    (THIRD, TINY): ("dba442810aa71512a01251e0", "df961ca1906a12b2dcb0e5ff"),
    (LAST, TINY): ("44cbbd7b0f6c9174cec66151", "0208440c5ab729c17953fef6"),
}
OF_TINY = [place for place in REPORTS if place[1] != "digits-1"]


@pytest.fixture(scope="module")
def old(tmp_path_factory):
    """A copy: what is in the repository is never opened, and stays as it is."""
    before = digest()
    folder = tmp_path_factory.mktemp("old") / "old"
    shutil.copytree(OLD, folder)
    yield folder
    assert digest() == before


def digest():
    """Names and contents of all files."""
    whole = blake2b()
    for file in sorted(path for path in OLD.rglob("*") if path.is_file()):
        whole.update(file.relative_to(OLD).as_posix().encode() + blake2b(file.read_bytes()).digest())
    return whole.hexdigest()


# ---------------------------------------------------------------------------------------------------- reports


@pytest.mark.parametrize("place", OF_TINY)
def test_a_report_of_any_age_opens_with_tables_arrays_and_pictures(old, place):
    age, id = place
    report = open_report([old / age / "reports"], id)
    data = report.data
    assert data.title == "red · tiny.py:build"
    assert [len(rows) for rows in (data.images, data.concepts, data.strategies, data.checks)] == [12, 3, 1, 9]
    assert (data.images[0].name, data.images[0].right, data.images[0].strategy) == ("red/000.png", True, 0)
    assert (data.images[11].name, data.images[11].predicted, data.images[11].right) == (
        "red/wrong1.png",
        "green",
        False,
    )
    assert data.concepts[0].importance == pytest.approx(0.80142528)
    assert data.concepts[0].crops[0].box == (0.25, 0.375, 0.78125, 0.90625)
    assert (data.strategies[0].n, data.strategies[0].concepts, data.strategies[0].medoid) == (10, (0, 1, 2), 7)
    assert data.checks[0].sentence == "Fed the concepts alone, the model gives the same answer on 100% of 12 photos."
    assert report.array("phi")[0, 0] == pytest.approx(0.96275800)
    assert report.array("components").shape == (3, 4)
    assert report.has_maps
    assert report.concept_map(0, 0).max() == pytest.approx(1.8037109)
    assert report.activity().sum() == pytest.approx(32.407043)
    assert report.thumbnail(11).startswith(b"\xff\xd8")
    assert len(report.picture(data.concepts[2].crops[1].file)) > 100


@pytest.mark.parametrize("place", REPORTS)
def test_names_belong_to_the_report_that_they_were_given_to(old, place):
    age, id = place
    assert note_subjects(ClassReport.load(old / age / "reports" / id)) == REPORTS[place]


@pytest.mark.parametrize("place", OF_TINY)
def test_a_report_of_any_age_is_written_as_html_and_data_and_is_compared(old, place, tmp_path):
    report = ClassReport.load(old / place[0] / "reports" / place[1])
    page = report.to_html(tmp_path / "report.html").read_text(encoding="utf-8")
    assert "red/wrong1.png" in page
    assert "red/broken.png" in page
    assert [tables(report)[name].num_rows for name in ("photos", "concepts", "strategies")] == [12, 3, 1]
    assert json.loads(report_json(report))["title"] == report.data.title
    assert json.loads(notebook_of(report))["nbformat"] == 4
    concepts = of_report(report)
    assert concepts.name == "red · tiny.py:build · features · nmf, 3 concepts, seed 0"
    assert concepts.photos[11] == ("photos", "red/wrong1.png")
    assert [len(crops) for crops in concepts.crops] == [2, 2, 2]


def test_the_first_report_of_the_demo_opens(old):
    report = ClassReport.load(old / FIRST / "reports" / "digits-1")
    data = report.data
    assert (data.title, data.created) == ("1 · demo/digits", "2026-11-24 05:01:47")
    assert [len(rows) for rows in (data.images, data.concepts, data.strategies, data.checks)] == [182, 8, 2, 10]
    assert data.suspicion == pytest.approx(0.69984216)
    assert data.images[181].name == "1/training-1412.png"
    assert report.array("phi").sum() == pytest.approx(822.0901, rel=1e-5)
    assert report.array("labels").shape == (182,)


def test_what_a_report_was_written_before_is_empty(old):
    first, second, third, last = (ClassReport.load(old / age / "reports" / id).data for age, id in OF_TINY)
    assert [len(data.suspicions) for data in (first, second, third, last)] == [0, 0, 1, 1]
    assert [len(data.mistakes) for data in (first, second, third, last)] == [0, 0, 0, 1]
    assert [bool(data.command) for data in (first, second, third, last)] == [False, False, True, True]
    assert [data.request is None for data in (first, second, third, last)] == [True, True, False, False]
    assert not first.subconcepts
    assert [data.suspicion for data in (first, second, third, last)] == [0.0, None, 1.0, 1.0]


def test_suspicions_and_mistakes_are_read_back(old):
    data = ClassReport.load(old / LAST / "reports" / TINY).data
    (suspicion,), (mistake,) = data.suspicions, data.mistakes
    assert (suspicion.concept, suspicion.photos, suspicion.location_share) == (1, (0, 1, 2, 3, 4), 1.0)
    assert (mistake.strategy, mistake.predicted, mistake.photos, mistake.deficit) == (-1, "green", (10, 11), ())
    assert mistake.phi_predicted == pytest.approx((0.0, 0.0, 0.93160617))


def test_sub_concepts_are_read_back(old):
    report = ClassReport.load(old / LAST / "reports" / "red-tiny-pool")
    parts = report.data.parts_of((0,))
    assert [part.path for part in parts] == [(0, 0), (0, 1)]
    assert (parts[0].layer, parts[0].n_photos) == ("features", 10)
    assert parts[0].effect == pytest.approx(0.94859135)
    assert report.picture(parts[1].crops[0].file).startswith(b"\xff\xd8")


def test_a_report_of_a_group_of_classes_loose_photos_and_a_layer_without_places_opens(old, tmp_path):
    report = open_report([old / LAST / "reports"], "red-green-tiny-flatten")
    data = report.data
    assert data.title == "red … green (2 classes) · tiny.py:build"
    assert (data.images[0].label, data.images[0].right, data.images[0].recognised) == (None, None, True)
    assert [len(rows) for rows in (data.images, data.concepts, data.strategies, data.suspicions)] == [20, 2, 3, 2]
    assert (data.concepts[0].crops, data.suspicions[0].location_share, data.suspicions[0].photos) == (
        (),
        None,
        tuple(range(10)),
    )
    assert not report.has_maps
    assert data.title in report.to_html(tmp_path / "report.html").read_text(encoding="utf-8")
    with pytest.raises(ValueError, match="no places"):
        report.activity()


def test_cards_of_any_age_are_listed_and_found(old):
    cards = list_cards(old / age / "reports" for age in (FIRST, SECOND, THIRD, LAST))
    listed = [(card.folder.parent.parent.name, card.id) for card in cards]
    assert [place for place in listed if place in REPORTS] == [
        (SECOND, TINY), (LAST, TINY), (THIRD, TINY), (FIRST, "red-tiny-features-f24bacb8"), (FIRST, "digits-1")
    ]  # fmt: skip
    digits = find_report([old / FIRST / "reports"], model="demo/digits", target="1")
    assert digits is not None
    assert (digits.id, digits.n_images, digits.n_concepts, digits.n_strategies) == ("digits-1", 182, 8, 2)
    assert digits.accuracy == pytest.approx(0.9945, abs=1e-4)
    assert len(digits.crops) == 4
    tiny = find_report([old / LAST / "reports"], id=TINY)
    assert tiny is not None
    assert (tiny.layer, tiny.source, tiny.suspicion) == ("features", "photos", 1.0)


# ---------------------------------------------------------------------------------------------------- names


def test_names_of_people_are_found_again_in_their_database(old):
    notebook = NoteStore(f"sqlite:///{old / LAST / 'notes.sqlite'}")
    report = ClassReport.load(old / LAST / "reports" / TINY)
    of_concepts, of_strategies = note_subjects(report)
    current = notebook.current(of_concepts, of_strategies)
    names = current_names(current.values())
    assert names.concept(0) == "Concept 1 · red square"
    assert names.concept(1) == "Concept 2 · corner"
    assert names.strategy(0) == "Strategy A · by the square"
    red = current["concept", 0]
    assert (red.author, red.flags, red.description) == (
        "Ben", ("polysemantic",), "the middle of the square\nnot its rim"
    )  # fmt: skip
    earlier = notebook.history(of_concepts, "concept", 0)
    assert [note.name for note in earlier] == ["red square", "red"]
    assert earlier[0].replaces == earlier[1].id
    notebook.close()


def test_exported_names_are_imported_and_are_those_of_the_database(old, tmp_path):
    exported = (old / LAST / "notes.json").read_text(encoding="utf-8")
    subjects = note_subjects(ClassReport.load(old / LAST / "reports" / TINY))
    empty, full = (NoteStore(f"sqlite:///{file}") for file in (tmp_path / "new.sqlite", old / LAST / "notes.sqlite"))
    assert import_notes(empty, exported) == 4
    assert empty.all(*subjects) == full.all(*subjects)
    assert json.loads(export_notes(empty, *subjects))["notes"] == json.loads(exported)["notes"]
    assert import_notes(full, exported) == 0
    assert import_notes(full, (old / LAST / "report-with-notes.json").read_text(encoding="utf-8")) == 0
    empty.close()
    full.close()


def test_words_that_were_found_for_concepts_are_read(old):
    names = read_names(old / LAST / "reports" / TINY / IN_REPORT)
    assert [name.word for name in names] == ["tomato", "corner", None]
    assert names[1].sentence == "corner (2.50), then lawn (1.00)"


# ---------------------------------------------------------------------------------------------------- evaluations


def test_an_evaluation_opens_with_its_table_curves_and_dictionaries(old):
    (evaluation,) = list_evaluations(old / LAST / "evaluations")
    assert (evaluation.id, len(evaluation.rows), len(evaluation.findings)) == ("tiny", 84, 1)
    first = evaluation.rows[0]
    assert (first.method, first.n_concepts, first.seed, first.measure) == ("nmf", 3, 0, "relative ℓ2")
    assert first.value == pytest.approx(0.018928490)
    assert evaluation.findings[0].holds is True
    curve = evaluation.curves["nmf-3-0"].deletion["gradient_input"].rows
    assert curve.shape == (4, 4)
    assert curve.sum() == pytest.approx(3.6903892)
    assert list(map(str, dictionary_names(evaluation))) == ["nmf-3-0", "nmf-3-1", "pca-3-0", "pca-3-1"]
    concepts = of_evaluation(evaluation, "nmf-3-0")
    assert concepts.name == "red · tiny.py:build · features · nmf, 3 concepts, seed 0"
    assert concepts.photos[0] == ("photos", "red/002.png")
    assert concepts.components[0].sum() == pytest.approx(1.0009396)
    assert [len(crops) for crops in concepts.crops] == [1, 1, 1]


def test_an_evaluation_from_before_photos_were_named_opens(old):
    evaluation = Evaluation.load(old / LABORATORY / "evaluations" / "tiny")
    assert len(evaluation.rows) == 30
    concepts = of_evaluation(evaluation, "pca-3-0")
    assert concepts.photos[5] == ("a4655d8ec704187b2c64e488980216d5", "5")
    assert concepts.activity is not None
    assert concepts.activity.shape == (6, 3)


# ---------------------------------------------------------------------------------------------------- collections


@pytest.mark.parametrize("age", [THIRD, LAST])
def test_a_collection_opens_with_its_tokens_and_words(old, age):
    collection = list_collections([old / age / "collections"], old / age / "store")[-1]
    assert (collection.title, len(collection), collection.grid) == ("red · tiny.py:build", 12, (8, 8))
    assert (collection.n_channels, collection.labels[0], collection.names[11]) == (4, "red", "red/wrong1.png")
    assert collection.patches(0)[3, 3].tolist() == [0.453125, 0, 0, 0]
    assert collection.activations.logits[0] == pytest.approx([0.9628331, 0.05652574, 0.6013326])
    assert collection.activations.indices[-2:] == (11, 12)  # the photo between could not be read
    assert collection.activations.skipped[0].name == "red/broken.png"
    assert collection.thumbnail(3).startswith(b"\xff\xd8")
    (lexicon,) = map(load_lexicon, collection.lexicons())
    assert lexicon.words == ("red", "green", "blue")


def test_a_collection_of_an_encoder_keeps_its_text_encoder(old):
    collection = list_collections([old / LAST / "collections"], old / LAST / "store")[0]
    assert (collection.id, collection.title, len(collection)) == ("tiny", "photos · tiny.py:build", 22)
    assert (collection.labels[0], collection.labels[21], collection.lexicons()) == ("green", "red", [])
    assert "demo/pair" in str(collection.encoder)


def test_words_that_were_read_are_not_read_again(old):
    collection = list_collections([old / LAST / "collections"], old / LAST / "store")[-1]
    before = {file: file.stat().st_mtime_ns for file in (old / LAST / "store").glob("words-*/**/*.*")}
    read = stored_words(collection, load_lexicon(collection.lexicons()[0]))
    assert read.overuse.n_photos == 12
    assert read.index.photos("red", 3).scores[0] == pytest.approx(2.0080996)
    after = {file: file.stat().st_mtime_ns for file in (old / LAST / "store").glob("words-*/**/*.*")}
    assert len(before) == 4
    assert after == before


def test_a_concept_that_was_drawn_is_found_again(old):
    report = ClassReport.load(old / LAST / "reports" / TINY)
    drawn = find_drawing(report, 0, old / LAST / "store", steps=2, crops=1)
    assert drawn is not None
    assert drawn.figures.photo == pytest.approx(1.8117646)


# ---------------------------------------------------------------------------------------------------- jobs


@pytest.mark.parametrize("age", [FIRST, SECOND, THIRD, LAST])
def test_jobs_of_any_age_keep_their_request_and_state(old, age):
    listed = {job.state.status: job for job in jobs.list_jobs(old / age)}
    assert sorted(listed) == ["done", "failed"]
    done, failed = listed["done"], listed["failed"]
    assert jobs.find(old / age, done.id) == done
    assert (done.task, done.request.target, done.request.layer) == ("report", "red", "features")
    assert (done.request.settings.n_concepts, done.request.settings.sub_concepts) == (3, 0 if age == FIRST else 2)
    assert open_report([old / age / "reports"], done.state.result).data.title == "red · tiny.py:build"
    assert failed.request.target == "rde"
    assert failed.state.message == "no class is called 'rde': did you mean red, green?"
    assert failed.state.finished


@pytest.mark.parametrize("age", [FIRST, SECOND, THIRD, LAST])
def test_inspections_of_any_age_are_read(old, age):
    (job,) = jobs.list_jobs(old / age, task="inspect")
    assert job.state.status == "done"
    found = job.inspection
    assert found.class_names == ("red", "green", "blue")
    assert (found.default_layer, found.n_photos, len(found.layers)) == ("features", 23, 4)
    assert found.photos_per_class == {"red": 13, "green": 10}


# ---------------------------------------------------------------------------------------------------- single files


def test_a_bridge_opens(old):
    bridge = load_bridge(old / LAST / "bridge.safetensors")
    assert (bridge.method, bridge.seed, bridge.trained_on, bridge.space) == ("ridge", 3, "tiny photos", "bb")
    assert bridge.figures == {"held-out r2": 0.75}
    assert bridge.apply(torch.ones(4)).tolist() == [2.0, 1.5]


@pytest.mark.parametrize(("method", "codes"), [("nmf", [4.3092, 3.3272, 0.6191]), ("topk_sae", [6.5349, 0.0, 0.0])])
def test_an_extractor_opens_and_encodes_as_before(old, method, codes):
    extractor = load_extractor(old / LAST / f"{method}.safetensors")
    assert (extractor.method, extractor.n_concepts, extractor.seed) == (method, 3, 2)
    assert extractor.transform(torch.arange(6.0)[None])[0].tolist() == pytest.approx(codes, abs=1e-4)


def test_a_lexicon_opens(old):
    lexicon = load_lexicon(old / LAST / "lexicon")
    assert (lexicon.words, lexicon.name, lexicon.space) == (("apple", "Birne", "прогулка"), "three words", "cc")
    np.testing.assert_array_equal(lexicon.vectors, torch.eye(4)[:3])
    assert lexicon.bias is not None
    assert lexicon.bias.tolist() == [0.0, 0.5, 1.0]


def test_a_site_knows_the_files_that_it_wrote(old):
    manifest = read_manifest(old / LAST / "site")
    assert manifest is not None
    assert len(manifest.files) == 18
    assert manifest.files["classes/red-63336c0c06.html"].hash == "7ee3ea82149a9824544628ac806dbfce"


# ---------------------------------------------------------------------------------------------------- newer formats


@pytest.mark.parametrize(
    ("file", "key", "opened"),
    [
        (f"reports/{TINY}/report.json", "format", lambda file: ClassReport.load(file.parent)),
        (f"reports/{TINY}/{IN_REPORT}", "format", read_names),
        ("evaluations/tiny/evaluation.json", "format", lambda file: Evaluation.load(file.parent)),
        ("lexicon/lexicon.json", "format", lambda file: load_lexicon(file.parent)),
        (
            "notes.json",
            "notes_format",
            lambda file: import_notes(NoteStore("sqlite:///never"), file.read_text("utf-8")),
        ),
    ],
)
def test_what_a_newer_version_wrote_is_refused_in_one_line(old, tmp_path, file, key, opened):
    newer = tmp_path / "newer" / Path(file).name
    shutil.copytree((old / LAST / file).parent, newer.parent)
    newer.write_text(json.dumps(json.loads(newer.read_text("utf-8")) | {key: 99}), encoding="utf-8")
    with pytest.raises(ValueError, match="format") as refused:
        opened(newer)
    assert "\n" not in str(refused.value)
