"""Similarity as points (READ), beside a slow literal version; boxes and masks."""

import math

import pytest
import torch

from attribution.points import box_of, mask_of, prompts_of
from attribution.similarity import similarity_points


def literal_points(similarity, n_points, positive, negative):
    """Loops over cells, as the text describes it."""
    h, w = similarity.shape
    reduced, centres = [], []
    for top in range(0, h, 2):
        for left in range(0, w, 2):
            rows, columns = range(top, min(top + 2, h)), range(left, min(left + 2, w))
            cell = [similarity[r, c].item() for r in rows for c in columns]
            reduced.append(sum(cell) / len(cell))
            centres.append((sum(columns) / len(columns), sum(rows) / len(rows)))
    low, high = min(reduced), max(reduced)
    values = [(v - low) / (high - low) for v in reduced]
    across = math.ceil(w / 2)
    cells = [(i % across, i // across) for i in range(len(values))]
    label = [1 if v >= positive else 0 if v <= negative else -1 for v in values]
    order = sorted((i for i in range(len(values)) if label[i] == 1), key=lambda i: -values[i])
    order += sorted((i for i in range(len(values)) if label[i] == 0), key=lambda i: values[i])
    order += sorted((i for i in range(len(values)) if label[i] == -1), key=lambda i: -values[i])
    xy = []
    for i in order[:n_points]:
        pull = [
            math.exp(-((cells[i][0] - x) ** 2) - (cells[i][1] - y) ** 2) * math.exp(v)
            for (x, y), v in zip(cells, values, strict=True)
        ]
        total = sum(pull)
        xy.append([sum(p * centre[axis] for p, centre in zip(pull, centres, strict=True)) / total for axis in (0, 1)])
    return xy, [label[i] for i in order[:n_points]]


@pytest.mark.parametrize("shape", [(12, 12), (13, 13), (6, 9), (3, 2), (5, 4)])
@pytest.mark.parametrize("n_points", [1, 7, 30, 200])
def test_equal_to_the_literal_version(rng, shape, n_points):
    similarity = torch.rand(shape, generator=rng, dtype=torch.float64) * 2 - 1
    found = similarity_points(similarity, n_points, positive=0.7, negative=0.3)
    xy, labels = literal_points(similarity, n_points, 0.7, 0.3)
    assert found.labels.tolist() == labels
    torch.testing.assert_close(found.xy, torch.tensor(xy, dtype=torch.float64))


def test_points_are_differentiable_in_the_map(rng):
    similarity = torch.rand(6, 6, generator=rng, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda s: similarity_points(s, 5).xy, similarity)


def test_display_range_does_not_matter(rng):
    similarity = torch.rand(8, 8, generator=rng, dtype=torch.float64)
    one, other = similarity_points(similarity), similarity_points(similarity * 0.1 - 3)
    torch.testing.assert_close(one.xy, other.xy)
    assert one.labels.tolist() == other.labels.tolist()


def test_a_bright_corner_is_where_to_look():
    similarity = torch.zeros(8, 8)
    similarity[:2, :2] = 1
    found = similarity_points(similarity, n_points=4)
    assert found.labels.tolist() == [1, 0, 0, 0]
    assert found.xy[0].max() < 2


def test_the_mask_is_the_region_of_the_peak():
    similarity = torch.zeros(6, 6)
    similarity[1:3, 1:4], similarity[5, 5] = 0.9, 0.8
    similarity[1, 1] = 1.0
    mask = mask_of(similarity, 0.5)
    assert mask.sum() == 6
    assert not mask[5, 5]
    assert box_of(mask) == (1, 1, 4, 3)
    assert box_of(torch.zeros(3, 3, dtype=torch.bool)) is None


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: similarity_points(torch.rand(4)), r"\(h, w\)"),
        (lambda: similarity_points(torch.rand(1, 5)), "two rows"),
        (lambda: similarity_points(torch.rand(4, 4), positive=0.2, negative=0.5), "expected 0 ≤ negative < positive"),
        (lambda: similarity_points(torch.rand(4, 4), 0), "at least one"),
    ],
)
def test_bad_input_is_told(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_prompts_are_the_points_box_and_mask_in_shares_of_the_photo(rng):
    similarity = torch.rand(6, 9, generator=rng, dtype=torch.float64)
    found, points = prompts_of(similarity), similarity_points(similarity)
    assert [p.x for p in found.points] == pytest.approx([(x + 0.5) / 9 for x in points.xy[:, 0].tolist()], abs=1e-4)
    assert [p.y for p in found.points] == pytest.approx([(y + 0.5) / 6 for y in points.xy[:, 1].tolist()], abs=1e-4)
    assert [p.label for p in found.points] == points.labels.tolist()
    assert [p.value for p in found.points] == pytest.approx(points.values.tolist(), abs=1e-4)
    assert torch.tensor(found.mask).bool().tolist() == mask_of(similarity).tolist()
    left, top, right, bottom = box_of(mask_of(similarity))
    assert found.box == pytest.approx((left / 9, top / 6, right / 9, bottom / 6), abs=1e-4)
