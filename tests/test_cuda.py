"""The same figures on a GPU as on the CPU; skipped, and says so, where there is none."""

import pytest
import torch

from attribution.importance import IMPORTANCE_METHODS, concept_importance
from concepts.activations.collect import collect_activations
from concepts.data.images import open_photos
from concepts.extraction import EXTRACTORS, make_extractor
from concepts.models import load_model, split_model
from tests.support.tiny import CLASSES, FACTORY, write_photos

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")


@pytest.mark.parametrize("method", EXTRACTORS)
def test_dictionaries_and_codes_agree_and_stay_on_the_device(method, rng):
    A = torch.rand(400, 12, generator=rng)
    on_cpu = (
        make_extractor(method, 4, tolerance=1e-7, max_iterations=500)
        if method in ("nmf", "semi_nmf")
        else make_extractor(method, 4)
    )
    on_gpu = type(on_cpu)(4)
    state = on_cpu.fit(A).state
    U = on_gpu.restore(**{name: tensor.cuda() for name, tensor in state.items()}).transform(A.cuda())
    assert U.device.type == "cuda"
    torch.testing.assert_close(U.cpu(), on_cpu.transform(A), atol=1e-3, rtol=1e-3)
    fitted = make_extractor(method, 4).fit(A.cuda())
    errors = [
        (A - e.inverse_transform(e.transform(A)).cpu()).norm()
        for e in (on_cpu, fitted.restore(**{name: tensor.cpu() for name, tensor in fitted.state.items()}))
    ]
    assert errors[1] < 1.05 * errors[0]


@pytest.mark.parametrize("method", IMPORTANCE_METHODS)
def test_importance_agrees(method, rng):
    codes, V, W = (torch.rand(s, generator=rng) for s in ((5, 3, 3, 4), (4, 6), (2, 6)))

    def head(A):
        return torch.nn.functional.softplus(A @ W.to(A.device).T).flatten(1, -2).mean(dim=1)

    on_gpu = concept_importance(head, codes.cuda(), V.cuda(), 1, method)
    assert on_gpu.device.type == "cuda"
    torch.testing.assert_close(on_gpu.cpu(), concept_importance(head, codes, V, 1, method), atol=1e-4, rtol=1e-3)


def test_activations_agree(tmp_path):
    photos = open_photos(str(write_photos(tmp_path / "photos", n=6)))
    splits = [
        split_model(load_model(FACTORY, class_names=CLASSES, device=d), layer="features") for d in ("cpu", "cuda")
    ]
    stored = [collect_activations(split, photos, tmp_path / str(i)) for i, split in enumerate(splits)]
    torch.testing.assert_close(*(torch.from_numpy(a.rows(0, 12)).float() for a in stored), atol=2e-3, rtol=1e-2)
