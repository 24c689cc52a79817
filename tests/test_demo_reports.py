"""The demo as it ships: its reports open, and they find what was painted into the pictures."""

import pytest
from sklearn.metrics import adjusted_rand_score

from concepts.data.images import open_photos
from concepts.demo.language import PHRASE
from concepts.demo.names import DIGITS, SHAPES
from concepts.demo.pictures import demo_pictures
from concepts.demo.reports import CLASSES
from concepts.demo.texts.listing import truth_of
from concepts.demo.world import CLASS_NAMES
from concepts.report import ClassReport, list_cards
from concepts.report.verdict import DIFFERS, LEANS, ONE_WAY
from concepts.storage.app_folder import DEMO
from tests.support.demo_truth import SHORTCUT, SINGLE, THREE_PARTS, part_iou, shortcut_f1, strategies_ari, study

pytestmark = pytest.mark.slow

CHOSEN = {"seed": 0, "n_concepts": 10}


def test_the_shipped_reports_open_and_lead_back_to_their_source():
    cards = list_cards([DEMO / "reports"])
    assert {card.target for card in cards} == {name for names in CLASSES.values() for name in names}
    for card in cards:
        report = ClassReport.load(card.folder)
        assert "/" not in report.data.model.fingerprint
        codes = report.array("codes" if card.kind == "texts" else "maps")
        assert len(codes) == len(report.data.items) == card.n_images
        if card.kind == "images":
            assert report.picture(report.data.concepts[0].crops[0].file)
            assert report.thumbnail(0)
        else:
            assert all(row.excerpts for row in report.data.wordings)


def test_of_the_shipped_reports_the_planted_class_alone_is_leaned_on():
    kinds = {card.target: card.verdict for card in list_cards([DEMO / "reports"])}
    assert {target for target, kind in kinds.items() if kind == LEANS} == {SHORTCUT, "harbour"}
    assert (kinds[THREE_PARTS], kinds[SINGLE]) == (DIFFERS, ONE_WAY)


def test_of_the_shipped_reports_on_texts_the_planted_phrase_is_found_and_three_reasons_are_three_strategies():
    reports = {card.target: ClassReport.load(card.folder) for card in list_cards([DEMO / "reports"])}
    proof = reports["harbour"].data.verdict.counterproof[0]
    assert (proof.by, proof.phrases[0]) == ("words", PHRASE)
    assert proof.turned >= 10 * max(1, proof.control_turned)
    for target, kind in (("rain", ONE_WAY), ("festival", DIFFERS), ("con", ONE_WAY)):
        assert reports[target].data.verdict.kind == kind
    festival = reports["festival"].data
    truth = [each.reason for each in truth_of([row.name for row in festival.texts])]
    assert adjusted_rand_score(truth, [row.strategy for row in festival.texts]) >= 0.9


def test_the_three_parts_are_three_strategies():
    truth = study(THREE_PARTS, n=300, **CHOSEN)
    assert strategies_ari(truth) >= 0.9
    assert sum(part_iou(truth).values()) / 3 >= 0.5
    assert truth.report.data.clustering.suspicion < 0.5  # a part that stands for another is no shortcut
    assert truth.report.data.verdict.kind == DIFFERS
    assert all(suspect.stand_in is not None for suspect in truth.report.data.verdict.suspects)


def test_the_planted_shortcut_is_a_strategy_of_its_own():
    truth = study(SHORTCUT, n=150, **CHOSEN)
    assert shortcut_f1(truth) >= 0.95
    assert truth.report.data.clustering.suspicion > 0.5
    verdict = truth.report.data.verdict
    assert (verdict.kind, verdict.others) == (LEANS, 45)
    marked = [i for i, name in enumerate(truth.strategies) if name == "stamp"]
    assert set(verdict.suspect.photos) == set(marked)
    assert verdict.counterproof[0].by == "pixels"


def test_a_class_with_one_part_has_one_strategy():
    truth = study(SINGLE, n=150, **CHOSEN)
    assert len(truth.report.data.strategies) == 1
    assert truth.report.data.clustering.suspicion is None
    assert truth.report.data.verdict.kind == ONE_WAY


def test_demo_pictures_are_drawn_once(tmp_path):
    folder = demo_pictures("demo/shapes", tmp_path, n=2)
    photos = open_photos(folder)
    assert len(photos) == 20
    assert demo_pictures("demo/shapes", tmp_path, n=2) == folder
    with pytest.raises(ValueError, match="demo/digits"):
        demo_pictures("demo/x", tmp_path)


def test_some_classes_alone_are_the_same_pictures(tmp_path):
    some = demo_pictures(SHAPES, tmp_path, n=2, classes=["boat"])
    assert sorted(path.name for path in some.iterdir()) == ["boat"]
    whole = demo_pictures(SHAPES, tmp_path, n=2)
    assert len(list(whole.iterdir())) == len(CLASS_NAMES)
    for i in range(2):
        assert (some / f"boat/{i:04d}.png").read_bytes() == (whole / f"boat/{i:04d}.png").read_bytes()
    assert demo_pictures(SHAPES, tmp_path, n=2, classes=["boat"]) == whole, "what is drawn already is not drawn again"
    ones = demo_pictures(DIGITS, tmp_path, classes=["1"])
    assert [path.name for path in ones.iterdir()] == ["1"]
    assert len(list((ones / "1").iterdir())) == 182
