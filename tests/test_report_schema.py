"""report.json and card.json: what is written comes back, and every damage is one line with the file and the field."""

import json
from dataclasses import fields, replace

import pytest

from concepts.report import ClassReport, ReportCard, list_cards
from concepts.report.request import Request
from concepts.report.rows import ArtefactRow, CropRow, MistakeRow, PresenceRow, PropertyRow, SubConceptRow
from concepts.report.schema import REPORTS, OtherPhotos, ReportData, check_numbers
from concepts.report.verdict import CounterProof, PastedPicture, Suspect, Verdict, verdict_of
from concepts.storage.typed_json import from_json, to_json, write_typed
from tests.support.damage import changed, refuses_damage
from tests.support.made_up_report import K, made_up_report, renamed

CROP = CropRow("crops/concept_0-1_0.jpg", 2, (0.0, 0.1, 0.5, 0.6), 1.5)
PART = SubConceptRow((0, 1), "earlier", 0.4, 0.2, -0.1, 0.5, 9, (CROP,))
PRESENCE = PresenceRow(1, 0.8, 3, 0.25, 1.5, 0.3, 1.0, 0.6, 1.0, 0.5, 0.2, 0.8, 0.9, 0.4, (0, 3, 4))
ZEROS = (0.0,) * (K - 2)
PROOF = CounterProof("pixels", 100, 2.0, 0.2, 1.5, 2.1, 10.0, 3, 0, (PastedPicture("a.jpg", "b.jpg", "stone", "moss"),))
SUSPECT = Suspect((1,), 0, 0.9, 3, 0.3, 0.2, 1.0, 0.8, 1.2, 0.1, 0.05, 0.2, 0.0, 0.0, 0.0, (PROOF,), (0, 1, 2), 2)
PROPERTY = PropertyRow("sharpness", "concept", 1, -0.8, -0.9, -0.7, 0.001, "ρ")
MISTAKE = MistakeRow(0, "pebble", (1, 2), 2, (0.5, -0.1, *ZEROS), (0.1, 0.2, *ZEROS), 4, (0.3, 0.1, *ZEROS))


@pytest.fixture(scope="module")
def report() -> ClassReport:
    """A report in which every table has a row."""
    made = made_up_report(n=12)
    request = Request("tinynet", "photos", "mushroom", weights="w.safetensors", layer="features", n_classes=5)
    model = replace(made.data.model, names_from="given")
    dataset = replace(made.data.dataset, others=OtherPhotos("others", 5, 2))
    return renamed(
        made, model=model, dataset=dataset, subconcepts=(PART,), suspicions=(PRESENCE,), mistakes=(MISTAKE,),
        verdict=verdict_of((replace(SUSPECT, stand_in=None), SUSPECT), 3, 100), request=request, command="concepts",
        artefacts=(ArtefactRow("blur", 60, 15, 0.16, 0.37, 20, True),), properties=(PROPERTY,),
    )  # fmt: skip


def read(text: bytes) -> ReportData:
    return from_json(ReportData, text, source="report.json", form=REPORTS)


def test_what_is_written_comes_back(report, tmp_path):
    report.save(tmp_path / "report")
    assert ClassReport.load(tmp_path / "report").data == report.data


def test_the_keys_in_the_file_are_those_that_users_code_reads(report):
    written = to_json(report.data)
    assert {"data", "images", "concepts", "strategies", "clustering", "format"} <= written.keys()
    assert written["data"].keys() == {
        "source", "n_photos", "n_used", "skipped", "labels_known", "fingerprint", "tokens", "others",
        "labels_from", "notes", "duplicates",
    }  # fmt: skip
    assert written["target"].keys() == {"label", "indices", "names"}


@pytest.mark.slow
def test_every_damage_to_a_report_is_one_line_with_the_file_and_the_field(report):
    optional = ("versions.*", "seconds.*", "settings.*", "request.settings*", "data.tokens", "data.others")
    optional += (
        "data.labels_from",
        "data.notes",
        "data.duplicates",
        "kind",
        "texts",
        "wordings",
        "artefacts",
        "properties",
        "wordings",
        "probes",
        "data_artefacts",
        "texts",
        "kind",
        "verdict",
        "verdict.suspects.*.stand_in",
        "verdict*counterproof.*.pictures",
        "verdict*counterproof.*.texts",
        "verdict*counterproof.*.phrases",
        "verdict*counterproof.*.use",
    )
    optional += tuple(f"verdict.{field.name}" for field in fields(Verdict) if field.name != "kind")
    optional += tuple(f"model.{name}" for name in ("transform", "output", "conversion", "names_from", "memory_format"))
    optional += tuple(f"request.{name}" for name in to_json(report.data.request) if name != "model")
    optional += tuple(f"checks.0.{name}" for name in ("low", "high", "control", "control_name"))
    refuses_damage(read, json.loads(json.dumps(to_json(report.data))), source="report.json", optional=optional)


@pytest.mark.parametrize(
    ("place", "number", "said"),
    [
        (("concepts", 0, "crops", 0, "image"), 12, "crop .*: names photo 12, and the report has 12"),
        (("images", 0, "strategy"), 3, "images: names strategy 3, and the report has 3"),
        (("strategies", 0, "medoid"), 12, "strategies: names photo 12"),
        (("strategies", 0, "concepts", 0), 8, "strategies: names concept 8"),
        (("suspicions", 0, "photos", 0), 99, "suspicions: names photo 99"),
        (("suspicions", 0, "concept"), 8, "suspicions: names concept 8"),
        (("verdict", "suspects", 0, "concepts", 0), 8, "verdict: names concept 8"),
        (("verdict", "suspects", 0, "photos", 0), 99, "verdict: names photo 99"),
        (("verdict", "suspects", 1, "stand_in"), 8, "verdict: names concept 8"),
        (("verdict", "concept"), 8, "verdict: names concept 8"),
        (("verdict", "strategy"), 3, "verdict: names strategy 3"),
        (("properties", 0, "index"), 8, "properties: names concept 8"),
        (("mistakes", 0, "photos", 1), 12, "mistakes: names photo 12"),
        (("subconcepts", 0, "path", 0), 8, "subconcepts: names concept 8"),
    ],
)
def test_a_row_that_is_not_there_is_not_named(report, tmp_path, place, number, said):
    report.save(tmp_path / "report")
    file = tmp_path / "report" / "report.json"
    file.write_text(json.dumps(changed(json.loads(file.read_text()), place, number)))
    with pytest.raises(ValueError, match=f"report.json: {said}"):
        ClassReport.load(tmp_path / "report")


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        (("images",), [], "images: there are none|crop .*: names photo"),
        (("properties", 0, "index"), None, "properties: the number of concept is None"),
        (("properties", 0, "of"), "answers", "properties: the number of answers is 1"),
        (("concepts", 1, "index"), 0, "concepts: they are not numbered"),
        (("strategies", 0, "label"), 1, "strategies: they are not numbered"),
        (("clustering", "links", 0), [1.0], "clustering.links: they are not those of 3 strategies"),
        (("clustering", "links"), [], "clustering.links"),
        (("layer", "grid"), [0, 3], "layer.grid: a side"),
        (("layer", "grid"), [2**52, 2**52], "layer.grid: a side"),
        (("artefacts", 0, "others"), 14, "artefacts: more photos change than the 14 that were tried"),
        (("mistakes", 0, "toward"), [1.0], "mistakes: φ is not that of 8 concepts"),
        (("mistakes", 0, "lacking"), [1.0], "mistakes: what is lacking"),
        (("subconcepts", 0, "path"), [0], "subconcepts: a part is of no concept"),
        (("subconcepts", 0, "path"), [0, 1, 2], "subconcepts: a part is of no concept"),
        (("concepts", 0, "crops", 0, "box"), [0.5, 0.0, 0.1, 1.0], "crop .*: its box has no inside"),
    ],
)
def test_tables_that_do_not_fit_each_other_are_refused(report, place, value, said):
    written = changed(json.loads(json.dumps(to_json(report.data))), place, value)
    with pytest.raises(ValueError, match=f"a.json: ({said})"):
        check_numbers(read(json.dumps(written).encode()), "a.json")


def test_a_table_that_is_cut_out_is_missing_today_and_old_in_format_1(report):
    value = to_json(report.data)
    del value["suspicions"]
    with pytest.raises(ValueError, match="suspicions: Field required"):
        read(json.dumps(value).encode())
    assert read(json.dumps(value | {"format": 1}).encode()) == replace(report.data, suspicions=())


def test_every_damage_to_a_card_is_one_line_and_the_gallery_leaves_it_out(report, tmp_path):
    card = ReportCard.of(report.data)
    refuses_damage(
        lambda text: from_json(ReportCard, text, source="card.json"),
        to_json(card),
        source="card.json",
        optional=("verdict", "labels_known", "kind", "phrase", "words"),
    )
    for name, value in (("good", card), ("bad", replace(card, accuracy=7.0))):
        write_typed(tmp_path / name / "card.json", value)
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "card.json").write_text("[" * 100_000)
    assert [each.id for each in list_cards([tmp_path])] == ["good"]
