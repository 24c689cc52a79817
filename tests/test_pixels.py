"""Attribution to pixels: closed forms of a linear encoder, a planted square, what is refused."""

import pytest
import torch
from torch import nn

from attribution.pixels import ADD_UP, PIXEL_METHODS, pixel_attribution, projection


def linear(rng, p=5, size=6):
    """images (n, 3, 6, 6) -> (n, 2, 2, p), a linear map of all pixels; and its matrix."""
    matrix = torch.randn(3 * size * size, 4 * p, generator=rng, dtype=torch.float64)
    return lambda x: (x.flatten(1) @ matrix).reshape(len(x), 2, 2, p), matrix.reshape(3, size, size, 4, p)


def pictures(rng, n=3):
    return torch.rand(n, 3, 6, 6, generator=rng, dtype=torch.float64)


def test_of_a_linear_encoder_integrated_gradients_are_the_closed_form(rng):
    encode, matrix = linear(rng)
    images, direction = pictures(rng), torch.randn(5, generator=rng, dtype=torch.float64)
    places = torch.rand(3, 2, 2, generator=rng, dtype=torch.float64)
    found = pixel_attribution(encode, images, direction, places=places)
    weights = (places / places.sum(dim=(1, 2), keepdim=True)).reshape(3, 4)
    gradient = torch.einsum("chwtp,nt,p->nchw", matrix, weights, direction / direction.norm())
    expected = (gradient * (images - images.mean(dim=(2, 3), keepdim=True))).sum(dim=1)
    torch.testing.assert_close(found.maps, expected)
    torch.testing.assert_close(found.gap, torch.zeros(3, dtype=torch.float64), atol=1e-9, rtol=0)
    first_order = pixel_attribution(encode, images, direction, "gradient_input", places=places)
    torch.testing.assert_close(first_order.maps, expected)
    steepness = gradient.abs().sum(dim=1)
    for method in ("saliency", "smoothgrad"):
        torch.testing.assert_close(pixel_attribution(encode, images, direction, method, places=places).maps, steepness)


def test_the_gap_tells_that_a_first_order_does_not_add_up(rng):
    encode = nn.Sequential(nn.Conv2d(3, 6, 3), nn.Tanh(), nn.Conv2d(6, 4, 3), nn.Tanh()).double().requires_grad_(False)
    images = 3 * pictures(rng)

    def tokens(x):
        return encode(x).movedim(1, -1)

    direction = torch.ones(4, dtype=torch.float64)
    assert pixel_attribution(tokens, images, direction).gap.max() < 1e-3
    assert pixel_attribution(tokens, images, direction, "gradient_input").gap is None


@pytest.mark.parametrize("method", PIXEL_METHODS)
def test_a_planted_square_is_where_the_attribution_lies(rng, method):
    """Channel 0 sees red over patches of 8 × 8, channel 1 green: a red square, a green one elsewhere."""
    images = 0.5 + 0.02 * torch.rand(1, 3, 32, 32, generator=rng, dtype=torch.float64)
    images[:, 0, 8:16, 16:24] = 1.0
    images[:, 1, 24:32, 0:8] = 1.0

    def encode(x):
        return nn.functional.avg_pool2d(x, 8).square().movedim(1, -1)

    found = pixel_attribution(encode, images, torch.eye(3, dtype=torch.float64)[0], method).maps.abs()[0]
    assert found[8:16, 16:24].sum() > 0.99 * found.sum()


def test_without_places_the_largest_projection_is_read(rng):
    encode, _ = linear(rng)
    images, direction = pictures(rng), torch.randn(5, generator=rng, dtype=torch.float64)
    found = pixel_attribution(encode, images, 7 * direction)
    torch.testing.assert_close(found.activation, projection(encode(images), direction).amax(dim=1))
    torch.testing.assert_close(found.maps, pixel_attribution(encode, images, direction).maps)  # its length is no matter


def test_the_control_is_of_the_same_numbers_on_other_channels(rng):
    encode, _ = linear(rng)
    images, direction = pictures(rng), torch.arange(1.0, 6, dtype=torch.float64)
    places = torch.ones(3, 2, 2)
    found = pixel_attribution(encode, images, direction, places=places, seed=4)
    other = direction[torch.randperm(5, generator=torch.Generator().manual_seed(4))]
    torch.testing.assert_close(found.control, pixel_attribution(encode, images, other, places=places).maps)


def test_smoothgrad_is_drawn_from_its_own_seed(rng):
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Tanh()).double().requires_grad_(False)
    images, direction = pictures(rng), torch.ones(4, dtype=torch.float64)
    maps = []
    for everybodys, seed in ((1, 0), (2, 0), (1, 1)):
        torch.manual_seed(everybodys)
        found = pixel_attribution(lambda x: net(x).movedim(1, -1), images, direction, "smoothgrad", seed=seed)
        maps.append(found.maps)
    assert torch.equal(maps[0], maps[1])
    assert not torch.equal(maps[0], maps[2])


@pytest.mark.parametrize("method", ADD_UP)
def test_many_pictures_are_as_one_by_one(rng, method):
    encode, _ = linear(rng)
    images, direction = pictures(rng), torch.randn(5, generator=rng, dtype=torch.float64)
    alone = torch.cat([pixel_attribution(encode, each[None], direction, method).maps for each in images])
    torch.testing.assert_close(pixel_attribution(encode, images, direction, method).maps, alone)


def test_what_does_not_fit_is_refused(rng):
    encode, _ = linear(rng)
    images, direction = pictures(rng), torch.ones(5, dtype=torch.float64)
    with pytest.raises(ValueError, match="choose one of integrated_gradients, smoothgrad"):
        pixel_attribution(encode, images, direction, "magic")
    with pytest.raises(ValueError, match="one number a channel"):
        pixel_attribution(encode, images, torch.ones(4, dtype=torch.float64))
    with pytest.raises(ValueError, match="all zeros"):
        pixel_attribution(encode, images, 0 * direction)
    with pytest.raises(ValueError, match="not all of them 0"):
        pixel_attribution(encode, images, direction, places=torch.zeros(3, 2, 2))
    with pytest.raises(ValueError, match="expected 3 × 4 weights"):
        pixel_attribution(encode, images, direction, places=torch.ones(3, 5))
