"""Bridges: each fit against its closed form or a slow literal version, storing, bad input."""

import json

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file
from scipy.linalg import orthogonal_procrustes

from concepts.lexicon.alignment import BRIDGES, Bridge, conse, fit_bridge, load_bridge, transport_plan
from concepts.lexicon.alignment.assignment import assigned, assignment
from concepts.lexicon.alignment.procrustes import procrustes
from concepts.lexicon.alignment.ridge import leave_one_out, ridge
from tests.support.damage import refuses_damage

M, P, D = 30, 6, 4


def normal(rng, *shape):
    return torch.randn(*shape, generator=rng, dtype=torch.float64)


@pytest.fixture
def pairs(rng):
    """Photos (m, p) away from 0 and texts (m, d) that follow from them up to noise."""
    photos = normal(rng, M, P) * torch.arange(1, P + 1) + 3
    return photos, photos @ normal(rng, P, D) + 2 + 0.5 * normal(rng, M, D)


def literal_ridge(photos, texts, penalty):
    """(p + 1, d): the normal equations, the last row the offset, which is not penalised."""
    ones = torch.cat([photos, torch.ones(len(photos), 1, dtype=photos.dtype)], dim=1)
    weights = torch.eye(photos.shape[1] + 1, dtype=photos.dtype) * penalty
    weights[-1, -1] = 0
    return torch.linalg.solve(ones.T @ ones + weights, ones.T @ texts)


def in_units(photos, penalty):
    """The penalty in units of the mean squared singular value."""
    return penalty * torch.linalg.svdvals(photos - photos.mean(dim=0)).square().mean()


@pytest.mark.parametrize("penalty", [0.01, 1.0, 30.0])
def test_ridge_solves_the_normal_equations(pairs, penalty):
    photos, texts = pairs
    bridge = ridge(photos, texts, penalties=(penalty,))
    expected = literal_ridge(photos, texts, in_units(photos, penalty))
    torch.testing.assert_close(bridge.matrix, expected[:-1])
    torch.testing.assert_close(bridge.offset, expected[-1])


@pytest.mark.parametrize("penalty", [0.001, 0.5, 100.0])
def test_leave_one_out_is_as_if_each_photo_had_been_left_out(pairs, penalty):
    photos, texts = pairs
    weight = in_units(photos, penalty)
    U, S, _ = torch.linalg.svd(photos - photos.mean(dim=0), full_matrices=False)
    found = leave_one_out(U, S.square() / (S.square() + weight), texts - texts.mean(dim=0))
    for i in range(M):
        others = torch.arange(M) != i
        fitted = literal_ridge(photos[others], texts[others], weight)
        torch.testing.assert_close(found[i], texts[i] - photos[i] @ fitted[:-1] - fitted[-1])


def test_ridge_takes_the_penalty_with_the_smallest_leave_one_out_error(pairs):
    photos, texts = pairs
    choices = (1e-3, 0.03, 1.0, 30.0)
    errors = [ridge(photos, texts, penalties=(each,)).figures["error"] for each in choices]
    chosen = ridge(photos, texts, penalties=choices).figures
    assert chosen["penalty"] == choices[int(np.argmin(errors))]
    assert chosen["error"] == min(errors)


def test_ridge_shrinks_to_the_mean_word_where_photos_say_nothing(rng):
    photos, texts = normal(rng, M, P), normal(rng, M, D)
    bridge = ridge(photos, texts, penalties=(1e9,))
    torch.testing.assert_close(bridge.apply(photos), texts.mean(dim=0).expand(M, D), atol=1e-6, rtol=0)
    assert abs(bridge.figures["share"]) < 1e-6


def test_procrustes_is_scipys(pairs):
    photos, _ = pairs
    texts = photos @ torch.linalg.qr(photos[:P])[0] + torch.sin(photos)
    bridge = procrustes(photos, texts)
    expected, _ = orthogonal_procrustes(photos - photos.mean(dim=0), texts - texts.mean(dim=0))
    torch.testing.assert_close(bridge.matrix / bridge.figures["scale"], torch.from_numpy(expected))


def test_procrustes_recovers_a_planted_rotation(rng):
    photos = normal(rng, M, P) + 5
    rotation = torch.linalg.qr(normal(rng, P, P))[0]
    shift = normal(rng, P)
    bridge = procrustes(photos, 0.3 * photos @ rotation + shift)
    torch.testing.assert_close(bridge.matrix, 0.3 * rotation)
    torch.testing.assert_close(bridge.offset, shift)


@pytest.mark.parametrize(("p", "d"), [(7, 3), (3, 7)])
def test_spaces_of_two_widths_are_padded_with_zeros(rng, p, d):
    photos, texts = normal(rng, M, p), normal(rng, M, d)
    bridge = procrustes(photos, texts)
    X, Y = (torch.nn.functional.pad(each - each.mean(dim=0), (0, 7 - each.shape[1])) for each in (photos, texts))
    Q = bridge.matrix / bridge.figures["scale"]
    eye = torch.eye(3, dtype=torch.float64)
    torch.testing.assert_close(Q.T @ Q if p > d else Q @ Q.T, eye)
    padded, _ = orthogonal_procrustes(X, Y)
    gain = lambda W: (W * (X.T @ Y)[:p, :d]).sum()  # noqa: E731 - what Procrustes maximises
    torch.testing.assert_close(gain(Q), gain(torch.from_numpy(padded)[:p, :d]))


def test_every_bridge_takes_the_mean_photo_to_the_mean_word(pairs):
    photos, texts = pairs
    for method in BRIDGES:
        bridge = fit_bridge(method, photos, texts)
        torch.testing.assert_close(bridge.apply(photos.mean(dim=0)), texts.mean(dim=0))


def test_mapped_photos_are_as_spread_as_words(pairs):
    photos, texts = pairs
    for method in ("procrustes", "assignment", "random"):
        mapped = fit_bridge(method, photos, texts).apply(photos)
        spread = [(each - each.mean(dim=0)).norm() for each in (mapped, texts)]
        torch.testing.assert_close(*spread)


def test_transport_recovers_a_planted_permutation_where_each_alone_does_not(rng):
    n = 20
    order = torch.randperm(n, generator=rng)
    similarity = torch.zeros(n, n, dtype=torch.float64)
    similarity[torch.arange(n), order] = 1
    similarity[:, order[0]] += 1.5  # a hub: the word nearest to everything
    similarity += 0.1 * torch.rand(n, n, generator=rng, dtype=torch.float64)
    plan = transport_plan(similarity.numpy(), np.ones(n), np.ones(n))
    assert plan.argmax(axis=1).tolist() == order.tolist()
    assert set(plan.flatten().tolist()) == {0.0, 1.0}
    soft = assigned(similarity, torch.ones(n))
    assert soft.argmax(dim=1).tolist() == order.tolist()
    assert similarity.argmax(dim=1).tolist() == [order[0].item()] * n


def test_assignment_recovers_a_planted_permutation(rng):
    words = normal(rng, 12, 8)
    order = torch.randperm(48, generator=rng) % 12
    photos = words[order] @ torch.linalg.qr(normal(rng, 8, 8))[0] + 0.1 * normal(rng, 48, 8)
    bridge = assignment(photos[:36], words[order[:36]])
    mapped = torch.nn.functional.normalize(bridge.apply(photos[36:]), dim=1)
    nearest = (mapped @ torch.nn.functional.normalize(words, dim=1).T).argmax(dim=1)
    assert nearest.tolist() == order[36:].tolist()
    assert bridge.figures["loss"] < bridge.figures["start"]


def test_a_heavy_penalty_holds_assignment_at_ridge(pairs):
    photos, texts = pairs
    held, base = assignment(photos, texts, penalty=1e6).matrix, ridge(photos, texts).matrix
    torch.testing.assert_close(held / held.norm(), base / base.norm(), atol=1e-4, rtol=0)


def test_a_plan_keeps_to_supply_and_capacity(rng):
    utility = torch.rand(5, 3, generator=rng, dtype=torch.float64).numpy()
    for entropy in (0.0, 0.1):
        plan = transport_plan(utility, np.ones(5), np.full(3, 2.0), entropy=entropy)
        np.testing.assert_allclose(plan.sum(axis=1), 1, atol=1e-6)
        assert (plan.sum(axis=0) <= 2 + 1e-6).all()
    with pytest.raises(ValueError, match="5 to be carried to 3 places that take 3 together"):
        transport_plan(utility, np.ones(5), np.ones(3))


def test_conse_by_hand():
    vectors = torch.tensor([[1.0, 0], [0, 1], [5, 5]])
    probabilities = torch.tensor([[0.6, 0.2, 0.1]])
    torch.testing.assert_close(conse(probabilities, vectors, top=2), torch.tensor([[0.75, 0.25]]))
    torch.testing.assert_close(conse(probabilities, vectors, top=1), vectors[:1])
    with pytest.raises(ValueError, match="for 2 words"):
        conse(probabilities, vectors[:2])
    with pytest.raises(ValueError, match="1 photos have no class"):
        conse(torch.zeros(1, 3), vectors)


def test_a_random_bridge_is_the_seeds_and_knows_no_pairs(pairs, rng):
    photos, texts = pairs
    first = fit_bridge("random", photos, texts, seed=3)
    again = fit_bridge("random", photos, texts[torch.randperm(M, generator=rng)], seed=3)
    torch.testing.assert_close(first.matrix, again.matrix)
    assert not torch.allclose(first.matrix, fit_bridge("random", photos, texts, seed=4).matrix)


def test_a_stored_bridge_is_the_same(pairs, tmp_path):
    photos, texts = (each.float() for each in pairs)
    bridge = fit_bridge("ridge", photos, texts, seed=2, trained_on="30 photos", source="eye", space="words")
    bridge.save(tmp_path / "bridge.safetensors")
    loaded = load_bridge(tmp_path / "bridge.safetensors")
    assert torch.equal(loaded.apply(photos), bridge.apply(photos))
    for name in ("method", "seed", "trained_on", "source", "space", "figures"):
        assert getattr(loaded, name) == getattr(bridge, name)
    assert [each.name for each in tmp_path.iterdir()] == ["bridge.safetensors"]


@pytest.mark.parametrize("content", [b"", b"pickle", b'{"a": 1}'])
def test_another_file_is_no_bridge(tmp_path, content):
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(ValueError, match="not a saved bridge"):
        load_bridge(tmp_path / "x")


def test_a_damaged_description_is_told_with_the_file_and_the_field(pairs, tmp_path):
    bridge = fit_bridge("ridge", *pairs, seed=2, trained_on="30 photos", source="eye", space="words")
    bridge.save(tmp_path / "bridge.safetensors")
    with safe_open(tmp_path / "bridge.safetensors", framework="pt") as file:
        whole = json.loads(file.metadata()["bridge"])
    assert whole.keys() == {"method", "seed", "trained_on", "source", "space", "figures"}

    def read(content):
        arrays = {"matrix": bridge.matrix, "offset": bridge.offset}
        save_file(arrays, tmp_path / "b.safetensors", metadata={"bridge": content.decode()})
        return load_bridge(tmp_path / "b.safetensors")

    optional = ("seed", "trained_on", "source", "space", "figures", "figures.*")
    refuses_damage(read, whole, source="b.safetensors", optional=optional)


def test_tokens_of_any_shape_are_mapped_one_by_one(pairs):
    photos, texts = pairs
    bridge = fit_bridge("ridge", photos, texts)
    torch.testing.assert_close(bridge.apply(photos.view(5, 3, 2, P)).view(M, D), bridge.apply(photos))


@pytest.mark.parametrize("method", BRIDGES)
def test_wrong_pairs_are_told(method, rng):
    photos, texts = normal(rng, 5, 3), normal(rng, 5, 2)
    with pytest.raises(ValueError, match=r"photos \(4, 3\) and texts \(5, 2\)"):
        fit_bridge(method, photos[:4], texts)
    with pytest.raises(ValueError, match="at least 2"):
        fit_bridge(method, photos[:1], texts[:1])
    with pytest.raises(ValueError, match="same word"):
        fit_bridge(method, photos, texts[:1].expand(5, 2))
    with pytest.raises(ValueError, match="NaN"):
        fit_bridge(method, photos * torch.nan, texts)


def test_wrong_use_is_told(rng):
    with pytest.raises(ValueError, match="unknown bridge 'rigde': choose one of ridge, procrustes"):
        fit_bridge("rigde", normal(rng, 5, 3), normal(rng, 5, 2))
    bridge = fit_bridge("ridge", normal(rng, 5, 3), normal(rng, 5, 2))
    with pytest.raises(ValueError, match="4 channels, the bridge leads from 3 to 2"):
        bridge.apply(normal(rng, 5, 4))
    with pytest.raises(ValueError, match=r"expected \(p, d\)"):
        Bridge(torch.zeros(3, 2), torch.zeros(3), "ridge")
