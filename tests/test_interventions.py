"""Doses change exactly their concepts; the smallest flip is what a slow literal search finds."""

from itertools import combinations

import numpy as np
import pytest
import torch

from concepts.cli.main import main
from concepts.data.images import open_photos
from concepts.interventions import (
    Subject,
    dose_response,
    dosed_logits,
    open_subject,
    predictions_under_doses,
    smallest_dose,
    smallest_removal,
)
from concepts.models import load_model, split_model
from concepts.report.class_report import ClassReport
from tests.support.tiny import CLASSES, FACTORY, write_photos


def pooled(rng, p=6, c=4, *, deep=False):
    """A head on (n, h, w, p): affine in the mean, or with a layer between."""
    W, b = torch.randn(p, c, generator=rng), torch.randn(c, generator=rng)
    if not deep:
        return lambda A: A.mean(dim=(1, 2)) @ W + b
    first = torch.randn(p, p, generator=rng)
    return lambda A: torch.relu(A.mean(dim=(1, 2)) @ first) @ W + b


def made_up(rng, n=1, k=5, p=6, leftover=0.3):
    U, V = torch.rand(n, 3, 4, k, generator=rng), torch.rand(k, p, generator=rng)
    return Subject(U @ V + leftover * torch.rand(n, 3, 4, p, generator=rng), U, V)


def test_doses_of_one_give_the_model_s_own_answer_whatever_is_left_over(rng):
    head, subject = pooled(rng, deep=True), made_up(rng, n=3)
    torch.testing.assert_close(dosed_logits(head, subject, torch.ones(2, 5))[:, 1], head(subject.activations))


def test_doses_are_those_of_a_slow_literal_version(rng):
    head, subject = pooled(rng, deep=True), made_up(rng, n=2)
    doses = 2 * torch.rand(4, 5, generator=rng)
    found = dosed_logits(head, subject, doses)
    for i in range(2):
        for m in range(4):
            A = subject.activations[i].clone()
            for j in range(5):
                A += (doses[m, j] - 1) * subject.codes[i, ..., j : j + 1] * subject.components[j]
            torch.testing.assert_close(found[i, m], head(A[None])[0], atol=1e-5, rtol=1e-4)


def test_an_affine_head_answers_in_proportion(rng):
    head, subject = pooled(rng), made_up(rng)
    doses = torch.ones(3, 5)
    doses[:, 2] = torch.tensor([0.0, 1.0, 2.0])
    none, one, two = dosed_logits(head, subject, doses)[0]
    torch.testing.assert_close(two - one, one - none, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("deep", [False, True])
def test_the_smallest_removal_is_that_of_a_search_by_hand(rng, deep):
    for attempt in range(8):
        generator = torch.Generator().manual_seed(100 * rng.initial_seed() + attempt)
        head, subject = pooled(generator, deep=deep), made_up(generator, leftover=0.1)
        before = int(head(subject.activations).argmax())

        def flips(removed, head=head, subject=subject, before=before):
            kept = torch.ones(5)
            kept[list(removed)] = 0
            A = subject.activations + (subject.codes * (kept - 1)) @ subject.components
            return int(head(A).argmax()) != before

        sizes = [m for m in range(1, 6) if any(flips(each) for each in combinations(range(5), m))]
        found = smallest_removal(head, subject)
        assert len(found.concepts) == (sizes[0] if sizes else 0)
        assert found.proven
        assert found.answer is None or flips(found.concepts)
        bounded = smallest_removal(head, subject, most_sets=5)  # single concepts only, then greedily
        assert len(bounded.concepts) >= len(found.concepts)
        assert bounded.tried_up_to == 1
        assert bounded.proven == (len(bounded.concepts) in (1, 2))


def test_the_nearest_dose_of_one_concept_flips_and_no_nearer_one_does(rng):
    head, subject = pooled(rng), made_up(rng)
    before, found = int(head(subject.activations).argmax()), smallest_dose(head, subject)
    nearer = 1.0
    if found is not None:
        concept, dose, answer = found
        doses = torch.ones(1, 5)
        doses[0, concept] = dose
        assert int(dosed_logits(head, subject, doses)[0, 0].argmax()) == answer != before
        nearer = abs(dose - 1) - 0.05
    for j in range(5):
        for dose in np.arange(1 - nearer + 1e-6, 1 + nearer, 0.05):
            doses = torch.ones(1, 5)
            doses[0, j] = float(dose)
            assert int(dosed_logits(head, subject, doses)[0, 0].argmax()) == before


@pytest.mark.parametrize(
    ("doses", "message"),
    [(torch.ones(2, 4), "expected one number for each of 5 concepts"), (torch.full((1, 5), torch.nan), "finite")],
)
def test_doses_that_cannot_be_are_refused(rng, doses, message):
    with pytest.raises(ValueError, match=message):
        dosed_logits(pooled(rng), made_up(rng), doses)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    root = tmp_path_factory.mktemp("intervening")
    photos = write_photos(root / "photos", n=16)
    (root / "classes.txt").write_text("\n".join(CLASSES))
    given = ["--model", FACTORY, "--classes", str(root / "classes.txt"), "--images", str(photos), "--target", "red"]
    given += ["--layer", "features", "--concepts", "3", "--out", str(root / "report"), "--store", str(root / "store")]
    assert main(["report", *given]) == 0
    return root, ClassReport.load(root / "report"), split_model(load_model(FACTORY, class_names=CLASSES), "features")


def test_a_report_s_photo_is_the_same_from_the_store_and_from_its_file(world):
    root, report, split = world
    stored = open_subject(report, split, [2, 5], store=root / "store")
    again = open_subject(
        report, split, [2, 5], store=root / "nowhere", photos=lambda: open_photos(str(root / "photos"))
    )
    torch.testing.assert_close(stored.activations, again.activations, atol=1e-2, rtol=1e-3)  # float16 on disk
    answer = dosed_logits(split.head, again, torch.ones(1, 3))[:, 0].softmax(dim=1).max(dim=1).values
    np.testing.assert_allclose(answer, [report.data.images[i].probability for i in (2, 5)], atol=1e-2)
    assert stored.leftover < 0.35


def test_without_the_red_a_red_square_is_red_no_more(world):
    root, report, split = world
    subject = open_subject(report, split, [0], store=root / "store")
    found = smallest_removal(split.head, subject)
    assert found.proven
    assert found.answer != CLASSES.index("red")


def test_what_is_gone_is_told(world):
    root, report, split = world
    with pytest.raises(ValueError, match="no longer stored, nor are its photos where they were: run the same"):
        open_subject(report, split, [0], store=root / "nowhere")
    with pytest.raises(ValueError, match="other weights or another layer"):
        open_subject(
            report, split_model(load_model(FACTORY, class_names=CLASSES), "flatten"), [0], store=root / "store"
        )


def test_predictions_under_doses_are_beside_the_model_s_own(rng):
    head, subject = pooled(rng, deep=True), made_up(rng, n=3)
    found = predictions_under_doses(head, subject, {1: 0.0, 3: 2.0}, top=4)
    own = head(subject.activations).softmax(dim=-1)
    moved = subject.activations + (
        subject.codes[..., 3:4] * subject.components[3] - subject.codes[..., 1:2] * subject.components[1]
    )
    dosed = head(moved).softmax(dim=-1)
    for row in found.rows:
        assert row.before == pytest.approx(float(own[:, row.index].mean()), abs=1e-5)
        assert row.after == pytest.approx(float(dosed[:, row.index].mean()), abs=1e-5)
    assert found.changed == int((own.argmax(dim=1) != dosed.argmax(dim=1)).sum())


def test_a_dose_response_passes_through_the_predictions_at_its_doses(rng):
    head, subject, others = pooled(rng, deep=True), made_up(rng, n=2), {0: 0.5}
    found = dose_response(head, subject, others, 2, top=2)
    assert (found.doses[0], found.doses[10], found.doses[-1]) == (0, 1, 2)
    assert len(found.curves) == 2
    for place in (0, 10, 20):
        at = predictions_under_doses(head, subject, others | {2: float(found.doses[place])}, top=4)
        after = {row.index: row.after for row in at.rows}
        for index, curve in found.curves.items():
            assert curve[place] == pytest.approx(after[index], abs=1e-6)
    tops = [curve.max() for curve in found.curves.values()]
    assert tops == sorted(tops, reverse=True)
