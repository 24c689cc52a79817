"""The verdict: what it takes to say that a model leans on something added."""

import re
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from concepts.data.images import open_photos
from concepts.report import ClassReport, ReportSettings, build_report
from concepts.report.pipeline.evidence.sources import region_around_peak
from concepts.report.pipeline.evidence.suspects import LEAST_ADDED, groups
from concepts.report.rendering.summary import summary
from concepts.report.rendering.verdict_sentences import suspect_sentence, verdict_sentence
from concepts.report.verdict import DIFFERS, LEANS, ONE_WAY, CounterProof, Suspect, verdict_of
from concepts.strategies.known import known_splits
from concepts.strategies.populations import Populations
from tests.support.added_mark import colours, pictures
from tests.support.made_up_report import made_up_report

PROOF = CounterProof(
    "pixels", 100, rise=2.0, control_rise=0.2, low=1.5, high=2.1, lead=10.0, turned=3, control_turned=0
)
SUSPECT = Suspect(
    concepts=(2, 4), strategy=1, added=0.9, n=40, share=0.4, evidence=0.2, effect=1.0, effect_low=0.8, effect_high=1.2,
    loss=0.1, loss_low=0.05, loss_high=0.2, lost=0.0, lost_low=0.0, lost_high=0.0, counterproof=(PROOF,),
    photos=tuple(range(40)),
)  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({}, LEANS),
        ({"stand_in": 3}, DIFFERS),
        ({"effect_low": -0.1}, DIFFERS),
        ({"evidence": 0.049}, DIFFERS),
        ({"loss_low": -0.01}, DIFFERS),
        ({"loss_low": -0.01, "lost_low": 0.02}, LEANS),
        ({"loss": 1e-9, "loss_low": 1e-10}, DIFFERS),
        ({"counterproof": (replace(PROOF, low=-0.1),)}, DIFFERS),
        ({"counterproof": (replace(PROOF, rise=0.9),)}, DIFFERS),
        ({"counterproof": (replace(PROOF, rise=1.1),)}, LEANS),
        ({"counterproof": (replace(PROOF, lead=0.0),)}, LEANS),
    ],
)
def test_leaning_needs_every_condition(changes, kind):
    found = verdict_of((replace(SUSPECT, **changes),), n_strategies=2, others=100)
    assert found.kind == kind
    assert (found.concept, found.strategy) == ((2, 1) if kind == LEANS else (None, None))
    assert found.counterproof == ((found.suspects[0].counterproof) if kind == LEANS else ())


def test_without_photos_of_other_classes_it_is_named_and_not_called_so():
    found = verdict_of((replace(SUSPECT, counterproof=()),), n_strategies=1, others=0)
    assert (found.kind, found.concept, found.effect, found.counterproof) == (DIFFERS, 2, 1.0, ())
    assert verdict_of((replace(SUSPECT, counterproof=()),), n_strategies=1, others=9).kind == ONE_WAY  # not tried
    assert verdict_of((), n_strategies=1, others=0).kind == ONE_WAY
    assert verdict_of((), n_strategies=3, others=0).kind == DIFFERS


def test_figures_below_zero_have_a_true_minus():
    suspect = replace(SUSPECT, loss=-0.01, loss_low=-0.02, loss_high=0.005, effect_low=-0.3)
    said = suspect_sentence(suspect, made_up_report(n=8).data)
    assert "gains 1.0 points of probability (95% interval −0.5 to 2.0)" in said
    assert "(95% interval −0.30 to" in said
    assert not re.search(r"-\d", said)


def population(concept: int, present: np.ndarray, suspicion: float = 0.9) -> Populations:
    return Populations(concept, present, score=5.0, suspicion=suspicion)


def test_parts_that_stand_for_each_other_are_no_suspects_alone():
    """Concept 0 is in half of the photos, 1 in the other half: either is missing where the other is."""
    cake = np.arange(100) < 50
    rng = np.random.default_rng(0)
    marked = rng.permutation(100) < 40
    phi = np.abs(rng.normal(1, 0.05, (100, 4)))
    phi[:, 0] *= np.where(cake, 2, 0.1)
    phi[:, 1] *= np.where(cake, 0.1, 2)
    phi[:, 2] *= np.where(marked, 2, 0.1)
    evidence = (phi - phi.mean(axis=0)) / phi.std(axis=0)
    populations = [population(0, cake), population(1, ~cake), population(2, marked, 0.8)]
    found = groups(phi, evidence, populations, np.zeros(100, dtype=int), [])
    assert [(group.concepts, group.stand_in) for group in found] == [((0,), 1), ((1,), 0), ((2,), None)]


def test_concepts_that_come_together_are_one_suspect():
    rng = np.random.default_rng(0)
    marked = rng.permutation(100) < 30
    phi = np.abs(rng.normal(1, 0.05, (100, 5)))
    phi[:, [1, 3]] *= np.where(marked, 3, 0.1)[:, None]
    evidence = (phi - phi.mean(axis=0)) / phi.std(axis=0)
    labels = marked.astype(int)
    found = groups(phi, evidence, [population(1, marked), population(3, marked, 0.7)], labels, [0.1, 0.8])
    assert [(sorted(group.concepts), group.strategy) for group in found] == [([1, 3], 1)]
    assert not groups(phi, evidence, [population(1, marked, 0.2)], labels * 0, [float("nan")])


def test_what_a_known_group_shows_together_is_a_suspect():
    """A word in a fifth of the texts moves three concepts by 1.7 deviations: none alone has two populations."""
    rng = np.random.default_rng(0)
    held = rng.permutation(400) < 80
    phi = rng.normal(size=(400, 6)) + 1.9 * held[:, None] * np.array([1, 0, 1, 0, 1, 0])
    evidence = (phi - phi.mean(axis=0)) / phi.std(axis=0)
    known = known_splits(evidence, held[:, None], 24, rng)
    assert not groups(phi, evidence, [], np.zeros(400, dtype=int), [])
    (found,) = groups(phi, evidence, [], np.zeros(400, dtype=int), [], known)
    assert set(found.concepts) <= {0, 2, 4}
    assert len(found.concepts) > 1
    assert (found.present == held).all()
    assert found.added >= LEAST_ADDED


def test_the_region_is_a_rectangle_around_what_is_connected_to_the_peak():
    values = np.zeros((8, 8))
    values[2:4, 5], values[3, 5], values[7, 0] = 0.5, 1.0, 0.9
    region = region_around_peak(values, (16, 24))
    rows, columns = np.nonzero(region)
    assert (rows.min(), rows.max() + 1, columns.min(), columns.max() + 1) == (2, 10, 12, 21)


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    folder = tmp_path_factory.mktemp("marks")
    return pictures(folder / "all"), folder


def report_of(folder, red: float, **settings) -> ClassReport:
    return build_report(
        colours(red), open_photos(str(folder / "all")), "green", ReportSettings(n_concepts=3, **settings)
    )


@pytest.mark.parametrize(("red", "kind"), [(1.0, LEANS), (0.05, DIFFERS), (0.0, DIFFERS), (-0.05, DIFFERS)])
def test_the_same_mark_is_told_by_what_the_model_makes_of_it(photos, red, kind):
    marked, folder = photos
    report = report_of(folder, red)
    verdict = report.data.verdict
    assert report.data.suspicion > 0.9  # as ever: it only says how cleanly something is added
    assert (verdict.kind, verdict.others) == (kind, 40)
    suspect = verdict.suspects[0]
    assert np.array_equal(np.isin(np.arange(len(marked)), suspect.photos), marked)
    assert suspect.leaned_on == (kind == LEANS)
    assert (verdict.concept is not None) == (kind == LEANS)


def test_a_verdict_is_kept_shown_and_proved_by_pictures(photos, tmp_path):
    report = report_of(photos[1], 1.0)
    again = ClassReport.load(report.save(tmp_path / "report"))
    assert again.data.verdict == report.data.verdict
    proof = again.data.verdict.counterproof[0]
    assert (proof.by, proof.others) == ("pixels", 40)
    assert proof.turned > 2 * proof.control_turned
    assert proof.rise > 2 * proof.control_rise
    assert len(proof.pictures) == 6
    for pair in proof.pictures:
        assert again.picture(pair.before) != again.picture(pair.after)
    assert summary(again.data).count("The model leans on something added") == 1
    html = again.to_html(tmp_path / "one.html").read_text()
    assert suspect_sentence(again.data.verdict.suspects[0], again.data) in html
    assert "leans on it" in html


def test_evidence_can_be_left_out_and_others_may_be_missing(photos, tmp_path):
    off = report_of(photos[1], 1.0, evidence="off")
    assert (off.data.verdict, off.data.artefacts) == (None, ())
    assert "evidence" not in off.data.seconds
    assert "was not tested" in verdict_sentence(off.data)
    alone = build_report(
        colours(1.0), open_photos(str(photos[1] / "all" / "green")), "green", ReportSettings(n_concepts=3)
    )
    assert (alone.data.verdict.kind, alone.data.verdict.others, alone.data.artefacts) == (DIFFERS, 0, ())
    assert alone.data.verdict.concept is not None
    assert "There are no photos of other classes to prove it on" in verdict_sentence(alone.data)


def test_the_counter_proof_is_kept_and_the_same_again(photos, tmp_path):
    build = partial(
        build_report, colours(1.0), open_photos(str(photos[1] / "all")), "green", ReportSettings(n_concepts=3),
        store=tmp_path,
    )  # fmt: skip
    first, second = build(), build()
    assert second.data.verdict == first.data.verdict
    assert "evidence" in second.data.reused
    assert "evidence" not in first.data.reused


def test_others_that_can_no_longer_be_read_prove_nothing(photos, tmp_path):
    for name in ("green", "blue"):
        (tmp_path / name).mkdir()
        for file in (photos[1] / "all" / name).iterdir():
            (tmp_path / name / file.name).write_bytes(file.read_bytes() if name == "green" else b"no picture")
    verdict = build_report(colours(1.0), open_photos(str(tmp_path)), "green", ReportSettings(n_concepts=3)).data.verdict
    assert (verdict.kind, verdict.others, verdict.counterproof) == (DIFFERS, 0, ())
    assert verdict.concept is not None  # named, as where there are no others
