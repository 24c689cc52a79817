"""Properties tested against a report's parts: measures, intervals, the correction, and what a report says of it."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import rankdata, spearmanr

from concepts.cli.main import main
from concepts.data.properties.property import category, number
from concepts.numerics.associations import correlation_ratio, cramers_v, rank_biserial, spearman_association
from concepts.report import ClassReport
from concepts.report.pipeline.evidence.associations import Part, associated_rows
from concepts.report.rendering.follows import follows_sentence
from concepts.report.rendering.html import render_report_html
from concepts.report.rendering.property_sentences import found_properties, properties_sentence, strongest_found
from concepts.report.rendering.sentences import concept_sentence, strategy_sentence
from concepts.report.rows import PropertyRow
from tests.support.made_up_report import made_up_report, renamed
from tests.support.tiny import CLASSES, FACTORY, write_photos

SHARP = PropertyRow("sharpness", "concept", 1, -0.8, -0.9, -0.7, 0.001, "ρ")
HALF = np.arange(60) < 30


def test_the_measures_by_their_definitions():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(2, 40)).round(1)  # with ties
    assert spearman_association(x, y).value == pytest.approx(spearmanr(x, y).statistic)
    inside = rng.random(40) < 0.4
    pairs = np.sign(x[inside][:, None] - x[~inside])
    assert rank_biserial(x, inside).value == pytest.approx(pairs.mean())
    groups = rng.integers(0, 3, 40).astype(float)
    ranks = rankdata(y)
    within = sum(((ranks[groups == g] - ranks[groups == g].mean()) ** 2).sum() for g in range(3))
    whole = ((ranks - ranks.mean()) ** 2).sum()
    explained = 1 - (within / (40 - 3)) / (whole / 39)  # ε² of ranks, which is the same figure
    assert correlation_ratio(groups, y).value == pytest.approx(max(0.0, explained) ** 0.5, abs=1e-6)


@pytest.mark.parametrize("measure", [cramers_v, correlation_ratio])
def test_categories_that_say_nothing_have_no_association_on_average(measure):
    """Without the correction, nine categories of 60 images would give about 0.37."""
    rng = np.random.default_rng(0)
    figures = [rng.permutation(HALF) if measure is cramers_v else rng.normal(size=60) for _ in range(60)]
    found = [measure(rng.integers(0, 9, 60).astype(float), figure).value ** 2 for figure in figures]
    assert np.mean(found) < 0.03


def test_what_is_the_same_has_the_largest_association():
    x = np.arange(60.0)
    assert rank_biserial(x, ~HALF).value == 1.0
    assert rank_biserial(-x, ~HALF).value == -1.0
    assert rank_biserial(x, ~HALF).low < 0.95
    assert spearman_association(x, -x).value == pytest.approx(-1)
    assert cramers_v(HALF.astype(float), HALF).value == pytest.approx(1)
    for found in (rank_biserial(x, ~HALF), cramers_v(HALF.astype(float), HALF), correlation_ratio(HALF * 1.0, x)):
        assert -1 <= found.low <= found.value <= found.high <= 1
        assert found.p < 1e-6


def test_too_few_images_and_constants_are_not_tested():
    x = np.arange(60.0)
    assert rank_biserial(x, np.arange(60) < 4) is None
    assert rank_biserial(np.ones(60), HALF) is None
    assert spearman_association(np.ones(60), x) is None
    assert spearman_association(x[:9], x[:9]) is None
    assert cramers_v(np.zeros(60), HALF) is None
    assert correlation_ratio(np.zeros(60), x) is None


@pytest.mark.parametrize("shift", [0.0, 1.2])
def test_intervals_hold_the_truth_in_95_of_100(shift):
    from scipy.stats import norm

    inside = np.arange(80) < 24
    truth = 2 * norm.cdf(shift / np.sqrt(2)) - 1
    figures = [np.random.default_rng(seed).normal(size=80) + shift * inside for seed in range(150)]
    held = [found.low <= truth <= found.high for found in (rank_biserial(x, inside) for x in figures)]
    assert 0.9 <= np.mean(held) <= 0.99


def parts(rng: np.random.Generator) -> list[Part]:
    """Two strategies and two concepts of 60 photos."""
    labels = rng.permutation(HALF)
    groups = [Part("strategy", s, (labels == s).astype(float), True) for s in (0, 1)]
    return groups + [Part("concept", j, rng.normal(size=60), False) for j in range(2)]


def test_nothing_is_found_in_most_of_twenty_null_seeds_and_each_property_has_a_row():
    found = []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        properties = (
            *(number(f"number {i}", list(rng.normal(size=60))) for i in range(3)),
            category("site", [str(value) for value in rng.integers(0, 4, 60)]),
        )
        rows = associated_rows(properties, parts(rng))
        assert {row.property for row in rows} == {each.name for each in properties}
        found.append(any(row.found() for row in rows))
    assert sum(found) <= 3


def test_a_planted_property_is_found_with_its_sign_and_the_unknown_left_out():
    rng = np.random.default_rng(0)
    given = parts(rng)
    values = -given[3].values + rng.normal(0, 0.3, 60)
    values[:5] = np.nan
    site = ["rare" if i == 0 else "AB"[int(inside)] for i, inside in enumerate(given[0].values)]
    rows = associated_rows((number("sharpness", list(values)), category("site", site)), given)
    first = rows[0]
    assert (first.property, first.of, first.index, first.measure) == ("sharpness", "concept", 1, "ρ")
    assert first.association < -0.8
    assert first.follows()
    sites = [row for row in rows if row.property == "site" and row.follows()]
    assert [(row.of, row.index, row.measure) for row in sites] == [("strategy", 0, "V"), ("strategy", 1, "V")]


def test_a_property_that_is_the_same_everywhere_or_not_known_is_not_tested():
    rng = np.random.default_rng(0)
    assert associated_rows((number("size", [4.0] * 60), number("date", [None] * 60)), parts(rng)) == ()


@pytest.mark.parametrize(
    ("changes", "follows"),
    [
        ({}, True),
        ({"association": -0.59}, False),
        ({"high": -0.45}, False),
        ({"association": 0.7, "low": 0.55, "high": 0.9}, True),
        ({"p_adjusted": 0.06}, False),
    ],
)
def test_it_takes_a_strong_association_to_follow(changes, follows):
    assert replace(SHARP, **changes).follows() is follows


def test_the_sentences_say_what_is_followed():
    noise = replace(SHARP, property="noise", association=0.92, low=0.9, high=0.95)
    strategy = replace(SHARP, of="strategy", index=0, measure="r")
    weak = replace(SHARP, property="border", of="answers", index=None, association=0.1, low=-0.1, high=0.3, measure="r")
    report = renamed(made_up_report(n=12), properties=(SHARP, noise, strategy, weak))
    data = report.data
    assert follows_sentence(data, "concept", 1) == "It follows noise (ρ = 0.92) and sharpness (ρ = −0.80)."
    assert follows_sentence(data, "concept", 0) == ""
    assert concept_sentence(data.concepts[1], data).endswith(". It follows noise (ρ = 0.92) and sharpness (ρ = −0.80).")
    assert strategy_sentence(data.strategies[0], data).endswith("). It follows sharpness (r = −0.80).")
    assert concept_sentence(data.concepts[0], data).endswith(".")
    assert len(found_properties(data)) == 3
    assert strongest_found(data)[0] == "sharpness goes with Concept 2: ρ = −0.80 (−0.90 to −0.70), and 1 more"
    assert properties_sentence(data).startswith(
        "3 properties of whole photos were tested (sharpness, noise, border); 2 of"
    )
    page = render_report_html(report)
    assert "It follows sharpness (r = −0.80)." in page
    assert "What whole photos are like" in page
    assert "What whole photos are like" not in render_report_html(made_up_report(n=12))


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A report of tiny photos with a table, as the command makes it, and what the command printed."""
    root = tmp_path_factory.mktemp("made")
    write_photos(root / "photos", n=24)
    (root / "classes.txt").write_text("\n".join(CLASSES))
    rows = [f"red/{i:03d}.png,{'A' if i < 12 else 'B'},{i}" for i in range(24)]
    (root / "about.csv").write_text("\n".join(["file,site,age", *rows, "lost.png,A,3"]))
    command = ["report", f"--model={FACTORY}", f"--classes={root / 'classes.txt'}", f"--images={root / 'photos'}"]
    command += ["--target=red", "--layer=features", "--concepts=2", f"--out={root / 'report'}"]
    assert main([*command, f"--metadata={root / 'about.csv'}"]) == 0
    return root, command


def test_a_report_tests_measured_properties_and_the_user_s_table(made):
    report = ClassReport.load(made[0] / "report")
    rows = {(row.property, row.of, row.index): row for row in report.data.properties}
    assert {"brightness", "saturation", "sharpness", "site", "age"} <= {name for name, _, _ in rows}
    assert rows["red hue cast", "class", None].association > 0.9  # beside green photos
    marked = report.array("labels")[0]
    assert rows["site", "strategy", int(marked)].measure == "V"
    assert rows["site", "strategy", int(marked)].follows()
    (check,) = [check for check in report.data.checks if check.name == "rows of the table"]
    assert check.value == pytest.approx(24 / 25)
    assert check.sentence.startswith("24 of the 25 rows of about.csv name a photo; no photo is called lost.png.")
    assert report.data.request.metadata.endswith("about.csv")
    assert "--metadata=" in report.data.command


def test_a_wrong_table_is_told_before_the_work(made, tmp_path, capsys):
    _, command = made
    (tmp_path / "bad.csv").write_text("a,b\n1,2\n")
    assert main([*command, f"--metadata={tmp_path / 'bad.csv'}"]) == 2
    assert "names the photos: give one with their file names, such as green/000.png" in capsys.readouterr().err


def test_without_evidence_nothing_is_tested(made, tmp_path):
    command = [each for each in made[1] if not each.startswith("--out")]
    assert main([*command, f"--out={tmp_path / 'report'}", "--evidence=off"]) == 0
    assert ClassReport.load(tmp_path / "report").data.properties == ()
