"""Feature visualisation: its magnitude is the constraint, its seed decides, it beats random phases."""

import math

import pytest
import torch
from torch import nn

from attribution.maco import feature_visualisation, measure_spectrum, mirrored, picture_of_phase


def photos(rng, n=6, size=(16, 20)):
    """Smooth pictures in [0, 1]."""
    coarse = torch.rand(n, 3, 5, 5, generator=rng, dtype=torch.float64)
    return nn.functional.interpolate(coarse, size=size, mode="bilinear")


@pytest.mark.parametrize("size", [(16, 20), (15, 17), (16, 15), (9, 12)])
def test_the_magnitude_of_any_phase_is_the_constraint(rng, size):
    spectrum = measure_spectrum(photos(rng, size=size))
    phase = math.pi * (2 * torch.rand(2, *spectrum.magnitude.shape, generator=rng, dtype=torch.float64) - 1)
    pictures = picture_of_phase(phase, spectrum)
    assert pictures.shape == (2, 3, *size)
    centred = pictures - spectrum.mean[:, None, None]
    on_axes = torch.einsum("nchw,cd->ndhw", centred, spectrum.axes)
    magnitude = torch.fft.rfft2(on_axes).abs()
    torch.testing.assert_close(magnitude, spectrum.magnitude.expand_as(magnitude), atol=1e-9, rtol=1e-9)


def test_the_phase_of_one_photo_with_its_own_spectrum_gives_it_back(rng):
    photo = photos(rng, n=1, size=(15, 15))
    spectrum = measure_spectrum(photo)
    on_axes = torch.einsum("nchw,cd->ndhw", photo - spectrum.mean[:, None, None], spectrum.axes)
    phase = torch.fft.rfft2(on_axes).angle()
    torch.testing.assert_close(picture_of_phase(phase, spectrum), photo, atol=1e-6, rtol=0)


def test_colours_are_taken_apart_and_put_together(rng):
    spectrum = measure_spectrum(photos(rng))
    torch.testing.assert_close(spectrum.axes @ spectrum.axes.T, torch.eye(3, dtype=torch.float64))
    assert not spectrum.magnitude[:, 0, 0].any()
    with pytest.raises(ValueError, match="at least one"):
        measure_spectrum(torch.zeros(0, 3, 4, 4))


def test_a_mirrored_phase_stays_as_it_is(rng):
    phase = torch.rand(3, 8, 5, generator=rng, dtype=torch.float64)
    once = mirrored(phase, 8)
    torch.testing.assert_close(mirrored(once, 8), once)
    assert torch.equal(once[..., 1:4], phase[..., 1:4])


def toy(p=6):
    """A convolution net on pixels, (n, 3, H, W) -> (n, h, w, p) ≥ 0."""
    torch_state = torch.Generator().manual_seed(5)
    weight = torch.randn(p, 3, 5, 5, generator=torch_state, dtype=torch.float64)
    weight -= weight.mean(dim=(1, 2, 3), keepdim=True)
    return lambda x: nn.functional.conv2d(x, weight.to(x), stride=2).relu().movedim(1, -1)


def test_it_drives_the_concept_more_than_random_phases_do(rng):
    direction = torch.eye(6, dtype=torch.float64)[rng.initial_seed()]
    pictures = photos(rng, size=(32, 32))
    found = feature_visualisation(toy(), direction, measure_spectrum(pictures), steps=25, crops=4, photos=pictures)
    assert found.reached > found.random_best >= found.random > 0
    assert found.reached > 1.3 * found.random
    peaks = (toy()(pictures) @ direction).amax(dim=(1, 2))
    assert found.photos == pytest.approx(peaks.tolist())
    assert found.reached == pytest.approx(float((toy()(found.image[None]) @ direction).amax()))
    assert 0 <= found.image.min() <= found.image.max() <= 1
    assert found.transparency.shape == (32, 32)
    assert 0 <= found.transparency.min() <= found.transparency.max() == 1


def test_the_same_seed_gives_the_same_picture_and_another_another(rng):
    spectrum, direction = measure_spectrum(photos(rng)), torch.ones(6, dtype=torch.float64)
    torch.manual_seed(0)
    state = torch.get_rng_state()
    images = [feature_visualisation(toy(), direction, spectrum, steps=3, seed=seed).image for seed in (0, 0, 1)]
    assert torch.equal(images[0], images[1])
    assert not torch.equal(images[0], images[2])
    assert torch.equal(state, torch.get_rng_state())


def test_the_transparency_is_where_the_encoder_looks(rng):
    pictures = photos(rng, size=(32, 32))

    def left_only(x):
        return toy()(x[..., :16])  # of each crop; the crops move, so the picture's right edge is never seen

    found = feature_visualisation(left_only, torch.ones(6, dtype=torch.float64), measure_spectrum(pictures), steps=20)
    assert found.transparency[:, 28:].max() < 0.2 < found.transparency[:, :20].mean()


def test_no_steps_are_refused(rng):
    with pytest.raises(ValueError, match="at least 1"):
        feature_visualisation(toy(), torch.ones(6), measure_spectrum(photos(rng)), steps=0)
