"""From memory as from disk; saved and loaded bit for bit; the same for the same seed."""

import json

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from concepts.activations.collect import INFO, Activations, ActivationsInfo, PassSeconds
from concepts.activations.rows import BLOCK, MemoryRows, StoredRows, blocks, mini_batches, sample_rows
from concepts.extraction import EXTRACTORS, load_extractor, make_extractor
from concepts.extraction.methods import EXTRACTIONS
from concepts.storage.typed_json import write_typed

SAES = [method for method in EXTRACTORS if method.endswith("sae")]
STREAMING = [name for name, method in EXTRACTIONS.items() if method.streams]


def quick(method, k=4, **options):
    return make_extractor(method, k, **({"steps": 40} if method in SAES else {}), **options)


@pytest.fixture
def rng() -> torch.Generator:
    """One seed: what is equal bit for bit is so for any numbers."""
    return torch.Generator().manual_seed(0)


@pytest.fixture
def stored(tmp_path, rng):
    """30 images of 3 × 5 positions and 8 channels on disk, and the same rows in memory."""
    A = torch.rand(30, 3, 5, 8, generator=rng).half()
    A.numpy().tofile(tmp_path / "activations.bin")
    seconds = PassSeconds(forward=0, all=0)
    info = ActivationsInfo(tuple(range(30)), "float16", (3, 5, 8), (3, 5), (), (), split_check=0, seconds=seconds)
    write_typed(tmp_path / INFO, info)
    return StoredRows(Activations(tmp_path)), A.float().reshape(-1, 8)


def test_stored_rows_are_read_by_any_range(stored):
    rows, A = stored
    assert rows.shape == (450, 8)
    for start, stop in ((0, 450), (7, 8), (14, 16), (15, 30), (449, 450), (3, 3)):
        assert torch.equal(rows.read(start, stop), A[start:stop])
    assert torch.equal(torch.cat(list(blocks(rows, 37))), A)


@pytest.mark.parametrize("method", EXTRACTORS)
def test_fit_from_disk_is_fit_from_memory(method, stored):
    rows, A = stored
    on_disk, in_memory = quick(method).fit(rows), quick(method).fit(A)
    for name, tensor in in_memory.state.items():
        assert torch.equal(on_disk.state[name], tensor), name


def test_a_sample_is_seeded_without_repetition_and_in_order():
    rows = MemoryRows(torch.arange(2 * BLOCK + 50.0, dtype=torch.float64)[:, None])
    one, same, other = (sample_rows(rows, 500, seed).flatten() for seed in (0, 0, 1))
    assert torch.equal(one, same)
    assert not torch.equal(one, other)
    assert (one.diff() > 0).all()
    assert one.max() > 2 * BLOCK - 500
    assert torch.equal(sample_rows(rows, 10**6, 0), rows.read(0, rows.shape[0]))


@pytest.mark.parametrize(("m", "size"), [(10_000, 700), (40, 64), (1000, 1000), (70, 16)])
def test_mini_batches_visit_every_row_once_a_pass_in_a_new_order(m, size):
    A = torch.arange(float(m))[:, None]
    batches = mini_batches(MemoryRows(A), size, torch.Generator().manual_seed(0))
    size = min(size, m)
    seen = torch.cat([next(batches) for _ in range(2 * m // size)]).flatten()
    assert torch.equal(seen[:m].sort().values, A.flatten())
    assert not torch.equal(seen[:m], A.flatten())
    assert not torch.equal(seen[:size], seen[m : m + size])


@pytest.mark.parametrize("method", EXTRACTORS)
def test_saved_and_loaded_bit_for_bit(method, tmp_path, rng):
    A = torch.rand(60, 8, generator=rng, dtype=torch.float64)
    options = {"k_active": 3} if method in SAES else {}
    extractor = quick(method, seed=7, **options).fit(A)
    extractor.save(tmp_path / "one.safetensors")
    loaded = load_extractor(tmp_path / "one.safetensors")
    assert (type(loaded), loaded.seed, loaded.options) == (type(extractor), 7, extractor.options)
    assert torch.equal(loaded.components_, extractor.components_)
    assert torch.equal(loaded.transform(A), extractor.transform(A))
    assert [path.name for path in tmp_path.iterdir()] == ["one.safetensors"]
    with safe_open(tmp_path / "one.safetensors", framework="pt") as file:
        assert json.loads(file.metadata()["extractor"])["method"] == method


def saved(folder, **changes):
    """A file as `save` writes it, its description changed: None takes a field away."""
    described = {"method": "nmf", "n_concepts": 2, "seed": 0, "options": {"tolerance": 1e-3}} | changes
    described = {name: value for name, value in described.items() if value is not None}
    save_file({"components": torch.eye(2)}, folder / "a.safetensors", metadata={"extractor": json.dumps(described)})
    return folder / "a.safetensors"


def test_an_extractor_saved_with_fewer_options_takes_the_others_of_today(tmp_path):
    loaded = load_extractor(saved(tmp_path))
    assert loaded.options == make_extractor("nmf", 2, tolerance=1e-3).options


def test_a_saved_extractor_with_an_option_of_another_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"is not a saved extractor: .*'k_active'"):
        load_extractor(saved(tmp_path, options={"k_active": 1}))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"method": 3}, "method: .*not 3"),
        ({"method": None}, "method: Field required"),
        ({"n_concepts": "2"}, "n_concepts: .*not '2'"),
        ({"n_concepts": -1}, "n_concepts: .*not -1"),
        ({"n_concepts": None}, "n_concepts: Field required"),
        ({"seed": 0.5}, "seed: .*not 0.5"),
        ({"seed": None}, "seed: Field required"),
        ({"options": []}, "options: .*not a list"),
        ({"options": {"tolerance": {}}}, "options.tolerance"),
    ],
)
def test_a_saved_extractor_that_is_damaged_is_one_line_with_the_file_and_the_field(tmp_path, changes, message):
    with pytest.raises(ValueError, match=rf"a\.safetensors: {message}") as error:
        load_extractor(saved(tmp_path, **changes))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("method", [m for m in EXTRACTORS if m not in ("pca", "neurons", "random")])
def test_seeds_alone_decide(method, rng):
    A = torch.rand(60, 8, generator=rng)
    torch.manual_seed(1)
    np.random.seed(1)
    first = quick(method, seed=3).fit(A)
    torch.manual_seed(2)
    np.random.seed(2)
    before = torch.get_rng_state()
    second = quick(method, seed=3).fit(A)
    assert torch.equal(first.dictionary, second.dictionary)
    assert torch.equal(torch.get_rng_state(), before)  # nothing seeds or draws globally


@pytest.mark.parametrize("method", ["pca", "neurons", "random"])
def test_the_order_of_rows_does_not_matter(method, rng):
    A = torch.rand(60, 8, generator=rng, dtype=torch.float64)
    mixed = A[torch.randperm(60, generator=rng)]
    torch.testing.assert_close(
        make_extractor(method, 3).fit(A).dictionary, make_extractor(method, 3).fit(mixed).dictionary
    )


@pytest.mark.parametrize("method", EXTRACTORS)
def test_codes_of_permuted_rows_are_permuted_codes(method, rng):
    A = torch.rand(60, 8, generator=rng, dtype=torch.float64)
    extractor, order = quick(method).fit(A), torch.randperm(60, generator=rng)
    torch.testing.assert_close(extractor.transform(A[order]), extractor.transform(A)[order], atol=1e-3, rtol=1e-3)


def test_wrong_input_is_named(tmp_path, rng):
    A = torch.rand(20, 5, generator=rng)
    for method in STREAMING:
        with pytest.raises(ValueError, match="NaN"):
            quick(method, 2).fit(torch.full((20, 5), float("nan")))
    with pytest.raises(ValueError, match="k_active is 5"):
        make_extractor("topk_sae", 4, k_active=5)
    with pytest.raises(ValueError, match="at least 4"):
        make_extractor("archetypal_sae", 4, candidates=3)
    with pytest.raises(ValueError, match="raise sample"):
        make_extractor("kmeans", 4, sample=3)
    with pytest.raises(ValueError, match="raise gram_rows"):
        make_extractor("convex_nmf", 4, gram_rows=3)
    with pytest.raises(ValueError, match="not fitted"):
        make_extractor("nmf", 4).save(tmp_path / "x.safetensors")
    with pytest.raises(ValueError, match="restored from components, encoder, bias"):
        make_extractor("topk_sae", 2).restore(A[:2])
    (tmp_path / "junk").write_bytes(b"junk that is no such file")
    with pytest.raises(ValueError, match="not a saved extractor"):
        load_extractor(tmp_path / "junk")
    with pytest.raises(TypeError):
        make_extractor("topk_sae", 2, max_iterations=3)
