"""Coherence with known parts: a case worked by hand, a literal version, bounds, permutations, controls."""

import numpy as np
import pytest
import torch
from PIL import Image

from concepts.metrics import part_coherence
from concepts.metrics.parts import THRESHOLDS, _other_images, part_ious, pointing_hits


def rand(rng, *shape):
    return torch.rand(*shape, generator=rng, dtype=torch.float64)


def stamped(rng, n=30, side=8, scale=4):
    """A part, one cell of the grid in each image, and a concept that shows it; two concepts of noise beside it."""
    maps = 0.5 * rand(rng, n, side, side, 3).numpy()
    mask = np.zeros((n, side * scale, side * scale), dtype=bool)
    cells = torch.randint(1, side - 1, (n, 2), generator=rng).tolist()
    maps[..., 1] = 0
    for i, (y, x) in enumerate(cells):
        maps[i, y, x, 1] = 2
        mask[i, y * scale : (y + 1) * scale, x * scale : (x + 1) * scale] = True
    return maps, mask


def literal(maps, mask, parts_shown):
    """As `part_iou` of benchmarks/truth.py was first written: Pillow's upsampling, one concept at a time."""
    best = 0.0
    for j in range(maps.shape[-1]):
        concept = maps[..., j].astype(np.float32)
        large = [Image.fromarray(each).resize(mask.shape[:0:-1], Image.Resampling.BILINEAR) for each in concept]
        large = np.stack([np.asarray(each) for each in large]) / max(concept.max(), 1e-12)
        for threshold in THRESHOLDS:
            region, truth = large[parts_shown] >= threshold, mask[parts_shown]
            overlap, union = (region & truth).sum(axis=(1, 2)), (region | truth).sum(axis=(1, 2))
            best = max(best, float((overlap / union.clip(min=1)).mean()))
    return best


def test_by_hand():
    maps = torch.zeros(2, 2, 2, 1)
    maps[0, 0, 0], maps[1, 1, 1] = 4, 1
    mask = torch.zeros(2, 2, 2, dtype=torch.bool)
    mask[0, 0], mask[1, 1, 1] = True, True  # the upper row; one pixel
    found = part_coherence(maps, {"part": mask})["part"]
    assert (found.n, found.concept, found.threshold) == (2, 0, 0.1)
    assert found.iou == pytest.approx((1 / 2 + 1) / 2)  # 1/4 of the largest value is above 0.1 but not above 0.3
    assert found.pointing == 1
    assert found.pointing_centre == 0.5  # pixel (1, 1)
    assert found.iou_control == found.pointing_control == 0  # the other image's map points at neither part


def test_it_is_the_literal_version(rng):
    maps = rand(rng, 9, 5, 7, 3).numpy()
    mask = (rand(rng, 9, 20, 21) > 0.7).numpy()
    mask[:3] = False
    found = part_coherence(maps, {"part": mask})["part"]
    assert found.n == 6
    assert found.iou == pytest.approx(literal(maps, mask, slice(3, None)), abs=1e-3)


def test_the_concept_that_shows_the_part_is_found_and_beats_the_control(rng):
    maps, mask = stamped(rng)
    found = part_coherence(maps, {"part": mask})["part"]
    assert found.concept == found.pointing_concept == 1
    assert found.pointing == 1
    assert found.iou > 0.5
    assert found.iou.low <= found.iou <= found.iou.high
    assert found.iou_control < 0.2
    assert max(found.pointing_control, found.pointing_centre) < found.pointing.low


def test_order_and_positive_scale_of_concepts_do_not_matter(rng):
    maps, mask = stamped(rng)
    found = part_coherence(maps, {"part": mask})["part"]
    other = part_coherence(maps[..., [1, 2, 0]] * np.array([7, 0.1, 3]), {"part": mask})["part"]
    assert other.concept == 0
    assert other.iou == pytest.approx(found.iou)
    assert other.pointing == found.pointing


def test_the_pieces_lie_in_their_bounds_block_by_block(rng):
    maps, truth = rand(rng, 6, 4, 4, 2).float(), rand(rng, 6, 3, 8, 8) > 0.5
    whole = part_ious(maps, truth)
    assert whole.shape == (6, 2, len(THRESHOLDS), 3)
    assert whole.min() >= 0
    assert whole.max() <= 1
    np.testing.assert_allclose(part_ious(maps, truth, block=200), whole)


def test_a_concept_that_is_nowhere_points_nowhere():
    truth = torch.ones(1, 1, 4, 4, dtype=torch.bool)
    assert not pointing_hits(torch.zeros(1, 2, 2, 1), truth).any()
    assert pointing_hits(torch.ones(1, 2, 2, 1), truth).all()


@pytest.mark.parametrize("n", [2, 3, 17])
def test_the_control_never_keeps_an_image(n):
    other = _other_images(n, 0)
    assert sorted(other.tolist()) == list(range(n))
    assert (other != torch.arange(n)).all()


def test_wrong_input_says_what_was_received():
    maps, mask = np.ones((3, 2, 2, 1)), np.ones((3, 4, 4), dtype=bool)
    with pytest.raises(ValueError, match=r"\(3, 2, 2\)"):
        part_coherence(maps[..., 0], {"part": mask})
    with pytest.raises(ValueError, match=r"'part' have shape \(2, 4, 4\)"):
        part_coherence(maps, {"part": mask[:2]})
    with pytest.raises(ValueError, match="'other' is in no image"):
        part_coherence(maps, {"part": mask, "other": ~mask})
    with pytest.raises(ValueError, match="no parts"):
        part_coherence(maps, {})
