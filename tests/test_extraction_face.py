"""Classifier-aware NMF: plain NMF at weight 0, an objective that never rises, predictions that are kept."""

import itertools

import pytest
import torch

from concepts.extraction import ClassifierAwareNMF, classifier_aware_nmf, load_extractor, make_extractor
from concepts.extraction.face import Answers, proximal_target
from concepts.models import load_model, split_model
from tests.support.tiny import CLASSES, FACTORY

N, POSITIONS, P, K = 12, (2, 3), 8, 2


def rand(rng, *shape):
    return torch.rand(*shape, generator=rng, dtype=torch.float64)


@pytest.fixture(name="A")
def activations(rng):
    return rand(rng, N * 6, P) * (rand(rng, N * 6, P) > 0.4)


@pytest.fixture
def head(rng):
    """A head that looks at faint differences, which plain NMF with few concepts loses."""
    W = torch.randn(P, 4, generator=rng, dtype=torch.float64) * 4

    def run(activations):
        assert activations.shape[1:] == (*POSITIONS, P)
        return (activations @ W).tanh().mean(dim=(1, 2)) * 10

    return run


def kl(head, A, A_hat):
    """The literal definition, one image and one class at a time."""
    total = 0.0
    for a, b in zip(A.reshape(N, *POSITIONS, P), A_hat.reshape(N, *POSITIONS, P), strict=True):
        p, q = (torch.softmax(head(each[None])[0], dim=0) for each in (a, b))
        total += sum((p[c] * (p[c] / q[c]).log()).item() for c in range(len(p)))
    return total / N


def objective(head, A, A_hat, weight):
    return ((A - A_hat).square().sum() / A.square().sum()).item() + weight * kl(head, A, A_hat)


def aware(head, **options):
    return ClassifierAwareNMF(K, head=head, positions=POSITIONS, **options)


def test_weight_zero_is_plain_nmf_bit_for_bit(A, head):
    plain, zero = make_extractor("nmf", K, seed=3).fit(A), aware(head, weight=0, seed=3).fit(A)
    assert torch.equal(zero.dictionary, plain.dictionary)
    assert torch.equal(zero.transform(A), plain.transform(A))


def test_the_objective_never_rises_and_is_the_true_one(A, head):
    extractor = aware(head, weight=2.0, tolerance=0, max_steps=30).fit(A)
    assert all(later <= earlier for earlier, later in itertools.pairwise(extractor.losses_))
    assert extractor.losses_[-1] < extractor.losses_[0]
    plain = make_extractor("nmf", K).fit(A)
    start = objective(head, A, plain.inverse_transform(plain.transform(A)), 2.0)
    assert extractor.losses_[0] == pytest.approx(start)
    end = objective(head, A, extractor.inverse_transform(extractor.transform(A)), 2.0)
    assert end < start


def test_the_answers_are_kept_better_than_by_plain_nmf_at_a_price(A, head):
    plain = make_extractor("nmf", K).fit(A)
    better = aware(head, weight=5.0, max_steps=100, tolerance=1e-6).fit(A)
    plain_hat, better_hat = (e.inverse_transform(e.transform(A)) for e in (plain, better))
    assert kl(head, A, better_hat) < 0.8 * kl(head, A, plain_hat)
    assert (A - better_hat).norm() >= (A - plain_hat).norm() - 1e-2
    assert better.dictionary.min() >= 0
    assert better.transform(A).min() >= 0
    torch.testing.assert_close(better.dictionary.norm(dim=1), torch.ones(K, dtype=A.dtype))


def test_codes_of_unseen_images_lower_the_objective_and_do_not_depend_on_the_company(A, head, rng):
    extractor = aware(head, weight=3.0).fit(A)
    unseen = rand(rng, N * 6, P)
    codes = extractor.transform(unseen)
    V = extractor.dictionary
    nnls = make_extractor("nmf", K).restore(V).transform(unseen)
    e = extractor.state["energy"] * N

    def value(U):
        return ((unseen - U @ V).square().sum() / e).item() + 3.0 * kl(head, unseen, U @ V)

    assert value(codes) < value(nnls)
    torch.testing.assert_close(extractor.transform(unseen[12:18]), codes[12:18], atol=1e-2, rtol=1e-2)


def test_the_target_minimises_the_majoriser(A, rng):
    X, G, L, energy = rand(rng, *A.shape), rand(rng, *A.shape), torch.tensor(1.7, dtype=A.dtype), 2.5
    Y = proximal_target(A, X, G, L, energy).requires_grad_()
    majoriser = (A - Y).square().sum() / energy + (G * (Y - X)).sum() + L / 2 * (Y - X).square().sum()
    (gradient,) = torch.autograd.grad(majoriser, Y)
    assert gradient.abs().max() < 1e-12


def test_the_divergence_is_zero_at_the_activations_and_its_gradient_is_right(A, head):
    images = A.reshape(N, 6, P)
    answers = Answers.of(head, images, POSITIONS, batch_size=5)
    assert answers.divergence(images).abs().max() < 1e-12
    X = images * 0.7
    step = 1e-6 * torch.randn(X.shape, generator=torch.Generator().manual_seed(0), dtype=X.dtype)
    numeric = answers.divergence(X + step) - answers.divergence(X - step)
    torch.testing.assert_close((2 * answers.gradient(X) * step).sum(dim=(1, 2)), numeric, rtol=1e-4, atol=1e-12)


def test_saved_and_loaded_with_its_head(A, head, tmp_path):
    extractor = aware(head, weight=1.5).fit(A)
    extractor.save(tmp_path / "aware.safetensors")
    loaded = load_extractor(tmp_path / "aware.safetensors", head=head)
    assert torch.equal(loaded.transform(A), extractor.transform(A))
    with pytest.raises(ValueError, match="head of its model"):
        load_extractor(tmp_path / "aware.safetensors")


def test_a_split_model_gives_the_head_and_the_positions():
    split = split_model(load_model(FACTORY, class_names=CLASSES), layer="features")
    extractor = classifier_aware_nmf(split, 3, weight=0.5)
    A = split.encode(torch.rand(4, 3, 64, 64, generator=torch.Generator().manual_seed(0))).detach()
    extractor.positions = tuple(A.shape[1:-1])
    assert extractor.fit_transform(A.flatten(0, -2)).shape == (A[..., 0].numel(), 3)
    assert extractor.options["positions"] == tuple(A.shape[1:-1])


def test_wrong_input_is_named(A, head):
    with pytest.raises(ValueError, match="weight is -1"):
        aware(head, weight=-1)
    with pytest.raises(ValueError, match="whole number of images"):
        aware(head).fit(A[:-1])
    with pytest.raises(ValueError, match="whole number of images"):
        aware(head).fit(A).transform(A[:5])
    with pytest.raises(ValueError, match="semi_nmf"):
        aware(head).fit(-A)
    with pytest.raises(ValueError, match="classifier_aware_nmf\\(split"):
        make_extractor("classifier_aware_nmf", 3)
